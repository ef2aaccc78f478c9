"""Plates: what the pages of one shape have in common, cast from the first of them; others are struck from it.

Vouchers of a batch have the same parts in the same places, and differ in what is said there. So a page is laid out
once for each shape, and its operators are kept with gaps in them: another voucher's words are measured, and fill these.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from emission.render.faces import Face
from emission.render.fields import Values
from emission.render.items import (
    Bars,
    Drawn,
    Item,
    Link,
    Mark,
    Matrix,
    OnScreen,
    Page,
    Said,
    Shown,
    Words,
)
from emission.render.layout import Sheet
from emission.render.operators import in_font, marks, move, tenths
from emission.render.tagging import FIGURE

if TYPE_CHECKING:
    from emission.render.nodes import Text
    from emission.render.program import Program

# Where the words of a voucher go into what a plate says; no operator has it.
GAP = "\udc00"
_SKIPPED = Mark("", "")

# The place of a record: its scope, and its own among those; of no record, -1.
Place = tuple[int, int]
# What takes more or less than its one line: number of the slot, height, lines.
Turns = tuple[tuple[int, float, int], ...]


class Leaves(msgspec.Struct, frozen=True):
    """How a page leaves its sheet: obligations shown, where tables go on, whether the QR of all stands there."""

    taken: int
    rest_to: dict[str, int]
    selected: bool


class _Slot(NamedTuple):
    """A box for words, ready to be filled: what comes before words that are so wide, and after all of them.

    As many characters as ``surely`` find room in it without being measured.
    """

    advance_of: Callable[[str], int]
    begins: _Begins
    surely: int
    end: str


class _Begins(dict[int, str]):
    """How words in a box begin, by their width at size 1000; nothing where they have no room in it.

    It is kept: there are not many widths of amounts and dates, and of names not more than their box is wide.
    """

    def __init__(self, box: Text) -> None:
        super().__init__()
        self._room, self._size, self._share = box.width * 1000, box.style.size, box.share

    def __missing__(self, wide: int) -> str:
        begin = f"[{wide * self._share:g}(" if self._share else "("
        self[wide] = begin if wide * self._size <= self._room else ""
        return self[wide]


@dataclasses.dataclass(frozen=True, eq=False)
class Plate:
    """The ``page`` of a voucher, of which ``said`` and ``drawn`` are its own.

    Words have the number of their value among all of the page, nodes the place of their record.
    """

    program: Program
    page: Page
    leaves: Leaves
    said: tuple[tuple[Said, int], ...]
    drawn: tuple[tuple[Drawn, Place], ...]

    @functools.cached_property
    def marks(self) -> tuple[Mark, ...]:
        """Those of its items, with gaps for a voucher's own."""
        made = marks(self.page.items)
        for one, _ in self.said:
            made[one.first : one.last] = [_SKIPPED] * (one.last - one.first)
            made[one.first] = self._gap(one)
        for index in self._redrawn:
            made[index] = msgspec.structs.replace(made[index], operators=GAP)
        return tuple(made)

    @functools.cached_property
    def gaps(self) -> tuple[Item, ...]:
        """An item of the first voucher for each gap, in their order."""
        return tuple(self.page.items[index] for index in sorted(self._filled))

    @functools.cached_property
    def figures(self) -> tuple[int, ...]:
        """The numbers of items that are figures to a screen reader."""
        return tuple(tag.first for tag in self.page.tags if tag.name == FIGURE)

    @functools.cached_property
    def beyond(self) -> Mapping[str, AbstractSet[str]]:
        """What all pages from it need beyond the cores of faces."""
        notes: list[Said | Drawn] = [*(one for one, _ in self.said), *(one for one, _ in self.drawn)]
        own = {index for one in notes for index in range(one.first, one.last)}
        page = Page(self.page.kind)
        for index, item in enumerate(self.page.items):
            words = item.item if isinstance(item, OnScreen) else item
            if isinstance(words, Words) and index not in own:
                page.note(words.shape)
        return page.beyond

    def struck(self, sheet: Sheet, values: Values) -> tuple[Turns, Struck] | None:
        """The page of the voucher that ``sheet`` has the ``values`` of; nothing where it has another shape.

        It is the voucher's page only where ``turns`` are those that the plate was cast with.
        """
        texts = self._texts(values)
        page = Page(self.page.kind, links=list(self.page.links))
        lines = self._lines(texts, page)
        items = self._items(sheet, page)
        if lines is None or items is None:
            return None
        drawn = marks(items[index] for index in self._redrawn)
        if any(
            msgspec.structs.replace(mark, operators=GAP) != gap for mark, gap in zip(drawn, self._gaps, strict=True)
        ):
            return None
        words, turns = lines
        words += [mark.operators for mark in drawn]
        return turns, Struck(self, self._ordered(words), page.beyond, page.links, items)

    def _lines(self, texts: Sequence[str], page: Page) -> tuple[list[str], Turns] | None:
        """The operators of each text."""
        strange = self._strange(texts, page)
        plain = [("" if number in strange else text) for number, text in enumerate(texts)] if strange else texts
        begins = [
            "(" if len(text) <= surely else begins_of[sum(map(advance_of, text))]
            for text, (advance_of, begins_of, surely, _) in zip(plain, self._slots, strict=True)
        ]
        words = [f"{begin}{text}{end}" for begin, text, (*_, end) in zip(begins, plain, self._slots, strict=True)]
        turns: list[tuple[int, float, int]] = []
        for number in sorted(strange) if all(begins) else range(len(begins)):
            if begins[number] and number not in strange:
                continue
            said = self._fitted(number, texts[number], page)
            if said is None:
                return None
            words[number] = said[0]
            if said[1:] != (self.said[number][0].box.style.lead, 1):
                turns.append((number, *said[1:]))
        return words, tuple(turns)

    def _strange(self, texts: Sequence[str], page: Page) -> AbstractSet[int]:
        """Which texts are not written as they are; what the others need is noted on ``page``."""
        strange: set[int] = set()
        for face, numbers, picked in self._by_face:
            characters = set("".join(picked(texts)))
            if not characters <= face.verbatim:
                strange.update(number for number in numbers if not face.verbatim.issuperset(texts[number]))
                characters = set("".join([texts[number] for number in numbers if number not in strange]))
            if not characters <= face.core:
                page.beyond[face.name] = characters - face.core
        return strange

    def _fitted(self, number: int, text: str, page: Page) -> tuple[str, float, int] | None:
        """The operators of a text that is not as wide as its box or says more than letters, its height and lines."""
        one = self.said[number][0]
        said = one.box.said(text, one.x, self.program.height - one.y - one.box.drop)
        if said is None:
            return None
        lines, height = said
        for line in lines:
            page.note(line.shape)
        # One line that is smaller takes the place of one.
        height = max(height, one.box.style.lead) if len(lines) == 1 else height
        return _from(self._gap(one), lines), height, len(lines)

    def _gap(self, one: Said) -> Shown:
        """Where words are to come."""
        box, style = one.box, one.box.style
        x, y = tenths(box.held(one.x)), tenths(self.program.height - one.y - box.drop)
        return Shown(style.ink, GAP, face=style.face.name, size=style.size, x=x, y=y)

    def _items(self, sheet: Sheet, page: Page) -> dict[int, Item] | None:
        """What nodes draw in ways of their own, by its number on the page."""
        found: dict[int, Item] = {}
        pen = Sheet(self.program.height, sheet.slips, sheet.qrs)
        pen.scopes = sheet.scopes
        for one, (scope, record) in self.drawn:
            pen.page, pen.current, pen.selected = Page(page.kind), one.turn, one.selected
            used = one.node.draw(pen, sheet.scopes[scope][record] if scope >= 0 else (), one.x, one.y)
            items = pen.page.items
            if pen.faults or used != one.used or len(items) != one.last - one.first or (*pen.page.tags,) != one.tags:
                return None
            found |= zip(range(one.first, one.last), items, strict=True)
            page.links[one.link : one.link + len(pen.page.links)] = pen.page.links
            for name, characters in pen.page.beyond.items():
                page.beyond[name] = characters | page.beyond.get(name, set())
        same = all(index in self._filled or item == self.page.items[index] for index, item in found.items())
        return found if same else None

    @functools.cached_property
    def _gaps(self) -> list[Mark]:
        """Those of items that are drawn anew."""
        return [self.marks[index] for index in self._redrawn]

    @functools.cached_property
    def _redrawn(self) -> tuple[int, ...]:
        """The numbers of items that differ from one voucher to the next, but for words in slots."""
        numbers = (number for one, _ in self.drawn for number in range(one.first, one.last))
        return tuple(number for number in numbers if _differs(self.page.items[number]))

    @functools.cached_property
    def _filled(self) -> frozenset[int]:
        return frozenset((*(one.first for one, _ in self.said), *self._redrawn))

    @functools.cached_property
    def _ordered(self) -> Callable[[Sequence[str]], Sequence[str]]:
        """What sorts words by the gaps that they fill: those of slots come first."""
        numbers = [*(one.first for one, _ in self.said), *self._redrawn]
        return _picked(sorted(range(len(numbers)), key=numbers.__getitem__))

    @functools.cached_property
    def _texts(self) -> Callable[[Values], Sequence[str]]:
        """What slots say, of all values."""
        return _picked([number for _, number in self.said])

    @functools.cached_property
    def _slots(self) -> tuple[_Slot, ...]:
        return tuple(_slot(one.box) for one, _ in self.said)

    @functools.cached_property
    def _by_face(self) -> tuple[tuple[Face, Sequence[int], Callable[[Sequence[str]], Sequence[str]]], ...]:
        """The numbers of slots of each face, and what gets them."""
        found: dict[Face, list[int]] = {}
        for number, (one, _) in enumerate(self.said):
            found.setdefault(one.box.style.face, []).append(number)
        return tuple((face, numbers, _picked(numbers)) for face, numbers in found.items())


class Struck(msgspec.Struct, frozen=True):
    """A page of one voucher: a plate whose gaps its ``words`` fill, each as operators.

    ``beyond`` is what they need beyond the cores of faces, by their names; ``items`` those that it has in the place of
    others of the plate's page.
    """

    plate: Plate
    words: Sequence[str]
    beyond: Mapping[str, AbstractSet[str]]
    links: Sequence[Link]
    items: Mapping[int, Item]

    @property
    def kind(self) -> int:
        """Its index among the sides that the program has."""
        return self.plate.page.kind

    @property
    def figures(self) -> list[Item]:
        """What a screen reader tells as figures, in their order."""
        items = self.plate.page.items
        return [self.items.get(number) or items[number] for number in self.plate.figures]

    @property
    def needs(self) -> Iterable[tuple[str, AbstractSet[str]]]:
        """All that it needs beyond the cores of faces, with their names."""
        yield from self.plate.beyond.items()
        yield from self.beyond.items()

    def numbered(self, number: int, count: int) -> Struck:
        """The same with the folio of page ``number`` of ``count``."""
        return msgspec.structs.replace(self, plate=_numbered(self.plate, number, count))


def cast(program: Program, page: Page, leaves: Leaves, scopes: Sequence[Sequence[Values]]) -> Plate:
    """The plate of a page that was drawn from ``scopes``."""
    places = {id(record): (scope, at) for scope, records in enumerate(scopes) for at, record in enumerate(records)}
    firsts = itertools.accumulate((len(record) for records in scopes for record in records), initial=0)
    numbers = dict(zip(places, firsts, strict=False))
    said = [one for one in page.own if isinstance(one, Said)]
    drawn = [one for one in page.own if isinstance(one, Drawn)]
    return Plate(
        program,
        page,
        leaves,
        tuple((one, numbers[id(one.values)] + one.box.source.index) for one in said),
        tuple((one, places.get(id(one.values), (-1, -1))) for one in drawn),
    )


def _picked(numbers: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    """What gets the texts with those numbers."""
    if len(numbers) < 2:
        return lambda texts: [texts[number] for number in numbers]
    return operator.itemgetter(*numbers)


def whole(program: Program, page: Page) -> Struck:
    """A page as it is, of which nothing is left open."""
    return Struck(Plate(program, page, Leaves(0, {}, selected=False), (), ()), (), {}, page.links, {})


def filled(parts: Sequence[str], words: Sequence[str]) -> str:
    """What a plate says in ``parts``, with ``words`` between them."""
    told = [""] * (2 * len(parts) - 1)
    told[::2] = parts
    told[1::2] = words
    return "".join(told)


@functools.lru_cache(maxsize=256)
def _numbered(plate: Plate, number: int, count: int) -> Plate:
    page, folio = plate.page, plate.program.pages[plate.page.kind].folio
    if folio is None:
        return plate
    pen = Sheet(plate.program.height, (), {})
    pen.page = msgspec.structs.replace(page, items=list(page.items), tags=list(page.tags), beyond={})
    folio.draw(pen, number, count)
    return dataclasses.replace(plate, page=pen.page)


def _slot(box: Text) -> _Slot:
    surely = -1 if box.share else int(box.width * 1000 / box.style.size / box.style.face.widest)
    return _Slot(box.style.face.advance_of, _Begins(box), surely, ")]TJ" if box.share else ")Tj")


def _from(gap: Shown, lines: Iterable[Words]) -> str:
    """Lines as operators that leave place and font as the gap has them."""
    told: list[str] = []
    x, y = gap.x, gap.y
    for line in marks(lines):
        assert isinstance(line, Shown)
        told.append(f" {move(line.x - x, line.y - y)}" if (line.x, line.y) != (x, y) else "")
        x, y = line.x, line.y
        font = in_font(line.face, line.size)
        usual = in_font(gap.face, gap.size)
        told.append(line.operators if font == usual else f"{font}{line.operators}{usual}")
    if (x, y) != (gap.x, gap.y):
        told.append(f" {move(gap.x - x, gap.y - y)}")
    return "".join(told)


def _differs(item: Item) -> bool:
    """Whether an item says something that is not the template's."""
    said = item.item if isinstance(item, OnScreen) else item
    return not said.still if isinstance(said, Words) else isinstance(said, (Bars, Matrix))
