"""The right name that a wrong one was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The nearest of ``known`` to ``name``, whatever the case; ``""`` where none is near."""
    folded = {other.casefold(): other for other in sorted(known)}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return folded[found[0]] if found else ""
