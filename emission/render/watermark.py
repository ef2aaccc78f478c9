"""Light words or a light picture beneath everything but a background, the same on every page of a kind.

Codes knock out a white of their own, so a watermark may lie beneath them. To readers that follow what a page means it
is an artifact (ISO 32000-1, 14.8.2.2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from emission.render.box import Box
from emission.render.colours import Colour
from emission.render.faces import Face
from emission.render.items import Mark, Ready, TurnedWords
from emission.render.markup import Element
from emission.render.nodes import MM
from emission.render.operators import marks
from emission.render.pictures import Image
from emission.render.turning import turn_of

# Labels of 70 % black keep 4.3 to 1 from such a ground, black words 10 to 1.
MOST_CONTRAST = 2.0
_INKS = ("banner", "light", "zebra", "white")
_WORDS_ONLY = ("ink", "size", "weight")
_MARGIN = 0.1  # of the page, on each side of a watermark that says no size


class Area(msgspec.Struct, frozen=True):
    """A box's middle, from the page's lower left corner, and its sides (points); how its content is turned."""

    x: float
    y: float
    width: float
    height: float
    cosine: float
    sine: float

    def room(self, width: float, height: float) -> float:
        """By how much a rectangle of that size may grow until it touches the box, turned."""
        across, up = self._turned(width, height)
        return min(self.width / max(across, 1e-9), self.height / max(up, 1e-9))

    def start(self, width: float, height: float) -> tuple[float, float]:
        """The lower left corner of a rectangle, turned, whose middle is the box's."""
        right, up = width / 2, height / 2
        return self.x - right * self.cosine + up * self.sine, self.y - right * self.sine - up * self.cosine

    def reach(self, width: float, height: float) -> Box:
        """The box around such a rectangle."""
        across, up = self._turned(width, height)
        return Box(self.x - across / 2, self.y - up / 2, self.x + across / 2, self.y + up / 2)

    def _turned(self, width: float, height: float) -> tuple[float, float]:
        cosine, sine = abs(self.cosine), abs(self.sine)
        return width * cosine + height * sine, width * sine + height * cosine


def area_of(element: Element, width: float, height: float) -> Area:
    """Where on a page of ``width`` × ``height`` points it stands: in its middle, a tenth from each edge, if not said.

    Raises:
        TemplateError: the box leaves the page, or there is none; the angle is none.
    """
    left, wide = _side(element, "x", "w", width / MM)
    top, high = _side(element, "y", "h", height / MM)
    middle = (left + wide / 2) * MM, height - (top + high / 2) * MM
    return Area(*middle, wide * MM, high * MM, *turn_of(element))


def _side(element: Element, start: str, size: str, whole: float) -> tuple[float, float]:
    """Where the box starts along one side of the page, which is ``whole`` long, and how long it is (millimetres)."""
    long = element.number(size, whole * (1 - 2 * _MARGIN))
    if not 0 < long <= whole + 0.1:
        element.fail("template-value", attribute=size, value=f"{long:g}", expected=f"0 … {whole:.1f}")
    at = element.number(start, (whole - long) / 2)
    if not -0.1 <= at <= whole - long + 0.1:
        element.fail("template-value", attribute=start, value=f"{at:g}", expected=f"0 … {whole - long:.1f}")
    return at, long


def ink_of(element: Element, colours: Mapping[str, Colour]) -> str:
    """The ink of a watermark's words: the banner's grey, unless it says another light one.

    Raises:
        TemplateError: no such ink, or one that words upon it would not stand out from.
    """
    ink = element.choice("ink", (*_INKS, *colours), "banner")
    colour = colours.get(ink)
    if colour and colour.contrast > MOST_CONTRAST:
        contrast = {"contrast": f"{colour.contrast:.1f}", "most": f"{MOST_CONTRAST:g}"}
        element.fail("template-watermark-dark", attribute="ink", value=ink, **contrast)
    return ink


def faint_words(element: Element, area: Area, face: Face, text: str, *, size: float, ink: str) -> Ready:
    """``text`` in the middle of the area, ``size`` points large, or as large as it carries where that is 0.

    Raises:
        TemplateError: they do not fit.
    """
    low, high = (part / 1000 for part in face.span(text))
    shape = face.shape(text)
    width, height = shape.width / 1000, high - low
    most = math.floor(area.room(width, height) * 10) / 10
    if size > most:
        element.fail("template-does-not-fit", value=text, field="")
    points = size or most
    x, y = area.start(width * points, height * points)
    # The baseline stands above the lowest ink.
    x, y = x + low * points * area.sine, y - low * points * area.cosine
    (drawn,) = marks([TurnedWords(shape, face.name, points, x, y, ink, cosine=area.cosine, sine=area.sine)])
    return Ready(drawn, "", area.reach(width * points, height * points), cut=False)


def faint_picture(element: Element, area: Area, name: str, image: Image) -> Ready:
    """The image resource ``name``, as large as the area carries.

    Raises:
        TemplateError: it has an attribute that only words have.
    """
    for attribute in _WORDS_ONLY:
        if attribute in element.attributes:
            known = "h | rotate | source | w | x | y"
            element.fail("template-attribute-unknown", attribute=attribute, nearest=known, known=known)
    scale = area.room(image.width, image.height)
    width, height = image.width * scale, image.height * scale
    x, y = area.start(width, height)
    sides = (width * area.cosine, width * area.sine, -height * area.sine, height * area.cosine)
    place = " ".join(f"{number:.2f}" for number in (*sides, x, y))
    return Ready(Mark("", f"q {place} cm/{name} Do Q\n"), "", area.reach(width, height), cut=False)
