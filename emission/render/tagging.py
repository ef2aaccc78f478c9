"""A page's content for a screen reader: marked content (ISO 32000-1, 14.6), and the steps of its structure.

What has a tag is a sequence with a number of its own; all between is an artifact. Neither says anything of words or
places, so that vouchers that have the same parts have the same of both.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from emission.render.inks import Inks
from emission.render.items import CLOSE, PAGINATION, Mark, Tag
from emission.render.painting import Pen

# ``P`` is an element with words, ``P0`` an empty one, ``<P`` one that goes on until ``>``; without a name the words
# belong to the element that is open.
Steps = tuple[str, ...]
EMPTY, OPENING, CLOSING = "0", "<", ">"
FIGURE = "Figure"
_PASSED_OVER = "/Artifact BMC\n"
_COUNTING = "/Artifact<</Type/Pagination>>BDC\n"
_END = "EMC\n"


class Tagged(msgspec.Struct, frozen=True):
    """A page's operators, its steps, and the numbers of the items that its figures show, in their order."""

    content: str
    steps: Steps
    figures: tuple[int, ...]


def tagged(beneath: Sequence[Mark], marks: Sequence[Mark], tags: Sequence[Tag], inks: Inks) -> Tagged:
    """A page of ``marks``, one an item, over what lies ``beneath`` all of them."""
    before, steps = _plan(tags, len(marks))
    pen = Pen(inks)
    pen.parts.append(_PASSED_OVER)
    pen.paint(beneath)
    pen.parts.append(_END)
    pen.paint(marks, before)
    pen.parts.append(before[-1])
    return Tagged("".join(pen.parts), steps, tuple(tag.first for tag in tags if tag.name == FIGURE))


def _plan(tags: Sequence[Tag], count: int) -> tuple[list[str], Steps]:
    """What is written before each of ``count`` items, and at the end; and the steps."""
    before = [""] * (count + 1)
    steps: list[str] = []
    at = number = 0
    for tag in tags:
        if tag.first > at:
            _enclose(before, _PASSED_OVER, at, tag.first)
        if tag.last == tag.first:
            steps.append(_step(tag))
        elif tag.name == PAGINATION:
            _enclose(before, _COUNTING, tag.first, tag.last)
        else:
            _enclose(before, f"/{tag.name or 'Span'}<</MCID {number}>>BDC\n", tag.first, tag.last)
            steps.append(tag.name)
            number += 1
        at = max(at, tag.last)
    if count > at:
        _enclose(before, _PASSED_OVER, at, count)
    return before, tuple(steps)


def _enclose(before: list[str], begin: str, first: int, last: int) -> None:
    before[first] += begin
    before[last] = _END


def _step(tag: Tag) -> str:
    if tag.first >= 0:
        return tag.name + EMPTY
    return CLOSING if tag is CLOSE else OPENING + tag.name
