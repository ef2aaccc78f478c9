"""What the names of a template stand for: where a path such as ``obligation.due_dates[].date`` leads."""

from __future__ import annotations

import datetime
import difflib
import functools
import itertools
import typing
from collections.abc import Sequence
from typing import Any

import msgspec

from emission.model import Line, Obligation, Payer, Voucher
from emission.render.slips import Slip

ITEM = "[]"  # the step from a list to each of its items

Path = tuple[str, ...]


class Issuer(msgspec.Struct, frozen=True):
    """``issuer``, which is the look's; ``accent`` for e-mail texts."""

    name: str
    accent: str
    tax_id: str = ""
    office: str = ""
    address: str = ""
    website: str = ""
    logo: str = ""


ROOTS: dict[str, Any] = {
    "issuer": Issuer,
    "voucher": Voucher,
    "payer": Payer,
    "obligation": Obligation,
    "obligations": tuple[Obligation, ...],
    "operation": Slip,
    "extra": dict[str, str],
    "lines": tuple[Line, ...],
    "details": tuple[tuple[Obligation, Line], ...],
    "coupons": tuple[tuple[Obligation, Slip, dict[str, str]], ...],
    "replaced": tuple[str, ...],
    "split": bool,
    "currency": str,
    "loop": Any,
}
# Loops over several names at once give what is known by itself too.
UNPACKED: dict[Path, tuple[Path, ...]] = {
    ("coupons", ITEM): (("obligation",), ("operation",), ("extra",)),
    ("details", ITEM): (("obligation",), ("lines", ITEM)),
}
_AMOUNTS = ("amount", "total", "surcharge")


class Unknown(Exception):  # noqa: N818 -- what it says of a name, not of the program
    """A path that leads nowhere: the ``step`` that does not exist, and the ``nearest`` that does."""

    def __init__(self, step: str, known: Sequence[str]) -> None:
        super().__init__(step)
        self.step = step
        self.nearest = (difflib.get_close_matches(step, known, n=1, cutoff=0.5) or [" | ".join(known)])[0]


class Noun(msgspec.Struct, frozen=True):
    """What a path leads to: text, date, amount, yes-no, list, group, column; ``always``: whether it is never empty."""

    kind: str
    always: bool


def noun(path: Path) -> Noun:
    """What ``path`` leads to.

    Raises:
        Unknown: no such name.
    """
    if path[0] not in ROOTS:
        raise Unknown(path[0], sorted(ROOTS))
    here, always = ROOTS[path[0]], True
    for step in path[1:]:
        if here is Any:
            break
        here, needed = _step(here, step)
        always = always and needed
    kind = "column" if path[0] == "extra" or "extra" in path[1:-1] else _kind(here, path[-1])
    return Noun(kind, always and kind != "column" and path[0] != "replaced")


def shown(path: Path) -> str:
    """``obligation.due_dates[].date``, ``extra["NOMENCLATURA"]``."""
    text = path[0]
    for before, step in itertools.pairwise(path):
        text += step if step == ITEM else f'["{step}"]' if before == "extra" else f".{step}"
    return text


def _step(here: Any, step: str) -> tuple[Any, bool]:  # noqa: ANN401 -- any type that a name may have
    if typing.get_origin(here) is tuple:
        if step != ITEM:
            raise Unknown(step, [ITEM])
        return typing.get_args(here)[0], True
    if typing.get_origin(here) is dict:
        return str, True
    known = _fields(here) if isinstance(here, type) and issubclass(here, msgspec.Struct) else None
    if known is None:
        return Any, True  # a text's own methods, and what else Jinja2 lets through
    if step not in known:
        raise Unknown(step, sorted(known))
    return known[step]


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> dict[str, tuple[Any, bool]]:
    """The type of each public name, and whether it is never empty."""
    hints = typing.get_type_hints(struct)
    found = {field.name: (hints[field.name], field.required) for field in msgspec.structs.fields(struct)}
    for name, value in vars(struct).items():
        if isinstance(value, property) and not name.startswith("_"):
            found[name] = typing.get_type_hints(value.fget).get("return", Any), True
    return found


def _kind(here: Any, name: str) -> str:  # noqa: ANN401 -- as above
    if here is datetime.date:
        return "date"
    if here is bool:
        return "yes-no"
    if typing.get_origin(here) in (tuple, list):
        return "list"
    if isinstance(here, type) and issubclass(here, msgspec.Struct):
        return "group"
    if name in _AMOUNTS:
        return "amount"
    return "" if here is Any else "text"
