"""``voucher.xml`` → a tree of elements that know their line, checked against the vocabulary.

Read with expat alone: no DTD, no entities, no external anything.
"""

from __future__ import annotations

import difflib
import xml.parsers.expat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from emission.errors import TemplateError
from emission.render.vocabulary import ELEMENTS, Shape


class Element:
    """One element: its name, attributes as written, children, text, and where it stands: file, line, ``parent``."""

    __slots__ = ("attributes", "children", "file", "line", "name", "parent", "text")

    def __init__(self, name: str, attributes: dict[str, str], file: str, line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""
        self.file = file
        self.line = line
        self.parent: Element | None = None

    @property
    def label(self) -> str:
        """How a person finds it on its line: ``text role="payer_name"``, ``image source="arms.png"``."""
        for name in ("role", "source", "part", "test"):
            if self.attributes.get(name):
                return f'{self.name} {name}="{self.attributes[name]}"'
        return self.name

    def fail(self, code: str, **params: object) -> NoReturn:
        """Raises a ``TemplateError`` that says where this element stands."""
        raise TemplateError(code, file=self.file, line=self.line, element=self.name, **params)

    def number(self, name: str, default: float = 0.0) -> float:
        """A number as written: millimetres, unless the vocabulary says points."""
        written = self.attributes.get(name)
        if written is None:
            return default
        try:
            value = float(written)
        except ValueError:
            self.fail("template-value", attribute=name, value=written, expected="number")
        if not -1000 <= value <= 1000:
            self.fail("template-value", attribute=name, value=written, expected="-1000 … 1000")
        return value

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """One of ``allowed``, as written or by default."""
        value = self.attributes.get(name, default)
        choices = tuple(allowed)
        if value not in choices:
            self.fail("template-value", attribute=name, value=value, expected=" | ".join(choices))
        return value

    def walk(self) -> Iterator[Element]:
        """This element and all beneath it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_markup(path: Path) -> Element:
    """The root element of a template.

    Raises:
        TemplateError: no such file, not well-formed, a DOCTYPE, or something the vocabulary does not know.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError("template-missing", file=path) from error
    root = _parse(content, str(path))
    _check(root, ELEMENTS[""])
    return root.children[0]


def _parse(content: bytes, file: str) -> Element:
    parser = xml.parsers.expat.ParserCreate(encoding=None)
    parser.buffer_text = True
    root = Element("", {}, file, 1)
    open_elements = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes, file, parser.CurrentLineNumber)
        element.parent = open_elements[-1]
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        open_elements[-1].text += data

    def doctype(*_: object) -> None:
        raise TemplateError("template-doctype", file=file, line=parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 -- expat's own signature
    except xml.parsers.expat.ExpatError as error:
        problem = xml.parsers.expat.ErrorString(error.code)
        raise TemplateError("template-xml", file=file, line=error.lineno, problem=problem) from error
    return root


def _check(element: Element, shape: Shape) -> None:
    if element.text.strip() and not shape.text:
        element.fail("template-text", value=element.text.strip())
    for name in element.attributes:
        if name not in shape.required | shape.optional:
            nearest = _nearest(name, shape.required | shape.optional)
            element.fail("template-attribute-unknown", attribute=name, nearest=nearest)
    for name in sorted(shape.required - element.attributes.keys()):
        element.fail("template-attribute-missing", attribute=name)
    for child in element.children:
        if child.name not in shape.children:
            child.fail("template-element-unknown", parent=element.name, nearest=_nearest(child.name, shape.children))
        _check(child, ELEMENTS[child.name])


def _nearest(name: str, known: Iterable[str]) -> str:
    choices = sorted(known)
    return (difflib.get_close_matches(name, choices, n=1, cutoff=0.5) or [" | ".join(choices)])[0]
