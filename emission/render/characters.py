"""Bars of lots, character by character: each kind of them is drawn once a lot, and shown wherever it stands.

A lot says a barcode's widths on every page; as rectangles they take a seventh of it. Within a character bars are one
path in units of the symbol, as in files, and a space stands between one and the next: no hairline can open anywhere.
"""

from __future__ import annotations

import functools
import itertools

from emission.render.items import Bars
from emission.render.operators import CHARACTER, bearers, placed


def shown(item: Bars) -> str:
    """The symbol as operators that show its characters one after the other."""
    widths = item.symbol.widths
    told = "".join([_shown(widths[at : at + CHARACTER]) for at in range(0, len(widths), CHARACTER)])
    around = bearers(item)
    return f"q {placed(item)}\n{f'{around}f' if around else ''}{told}Q\n"


def names(item: Bars) -> set[str]:
    """What its characters are called among a lot's resources: by their widths."""
    widths = item.symbol.widths
    return {_name(widths[at : at + CHARACTER]) for at in range(0, len(widths), CHARACTER)}


def form(name: str) -> tuple[bytes, str]:
    """The character of that name as operators, and the box around it, with room for edges that are smoothed."""
    widths = [int(digit) for digit in name.removeprefix(_PREFIX)]
    starts = list(itertools.accumulate(widths, initial=0))
    bars = zip(starts[:-1:2], widths[::2], strict=True)
    path = "".join(f"{start} 0 {width} 1 re\n" for start, width in bars)
    return f"{path}f".encode("ascii"), f"[-1 -1 {starts[-1] + 1} 2]"


# No other resource is called so.
_PREFIX = "."


@functools.lru_cache(maxsize=1024)
def _name(widths: tuple[int, ...]) -> str:
    return _PREFIX + "".join(map(str, widths))


@functools.lru_cache(maxsize=1024)
def _shown(widths: tuple[int, ...]) -> str:
    return f"/{_name(widths)} Do 1 0 0 1 {sum(widths)} 0 cm\n"
