"""The Jinja2 that templates are written in: no way out of it, no end to wait for, the same answer every time."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, cast

import jinja2
import jinja2.filters
import jinja2.nodes
import msgspec
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from emission.render.direct import SHOWN
from emission.render.filters import FILTERS, FilterError
from emission.render.joining import Code

# Why an expression failed, by the codes of their sentences.
ENDLESS, TOO_LARGE, TOO_DEEP = "expression-endless", "expression-too-large", "expression-too-deep"
NO_TEXT, ENDS_EARLY = "expression-no-text", "expression-ends-early"
# Turns of loops and calls in one evaluation: a hundred times what a long voucher takes, and two seconds.
_MOST_STEPS = 200_000
# Characters that one value may have, or a number ask for.
MOST_CHARACTERS = 100_000
_MOST_BITS = 4_096
_TEXTS = (str, int, float, Decimal, datetime.date, Undefined)
# What answers differently every time: a paper that is drawn once more has to be the same.
_BY_CHANCE = ("random",)
_OF_NO_USE = ("lipsum", "cycler", "joiner")
_BY_NUMBERS = ("batch", "center", "indent", "round", "slice")
_WIDE = re.compile(r"%[-+ #0(.\d]*(?:\d{6}|\*)|\{[^}]*(?:\d{6}|\{)")
# Names that no template can write.
_COUNTED, _HELD = "emission counted", "emission held"


# What has nothing but values, and methods that change none: a voucher's records, and the state of a loop.
_DATA = (msgspec.Struct, LoopContext)


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox that templates run in; :meth:`begin` says that an evaluation starts.

    The model's structs are frozen and show nothing but data, so their public names need none of the
    sandbox's questions (half of a voucher's evaluation otherwise); all else is asked as ever.
    """

    intercepted_binops = frozenset(("*", "**", "%", "+"))
    code_generator_class = Code

    def __init__(self) -> None:
        super().__init__(
            autoescape=False, undefined=jinja2.StrictUndefined, finalize=_shown, keep_trailing_newline=True
        )
        self.filters |= FILTERS
        for name in _BY_CHANCE:
            del self.filters[name]
        for name in _OF_NO_USE:
            del self.globals[name]
        for name in _BY_NUMBERS:
            self.filters[name] = _bounded(self.filters[name])
        self.filters |= {"format": _formatted, _COUNTED: _counted, _HELD: _held}
        self._steps = 0

    def begin(self) -> None:
        """Starts to count anew."""
        self._steps = 0

    shown = SHOWN

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 -- Jinja2's own signature
        if isinstance(obj, _DATA) and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401 -- as above
        made = super().wrap_str_format(value)
        if made is not None:
            _hold_form(value.__self__)
        return made

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as above
        self.step()
        _hold_numbers(*args, *kwargs.values())
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 -- as above
        if operator == "**" and isinstance(left, int) and left.bit_length() * abs(right) > _MOST_BITS:
            raise FilterError(TOO_LARGE)
        if operator == "%" and isinstance(left, str):
            _hold_form(left)
        lengths = [len(one) for one in (left, right) if hasattr(one, "__len__")]
        if operator == "*" and lengths:
            times = right if hasattr(left, "__len__") else left
            _hold_numbers(lengths[0] * times)
        elif operator == "+":
            _hold_numbers(*lengths)
        return super().call_binop(context, operator, left, right)

    def step(self) -> None:
        """Counts a call, or a turn of a loop.

        Raises:
            FilterError: there are too many.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise FilterError(ENDLESS)

    def _generate(self, source: jinja2.nodes.Template, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 -- as above
        """Compiles with every turn of a loop counted, and every text that is joined measured."""
        for loop in source.find_all(jinja2.nodes.For):
            loop.iter = _filtered(_COUNTED, loop.iter)
        for joint in source.find_all(jinja2.nodes.Concat):
            joint.nodes = [_filtered(_HELD, part) for part in joint.nodes]
        return super()._generate(source, *args, **kwargs)


def _shown(value: Any) -> Any:  # noqa: ANN401 -- whatever an expression gave
    """What a page shows of a value; nothing of ``None``.

    Raises:
        FilterError: it is a list, a group of names or a function, which no page can show.
    """
    if type(value) is str:
        return value
    if value is None:
        return ""
    if not isinstance(value, _TEXTS):
        raise FilterError(NO_TEXT)
    return value


def _filtered(name: str, node: jinja2.nodes.Node) -> jinja2.nodes.Expr:
    return jinja2.nodes.Filter(cast("jinja2.nodes.Expr", node), name, [], [], None, None)


@jinja2.pass_environment
def _counted(environment: Sandbox, values: Iterable[Any]) -> Iterator[Any]:
    """The values of a loop, each of them a step."""
    for value in values:
        environment.step()
        yield value


def _held(value: Any) -> Any:  # noqa: ANN401 -- as above
    """A part of what ``~`` joins, which is not too long."""
    if len(value if type(value) is str else str(value)) > MOST_CHARACTERS:
        raise FilterError(TOO_LARGE)
    return value


def _hold_numbers(*values: Any) -> None:  # noqa: ANN401 -- as above
    """Refuses a number that would make a text or a list longer than any page is."""
    if any(isinstance(value, int) and abs(value) > MOST_CHARACTERS for value in values):
        raise FilterError(TOO_LARGE)


def _hold_form(form: str) -> None:
    """Refuses a form such as ``%999999d``, whose widths nobody can know beforehand."""
    if _WIDE.search(form):
        raise FilterError(TOO_LARGE)


def _bounded(made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that makes as much as a number says."""

    @functools.wraps(made)
    def held(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as above
        _hold_numbers(*args[1:], *kwargs.values())
        return made(*args, **kwargs)

    return held


def _formatted(form: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as above
    _hold_form(str(form))
    return jinja2.filters.do_format(form, *args, **kwargs)
