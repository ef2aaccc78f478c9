"""The compiled elements: each draws itself on a sheet from the values of its fields.

Lengths are points, y counts from the top. ``draw`` returns the height that it used, which only flows
ask for. Inside a flow a text's baseline hangs ``drop`` beneath the flow's pen, elsewhere beneath its zone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from emission.render.faces import Face, Shape
from emission.render.fields import Values
from emission.render.fitting import fit, natural
from emission.render.items import CutLine, Drawing, Link, Panel, Picture, Ready, Said, Slogan, Stroke, Tag, Words
from emission.render.layout import Sheet

MM = 72 / 25.4
# How much of a line stands left of where its box holds it.
SHARES = {"left": 0.0, "center": 0.5, "right": 1.0}
_SCISSORS = (
    "0.5 w 2.6 1.5 m 2.6 2.2 2.1 2.7 1.4 2.7 c 0.7 2.7 0.2 2.2 0.2 1.5 c "
    "0.2 0.8 0.7 0.3 1.4 0.3 c 2.1 0.3 2.6 0.8 2.6 1.5 c "
    "2.6 -1.5 m 2.6 -0.8 2.1 -0.3 1.4 -0.3 c 0.7 -0.3 0.2 -0.8 0.2 -1.5 c "
    "0.2 -2.2 0.7 -2.7 1.4 -2.7 c 2.1 -2.7 2.6 -2.2 2.6 -1.5 c "
    "2.4 -0.9 m 8.6 2.2 l 2.4 0.9 m 8.6 -2.2 l S"
)


class Node(Protocol):
    """Anything that can be drawn at (x, y)."""

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        """Draws itself and returns the height used (points)."""
        ...


def within(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with ``change`` made to each of those in it."""
    if isinstance(node, When):
        return msgspec.structs.replace(node, child=change(node.child))
    if isinstance(node, msgspec.Struct) and hasattr(node, "children"):
        return msgspec.structs.replace(node, children=tuple(change(child) for child in node.children))
    return node


class Source(msgspec.Struct, frozen=True):
    """Where an element's words come from: fixed, or the value at ``index`` of its scope."""

    fixed: str | None
    index: int = -1

    def text(self, values: Values) -> str:
        return values[self.index] if self.fixed is None else self.fixed


class Style(msgspec.Struct, frozen=True):
    """How words look: ``size`` and ``lead`` in points, ``lines`` at most, ``fit`` where they are too long."""

    face: Face
    size: float
    lead: float
    align: str = "left"
    ink: str = "black"
    lines: int = 1
    role: str = ""
    tag: str = "P"
    fit: str = "shrink"


class Text(msgspec.Struct, frozen=True, eq=False):
    """Words in a box ``width`` wide; each is one of its kind."""

    source: Source
    style: Style
    x: float
    drop: float
    width: float
    href: Source | None = None

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        if not self.source.text(values):
            return 0.0
        style, page = self.style, sheet.page
        first = len(page.items)
        height = self.lines(sheet, values, x, y)
        link = self.link(sheet, values, x, y, height) if self.href else None
        if link is None:
            page.tags.append(Tag(style.tag, first, len(page.items)))
        else:
            sheet.link(link, first)
        return max(style.lead, height)

    def lines(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        """Draws its words and returns their height (points); what they are belongs to whoever asks."""
        text, style, page = self.source.text(values), self.style, sheet.page
        level = sheet.height - y - self.drop
        said = self.said(text, x, level)
        if said is None:
            sheet.refuse(style.face, text, style.size, style.role)
            return 0.0
        first = len(page.items)
        page.items += said[0]
        for line in said[0]:
            page.note(line.shape)
        if self.source.fixed is None:
            page.own.append(Said(self, values, x, y, first, len(page.items)))
        return said[1]

    def said(self, text: str, x: float, level: float) -> tuple[Sequence[Words], float] | None:
        """``text`` in the box, the first line on the baseline ``level``, and its height; none where it does not fit."""
        style = self.style
        words = _line(self, text, x, level)
        if words is not None:
            return (words,), style.lead
        found = _fitted(self, text)
        if found is None:
            return None
        size, lines = found
        lead = style.lead * size / style.size
        said = [self.line(line, size, x, level - lead * place) for place, line in enumerate(lines) if line.text]
        return said, lead * len(lines)

    def line(self, shape: Shape, size: float, x: float, level: float) -> Words:
        """A line of words of that ``size`` on the baseline ``level``."""
        style, share = self.style, self.share
        at = self.held(x) - shape.width * share * size / 1000
        still = self.source.fixed is not None
        return Words(shape, style.face.name, size, at, level, style.ink, style.role, still, share)

    @property
    def share(self) -> float:
        """How much of a line stands left of where it is held."""
        return SHARES[self.style.align]

    def held(self, x: float) -> float:
        """Where a line is held: at its start, its middle or its end."""
        return x + self.x + self.width * self.share

    def link(self, sheet: Sheet, values: Values, x: float, y: float, height: float) -> Link | None:
        """The place to tap over words that are ``height`` high; none where there is no address, or nothing to pay."""
        url = self.href.text(values) if self.href else ""
        if not url.startswith("https://") or sheet.slip.specimen:
            return None
        style, left, baseline = self.style, x + self.x, y + self.drop
        end = baseline + height - style.lead * 0.7
        return Link(url, *sheet.box(left, baseline - style.size, left + self.width, end), self.source.text(values))


# Texts that are too long for a line come again too: messages, and addresses that are still to come.
@functools.lru_cache(maxsize=4096)
def _fitted(box: Text, text: str) -> tuple[float, Sequence[Shape]] | None:
    style = box.style
    return fit(style.face, text, box.width, style.size, style.lines, style.fit)


# Labels, dates and names of taxes come again and again, and in the same place.
@functools.lru_cache(maxsize=16384)
def _line(box: Text, text: str, x: float, level: float) -> Words | None:
    """``text`` as it is, in one line of its ``box`` at full size; nothing where it takes more than that."""
    size = box.style.size
    shape = natural(box.style.face, text, box.width, size)
    return None if shape is None else box.line(shape, size, x, level)


class Pair(msgspec.Struct, frozen=True):
    """A label and its value, nothing where the value is empty; ``step``: how far the value is below the label.

    To a screen reader the two are one line.
    """

    label: Text
    value: Text
    step: float

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        value = self.value
        if not value.source.text(values):
            return 0.0
        page = sheet.page
        first, label = len(page.items), self.label.source.text(values)
        if label:
            self.label.lines(sheet, values, x, y)
        middle = len(page.items)
        height = value.lines(sheet, values, x, y + self.step)
        link = value.link(sheet, values, x, y + self.step, height) if value.href else None
        if link is None:
            page.tags.append(Tag(value.style.tag, first, len(page.items)))
        else:
            sheet.open("P")
            sheet.page.tags.append(Tag("", first, middle))
            sheet.linked(msgspec.structs.replace(link, alt=f"{label}: {link.alt}"), middle)
            sheet.close()
        return self.step + max(height, value.style.lead)


class Gap(msgspec.Struct, frozen=True):
    """Air in a flow."""

    height: float

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        return 0.0 if sheet.tight else self.height


class Rule(msgspec.Struct, frozen=True):
    """A straight line from (x, y), ``width`` to the right and ``height`` down; ``gap`` is its height in a flow."""

    x: float
    y: float
    width: float
    height: float
    weight: float
    ink: str
    dash: str
    gap: float

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        left, top = x + self.x, sheet.height - y - self.y
        sheet.add(Stroke(left, top, left + self.width, top - self.height, self.weight, self.ink, self.dash))
        return self.gap


class Ground(msgspec.Struct, frozen=True):
    """A tinted area, beneath the banner."""

    x: float
    y: float
    width: float
    height: float
    ink: str

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        bottom = sheet.height - y - self.y - self.height
        sheet.page.ground.append(Panel(x + self.x, bottom, self.width, self.height, self.ink))
        return 0.0


class Cut(msgspec.Struct, frozen=True):
    """Where the paper is cut: a dashed line with scissors at its left."""

    x: float
    y: float
    width: float
    ink: str

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        left, level = x + self.x, sheet.height - y - self.y
        sheet.add(Drawing(_SCISSORS, left, level, self.ink))
        sheet.add(CutLine(left + 11, level, left + self.width, level, 0.5, self.ink, "2.5 2"))
        return 0.0


class Photo(msgspec.Struct, frozen=True):
    """The image resource ``name``; without ``alt`` it is there for the eye alone."""

    name: str
    x: float
    y: float
    width: float
    height: float
    alt: str

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        bottom, first = sheet.height - y - self.y - self.height, sheet.next
        sheet.add(Picture(self.name, x + self.x, bottom, self.width, self.height, self.alt))
        if self.alt:
            sheet.tag("Figure", first)
        return 0.0


class Fixed(msgspec.Struct, frozen=True):
    """Items that are the same on every page of their kind, in their place among the others.

    Their tags count from the first of them.
    """

    items: tuple[Ready, ...]
    tags: tuple[Tag, ...]

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        first = sheet.next
        sheet.page.items += self.items
        sheet.page.tags += [
            tag if tag.first < 0 else Tag(tag.name, tag.first + first, tag.last + first) for tag in self.tags
        ]
        return 0.0


class Zone(msgspec.Struct, frozen=True):
    """A place of its own: children count from its corner."""

    x: float
    y: float
    children: tuple[Node, ...]

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        for child in self.children:
            child.draw(sheet, values, x + self.x, y + self.y)
        return 0.0


class Flow(msgspec.Struct, frozen=True):
    """Children beneath each other, ``height`` at most.

    One that is too full is drawn again without its gaps before it is refused: a code that came longer
    than expected must not cost a voucher whose operation exists already.
    """

    x: float
    y: float
    height: float
    role: str
    children: tuple[Node, ...]

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        mark = sheet.mark()
        used = self._pour(sheet, values, x + self.x, y + self.y)
        if used > self.height:
            sheet.erase(mark)
            sheet.tight = True
            used = self._pour(sheet, values, x + self.x, y + self.y)
            sheet.tight = False
        if used > self.height:
            sheet.fault("zone-too-full", self.role, over=f"{(used - self.height) / MM:.1f}")
        return used

    def _pour(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        used = 0.0
        for child in self.children:
            used += child.draw(sheet, values, x, y + used)
        return used


class Banner(msgspec.Struct, frozen=True):
    """The banner where it depends on the voucher; its place counts from the corner that it is drawn at."""

    slogan: Slogan

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- every node draws alike
        place = {"x": self.slogan.x + x, "y": self.slogan.y - y}
        sheet.page.slogans.append(msgspec.structs.replace(self.slogan, **place))
        return 0.0


class Row(msgspec.Struct, frozen=True):
    """Words side by side: one line to a screen reader too, unless there is a heading or a link among them."""

    children: tuple[Node, ...]

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        first, tags = sheet.next, sheet.page.tags
        before = len(tags)
        used = max([child.draw(sheet, values, x, y) for child in self.children], default=0.0)
        if len(tags) > before + 1 and all(tag.name == "P" and tag.first >= 0 for tag in tags[before:]):
            del tags[before:]
            sheet.tag("P", first)
        return used


class When(msgspec.Struct, frozen=True):
    """What is drawn where the test holds: a zone, or a flow within a flow."""

    index: int
    child: Node

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        return self.child.draw(sheet, values, x, y) if values[self.index] else 0.0


class Stack(msgspec.Struct, frozen=True):
    """The next ``take`` obligations, each ``row`` below the one before."""

    scope: int
    take: int
    x: float
    y: float
    row: float
    children: tuple[Node, ...]

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:  # noqa: ARG002 -- it has values of its own
        for place, obligation in enumerate(sheet.take(self.take)):
            sheet.current = obligation
            record = sheet.scopes[self.scope][obligation]
            for child in self.children:
                child.draw(sheet, record, x + self.x, y + self.y + place * self.row)
        sheet.current = 0
        return 0.0
