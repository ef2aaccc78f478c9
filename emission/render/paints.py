"""How SVG paints a shape: properties, inherited or its own → operators for screen and press (SVG 1.1, 11)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import PIL.ImageColor

from emission.render.colours import Light, fainter, separated
from emission.render.outlines import finite, length, number

Properties = Mapping[str, str]

START: Properties = {
    "color": "black",
    "fill": "black",
    "fill-rule": "nonzero",
    "stroke": "none",
    "stroke-width": "1",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-miterlimit": "4",
    "stroke-dasharray": "none",
    "stroke-dashoffset": "0",
    "visibility": "visible",
}
_CAPS = {"butt": "0", "round": "1", "square": "2"}
_JOINS = {"miter": "0", "round": "1", "bevel": "2"}
_RULES = {"nonzero": "", "evenodd": "*"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BREAK = re.compile(r"[\s,]+")


class Unpaintable(Exception):  # noqa: N818 -- what it says of a drawing, not of the program
    """A property that no paper can show as it is; ``kind`` is what to do about it: gradient or opacity."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Wrong(Exception):  # noqa: N818 -- as above
    """A property whose value cannot be."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name)
        self.name = name
        self.value = value


def declared(attributes: Mapping[str, str]) -> dict[str, str]:
    """The properties of an element: attributes, and before them what ``style`` says."""
    said = {name: value.strip() for name, value in attributes.items()}
    for declaration in _COMMENT.sub("", attributes.get("style", "")).split(";"):
        name, _, value = declaration.partition(":")
        if name.strip():
            said[name.strip()] = value.replace("!important", "").strip()
    return said


def inherited(around: Properties, said: Mapping[str, str]) -> Properties:
    """The properties within an element that says ``said``."""
    return {name: value if said.get(name, "inherit") == "inherit" else said[name] for name, value in around.items()}


def painted(path: str, properties: Properties, *, faint: bool = False) -> tuple[str, str]:
    """The operators that paint ``path``, on screen and on the press; empty where nothing shows.

    ``faint``: in colours that are nearly white.

    Raises:
        Wrong: a property's value cannot be.
        Unpaintable: it has a gradient, a pattern, or shines through.
    """
    fill, stroke = _colour(properties, "fill", faint=faint), _colour(properties, "stroke", faint=faint)
    width = _number(properties, "stroke-width")
    if width <= 0:
        stroke = None
    rule = _one_of(properties, "fill-rule", _RULES)
    if properties["visibility"] != "visible" or not (fill or stroke):
        return "", ""
    screen, press = _inks(fill, "g", "rg", "k")
    screen_line, press_line = _inks(stroke, "G", "RG", "K")
    line = _pen(properties, width) if stroke else ""
    paint = f"{'B' if stroke else 'f'}{rule}" if fill else "S"
    rest = f"{line}{path}{paint}\n"
    return screen + screen_line + rest, press + press_line + rest


def _pen(properties: Properties, width: float) -> str:
    cap = _one_of(properties, "stroke-linecap", _CAPS)
    join = _one_of(properties, "stroke-linejoin", _JOINS)
    limit = max(1.0, _number(properties, "stroke-miterlimit"))
    return f"{number(width)} w {cap} J {join} j {number(limit)} M {_dashes(properties)} d\n"


def _dashes(properties: Properties) -> str:
    written = properties["stroke-dasharray"]
    if written == "none":
        return "[]0"
    try:
        lengths = [length(part) for part in _BREAK.split(written) if part]
    except ValueError as error:
        raise Wrong("stroke-dasharray", written) from error
    if min(lengths, default=0.0) < 0:
        raise Wrong("stroke-dasharray", written)
    offset = _number(properties, "stroke-dashoffset")
    # PDF counts from a start that is not before the line; an odd list stands twice in SVG.
    whole = sum(lengths) * (1 + len(lengths) % 2)
    if not whole:
        return "[]0"
    return f"[{' '.join(map(number, lengths))}]{number(offset % whole)}"


def _number(properties: Properties, name: str) -> float:
    try:
        return finite(length(properties[name]))
    except ValueError as error:
        raise Wrong(name, properties[name]) from error


def _one_of(properties: Properties, name: str, known: Mapping[str, str]) -> str:
    if properties[name] not in known:
        raise Wrong(name, properties[name])
    return known[properties[name]]


def _colour(properties: Properties, name: str, *, faint: bool) -> Light | None:
    written = properties[name]
    if written.casefold() == "currentcolor":
        written = properties["color"]
    if written in ("none", "transparent"):
        return None
    if written.startswith("url("):
        raise Unpaintable("gradient")
    try:
        red, green, blue, *rest = PIL.ImageColor.getrgb(written)
    except ValueError as error:
        raise Wrong(name, written) from error
    if rest and rest[0] != 255:
        raise Unpaintable("opacity")
    light = red / 255, green / 255, blue / 255
    return (fainter(light[0]), fainter(light[1]), fainter(light[2])) if faint else light


def _inks(colour: Light | None, grey: str, screen: str, press: str) -> tuple[str, str]:
    """A neutral is a grey level on screen and black alone on the press."""
    if colour is None:
        return "", ""
    if len(set(colour)) == 1:
        return f"{number(colour[0])} {grey}\n", f"0 0 0 {number(1 - colour[0])} {press}\n"
    shown, plates = (" ".join(map(number, parts)) for parts in (colour, separated(colour)))
    return f"{shown} {screen}\n", f"{plates} {press}\n"
