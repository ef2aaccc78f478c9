"""Words that do not run level: turned counterclockwise around the start of their baseline."""

from __future__ import annotations

import math

import msgspec

from emission.render.fields import Values
from emission.render.fitting import fit
from emission.render.items import Link, TurnedWords
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import Text

_TURNS = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}


class Turned(msgspec.Struct, frozen=True):
    """Words whose box, ``text``'s, is turned around the start of its baseline by an angle given as cosine and sine."""

    text: Text
    cosine: float
    sine: float

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        text, style = self.text, self.text.style
        words, first = text.source.text(values), sheet.next
        if not words:
            return 0.0
        x, y, down = x + text.x, y + text.drop, 0.0
        fitted = fit(style.face, words, text.width, style.size, style.lines, style.fit)
        size, lines = fitted or sheet.refuse(style.face, words, style.size, style.role)
        for line in lines:
            spare = text.width - line.width * size / 1000
            along = {"left": 0.0, "right": spare, "center": spare / 2}[style.align]
            if line.text:
                place = self._at(sheet, x, y, along, down)
                sheet.page.note(line)
                sheet.add(
                    TurnedWords(
                        line, style.face.name, size, *place, style.ink, style.role, cosine=self.cosine, sine=self.sine
                    )
                )
            down += style.lead * size / style.size
        link = self._link(sheet, values, x, y, down - style.lead * 0.7)
        if link is None:
            sheet.tag(style.tag, first)
        else:
            sheet.link(link, first)
        return 0.0

    def _link(self, sheet: Sheet, values: Values, x: float, y: float, down: float) -> Link | None:
        """The place to tap: the box as it is turned, and the level one around it for readers that know no other."""
        url = self.text.href.text(values) if self.text.href else ""
        if not url.startswith("https://") or sheet.slip.specimen:
            return None
        width, up = self.text.width, -self.text.style.size
        corners = [self._at(sheet, x, y, *corner) for corner in ((0, down), (width, down), (width, up), (0, up))]
        xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
        level = abs(self.cosine * self.sine) < 1e-9
        quad = () if level else tuple(part for corner in corners for part in corner)
        return Link(url, min(xs), min(ys), max(xs), max(ys), self.text.source.text(values), quad)

    def _at(self, sheet: Sheet, x: float, y: float, along: float, down: float) -> tuple[float, float]:
        """A point of the box on the page, from its lower left corner."""
        right = x + along * self.cosine + down * self.sine
        return right, sheet.height - y + along * self.sine - down * self.cosine


def turned(element: Element, text: Text, *, flowing: bool) -> Turned:
    """The element's words, turned as its ``rotate`` says.

    Raises:
        TemplateError: it stands in a flow, has no width, or the angle is none.
    """
    if flowing:
        element.fail("template-value", attribute="rotate", value=element.attributes["rotate"], expected="0 (flow)")
    if not element.number("w"):
        element.fail("template-attribute-missing", attribute="w")
    return Turned(text, *turn_of(element))


def turn_of(element: Element) -> tuple[float, float]:
    """Cosine and sine of the element's ``rotate``, degrees counterclockwise.

    Raises:
        TemplateError: it is no angle.
    """
    degrees = element.number("rotate")
    if not 0 <= degrees < 360:
        element.fail("template-value", attribute="rotate", value=element.attributes["rotate"], expected="0 … 359")
    angle = math.radians(degrees)
    return _TURNS.get(degrees, (math.cos(angle), math.sin(angle)))
