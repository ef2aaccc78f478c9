"""What must never be cut: a shortened amount, date or code is another amount, date or code."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import jinja2
from jinja2 import nodes

from emission.render.declared import Field
from emission.render.fields import environment
from emission.render.markup import Element

# Filters that make amounts, dates and codes; ``attr`` would reach them by a name that nobody sees.
_FILTERS = frozenset(("money", "figures", "amount_in_words", "date", "digits", "attr"))
_NAMES = frozenset(("operation", "replaced", "coupons"))
_PARTS = frozenset((
    "amount", "surcharge", "total", "due_dates", "date", "number", "replaces", "qr", "barcodes", "payment_code",
    "link_code", "pmc_code", "payment_url", "obligation_id", "voucher_id",
))  # fmt: skip


def hold_whole(element: Element, fields: Iterable[Field]) -> None:
    """Lets an element with ``fit="ellipsis"`` pass that shows neither amounts nor dates nor codes.

    Raises:
        TemplateError: it does; names what.
    """
    typed = frozenset(field.name for field in fields if field.kind != "text")
    try:
        tree = _environment().parse(element.text)
    except jinja2.TemplateError:
        return  # told where the expression is compiled
    for named in _named(tree):
        if named in typed or named in _PARTS:
            element.fail("template-cut", attribute="fit", value=named)
    for found in tree.find_all(nodes.Filter):
        if found.name in _FILTERS:
            element.fail("template-cut", attribute="fit", value=f"|{found.name}")
    for name in tree.find_all(nodes.Name):
        if name.name in _NAMES:
            element.fail("template-cut", attribute="fit", value=name.name)


def _named(tree: nodes.Template) -> Iterator[str]:
    """Attributes, and texts that may be keys."""
    for part in tree.find_all(nodes.Getattr):
        yield part.attr
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str):
            yield from constant.value.split(".")


@functools.cache
def _environment() -> jinja2.Environment:
    return environment()
