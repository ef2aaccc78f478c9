"""The vouchers of a batch that try a template hardest: the longest, the largest, and one of each kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from emission.ledger import Ledger, staging
from emission.ledger.schema import staged
from emission.ledger.staging import Staged
from emission.model import Obligation, Voucher

# Beyond these a legend is no kind of its own any more.
MOST_LEGENDS = 20
_NUMBERS = re.compile(r"\d+")


class Extreme(msgspec.Struct, frozen=True):
    """A case and the voucher that shows it: ``value`` how far it goes, ``text`` the legend whose kind it is."""

    case: str
    voucher_id: str
    bundle: int
    value: int = 0
    text: str = ""


class Extremes(msgspec.Struct, frozen=True):
    """The cases of a batch, and its counts; ``amount`` in minor units at the first due date, over sound rows."""

    cases: tuple[Extreme, ...]
    vouchers: int
    obligations: int
    rejected: int
    amount: int


def find_extremes(ledger: Ledger, run_id: int) -> Extremes:
    """One pass over the sound rows of an examined batch; the first of equals stands for its case."""
    most: dict[str, Extreme] = {}
    kinds: dict[str, Extreme] = {}
    legends: dict[str, Extreme] = {}
    vouchers = obligations = amount = 0
    for groups in staging.bundles(ledger, run_id, ~staged.c.faulty):
        for group in groups:
            voucher = _voucher(group)
            vouchers += 1
            obligations += len(group)
            amount += sum(one.amount for one in voucher.obligations)
            _measure(voucher, group[0], most)
            _sort(voucher, group[0], kinds)
            _tell(voucher, group[0], legends)
    ordered = [found[name] for found, names in ((most, _MEASURES), (kinds, _KINDS)) for name in names if name in found]
    rejected = staging.tally(ledger, run_id).faulty
    return Extremes((*ordered, *legends.values()), vouchers, obligations, rejected, amount)


def voucher_at(ledger: Ledger, run_id: int, bundle: int) -> Voucher:
    """The voucher whose first row is at that position."""
    return _voucher([row for page in staging.pages(ledger, run_id, staged.c.bundle == bundle) for row in page])


def _voucher(group: list[Staged]) -> Voucher:
    return Voucher(group[0].voucher_id, tuple(row.obligation_record() for row in group))


def _address(one: Obligation) -> int:
    postal = one.postal
    parts = (postal.street, postal.number, postal.extra, postal.city, postal.postal_code, postal.province)
    return max(len(" ".join(filter(None, parts))), len(one.property_address))


_MEASURES: dict[str, Callable[[Voucher], int]] = {
    "longest-name": lambda voucher: max(len(one.payer.name) for one in voucher.obligations),
    "longest-address": lambda voucher: max(map(_address, voucher.obligations)),
    "most-lines": lambda voucher: sum(len(one.lines) for one in voucher.obligations),
    "largest-amount": lambda voucher: max(due.amount for one in voucher.obligations for due in one.due_dates),
    "most-due-dates": lambda voucher: max(len(one.due_dates) for one in voucher.obligations),
    "most-obligations": lambda voucher: len(voucher.obligations),
}
_KINDS: dict[str, Callable[[Voucher], bool]] = {
    "payable": lambda voucher: all(one.payable for one in voucher.obligations),
    "not-payable": lambda voucher: not all(one.payable for one in voucher.obligations),
    "printed": lambda voucher: voucher.channel.printed,
    "digital": lambda voucher: not voucher.channel.printed,
    "with-email": lambda voucher: bool(voucher.payer.email),
    "without-email": lambda voucher: not voucher.payer.email,
}


def _measure(voucher: Voucher, first: Staged, most: dict[str, Extreme]) -> None:
    for case, measure in _MEASURES.items():
        value = measure(voucher)
        if value > (most[case].value if case in most else 0):
            most[case] = Extreme(case, voucher.voucher_id, first.bundle, value)


def _sort(voucher: Voucher, first: Staged, kinds: dict[str, Extreme]) -> None:
    for case, holds in _KINDS.items():
        if case not in kinds and holds(voucher):
            kinds[case] = Extreme(case, voucher.voucher_id, first.bundle)


def _tell(voucher: Voucher, first: Staged, legends: dict[str, Extreme]) -> None:
    for kind, text in _legends(voucher):
        if kind not in legends and len(legends) < MOST_LEGENDS:
            legends[kind] = Extreme("legend", voucher.voucher_id, first.bundle, text=text)


def _legends(voucher: Voucher) -> Iterator[tuple[str, str]]:
    """Legends that differ in numbers alone are one kind."""
    for one in voucher.obligations:
        if one.legend:
            yield _NUMBERS.sub("0", one.legend), one.legend
