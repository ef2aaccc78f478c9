"""Bars of lots, character by character: each kind of them is drawn once a lot, and shown wherever it stands.

A lot says a barcode's widths on every page; as rectangles they take a seventh of it. Within a character bars are one
path in units of the symbol, as in files, and a space stands between one and the next: no hairline can open anywhere.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

from emission.render.items import Bars
from emission.render.operators import CHARACTER, bearers, placed


def shown(item: Bars) -> tuple[str, Sequence[str]]:
    """The symbol as operators that show its characters one after the other, and their names among a lot's resources."""
    widths = item.symbol.widths
    characters = [_character(widths[at : at + CHARACTER]) for at in range(0, len(widths), CHARACTER)]
    names, told = zip(*characters, strict=True)
    around = bearers(item)
    return f"q {placed(item)}\n{f'{around}f' if around else ''}{''.join(told)}Q\n", names


def form(name: str) -> tuple[bytes, str]:
    """The character of that name as operators, and the box around it, with room for edges that are smoothed."""
    widths = [int(digit) for digit in name.removeprefix(_PREFIX)]
    starts = list(itertools.accumulate(widths, initial=0))
    bars = zip(starts[:-1:2], widths[::2], strict=True)
    path = "".join(f"{start} 0 {width} 1 re\n" for start, width in bars)
    return f"{path}f".encode("ascii"), f"[-1 -1 {starts[-1] + 1} 2]"


# No other resource is called so.
_PREFIX = "."


@functools.lru_cache(maxsize=4096)
def _character(widths: tuple[int, ...]) -> tuple[str, str]:
    """Its name, which says its widths, and what shows it and goes on behind it."""
    name = _PREFIX + "".join(map(str, widths))
    return name, f"/{name} Do 1 0 0 1 {sum(widths)} 0 cm\n"
