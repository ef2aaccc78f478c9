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
import msgspec
from jinja2.sandbox import ImmutableSandboxedEnvironment

from emission.render.filters import FILTERS
from emission.render.markup import Element

_FIELD, _RECORD, _SCOPE = "\x1f", "\x1e", "\x1d"
_TURN = "emission_turn"  # of the loop around a loop

Values = Sequence[str]


def _plain(value: Any) -> Any:  # noqa: ANN401 -- whatever an expression gave
    return "" if value is None else value


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox that templates run in.

    The model's structs are frozen and show nothing but data, so their public names need none of the
    sandbox's questions (half of a voucher's evaluation otherwise); all else is asked as ever.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 -- Jinja2's own signature
        if isinstance(obj, msgspec.Struct) and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


@functools.cache
def environment() -> jinja2.Environment:
    """The environment of a voucher's words. Text is drawn, not HTML: nothing is escaped."""
    sandbox = _Sandbox(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        finalize=_plain,
        keep_trailing_newline=True,
    )
    sandbox.filters |= FILTERS
    return sandbox


class Scope:
    """The fields that are evaluated together: once a voucher, or once for each of ``each``."""

    def __init__(self, each: str, guards: Sequence[str], element: Element, within: Scope | None = None) -> None:
        self.each = each
        self.guards = tuple(guards)
        self.element = element
        self.within = within
        self.source: list[tuple[str, Element]] = []
        self.width = 0
        self.index = 0

    def field(self, text: str, element: Element) -> int:
        """Adds a field; its index among the scope's values."""
        self._emit(text + "{{ '" + _FIELD + "' }}", element)
        self.width += 1
        return self.width - 1

    def open_when(self, test: str, element: Element) -> tuple[int, int]:
        """Begins what is only evaluated where ``test`` is true; hand the answer to ``close_when``."""
        self._emit("{% if " + test + " %}1" + _FIELD, element)
        self.width += 1
        return self.width - 1, self.width

    def close_when(self, mark: tuple[int, int], element: Element) -> int:
        """Ends it; the index of the value that is ``1`` where it was true."""
        index, start = mark
        self._emit("{% else %}" + _FIELD * (1 + self.width - start) + "{% endif %}", element)
        return index

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
        """
        scope = Scope(each, guards, element, within)
        scope.index = len(self.scopes)
        self.scopes.append(scope)
        if within:
            scope.field("{{ " + _TURN + " }}", element)
        return scope

    def constant(self, text: str, element: Element) -> str | None:
        """The text where it depends on the look alone; ``None`` where it waits for a voucher.

        Raises:
            TemplateError: the text is no Jinja2.
        """
        if "{" not in text:
            return text.strip()
        try:
            if _names(text) <= self._constants.keys():
                return _template(text).render(self._constants).strip()
        except jinja2.TemplateError as error:
            element.fail("template-expression", problem=error.message or type(error).__name__)
        return None

    def test(self, expression: str, element: Element) -> bool | None:
        """Whether a test holds, where it depends on the look alone."""
        answer = self.constant("{% if " + expression + " %}1{% endif %}", element)
        return None if answer is None else bool(answer)

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
            element.fail("template-expression", problem=error.message or type(error).__name__)

    def evaluate(self, names: dict[str, Any]) -> list[list[Values]]:
        """The values of each record of each scope.

        Raises:
            FieldError: an expression failed for these data.
        """
        assert self._template is not None
        try:
            text = self._template.render(names)
        except Exception as error:
            raise FieldError(error, self._at(error)) from error
        answer: list[list[Values]] = []
        for scope, part in zip(self.scopes, text.split(_SCOPE), strict=False):
            records: list[Values] = [
                [value.strip() for value in record.split(_FIELD)[:-1]] for record in part.split(_RECORD)[:-1]
            ]
            if any(len(record) != scope.width for record in records):
                raise FieldError(ValueError("control character"), scope.element)
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
