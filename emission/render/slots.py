"""The boxes of a plate, and the words that fill them: measured all at once, and told as operators.

Most texts are as they were meant: in one line, of letters that stand for themselves. These are put between what comes
before and after words of their width; the few others are fitted as they are when a page is laid out.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from emission.render.faces import Face
from emission.render.items import Page, Said, Shown, Words
from emission.render.operators import in_font, marks, move, tenths

if TYPE_CHECKING:
    from emission.render.nodes import Text

# Where the words of a voucher go into what a plate says; no operator has it.
GAP = "\udc00"

# What takes more or less than its one line: number of the slot, height, lines.
Turns = tuple[tuple[int, float, int], ...]

# How many widths of words a box remembers.
_WIDTHS = 4096


class _Slot(NamedTuple):
    """A box for words, ready to be filled: what comes before words that are so wide.

    As many characters as ``surely`` find room in it without being measured.
    """

    advance_of: Callable[[str], int]
    begins: _Begins
    surely: int


class _Begins(dict[int, str]):
    """How words in a box begin, by their width at size 1000; nothing where they have no room in it.

    Those of amounts and dates come again and again.
    """

    def __init__(self, box: Text) -> None:
        super().__init__()
        self._room, self._size, self._share = box.width * 1000, box.style.size, box.share

    def __missing__(self, wide: int) -> str:
        if len(self) >= _WIDTHS:
            self.clear()
        begin = f"[{wide * self._share:g}(" if self._share else "("
        self[wide] = begin if wide * self._size <= self._room else ""
        return self[wide]


class Slots:
    """The boxes of ``said`` on a page of that height (points)."""

    def __init__(self, said: Sequence[Said], height: float) -> None:
        self._said = said
        self._height = height
        self._slots = [_slot(one.box) for one in said]
        self._ends = [")]TJ" if one.box.share else ")Tj" for one in said]

    def filled(self, texts: Sequence[str], page: Page) -> tuple[list[str], Turns] | None:
        """The operators of each text, and which take more than a line; nothing where one has no room.

        What they need beyond the cores of faces is noted on ``page``.
        """
        strange = self._strange(texts, page)
        plain = [("" if number in strange else text) for number, text in enumerate(texts)] if strange else texts
        begins = [
            "(" if len(text) <= surely else begins_of[sum(map(advance_of, text))]
            for text, (advance_of, begins_of, surely) in zip(plain, self._slots, strict=True)
        ]
        words = list(map("".join, zip(begins, plain, self._ends, strict=True)))
        turns: list[tuple[int, float, int]] = []
        for number in sorted(strange) if all(begins) else range(len(begins)):
            if begins[number] and number not in strange:
                continue
            said = self._fitted(number, texts[number], page)
            if said is None:
                return None
            words[number] = said[0]
            if said[1:] != (self._said[number].box.style.lead, 1):
                turns.append((number, *said[1:]))
        return words, tuple(turns)

    def _strange(self, texts: Sequence[str], page: Page) -> AbstractSet[int]:
        """Which texts are not written as they are; what the others need is noted on ``page``."""
        strange: set[int] = set()
        for face, numbers, own in self._by_face:
            characters = set("".join(own(texts)))
            if not characters <= face.verbatim:
                strange.update(number for number in numbers if not face.verbatim.issuperset(texts[number]))
                characters = set("".join([texts[number] for number in numbers if number not in strange]))
            if not characters <= face.core:
                page.beyond[face.name] = characters - face.core
        return strange

    def _fitted(self, number: int, text: str, page: Page) -> tuple[str, float, int] | None:
        """The operators of a text that is not as wide as its box or says more than letters, its height and lines."""
        one = self._said[number]
        said = one.box.said(text, one.x, self._height - one.y - one.box.drop)
        if said is None:
            return None
        lines, height = said
        for line in lines:
            page.note(line.shape)
        # One line that is smaller takes the place of one.
        height = max(height, one.box.style.lead) if len(lines) == 1 else height
        return _from(gap(one, self._height), lines), height, len(lines)

    @functools.cached_property
    def _by_face(self) -> tuple[tuple[Face, Sequence[int], Callable[[Sequence[str]], Sequence[str]]], ...]:
        """The numbers of slots of each face, and what gets them."""
        found: dict[Face, list[int]] = {}
        for number, one in enumerate(self._said):
            found.setdefault(one.box.style.face, []).append(number)
        return tuple((face, numbers, picked(numbers)) for face, numbers in found.items())


def gap(one: Said, height: float) -> Shown:
    """Where words are to come, on a page of that height (points)."""
    box, style = one.box, one.box.style
    x, y = tenths(box.held(one.x)), tenths(height - one.y - box.drop)
    return Shown(style.ink, GAP, face=style.face.name, size=style.size, x=x, y=y)


def picked(numbers: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """What gets the texts with those numbers."""
    if len(numbers) < 2:
        return lambda texts: [texts[number] for number in numbers]
    return operator.itemgetter(*numbers)


@functools.lru_cache(maxsize=2048)
def _slot(box: Text) -> _Slot:
    surely = -1 if box.share else int(box.width * 1000 / box.style.size / box.style.face.widest)
    return _Slot(box.style.face.advance_of, _Begins(box), surely)


def _from(place: Shown, lines: Iterable[Words]) -> str:
    """Lines as operators that leave place and font as their gap has them."""
    told: list[str] = []
    x, y = place.x, place.y
    for line in marks(lines):
        assert isinstance(line, Shown)
        told.append(f" {move(line.x - x, line.y - y)}" if (line.x, line.y) != (x, y) else "")
        x, y = line.x, line.y
        font = in_font(line.face, line.size)
        usual = in_font(place.face, place.size)
        told.append(line.operators if font == usual else f"{font}{line.operators}{usual}")
    if (x, y) != (place.x, place.y):
        told.append(f" {move(place.x - x, place.y - y)}")
    return "".join(told)
