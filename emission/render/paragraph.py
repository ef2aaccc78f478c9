"""Paragraphs: words that wrap over runs of several faces, breaks, and bullets.

What is strong or slanted is said by elements of the template; a value is never read as markup.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from emission.render.faces import Face
from emission.render.fields import Values
from emission.render.fitting import STEPS
from emission.render.layout import Sheet
from emission.render.markup import Element
from emission.render.nodes import Source, Style

ALIGNMENTS = ("left", "right", "center", "justify")
BULLET = "•"
_UNTOLD = 1000  # lines, more than a page has
_INDENT = 1.2  # of the size: where the words of an item start
_WEIGHTS = {"b": "semibold", "i": "italic"}


class Run(msgspec.Struct, frozen=True):
    """Words of one face; ``apart``: whether a space comes before them."""

    source: Source
    face: Face
    apart: bool


class Block(msgspec.Struct, frozen=True):
    """What begins on a line of its own; with a bullet before it where it is an ``item``."""

    runs: tuple[Run, ...]
    item: bool = False
    follows: bool = False  # a line within an item, which has no bullet of its own


class Piece(msgspec.Struct):
    """A part of a word in one face."""

    face: Face
    text: str


Word = list[Piece]


class Line(msgspec.Struct):
    """Words that share a line; ``last`` of what may be justified. Widths are thousandths of the size."""

    words: list[Word]
    block: Block
    first: bool
    last: bool = False


class Paragraph(msgspec.Struct, frozen=True):
    """Blocks in a box ``width`` wide (points), smaller to 80 % where they need it, then refused."""

    blocks: tuple[Block, ...]
    style: Style
    x: float
    drop: float
    width: float

    @property
    def still(self) -> bool:
        return all(run.source.fixed is not None for block in self.blocks for run in block.runs)

    def draw(self, sheet: Sheet, values: Values, x: float, y: float) -> float:
        parts = [part for block in self.blocks for part in _said(block, values)]
        if not any(words for _, words, _ in parts):
            return 0.0
        style = self.style
        missing = [(face, text) for face, text in _texts(parts) if face.missing(text)]
        for face, text in missing:
            sheet.refuse(face, text, style.size, style.role)
        if missing:
            return 0.0
        for step in STEPS:
            size = round(style.size * step, 2)
            lines = [line for part in parts for line in _wrapped(*part, self.width / size * 1000)]
            if len(lines) <= style.lines:
                return self._draw_lines(sheet, lines, size, x + self.x, y + self.drop)
        text = " ".join(text for _, text in _texts(parts))
        sheet.fault("does-not-fit", style.role, text, characters=str(len(text)))
        return 0.0

    def _draw_lines(self, sheet: Sheet, lines: Sequence[Line], size: float, left: float, baseline: float) -> float:
        lead = self.style.lead * size / self.style.size
        height = 0.0
        for listed, group in itertools.groupby(lines, lambda line: line.block.item or line.block.follows):
            part = list(group)
            draw = self._draw_list if listed else self._draw_plain
            draw(sheet, part, size, left, (baseline + height, lead))
            height += lead * len(part)
        return height

    def _draw_plain(
        self, sheet: Sheet, lines: Sequence[Line], size: float, left: float, level: tuple[float, float]
    ) -> None:
        """Draws lines from a ``level`` down: the first baseline, and from one to the next."""
        first = sheet.next
        for number, line in enumerate(lines):
            self._draw_line(sheet, line, size, left, level[0] + number * level[1])
        sheet.tag("P", first)

    def _draw_list(
        self, sheet: Sheet, lines: Sequence[Line], size: float, left: float, level: tuple[float, float]
    ) -> None:
        """The same for what has bullets."""
        baseline, lead = level
        sheet.open("L")
        for item in _items(lines):
            sheet.open("LI")
            self._draw_bullet(sheet, item[0], size, left, baseline)
            first = sheet.next
            for line in item:
                self._draw_line(sheet, line, size, left, baseline)
                baseline += lead
            sheet.tag("LBody", first)
            sheet.close()
        sheet.close()

    def _draw_bullet(self, sheet: Sheet, line: Line, size: float, left: float, baseline: float) -> None:
        if not (line.first and line.block.item):
            return
        first, bullet = sheet.next, self.style.face.shape(BULLET)
        at = left + self._before(self._spare(line, size))
        sheet.words(self.style.face, bullet, size, at, baseline, self.style.ink, self.style.role)
        sheet.tag("Lbl", first)

    def _spare(self, line: Line, size: float) -> float:
        """What a line leaves of the width."""
        return self.width - (_indent(line.block) + _width(line.words)) * size / 1000

    def _before(self, spare: float) -> float:
        """How much of it stands before the line."""
        return {"right": spare, "center": spare / 2}.get(self.style.align, 0.0)

    def _draw_line(self, sheet: Sheet, line: Line, size: float, left: float, baseline: float) -> None:
        spare = self._spare(line, size)
        justified = self.style.align == "justify" and not line.last and len(line.words) > 1
        at = left + _indent(line.block) * size / 1000 + self._before(spare)
        gap = spare / (len(line.words) - 1) if justified else 0.0
        for face, text, ends in _stretches(line.words, together=not justified):
            shape = face.shape(text)
            sheet.words(face, shape, size, at, baseline, self.style.ink, self.style.role)
            at += shape.width * size / 1000 + (gap if ends else 0.0)


def as_paragraph(element: Element, style: Style) -> Style:
    """The style of a paragraph, which takes as many lines as it needs where ``lines`` does not say how many at most."""
    return style if "lines" in element.attributes else msgspec.structs.replace(style, lines=_UNTOLD)


def blocks(
    element: Element, faces: Mapping[str, Face], source: Callable[[Element, str, Face], Source]
) -> tuple[Block, ...]:
    """The blocks of a paragraph's element; ``source`` compiles words.

    Raises:
        TemplateError: the template has no face for what is strong or slanted.
    """
    found: list[Block] = []
    runs: list[Run] = []
    apart = False

    def close(*, kept: bool = False) -> None:
        nonlocal apart
        if runs or kept:
            found.append(Block(tuple(runs)))
        runs.clear()
        apart = False

    for part in _joined(element.content):
        if isinstance(part, Element) and part.name == "item":
            close()
            inside = [block for block in blocks(part, faces, source) if block.runs]
            found += [msgspec.structs.replace(block, item=not n, follows=n > 0) for n, block in enumerate(inside)]
        elif isinstance(part, Element) and part.name == "br":
            close(kept=True)
        else:
            owner, text = (part, part.text) if isinstance(part, Element) else (element, part)
            if text.strip():
                face = _face(owner, faces)
                runs.append(Run(source(owner, " ".join(text.split()), face), face, apart or text[:1].isspace()))
                apart = False
            apart = apart or text[-1:].isspace()
    close()
    return tuple(found)


def _joined(content: Iterable[Element | str]) -> Iterator[Element | str]:
    """Texts that follow each other as one: the parser may hand them over in pieces."""
    text = ""
    for part in content:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text


def _face(element: Element, faces: Mapping[str, Face]) -> Face:
    weight = _WEIGHTS.get(element.name, "regular")
    if weight not in faces:
        element.fail("template-face-missing", weight=weight)
    return faces[weight]


Part = tuple[Block, list[Word], bool]


def _said(block: Block, values: Values) -> list[Part]:
    """The words of a block, with a part for each line break in its values; nothing where all of it is empty."""
    lines: list[list[Word]] = [[]]
    apart = True
    for run in block.runs:
        apart = apart or run.apart
        for number, row in enumerate(run.source.text(values).split("\n")):
            if number:
                lines.append([])
            for place, word in enumerate(row.split()):
                if (apart or place) or not lines[-1]:
                    lines[-1].append([])
                lines[-1][-1].append(Piece(run.face, word))
                apart = False
    if block.runs and not any(lines):
        return []
    return [(block, words, not number) for number, words in enumerate(lines)]


def _items(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each item of a list."""
    items: list[list[Line]] = []
    for line in lines:
        if not items or (line.first and line.block.item):
            items.append([])
        items[-1].append(line)
    return items


def _texts(parts: Iterable[Part]) -> Iterator[tuple[Face, str]]:
    for _, words, _ in parts:
        for word in words:
            for piece in word:
                yield piece.face, piece.text


def _wrapped(block: Block, words: Iterable[Word], first: bool, units: float) -> list[Line]:  # noqa: FBT001 -- as parts have it
    """The lines of a part, of ``units`` thousandths of the size each."""
    room = units - _indent(block)
    lines = [Line([], block, first)]
    for word in words:
        for piece in _cut(word, room):
            line = lines[-1]
            if line.words and _width([*line.words, piece]) > room:
                line = Line([], block, first=False)
                lines.append(line)
            line.words.append(piece)
    lines[-1].last = True
    return lines


def _cut(word: Word, room: float) -> list[Word]:
    """The word; cut where lines end if it is wider than one."""
    if _width([word]) <= room:
        return [word]
    cut: list[Word] = [[]]
    for piece in word:
        for char in piece.text:
            if cut[-1] and _width([[*cut[-1], Piece(piece.face, char)]]) > room:
                cut.append([])
            last = cut[-1][-1] if cut[-1] else None
            if last is not None and last.face is piece.face:
                last.text += char
            else:
                cut[-1].append(Piece(piece.face, char))
    return cut


def _width(words: Sequence[Word]) -> int:
    """With the spaces between words, each in the face of the word before it."""
    inside = sum(piece.face.width(piece.text) for word in words for piece in word)
    return inside + sum(word[-1].face.width(" ") for word in words[:-1])


def _indent(block: Block) -> float:
    return _INDENT * 1000 if block.item or block.follows else 0.0


def _stretches(words: Sequence[Word], *, together: bool) -> Iterator[tuple[Face, str, bool]]:
    """Face and text of what is drawn in one go, spaces included, and whether a word ends there.

    Spaces are there for who copies the text; ``together`` joins words of one face.
    """
    face: Face | None = None
    text = ""
    for number, word in enumerate(words):
        for place, piece in enumerate(word):
            if face is not None and (face is not piece.face or (not together and not place)):
                yield face, text, not place
                text = ""
            face = piece.face
            text += piece.text
        text += " " if number < len(words) - 1 else ""
    if face is not None:
        yield face, text, True
