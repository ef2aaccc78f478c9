"""A bill → its pages, struck from plates: those of shapes that came before are not laid out again.

What shape a voucher has is told by which of its values are empty, by how many rows its lists have and what its
operations bring, and by the words that take more than a line. All else is the same for all that have it; what a node
makes of a voucher in ways of its own is drawn anew, and looked at.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from emission.codes.qr import QrSymbol
from emission.model import Bill, Fault
from emission.render.fields import Values
from emission.render.frames import Frame
from emission.render.items import Drawn, Tag
from emission.render.layout import Sheet, draw
from emission.render.nodes import (
    Banner,
    Cut,
    Fixed,
    Flow,
    Gap,
    Ground,
    Node,
    Pair,
    Photo,
    Row,
    Rule,
    Stack,
    Text,
    When,
    Zone,
    within,
)
from emission.render.placing import still
from emission.render.plates import Leaves, Plate, Struck, cast, whole
from emission.render.repeat import Repeat
from emission.render.slips import Slip
from emission.render.slots import Turns
from emission.render.symbols import Linear, Qr
from emission.render.table import Table

if TYPE_CHECKING:
    from emission.render.program import PageKind, Program

# How many plates a program keeps: some tens of kilobytes each.
_MOST = 512
# What draws the same for all vouchers of a shape, but for words in boxes.
_SHAPED = (Zone, Flow, Row, When, Stack, Repeat, Table, Fixed, Gap, Rule, Ground, Cut, Photo, Frame, Banner)
# Where codes are still to come, their places are the same too.
_CODES = (Linear, Qr)

Shape = tuple[object, ...]


class Pressed(msgspec.Struct, frozen=True):
    """The pages of one bill, or what keeps it from being one."""

    pages: Sequence[Struck]
    faults: Sequence[Fault]


class Press(Sheet):
    """A sheet that strikes its pages from plates, and casts those that there are not yet."""

    def __init__(
        self, program: Program, slips: Sequence[Slip], qrs: Mapping[str, QrSymbol], *, reserving: bool = False
    ) -> None:
        super().__init__(program.height, slips, qrs, reserving=reserving)
        self.struck: list[Struck] = []
        self._values: Values = ()
        self._program = program
        self._plates, self._kinds = _plates(program, reserving=reserving), _noting(program, reserving=reserving)
        self._codes = tuple([(one.specimen, len(one.barcodes), one.qr != "", one.linked_qr != "") for one in slips])

    def draw(self, kind: int, design: PageKind) -> None:
        """A page of that kind."""
        self._values = list(chain.from_iterable(chain.from_iterable(self.scopes)))
        shape = self._shape(kind, design)
        self.struck.append(self._known(shape) or self._new(shape, kind))

    def _known(self, shape: Shape) -> Struck | None:
        """The page from a plate of its shape, where there is one."""
        found = self._plates.any_of(shape)
        struck = found and found[1].struck(self, self._values)
        if found is None or struck is None:
            return None
        if struck[0] != found[0]:
            found = self._plates.of(shape, struck[0])
            struck = found and found[1].struck(self, self._values)
            if found is None or struck is None:
                return None
        self._leave(found[1].leaves)
        return struck[1]

    def _new(self, shape: Shape, kind: int) -> Struck:
        """The page laid out, and its plate kept for those of its shape."""
        super().draw(kind, self._kinds[kind])
        leaves = Leaves(self.taken, dict(self.rest_to), self.selected)
        if not (self.faults or self.page.alone):
            plate = cast(self._program, self.page, leaves, self.scopes)
            struck = plate.struck(self, self._values)
            if struck is not None:
                self._plates.keep(shape, struck[0], plate)
                return struck[1]
        return whole(self._program, self.page)

    def _leave(self, leaves: Leaves) -> None:
        self.taken, self.rest_to, self.selected = leaves.taken, dict(leaves.rest_to), leaves.selected

    def _shape(self, kind: int, design: PageKind) -> Shape:
        """What decides where things stand on the page, but for words that take more than a line."""
        return (
            kind,
            self.taken,
            self.selected,
            (*self.rest_from.items(),),
            (*self.rest_to.items(),),
            self._codes,
            (*map(len, self.scopes),),
            # Records of a list within a list begin with whose they are.
            tuple([record[0] for scope in design.fields.nested for record in self.scopes[scope]]),
            bytes(map(bool, self._values)),
        )


class _Plates:
    """The plates of a program by the shape of their pages; those that were not asked for the longest time go."""

    def __init__(self) -> None:
        self._kept: collections.OrderedDict[tuple[Shape, Turns], Plate] = collections.OrderedDict()
        self._usual: dict[Shape, Turns] = {}

    def any_of(self, shape: Shape) -> tuple[Turns, Plate] | None:
        """One of that shape, which has all of its places though words may stand higher or lower."""
        turns = self._usual.get(shape)
        return None if turns is None else self.of(shape, turns)

    def of(self, shape: Shape, turns: Turns) -> tuple[Turns, Plate] | None:
        """The one on which those words take more than a line."""
        plate = self._kept.get((shape, turns))
        if plate is None:
            return None
        self._kept.move_to_end((shape, turns))
        return turns, plate

    def keep(self, shape: Shape, turns: Turns, plate: Plate) -> None:
        """Keeps one more."""
        self._kept[shape, turns] = plate
        self._usual[shape] = turns
        if len(self._kept) > _MOST:
            (gone, turned), _ = self._kept.popitem(last=False)
            if self._usual.get(gone) == turned:
                del self._usual[gone]


@functools.lru_cache(maxsize=16)
def _plates(program: Program, *, reserving: bool) -> _Plates:  # noqa: ARG001 -- whose they are
    return _Plates()


@functools.lru_cache(maxsize=16)
def _noting(program: Program, *, reserving: bool) -> tuple[PageKind, ...]:
    """The pages of a program, whose nodes note what they draw in ways of their own."""
    shaped = (*_SHAPED, *_CODES) if reserving else _SHAPED

    def noting(node: Node) -> Node:
        inside = within(node, noting)
        if isinstance(node, shaped) or still(node):
            return inside
        words = node.value if isinstance(node, Pair) else node
        return inside if isinstance(words, Text) and words.href is None else _Noting(node)

    return tuple(
        msgspec.structs.replace(kind, nodes=tuple(noting(node) for node in kind.nodes)) for kind in program.pages
    )


@dataclasses.dataclass(frozen=True)
class _Noting:
    """A node that draws as ever, and notes that it did."""

    node: Node

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        page, selected = sheet.page, sheet.selected
        first, tags, link, own = len(page.items), len(page.tags), len(page.links), len(page.own)
        used = self.node.draw(sheet, values, x, y)
        told = [
            tag if tag.first < 0 else Tag(tag.name, tag.first - first, tag.last - first) for tag in page.tags[tags:]
        ]
        drawn = Drawn(self.node, values, x, y, sheet.current, selected, used, first, len(page.items), tuple(told), link)
        page.own[own:] = [drawn]
        return used


def pressed(
    program: Program, bill: Bill, slips: Sequence[Slip], qrs: Mapping[str, QrSymbol], *, reserving: bool = False
) -> Pressed:
    """The pages of ``bill``, as :func:`emission.render.layout.lay_out` has them.

    Raises:
        CodeError: a code that cannot be drawn as it is.
    """
    press = Press(program, slips, qrs, reserving=reserving)
    draw(program, bill, press)
    pages = press.struck
    if press.faults:
        return Pressed((), press.faults)
    if len(pages) > 1:
        pages = [page.numbered(number, len(pages)) for number, page in enumerate(pages, 1)]
    return Pressed(pages, ())
