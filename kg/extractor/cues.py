"""What the words around a number say of it: its bound, a factor without a sign, and whether it is a setting.

All functions read normalised text (`kg.extractor.text.Normal`) in a short window next to the number.
"""

from __future__ import annotations

import re

_WINDOW = 60

_UP_TO = (
    r"up[ -]?to|as (?:much|high|many|large|fast|far) as|at most|at best|within|(?:less|lower|fewer|smaller|shorter|faster|cheaper|no more|not more) than|"
    r"under|below|sub-|"
    r"not exceeding|maximum (?:(?:speed-?ups?|reduction|increase|improvement|gain|savings?|decrease) )?(?:of|by)|\((?:maximum|max\.?)|until|<=?|≤"
)
_AT_LEAST = (
    r"over|(?:more|greater|higher|larger|better|no less|not less|longer) than|at least|above|exceed(?:s|ing|ed)?|as (?:low|few|little|small) as|beyond|"
    r"surpass(?:es|ing)?|minimum of|>=?|≥"
)
_ABOUT = (
    r"about|around|approximately|approx\.?|nearly|almost|roughly|close to|near[ -]|some|circa|ca\.|c\.|in the order of|on the order of|"
    r"(?<![\w=%)])~|estimated"
)
_FILLER = r"(?:a|an|the|average|of|by|only|just|factor|total|mean|absolute|relative|overall|additional|another|to|even|achieving|as)"
_LOOSE = rf"(?:{_FILLER}|approximately|about|around|nearly|almost|roughly|close)"
_BEFORE = re.compile(
    rf"(?<![A-Za-z])(?:(?:(?P<up_to>{_UP_TO})|(?P<at_least>{_AT_LEAST}))(?: {_LOOSE}){{0,4}}|(?P<about>{_ABOUT})(?: {_FILLER}){{0,3}}) ?[~$+(]?$",
    re.IGNORECASE,
)
_NOT_MORE = re.compile(r"(?:\b(?:not|never|no|rarely|cannot|without|hardly)|n't)(?: [A-Za-z-]+){0,4} $", re.IGNORECASE)
_MORE = re.compile(r"exceed|surpass|more than|better than", re.IGNORECASE)
_AFTER = re.compile(
    r",? or (?:(?P<at_least>more|higher|above|greater|better)|(?P<up_to>less|fewer|lower))\b|(?P<most> at (?:most|maximum))\b|(?P<plus>\+(?![0-9A-Za-z]))"
)


def bound_of(plain: str, start: int, end: int, *, ranged: bool = False) -> str:
    """The bound that the words around the number at start..end give: exact, up_to, at_least or about.

    `ranged`: it is a range, and "within 2–3%" bounds no range.
    """
    low = max(0, start - _WINDOW)
    match = _BEFORE.search(plain, low, start)
    if match is None:
        after = _AFTER.match(plain, end)
        if after is None:
            return "exact"
        return "at_least" if after["at_least"] or after["plus"] else "up_to"
    if match["at_least"] and _MORE.match(match["at_least"]) and _NOT_MORE.search(plain, low, match.start()):
        return "up_to"
    if ranged and (match["up_to"] or "").lower() == "within":
        return "exact"
    return match.lastgroup or "exact"


_LIST = re.compile(r"[^.;:()]{0,60}?(?:, and |,? and |, |/)[^.;:()]{0,25}$")
_NEW_CLAIM = re.compile(r"\b(?:while|whereas|but|with|which|compared|achiev\w*|reach\w*|from|than|average)\b")


def continues_list(plain: str, last_end: int, start: int) -> bool:
    """Whether the number at `start` goes on with the list of the one that ends at `last_end`, so that its bound holds."""
    if start - last_end > 80:
        return False
    between = plain[last_end:start]
    return _LIST.fullmatch(between) is not None and _NEW_CLAIM.search(between) is None


_FACTOR_CUE = re.compile(
    r"(?:\bfactors?(?: of)?|\b(?:speed-?ups?|slow-?down)(?: ratio| factor)?(?: of| is| by| to| up to)?)"
    r"(?: (?:even|up|to|about|around|approximately|nearly|almost|over|more|than|at|least|roughly|~)){0,3} ?~?$",
    re.IGNORECASE,
)


def says_factor(plain: str, start: int) -> bool:
    """Whether a number without unit is a factor by the words before it ("a speedup of 30")."""
    return _FACTOR_CUE.search(plain, max(0, start - _WINDOW), start) is not None


# ---- settings

_SETTING_UNITS = frozenset(("bit", "bits", "nm", "GHz", "months", "core", "years", "G", "qubit", "qubits", "Gb"))
_NOUN = (
    r"images?|videos?|GPUs?|CPUs?|cores?|datasets?|participants?|users?|patients?|subjects?|models?|LLMs?|classes|class|nodes?|layers?|languages?|tasks?|domains?|"
    r"words?|documents?|sentences?|questions?|papers?|articles?|shots?|heads?|steps?|stages?|phases?|epochs?|dimensions?|scenes?|annotators?|annotations?|samples?|"
    r"instances?|experts?|baselines?|sections?|seeds?|people|students?|volunteers?|companies|countries|hospitals|sites|years?|months|tweets|posts|records|commits|"
    r"repositories|projects|programs|apps|sensors?|robots?|cameras?|qubits?|channels?|attributes|features|variables|modules|components|families|vendors|"
    r"scenarios|environments|games|objects|clips|slides|scans|sequences|pairs|trajectories|demonstrations|conversations|dialogues|prompts|items|observations|"
    r"episodes|sessions|experiments|runs|benchmarks|categories|types|levels|ways?|kinds|methods|approaches|techniques|algorithms|contributions|findings|"
    r"challenges|criteria|factors|aspects|DoF|folds?|tensor|parameters?|tokens|articles|individuals|cases|conditions|modalities|views|frames"
)
_ADJECTIVE = (
    r"(?:(?:different|real-world|diverse|unique|distinct|public|publicly|available|major|main|key|new|novel|popular|widely|used|representative|challenging|common|"
    r"standard|large|small|single|independent|healthy|human|expert|manually|annotated|labeled|labelled|unlabeled|training|test|open-source|frontier|medical|"
    r"clinical|natural|synthetic|individual|recent|state-of-the-art|NVIDIA|Nvidia|A100|V100|H100|RTX|image|video|text|random|hidden|time|downstream|"
    r"language|benchmark|evaluation|programming|question-answer|million|billion|of|the|these|its|our) ){0,3}"
)
_SIZE = re.compile(rf"[ ~-]{_ADJECTIVE}(?:{_NOUN})\b(?!/)")
_COMPOUND = re.compile(r"-(?!approx)[a-z]{2}")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]")
_INTERVAL = re.compile(r"[ -]?(?:CI\b|C\.I\.|(?:confidence|credible|prediction) (?:interval|level|bound|region))")
_IN_INTERVAL = re.compile(r"\bCI\b[:,]? ?[\[(]?$")
_SYMBOL = re.compile(r"(?:\b[pP](?:-values?)?|\b[nNkK]|α|alpha) ?(?:is )?(?:[=<>≤≥]|less than)+ ?$")
_PART = re.compile(
    r"\b(?:(?:batch sizes?|sections?|sec\.|figures?|fig\.|tables?|chapters?|pages?|phase|version|v\.|type|level|stage|rank|layer|grade|top|turn|O\(|"
    r"Section|Stage|Task|System|Chapter|Phase|Turn|Pillar|Level|Step|Track|Table|Figure|Fig\.|Algorithm|Theorem|Lemma|Part|Type|Version|Layer|Volume|Vol\.|Challenge|"
    r"GPT|Claude|Sonnet|Opus|Haiku|Gemini|Flash|Llama|LLaMA|LLAMA|RTX|GTX|GeForce|Tesla|Arria|Gemma|Qwen|Mistral|Phi|DeepSeek|SAM|YOLO|Caltech|AIME|Industry|"
    r"Python|Java|Fortran|Windows|Android|iOS|USB|PCIe|HTTP|TLS|IPv|Metal|Paris|IEEE|ISO)(?: of|s)?) ?[vV(]?$"
)
_SPAN = re.compile(
    r"\b(?:across|comprising|comprises|contains?|containing|consist(?:s|ing) of|using|for|covering|covers|spanning|"
    r"spans|total of|among|evaluat\w+|includ\w+|all|the|these|"
    r"those|our|its|into|involving|from|on|with|via|benchmark\w*|experiments on|collect\w*|curat\w*|introduc\w*|"
    r"present\w*|propos\w*|conduct\w*|analyz\w*|between) $",
    re.IGNORECASE,
)
_MAGNITUDES = frozenset(("K", "k", "M", "T"))
_COUNTED = frozenset(("pixels", "px", "voxels"))
_PARAMETERS = re.compile(r"[ -]?(?:[a-z-]+ )?param")
_GRID = re.compile(r"[0-9] ?[x×*] ?$")
_GRID_AFTER = re.compile(r" ?[x×*] ?[0-9]")
_NOUN_AFTER = re.compile(r" [a-z]")
_SIZES_AFTER = re.compile(
    r"[ -]?(?:[a-z-]+ )?(?:parameters?|params|models?|LLMs?|tokens?|context|backbone|scale|resolution|vocabulary|version|variant|images?|videos?|samples?|"
    r"instances?)\b"
)


def is_setting(plain: str, start: int, end: int, value: float, unit: str | None, *, counted: bool, spelt: bool) -> bool:
    """Whether the number at start..end is plainly a size, a setting, a place in a list, a date or a level of significance.

    `counted`: it has no unit but perhaps a magnitude word, so that the noun behind it says what it counts.
    """
    low = max(0, start - _WINDOW)
    if _SYMBOL.search(plain, low, start) or _IN_INTERVAL.search(plain, low, start) or (unit == "%" and _INTERVAL.match(plain, end)):
        return True
    if unit is not None:
        if unit == "B" and (start == 0 or plain[start - 1] not in "<>") and bound_of(plain, start, end) == "exact":
            return True
        if unit in _MAGNITUDES and (_SIZES_AFTER.match(plain, end) or _SIZE.match(plain, end)) and not (unit == "M" and _PARAMETERS.match(plain, end)):
            return bound_of(plain, start, end) == "exact"
        return unit in _SETTING_UNITS or (unit in _COUNTED and _GRID.search(plain, low, start) is not None)
    if not counted or value != int(value) or "." in plain[start:end]:
        return bool(_PART.search(plain, low, start))
    digits = plain[start:end]
    if len(digits) == 4 and _YEAR.fullmatch(digits):
        return True
    if start and plain[start - 1] in "([" and plain[end : end + 1] in (")", "]") and abs(value) < 100:
        return True
    if plain[end : end + 1] in (")", ".") and abs(value) < 20 and (start == 0 or plain[max(0, start - 2) : start] in (". ", "; ", ", ", ": ")):
        return True
    if _GRID.search(plain, low, start) or _GRID_AFTER.match(plain, end):
        return True
    if _COMPOUND.match(plain, end) or _SIZE.match(plain, end) or _PART.search(plain, low, start):
        return True
    if spelt:
        return value != 0 and not plain.startswith(" of ", end)
    return value > 1 and _SPAN.search(plain, low, start) is not None and _NOUN_AFTER.match(plain, end) is not None
