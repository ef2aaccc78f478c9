"""An SVG as vectors: one form of PDF, in the colours of the screen and in those of the press.

What a voucher needs of SVG 1.1 and nothing else: shapes, groups, transforms, plain colours. Whatever else draws
something is refused by name, so that no arms come out of the printer with a part missing.
"""

from __future__ import annotations

import re
import zlib
from typing import NoReturn

import msgspec

from emission.render.markup import Element, Spot, parse
from emission.render.outlines import SHAPES, Pen, TooManySegments, finite, length, number, outline
from emission.render.paints import START, Properties, Unpaintable, Wrong, declared, inherited, painted
from emission.render.transforms import Transform, read_transform, then

MOST_BYTES = 1_000_000
_DEEPEST = 64
# What draws nothing; and what is only drawn where something refers to it, which is refused there.
_SILENT = frozenset(("title", "desc", "metadata"))
_KINDS = {
    "text": "text",
    "tspan": "text",
    "textPath": "text",
    "linearGradient": "gradient",
    "radialGradient": "gradient",
    "pattern": "gradient",
    "meshgradient": "gradient",
    "filter": "effect",
    "mask": "effect",
    "clipPath": "effect",
    "marker": "effect",
    "use": "use",
    "symbol": "use",
    "style": "style",
}
# Properties that only one value of can be drawn.
_ONLY = {
    "opacity": ("opacity", ("1", "1.0", "100%")),
    "fill-opacity": ("opacity", ("1", "1.0", "100%")),
    "stroke-opacity": ("opacity", ("1", "1.0", "100%")),
    "filter": ("effect", ("none",)),
    "mask": ("effect", ("none",)),
    "clip-path": ("effect", ("none",)),
    "marker": ("effect", ("none",)),
    "marker-start": ("effect", ("none",)),
    "marker-mid": ("effect", ("none",)),
    "marker-end": ("effect", ("none",)),
    "mix-blend-mode": ("effect", ("normal",)),
    "vector-effect": ("effect", ("none",)),
    "transform-origin": ("effect", ("0 0", "0px 0px")),
    "paint-order": ("effect", ("normal", "fill", "fill stroke", "fill stroke markers")),
}
_RATIO = re.compile(r"x(Min|Mid|Max)Y(Min|Mid|Max)(?:\s+meet)?")
_SHARES = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
_BREAK = re.compile(r"[\s,]+")


class Vector(msgspec.Struct, frozen=True):
    """A drawing ``width`` × ``height`` (its own units), the dictionary of its form, and the form's two contents."""

    width: float
    height: float
    dictionary: str
    screen: bytes
    press: bytes


def is_svg(content: bytes) -> bool:
    """Whether a file that begins like this is XML, which no raster is."""
    return content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def read_svg(content: bytes, file: str, *, faint: bool = False) -> Vector:
    """The drawing of an SVG; ``file`` is for errors, ``faint`` makes all colours nearly white.

    Raises:
        TemplateError: it is damaged or too large, or has something that cannot be drawn as it is.
    """
    if len(content) > MOST_BYTES:
        Element("svg", {}, Spot(file, 1, 1)).fail("template-svg-large", problem=f"> {MOST_BYTES} bytes")
    root = parse(content, file).children[0]
    if _local(root) != "svg":
        root.fail("template-svg-root")
    drawing = _Drawing(root, faint=faint)
    drawing.inside(root, START, drawing.base, 1)
    width, height = number(drawing.width), number(drawing.height)
    dictionary = (
        f"/Type/XObject/Subtype/Form/BBox[0 0 {width} {height}]"
        f"/Matrix[{number(1 / drawing.width)} 0 0 {number(1 / drawing.height)} 0 0]/Resources<<>>/Filter/FlateDecode"
    )
    screen, press = (zlib.compress("".join(parts).encode("ascii"), 9) for parts in (drawing.screen, drawing.press))
    return Vector(drawing.width, drawing.height, dictionary, screen, press)


def _local(element: Element) -> str:
    """The name without SVG's usual prefix; other prefixes are programs' own notes."""
    return element.name.removeprefix("svg:")


class _Drawing:
    def __init__(self, root: Element, *, faint: bool) -> None:
        self._faint = faint
        self.screen: list[str] = []
        self.press: list[str] = []
        self._pen = Pen()
        try:
            self.width, self.height, self.base = _viewport(root)
        except ValueError as error:
            root.fail("template-svg-size", problem=error)

    def inside(self, element: Element, around: Properties, transform: Transform, depth: int) -> None:
        """Draws what stands in ``element`` and the element itself."""
        if depth > _DEEPEST:
            element.fail("template-svg-large", problem=f"> {_DEEPEST}")
        said = self._said(element)
        if said.get("display") == "none":
            return
        properties = inherited(around, said)
        try:
            transform = then(transform, read_transform(said.get("transform", "")))
        except ValueError:
            _wrong(element, "transform", said["transform"])
        name = _local(element)
        if name in SHAPES:
            self._shape(element, properties, transform)
        for child in element.children:
            self._child(child, properties, transform, depth + 1)

    def _child(self, child: Element, around: Properties, transform: Transform, depth: int) -> None:
        name = _local(child)
        if ":" in name or name in _SILENT:
            return
        if name == "defs":
            _check_defined(child)
            return
        if name == "g" or name in SHAPES:
            self.inside(child, around, transform, depth)
            return
        _refuse(child, _KINDS.get(name, "element"))

    def _said(self, element: Element) -> dict[str, str]:
        _check_active(element)
        said = declared(element.attributes)
        for name, (kind, allowed) in _ONLY.items():
            if said.get(name, allowed[0]) not in (*allowed, "inherit"):
                _refuse(element, kind)
        if "transform" in said and said["transform"] != element.attributes.get("transform", "").strip():
            _wrong(element, "style", element.attributes["style"])
        return said

    def _shape(self, element: Element, properties: Properties, transform: Transform) -> None:
        attributes = declared(element.attributes)
        try:
            path = self._pen.path(outline(_local(element), attributes))
            screen, press = painted(path, properties, faint=self._faint) if path else ("", "")
            matrix = " ".join(number(finite(value)) for value in transform)
        except TooManySegments:
            element.fail("template-svg-large", problem="> 100000")
        except Unpaintable as error:
            _refuse(element, error.kind)
        except Wrong as error:
            _wrong(element, error.name, error.value)
        except ValueError as error:
            value = str(error)
            _wrong(element, next((name for name, said in attributes.items() if said == value), _local(element)), value)
        if screen:
            self.screen.append(f"q {matrix} cm\n{screen}Q\n")
            self.press.append(f"q {matrix} cm\n{press}Q\n")


def _refuse(element: Element, kind: str) -> NoReturn:
    element.fail(f"template-svg-{kind}")


def _wrong(element: Element, name: str, value: str) -> NoReturn:
    element.fail("template-svg-value", attribute=name, value=value if len(value) < 60 else f"{value[:57]}…")


def _check_active(element: Element) -> None:
    """Refuses what acts or leads elsewhere."""
    for name in element.attributes:
        if name.startswith("on") or name in ("href", "xlink:href"):
            _refuse(element, "element")


def _check_defined(element: Element) -> None:
    """Definitions draw nothing; scripts and styles among them would count."""
    for one in element.walk():
        if _local(one) in ("script", "style", "foreignObject", "image"):
            _refuse(one, _KINDS.get(_local(one), "element"))


def _viewport(root: Element) -> tuple[float, float, Transform]:
    """Width, height, and what brings the drawing's coordinates to PDF's, whose y goes up."""
    box = [finite(float(part)) for part in _BREAK.split(root.attributes.get("viewBox", "").strip()) if part]
    if len(box) not in (0, 4):
        raise ValueError(f'viewBox="{root.attributes["viewBox"]}"')
    width, height = (_side(root, name, box[at] if box else 0.0) for name, at in (("width", 2), ("height", 3)))
    if not (width > 0 and height > 0):
        raise ValueError(f"{width:g} × {height:g}")
    flip: Transform = (1.0, 0.0, 0.0, -1.0, 0.0, height)
    if not box:
        return width, height, flip
    left, top, wide, high = box
    if not (wide > 0 and high > 0):
        raise ValueError(f"{wide:g} × {high:g}")
    across, down = width / wide, height / high
    x_share, y_share = 0.0, 0.0
    ratio = root.attributes.get("preserveAspectRatio", "xMidYMid").strip()
    if ratio != "none":
        found = _RATIO.fullmatch(ratio)
        if found is None:
            raise ValueError(f'preserveAspectRatio="{ratio}"')
        across = down = min(across, down)
        x_share, y_share = _SHARES[found[1]], _SHARES[found[2]]
    x, y = (width - wide * across) * x_share - left * across, (height - high * down) * y_share - top * down
    return width, height, then(flip, (across, 0.0, 0.0, down, x, y))


def _side(root: Element, name: str, otherwise: float) -> float:
    written = root.attributes.get(name, "auto").strip()
    return otherwise if written == "auto" or (otherwise and written.endswith("%")) else length(written)
