"""All Jinja2 of a page as ONE joined program, run once a voucher.

Data is only ever a value here: it never becomes template source.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator, Sequence
from typing import Any, cast

import jinja2
import jinja2.meta

from emission.render.joining import Piece, Record, joined
from emission.render.markup import Element
from emission.render.sandbox import ENDS_EARLY, MOST_CHARACTERS, TOO_DEEP, TOO_LARGE, Sandbox

_TURN = "emission_turn"  # of the loop around a loop

Values = Sequence[str]


@functools.cache
def environment() -> Sandbox:
    """The environment of a voucher's words. Text is drawn, not HTML: nothing is escaped."""
    return Sandbox()


class Scope:
    """The fields that are evaluated together: once a voucher, or once for each of ``each``."""

    def __init__(self, each: str, guards: Sequence[str], element: Element, within: Scope | None = None) -> None:
        self.each = each
        self.guards = tuple(guards)
        self.element = element
        self.within = within
        self.pieces: list[tuple[Piece, Element]] = []
        self.owners: list[Element] = []  # of each value
        self.index = 0

    def field(self, text: str, element: Element) -> int:
        """Adds a field; its index among the scope's values."""
        self.pieces.append((Piece("field", text), element))
        self.owners.append(element)
        return len(self.owners) - 1

    def open_when(self, test: str, element: Element) -> int:
        """Begins what is only evaluated where ``test`` is true; hand the answer to ``close_when``."""
        self.pieces.append((Piece("when", test), element))
        self.owners.append(element)
        return len(self.owners) - 1

    def close_when(self, mark: int, element: Element) -> int:
        """Ends it; the index of the value that is ``1`` where it was true."""
        self.pieces.append((Piece("end"), element))
        return mark

    def hold_lengths(self, record: Values) -> None:
        """Refuses a value that is longer than any page.

        Raises:
            FieldError: names its element.
        """
        for value, owner in zip(record, self.owners, strict=True):
            if len(value) > MOST_CHARACTERS:
                raise FieldError(ValueError(TOO_LARGE), owner)

    def record(self) -> Record:
        """The scope for its program."""
        outer = self.within
        known = len(outer.guards) if outer else 0
        tests = ["{% if " + guard + " %}{% endif %}" for guard in self.guards]
        turns = ["{% for " + outer.each + " %}{% set " + _TURN + " = loop.index0 %}{% endfor %}"] if outer else []
        loop = ["{% for " + self.each + " %}{% endfor %}"] if self.each else []
        around = (*tests[:known], *turns, *tests[known:], *loop)
        return Record(around, tuple(piece for piece, _ in self.pieces))


class Fields:
    """Collects a page's expressions while it is compiled, then evaluates them a voucher at a time."""

    def __init__(self, constants: dict[str, Any]) -> None:
        self._constants = constants
        self.scopes: list[Scope] = []
        self._elements: list[Element] = []
        self._template: jinja2.Template | None = None

    def scope(self, each: str, guards: Sequence[str], element: Element, within: Scope | None = None) -> Scope:
        """A new scope; ``each`` is the head of a loop (``line in lines``), or empty for once a voucher.

        ``within`` is the scope of a loop around it; each record then begins with the turn of that loop.

        Raises:
            TemplateError: ``each`` is no head of a loop.
        """
        scope = Scope(each, guards, element, within)
        scope.index = len(self.scopes)
        self.scopes.append(scope)
        if each:
            self._hold_single("{% for " + each + " %}1{% endfor %}", element)
        if within:
            scope.field("{{ " + _TURN + " }}", element)
        return scope

    @functools.cached_property
    def nested(self) -> tuple[int, ...]:
        """The scopes of loops within loops."""
        return tuple(scope.index for scope in self.scopes if scope.within)

    def constant(self, text: str, element: Element) -> str | None:
        """The text where it depends on the look alone; ``None`` where it waits for a voucher.

        Raises:
            TemplateError: the text is no Jinja2.
        """
        if "{" not in text:
            return text.strip()
        environment().begin()
        try:
            if _names(text) <= self._constants.keys():
                return _held(_template(text).render(self._constants)).strip()
        except Exception as error:  # noqa: BLE001 -- whatever an expression does
            element.fail("template-expression", problem=_problem(error))
        return None

    def test(self, expression: str, element: Element) -> bool | None:
        """Whether a test holds, where it depends on the look alone."""
        source = "{% if " + expression + " %}1{% endif %}"
        answer = self.constant(source, element)
        self._hold_single(source, element)
        return None if answer is None else bool(answer)

    def _hold_single(self, source: str, element: Element) -> None:
        """Refuses a test or a loop's head that goes on as something else after it has ended."""
        try:
            body = environment().parse(source).body
        except (jinja2.TemplateError, RecursionError) as error:
            element.fail("template-expression", problem=_problem(error))
        if len(body) != 1 or getattr(body[0], "else_", None) or getattr(body[0], "elif_", None):
            element.fail("template-expression", problem=ENDS_EARLY)

    def seal(self) -> None:
        """Joins and compiles everything.

        Raises:
            TemplateError: a loop's head is no Jinja2.
        """
        records = tuple(scope.record() for scope in self.scopes)
        for scope, record in zip(self.scopes, records, strict=True):
            self._elements += [scope.element] * len(record.around) + [element for _, element in scope.pieces]
        try:
            self._template = jinja2.Template.from_code(
                environment(), _code(records), dict(environment().make_globals(self._constants))
            )
        except jinja2.TemplateSyntaxError as error:
            element = self._elements[min(error.lineno, len(self._elements)) - 1]
            element.fail("template-expression", problem=_problem(error))
        except (SyntaxError, RecursionError, MemoryError):
            # Python nests less deep than Jinja2, and names a line of its own.
            self._deepest().fail("template-expression", problem=TOO_DEEP)

    def _deepest(self) -> Element:
        """The element whose own expression Python cannot nest; the page's first one where none does it alone."""
        for piece, element in [pair for scope in self.scopes for pair in scope.pieces]:
            try:
                environment().from_string(piece.text if piece.kind == "field" else "")
            except (SyntaxError, RecursionError, MemoryError):
                return element
        return self._elements[0]

    def evaluate(self, names: dict[str, Any]) -> list[list[Values]]:
        """The values of each record of each scope.

        Raises:
            FieldError: an expression failed for these data.
        """
        assert self._template is not None
        environment().begin()
        answer: list[list[Values]] = [[] for _ in self.scopes]
        try:
            found = self._template.root_render_func(self._template.new_context(names))
            for number, values in cast("Iterator[tuple[int, list[str]]]", found):
                answer[number].append([*map(str.strip, values)])
        except Exception as error:
            raise FieldError(error, self._at(error)) from error
        for scope, records in zip(self.scopes, answer, strict=True):
            for record in records:
                if len("".join(record)) > MOST_CHARACTERS:
                    scope.hold_lengths(record)
        return answer

    def _at(self, error: BaseException) -> Element:
        """Where it stands: the last line of the program that led to it, as its source counts them."""
        assert self._template is not None
        line, frame = 1, error.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename == "<template>":
                line = self._template.get_corresponding_lineno(frame.tb_lineno)
            frame = frame.tb_next
        return self._elements[min(line, len(self._elements)) - 1]


# Parts stand on several pages, pages in several templates, templates in several looks: each text is compiled once.


@functools.lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    return frozenset(jinja2.meta.find_undeclared_variables(environment().parse(text)))


@functools.lru_cache(maxsize=4096)
def _template(text: str) -> jinja2.Template:
    return environment().from_string(text)


@functools.lru_cache(maxsize=64)
def _code(records: tuple[Record, ...]) -> types.CodeType:
    return joined(environment(), records)


def _held(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(TOO_LARGE)
    return text


def _problem(error: BaseException) -> str:
    """What went wrong, as Jinja2 or Python says it, or the code of our own sentence."""
    # Of what Jinja2 takes for a program, Python refuses only what nests too deep.
    if isinstance(error, (RecursionError, SyntaxError)):
        return TOO_DEEP
    if isinstance(error, MemoryError):
        return TOO_LARGE
    return str(getattr(error, "message", "") or error or type(error).__name__)


class FieldError(Exception):
    """An expression that failed for one voucher: ``cause`` and the element that it stands in."""

    def __init__(self, cause: Exception, element: Element) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.element = element

    @property
    def missing(self) -> str:
        """The name that was not there, or the empty string."""
        return (self.cause.message or "") if isinstance(self.cause, jinja2.UndefinedError) else ""

    @property
    def problem(self) -> str:
        """What went wrong, or the code of its sentence."""
        return _problem(self.cause)
