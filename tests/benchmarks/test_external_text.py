"""SciER's tokenised sentences become running text, and what is found in it goes back to their offsets."""

from __future__ import annotations

import pytest

from benchmarks.external.detokenised import detokenise


@pytest.mark.parametrize(
    ("tokenised", "running"),
    [
        ("a state - of - the - art parser", "a state-of-the-art parser"),
        ("It gains 4 2 . 2 % ( see [ 1 2 ] ) .", "It gains 42.2% (see [12])."),
        ("in 2 0 1 8 , 1 , 5 0 0 papers", "in 2018, 1,500 papers"),
        ("as in [ 3 , 4 5 , 5 2 ] and [ 1 0 1 , 1 0 2 ]", "as in [3, 45, 52] and [101, 102]"),
        ("sides of 3 2 0 , 4 1 6 pixels", "sides of 320, 416 pixels"),
        ("our I 3 D and a 3D net , HOG 3 D too", "our I3D and a 3D net, HOG3D too"),
        ("the model 's read / write head", "the model's read/write head"),
        ('so - called " tidy nets , " which', 'so-called "tidy nets," which'),
        ("this works - we think", "this works-we think"),
        ("disease-related cells ( e.g . , GxNet )", "disease-related cells (e.g., GxNet)"),
        ("a value of ~ 5 and .5 each", "a value of ~5 and .5 each"),
        ("already running text.", "already running text."),
    ],
)
def test_spaces_that_no_author_wrote_go(tokenised: str, running: str) -> None:
    assert detokenise(tokenised).text == running


def test_a_range_of_the_running_text_has_its_tokenised_offsets() -> None:
    tokenised = "We run TidyNet - 5 0 on state - of - the - art chips ( 4 2 . 2 % ) ."
    plain = detokenise(tokenised)
    for running, source in (("TidyNet-50", "TidyNet - 5 0"), ("state-of-the-art chips", "state - of - the - art chips"), ("42.2%", "4 2 . 2 %")):
        start = plain.text.index(running)
        a, b = plain.back(start, start + len(running))
        assert tokenised[a:b] == source


def test_every_character_keeps_its_place() -> None:
    tokenised = 'Its " core " ( v 2 ) , 1 0 x faster ;  see A / B .'
    plain = detokenise(tokenised)
    assert all(plain.text[k] == tokenised[place] for k, place in enumerate(plain.origin))
    assert list(plain.origin) == sorted(set(plain.origin))
