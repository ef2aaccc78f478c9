"""Plates: what the pages of one shape have in common, cast from the first of them; others are struck from it.

Vouchers of a batch have the same parts in the same places, and differ in what is said there. So a page is laid out
once for each shape, and its operators are kept with gaps in them: another voucher's words are measured, and fill these.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import msgspec

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
    Words,
)
from emission.render.layout import Sheet
from emission.render.operators import marks
from emission.render.slots import GAP, Slots, Turns, gap, picked
from emission.render.tagging import FIGURE

if TYPE_CHECKING:
    from emission.render.program import Program

_SKIPPED = Mark("", "")
_BARS = Mark("black", "")

# The place of a record: its scope, and its own among those; of no record, -1.
Place = tuple[int, int]


class Leaves(msgspec.Struct, frozen=True):
    """How a page leaves its sheet: obligations shown, where tables go on, whether the QR of all stands there."""

    taken: int
    rest_to: dict[str, int]
    selected: bool


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
            made[one.first] = gap(one, self.program.height)
        for index in self._redrawn:
            made[index] = msgspec.structs.replace(made[index], operators=GAP)
        return tuple(made)

    @functools.cached_property
    def gaps(self) -> tuple[int, ...]:
        """The number of the item that each gap is for, in their order."""
        return tuple(sorted(self._filled))

    @functools.cached_property
    def bars(self) -> tuple[tuple[int, int], ...]:
        """The gaps that each back-end fills with bars of its own, and the numbers of their items."""
        items = self.page.items
        return tuple((gap, number) for gap, number in enumerate(self.gaps) if isinstance(items[number], Bars))

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
        lines = self._slots.filled(texts, page)
        items = self._items(sheet, page)
        if lines is None or items is None:
            return None
        drawn = [_told(items[index]) for index in self._redrawn]
        if any(
            msgspec.structs.replace(mark, operators=GAP) != gap for mark, gap in zip(drawn, self._gaps, strict=True)
        ):
            return None
        words, turns = lines
        words += [mark.operators for mark in drawn]
        return turns, Struck(self, self._ordered(words), page.beyond, page.links, items, texts)

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
        return picked(sorted(range(len(numbers)), key=numbers.__getitem__))

    @functools.cached_property
    def _slots(self) -> Slots:
        return Slots([one for one, _ in self.said], self.program.height)

    @functools.cached_property
    def _texts(self) -> Callable[[Values], Sequence[str]]:
        """What slots say, of all values."""
        return picked([number for _, number in self.said])


class Struck(msgspec.Struct, frozen=True):
    """A page of one voucher: a plate whose gaps its ``words`` fill, each as operators; nothing for bars.

    ``beyond`` is what they need beyond the cores of faces, by their names; ``items`` those that it has in the place of
    others of the plate's page, ``texts`` what its slots say.
    """

    plate: Plate
    words: Sequence[str]
    beyond: Mapping[str, AbstractSet[str]]
    links: Sequence[Link]
    items: Mapping[int, Item]
    texts: Sequence[str] = ()

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


def _told(item: Item) -> Mark:
    return _BARS if isinstance(item, Bars) else marks((item,))[0]


def _differs(item: Item) -> bool:
    """Whether an item says something that is not the template's."""
    said = item.item if isinstance(item, OnScreen) else item
    return not said.still if isinstance(said, Words) else isinstance(said, (Bars, Matrix))
