"""Thirty-two abstracts to try claimgraph on, bundled with the package.

They were written for this purpose in the voice of arXiv: the papers, their methods and all of their figures are invented, also those about
datasets, models and devices that exist. Names recur from paper to paper in several forms, and the residue of real dumps
(`2.31$\\times$`, `64times`, hard line breaks, a record without a title) is in them on purpose.
"""

from pathlib import Path


def path() -> Path:
    """Return the file of the examples: JSON Lines with `id`, `title` (absent in one record) and `abstract`."""
    return Path(__file__).with_name("abstracts.jsonl")
