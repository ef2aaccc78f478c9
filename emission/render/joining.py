"""Pieces of Jinja2 → ONE program, whose records are lists of values.

Each piece is parsed alone, so that none ends what another began, and bears its number as the line of all that it has:
so errors lead back to it. Values go straight into their record, never through a text that would have to be parted.
"""

from __future__ import annotations

import itertools
import types
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, cast

import jinja2
from jinja2 import nodes
from jinja2.compiler import Frame

from emission.render.direct import Direct

# Names that no template can write: a value, as many values of nothing, and a record.
_VALUE, _NOTHINGS, _RECORD = "emission value", "emission nothings", "emission record"


class Piece(NamedTuple):
    """A ``field``, or a test that what follows waits ``for`` up to its ``end``; the first value of that is ``1``."""

    kind: Literal["field", "when", "end"]
    text: str = ""


class Record(NamedTuple):
    """What is evaluated together: ``around`` it, tests (``{% if … %}…``) and loops, from the outermost inwards."""

    around: tuple[str, ...]
    pieces: tuple[Piece, ...]

    @property
    def lines(self) -> int:
        """How many it takes, one for each part."""
        return len(self.around) + len(self.pieces)


class Code(Direct):
    """Compiles what :func:`joined` builds, and any other template."""

    def visit_ScopedEvalContextModifier(  # noqa: N802 -- Jinja2's own name
        self, node: nodes.ScopedEvalContextModifier, frame: Frame
    ) -> None:
        option = node.options[0]
        if option.key == _VALUE:
            self._value(node.body, frame)
        elif option.key == _NOTHINGS:
            self.writeline(f"record.extend({('',) * cast('nodes.Const', option.value).value})")
        elif option.key == _RECORD:
            self.writeline("record = []")
            self.blockvisit(node.body, frame)
            self.writeline(f"yield {cast('nodes.Const', option.value).value}, record")
        else:
            super().visit_ScopedEvalContextModifier(node, frame)

    def _value(self, body: list[nodes.Node], frame: Frame) -> None:
        inner = frame.soft()
        if len(body) == 1 and isinstance(body[0], nodes.Output) and len(body[0].nodes) == 1:
            inner.buffer = "record"
            self.visit(body[0], inner)
        else:
            self.buffer(inner)
            self.blockvisit(body, inner)
            self.writeline(f"record.append(concat({inner.buffer}))")


def joined(environment: jinja2.Environment, records: Sequence[Record]) -> types.CodeType:
    """The program of ``records``: its root gives the number and the values of each, as often as it is evaluated.

    Raises:
        jinja2.TemplateSyntaxError: its ``lineno`` counts the parts of all records, from 1.
        SyntaxError, RecursionError, MemoryError: something nests too deep for Python.
    """
    lines = itertools.count(1)
    body: list[nodes.Node] = []
    for number, record in enumerate(records):
        around = [_parsed(environment, source, next(lines))[0] for source in record.around]
        inside: list[nodes.Node] = [_own(_RECORD, number, _values(environment, record.pieces, lines))]
        for outer in reversed(around):
            assert isinstance(outer, (nodes.If, nodes.For))
            if isinstance(outer, nodes.For):
                outer.recursive = False  # which makes texts of what is within
            outer.body.extend(inside)
            inside = [outer]
        body += inside
    program = nodes.Template(body, lineno=1)
    program.set_environment(environment)
    return environment.compile(program)


def _values(environment: jinja2.Environment, pieces: Iterable[Piece], lines: Iterator[int]) -> list[nodes.Node]:
    values: list[nodes.Node] = []
    opened: list[tuple[list[nodes.Node], nodes.If, int]] = []
    count = 0
    for (kind, text), line in zip(pieces, lines, strict=False):
        if kind == "field":
            count += 1
            values.append(_field(environment, text, line))
        elif kind == "when":
            (test,) = _parsed(environment, "{% if " + text + " %}{% endif %}", line)
            assert isinstance(test, nodes.If)
            opened.append((values, test, count))
            values.append(test)
            count += 1
            values = test.body
            values.append(_field(environment, "1", line))
        else:
            values, test, start = opened.pop()
            test.else_ = [_own(_NOTHINGS, count - start, [])]
    return values


def _field(environment: jinja2.Environment, text: str, line: int) -> nodes.Node:
    body = _parsed(environment, text, line)
    # What one element sets is nobody else's.
    return _own(_VALUE, 1, [nodes.With([], [], body, lineno=line)] if "{%" in text else body)


def _parsed(environment: jinja2.Environment, source: str, line: int) -> list[nodes.Node]:
    try:
        body = environment.parse(source).body
    except jinja2.TemplateSyntaxError as error:
        error.lineno = line
        raise
    for node in body:
        node.set_lineno(line, override=True)
    return body


def _own(name: str, value: int, body: list[nodes.Node]) -> nodes.Node:
    """A node of ours: of Jinja2's, the one that changes no names, and that no template can have with such an option."""
    return nodes.ScopedEvalContextModifier([nodes.Keyword(name, nodes.Const(value))], body)
