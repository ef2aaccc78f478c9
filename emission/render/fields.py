"""All Jinja2 of a page as ONE joined program: rendered once a voucher, split at separators.

40 separately compiled expressions cost 0.38 ms a voucher, one joined template 0.05 ms. Data is only
ever a value here: it never becomes template source. Separators are control characters, which the
intake refuses in data; should one come through, the counts differ and the voucher is refused.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Sequence
from typing import Any

import jinja2
import jinja2.meta

from emission.render.markup import Element
from emission.render.sandbox import ENDS_EARLY, MOST_CHARACTERS, TOO_DEEP, TOO_LARGE, Sandbox

_FIELD, _RECORD, _SCOPE = "\x1f", "\x1e", "\x1d"
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
        self.source: list[tuple[str, Element]] = []
        self.owners: list[Element] = []  # of each value
        self.width = 0
        self.index = 0

    def field(self, text: str, element: Element) -> int:
        """Adds a field; its index among the scope's values."""
        # What one element sets is nobody else's.
        alone = "{% with %}" + text + "{% endwith %}" if "{%" in text else text
        self._emit(alone + "{{ '" + _FIELD + "' }}", element)
        self.width += 1
        self.owners.append(element)
        return self.width - 1

    def open_when(self, test: str, element: Element) -> tuple[int, int]:
        """Begins what is only evaluated where ``test`` is true; hand the answer to ``close_when``."""
        self._emit("{% if " + test + " %}1" + _FIELD, element)
        self.width += 1
        self.owners.append(element)
        return self.width - 1, self.width

    def close_when(self, mark: tuple[int, int], element: Element) -> int:
        """Ends it; the index of the value that is ``1`` where it was true."""
        index, start = mark
        self._emit("{% else %}" + _FIELD * (1 + self.width - start) + "{% endif %}", element)
        return index

    def hold_lengths(self, records: Sequence[Values]) -> None:
        """Refuses a value that is longer than any page.

        Raises:
            FieldError: names its element.
        """
        for record in records:
            for value, owner in zip(record, self.owners, strict=True):
                if len(value) > MOST_CHARACTERS:
                    raise FieldError(ValueError(TOO_LARGE), owner)

    def frame(self) -> tuple[list[str], list[str]]:
        """The tests and loops around the scope's fields: how they begin, and how they end."""
        outer = self.within
        known = len(outer.guards) if outer else 0
        tests = ["{% if " + guard + " %}" for guard in self.guards]
        head = [*tests[:known], "{% for " + outer.each + " %}{% set " + _TURN + " = loop.index0 %}"] if outer else []
        loop = ["{% for " + self.each + " %}"] if self.each else []
        opening = [*head, *tests[known:], *loop]
        return opening, ["{% endif %}" if line.startswith("{% if") else "{% endfor %}" for line in reversed(opening)]

    def _emit(self, source: str, element: Element) -> None:
        self.source.append((source, element))


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
        parts: list[str] = []
        for scope in self.scopes:
            opening, closing = scope.frame()
            parts += [self._line(source, scope.element) for source in opening]
            parts += [self._line(source, element) for source, element in scope.source]
            parts.append(_RECORD)
            parts += [self._line(source, scope.element) for source in closing]
            parts.append(_SCOPE)
        try:
            self._template = jinja2.Template.from_code(
                environment(), _code("".join(parts)), environment().make_globals(self._constants)
            )
        except jinja2.TemplateSyntaxError as error:
            element = self._elements[min(error.lineno, len(self._elements)) - 1]
            element.fail("template-expression", problem=_problem(error))
        except (SyntaxError, RecursionError, MemoryError):
            # Python nests less deep than Jinja2, and names a line of its own.
            self._deepest().fail("template-expression", problem=TOO_DEEP)

    def _deepest(self) -> Element:
        """The element whose own expression Python cannot nest; the page's first one where none does it alone."""
        for source, element in [pair for scope in self.scopes for pair in scope.source]:
            try:
                environment().from_string(source)
            except jinja2.TemplateSyntaxError:
                continue  # a test's beginning or end
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
        try:
            text = self._template.render(names)
        except Exception as error:
            raise FieldError(error, self._at(error)) from error
        answer: list[list[Values]] = []
        for scope, part in zip(self.scopes, text.split(_SCOPE), strict=False):
            records: list[Values] = [
                [*map(str.strip, record.split(_FIELD)[:-1])] for record in part.split(_RECORD)[:-1]
            ]
            if any(len(record) != scope.width for record in records):
                raise FieldError(ValueError("control character"), scope.element)
            if len(part) > MOST_CHARACTERS:
                scope.hold_lengths(records)
            answer.append(records)
        if text.count(_SCOPE) != len(self.scopes):
            raise FieldError(ValueError("control character"), self._elements[0])
        return answer

    def _line(self, source: str, element: Element) -> str:
        """One element's source on lines of its own, so that an error's line leads back to the element."""
        self._elements += [element] * (source.count("\n") + 1)
        return source + "{#\n#}"

    def _at(self, error: BaseException) -> Element:
        line, frame = 1, error.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename == "<template>":
                line = frame.tb_lineno
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
def _code(source: str) -> types.CodeType:
    return environment().compile(source)


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
