"""``voucher.xml`` → a tree of elements that know their place, checked against the vocabulary.

Read with expat alone: no DTD, no entities, no external anything.
"""

from __future__ import annotations

import math
import re
import xml.parsers.expat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import msgspec

from emission.errors import TemplateError
from emission.render.nearest import nearest
from emission.render.vocabulary import ELEMENTS, Shape

# A start tag as far as it goes; quoted values may hold a ">".
_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*""")
_ATTRIBUTE = re.compile(rb"""([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')""")

# Decimal, of ASCII digits: ``1e3``, ``1_0`` and ``nan`` are slips of the pen.
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_MOST = 1000
_EXTENTS = frozenset(("w", "h", "side", "row", "least", "weight", "lead", "height"))
DEEPEST = 100
_LONGEST = 120  # characters of what is written, as a sentence repeats it


class Spot(msgspec.Struct, frozen=True, gc=False):
    """Where something stands in a file, counted from 1; ``tag`` is what is written from there on."""

    file: str
    line: int
    column: int
    tag: bytes = b""

    def of(self, attribute: str) -> tuple[int, int]:
        """Line and column of an attribute of the tag that stands here; the tag's own where it is not written there."""
        for found in _ATTRIBUTE.finditer(self.tag):
            if found.group(1) == attribute.encode():
                before = self.tag[: found.start()].decode(errors="replace")
                line, start = before.count("\n"), before.rfind("\n") + 1
                return self.line + line, len(before) - start + (1 if line else self.column)
        return self.line, self.column


class Element:
    """One element: its name, attributes as written, children, text, and where it stands: ``spot``, ``parent``.

    ``content`` has children and text in their order.
    """

    __slots__ = ("attributes", "children", "content", "name", "parent", "spot", "text")

    def __init__(self, name: str, attributes: dict[str, str], spot: Spot) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""
        self.content: list[Element | str] = []
        self.spot = spot
        self.parent: Element | None = None

    @property
    def file(self) -> str:
        return self.spot.file

    @property
    def line(self) -> int:
        return self.spot.line

    @property
    def column(self) -> int:
        return self.spot.column

    @property
    def label(self) -> str:
        """How a person finds it on its line: ``text role="payer_name"``, ``image source="arms.png"``."""
        for name in ("role", "source", "part", "test"):
            if self.attributes.get(name):
                return f'{self.name} {name}="{_short(self.attributes[name])}"'
        return self.name

    def fail(self, code: str, **params: object) -> NoReturn:
        """Raises a ``TemplateError`` that says where this element stands, or the ``attribute`` among ``params``."""
        line, column = self.spot.of(str(params.get("attribute", "")))
        if "value" in params:
            params["value"] = _short(str(params["value"]))
        raise TemplateError(code, file=self.file, line=line, column=column, element=self.name, **params)

    def number(self, name: str, default: float = 0.0) -> float:
        """A number as written: millimetres, unless the vocabulary says points; what has an extent is above 0."""
        written = self.attributes.get(name)
        if written is None:
            return default
        is_extent = name in _EXTENTS and self.name != "gap"
        value = float(written) if _NUMBER.fullmatch(written.strip()) else math.nan
        if not -_MOST <= value <= _MOST or (is_extent and value <= 0):
            expected = f"> 0 … {_MOST}" if is_extent else f"-{_MOST} … {_MOST}"
            self.fail("template-value", attribute=name, value=written, expected=expected)
        return value

    def whole(self, name: str, default: int = 1) -> int:
        """A whole number above 0."""
        value = self.number(name, default)
        if value < 1 or value != int(value):
            self.fail("template-value", attribute=name, value=self.attributes[name], expected=f"1, 2, 3 … {_MOST}")
        return int(value)

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """One of ``allowed``, as written or by default."""
        value = self.attributes.get(name, default)
        choices = tuple(allowed)
        if value not in choices:
            if not choices:
                self.fail("template-value-none", attribute=name, value=value)
            near = nearest(value, choices)
            expected = f"{f'{near}? ' if near else ''}({' | '.join(choices)})"
            self.fail("template-value", attribute=name, value=value, expected=expected, nearest=near)
        return value

    def walk(self) -> Iterator[Element]:
        """This element and all beneath it, in reading order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


def read_markup(path: Path) -> Element:
    """The root element of a template.

    Raises:
        TemplateError: no such file, not well-formed, a DOCTYPE, or something the vocabulary does not know.
    """
    return _read(path, ELEMENTS[""])


def read_part(path: Path) -> Element:
    """The ``part`` that is the whole of a file.

    Raises:
        TemplateError: as :func:`read_markup`.
    """
    return _read(path, Shape(children=frozenset(("part",))))


def _read(path: Path, whole: Shape) -> Element:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError("template-missing", file=path) from error
    root = parse(content, str(path))
    _check(root, whole)
    return root.children[0]


def parse(content: bytes, file: str) -> Element:
    """An element without a name that holds the root of ``content``, whatever its vocabulary; ``file`` is for errors.

    Raises:
        TemplateError: not well-formed, or a DOCTYPE.
    """
    parser = xml.parsers.expat.ParserCreate(encoding=None)
    parser.buffer_text = True
    root = Element("", {}, Spot(file, 1, 1))
    open_elements = [root]

    def here() -> Spot:
        # Offsets are the parser's own, of UTF-8: other encodings are told by their elements alone.
        start = parser.CurrentByteIndex
        tag = _TAG.match(content, start)
        return Spot(file, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, tag.group() if tag else b"")

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes, here())
        element.parent = open_elements[-1]
        open_elements[-1].children.append(element)
        open_elements[-1].content.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        open_elements[-1].text += data
        open_elements[-1].content.append(data)

    def doctype(*_: object) -> None:
        raise TemplateError("template-doctype", file=file, line=here().line, column=here().column)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 -- expat's own signature
    except xml.parsers.expat.ExpatError as error:
        problem = xml.parsers.expat.ErrorString(error.code)
        place = {"line": error.lineno, "column": error.offset + 1}
        raise TemplateError("template-xml", file=file, **place, problem=problem) from error
    except (LookupError, ValueError) as error:
        # An encoding that expat asks Python for, and Python does not have or cannot hand over.
        raise TemplateError("template-xml", file=file, line=1, column=1, problem=error) from error
    return root


def _check(element: Element, shape: Shape, depth: int = 0) -> None:
    if depth > DEEPEST:
        element.fail("template-deep", most=DEEPEST)
    if element.text.strip() and not shape.text:
        element.fail("template-text", value=element.text.strip())
    known = shape.required | shape.optional
    for name in element.attributes:
        if name not in known:
            element.fail("template-attribute-unknown", attribute=name, **_choices(name, known))
    for name in sorted(shape.required - element.attributes.keys()):
        element.fail("template-attribute-missing", attribute=name)
    for child in element.children:
        if child.name not in shape.children:
            parent = element.name or Path(child.file).name
            if not shape.children:
                child.fail("template-nesting", parent=parent)
            child.fail("template-element-unknown", parent=parent, **_choices(child.name, shape.children))
        _check(child, ELEMENTS[child.name], depth + 1)


def _short(written: str) -> str:
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"


def _choices(name: str, known: Iterable[str]) -> dict[str, str]:
    """What a sentence says of ``known`` names: the nearest to ``name``, or all, and all."""
    allowed = " | ".join(sorted(known)) or "-"
    return {"nearest": nearest(name, known) or allowed, "known": allowed}
