"""The banner (PRUEBA – SIN VALOR, SPECIMEN) along the diagonal of a box."""

from __future__ import annotations

import math

from emission.render.faces import Face
from emission.render.items import Slogan
from emission.render.markup import Element
from emission.render.nodes import MM

_SHARE = 0.8  # of the diagonal
_LEAST_MM = {"w": 30.0, "h": 10.0}  # smaller, nobody would see it


def hold_seen(element: Element, box: tuple[float, float, float, float], page: tuple[float, float]) -> None:
    """Refuses a banner that nobody would see: too small, or off the page; ``box`` as :func:`slogan`'s.

    Raises:
        TemplateError: names the attribute.
    """
    for at, (name, least) in enumerate(_LEAST_MM.items()):
        most = (page[at] - box[at]) / MM
        if not least <= box[at + 2] / MM <= most + 0.1:
            expected = f"{least:g} … {most:.1f}"
            element.fail("template-value", attribute=name, value=element.attributes[name], expected=expected)
        if box[at] < -0.1:
            element.fail("template-value", attribute="xy"[at], value=element.attributes["xy"[at]], expected=">= 0")


def slogan(face: Face, words: str, box: tuple[float, float, float, float], page_height: float) -> Slogan:
    """``words`` rising through ``box`` (x, y from the top, width, height; points), as large as it carries."""
    x, y, width, height = box
    shape = face.shape(words)
    size = round(min(_SHARE * math.hypot(width, height) / shape.width * 1000, 0.5 * height + 12), 1)
    angle = math.atan2(height, width)
    cosine, sine = math.cos(angle), math.sin(angle)
    along, across = shape.width / 1000 * size / 2, face.cap_height / 2000 * size
    return Slogan(
        shape=shape,
        face=face.name,
        size=size,
        x=x + width / 2 - along * cosine + across * sine,
        y=page_height - y - height / 2 - along * sine - across * cosine,
        cosine=cosine,
        sine=sine,
    )
