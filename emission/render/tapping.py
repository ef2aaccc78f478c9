"""Places to tap in digital files: an area over something else, and a button. Neither is on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import msgspec

from emission.render.fields import Values
from emission.render.fitting import fit
from emission.render.frames import radius_of
from emission.render.items import Link, OnScreen, RoundPanel, Words
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import MM, Source, Style

LEAST_MM = 12.0  # a fingertip's height on a telephone that shows a page as wide as its screen
_SECURE = "https://"
_AIR = 2 * MM


class Area(msgspec.Struct, frozen=True):
    """Opens ``href`` where it is an address; (x, y) is its upper left corner, lengths are points."""

    x: float
    y: float
    width: float
    height: float
    href: Source
    alt: str

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        link = self.link(sheet, values, x, y)
        if link is not None:
            sheet.link(link, sheet.next)
        return 0.0

    def link(self, sheet: Sheet, values: Values, x: float, y: float) -> Link | None:
        """The place to tap; none where there is no address, or nothing to pay. Undescribed it is its address."""
        url = self.href.text(values)
        if not url.startswith(_SECURE) or sheet.slip.specimen:
            return None
        left, top = x + self.x, y + self.y
        return Link(url, *sheet.box(left, top, left + self.width, top + self.height), self.alt or url)


class Button(msgspec.Struct, frozen=True):
    """A filled box with a label in its middle, over an area to tap; nothing where there is no address."""

    area: Area
    label: Source
    style: Style
    radius: float
    fill: str

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        if not self.area.href.text(values).startswith(_SECURE):
            return 0.0
        area, style = self.area, self.style
        left, top = x + area.x, y + area.y
        bottom = sheet.height - top - area.height
        sheet.add(OnScreen(RoundPanel(left, bottom, area.width, area.height, self.fill, self.radius)))
        text, first = self.label.text(values), sheet.next
        size, lines = fit(style.face, text, area.width - 2 * _AIR, style.size, 1) or sheet.refuse(
            style.face, text, style.size, style.role
        )
        for line in lines:
            sheet.page.note(line)
            at = left + (area.width - line.width * size / 1000) / 2
            level = bottom + area.height / 2 - size * style.face.cap_height / 2000
            sheet.add(OnScreen(Words(line, style.face.name, size, at, level, style.ink, style.role, share=0.5)))
        link = msgspec.structs.replace(area, alt=text).link(sheet, values, x, y)
        if link is None:
            sheet.tag("P", first)
        else:
            sheet.link(link, first)
        return 0.0


def tapped(element: Element, href: Source) -> Area:
    """The node of a ``link``.

    Raises:
        TemplateError: its address is no ``https://`` address.
    """
    if href.fixed is not None and href.fixed and not href.fixed.startswith(_SECURE):
        _refuse(element, "href", _SECURE)
    x, y, width, height = (element.number(name) * MM for name in "xywh")
    return Area(x, y, width, height, href, element.attributes.get("alt", ""))


def button(element: Element, label: Source, style: Style, href: Source, inks: Sequence[str]) -> Button:
    """The node of a ``button``: white words on the accent, unless it says another of ``inks``.

    Raises:
        TemplateError: as :func:`tapped`; it is less than 12 mm high.
    """
    area = tapped(element, href)
    if element.number("h") < LEAST_MM:
        _refuse(element, "h", f">= {LEAST_MM:g}")
    ink = element.choice("ink", inks, "white")
    return Button(
        area=area,
        label=label,
        style=msgspec.structs.replace(style, ink=ink),
        radius=radius_of(element, area.width, area.height, 2.0),
        fill=element.choice("fill", inks, "accent"),
    )


def _refuse(element: Element, attribute: str, expected: str) -> NoReturn:
    value = element.attributes[attribute]
    element.fail("template-value", attribute=attribute, value=value, expected=expected)
