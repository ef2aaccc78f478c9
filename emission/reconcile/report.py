"""Every payment and what it is, every settlement and whether it agrees: as tables, and summed up to be said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from emission import money, store
from emission.guard import guard
from emission.ledger import Ledger, paid
from emission.ledger.paid import Deposit
from emission.ledger.payments import Books
from emission.outputs.workbook import write_workbook
from emission.reconcile.judging import Judged, Result, judge

COLUMNS = (
    "obligation_id", "tax", "period", "result", "state", "amount", "due", "difference", "returned", "charged_back",
    "currency", "paid_on", "credited_on", "settled_on", "settlement", "channel", "means", "number", "external_id",
    "code", "reference", "sources", "odd", "key",
)  # fmt: skip
_AS_TOLD = (
    "state", "currency", "paid_on", "credited_on", "settled_on", "settlement", "means", "code", "reference", "sources",
)  # fmt: skip
SETTLEMENTS = (
    "channel", "number", "source", "deposited_on", "currency", "payments", "payments_counted", "gross",
    "gross_counted", "difference", "charges", "deposited", "deposit_difference",
)  # fmt: skip


class Figure(msgspec.Struct):
    """How many payments, and their amount in minor units."""

    count: int = 0
    amount: int = 0

    def add(self, amount: int, count: int = 1) -> None:
        self.count += count
        self.amount += amount


class Checked(msgspec.Struct, frozen=True):
    """A settlement beside the payments that are known to be in it; differences in minor units, 0 where all agrees."""

    deposit: Deposit
    counted: int
    gross: int
    difference: int
    deposit_difference: int

    @property
    def agrees(self) -> bool:
        """Whether count, gross and deposit agree to the cent with what was told."""
        told = self.deposit.payments
        return not self.difference and not self.deposit_difference and told in (None, self.counted)


class Summary(msgspec.Struct):
    """Payments by what they are, by how far their money went, and by what is odd; and settlements."""

    currency: str
    whole: Figure
    results: dict[str, Figure]
    states: dict[str, Figure]
    odd: dict[str, Figure]
    settlements: list[Checked]

    @property
    def sound(self) -> bool:
        """Whether nothing is left for anybody to look at."""
        fine = {Result.PAID, Result.UNDONE}
        return not self.odd and {*self.results} <= fine and all(one.agrees for one in self.settlements)


def summarise(ledger: Ledger, books: Books, currency: str, since: float = 0.0) -> Summary:
    """Sums up without writing anything; with ``since`` (seconds, UTC) only what changed from then on."""
    summary = _empty(currency)
    for _ in _told(ledger, books, summary, since):
        pass
    return summary


def write(ledger: Ledger, books: Books, currency: str, folder: Path) -> tuple[Summary, list[Path]]:
    """Writes ``payments`` and ``settlements`` into ``folder``, each as CSV and as XLSX.

    Raises:
        Stopped: the disk is full or refuses a file.
    """
    summary = _empty(currency)
    lines = (cells(judged) for judged in _told(ledger, books, summary))
    count = _table(folder / "payments.csv", COLUMNS, lines)
    checked = _table(folder / "settlements.csv", SETTLEMENTS, map(_settlement_cells, summary.settlements))
    write_workbook(folder / "payments.csv", count)
    write_workbook(folder / "settlements.csv", checked)
    return summary, [folder / f"{name}.{form}" for name in ("payments", "settlements") for form in ("csv", "xlsx")]


def every(ledger: Ledger, books: Books, since: float = 0.0) -> Iterator[Judged]:
    """Every payment, judged: those of a bill together; with ``since`` those of bills of which anything changed."""
    for bill in paid.bills(ledger, books, since):
        yield from judge(bill)


def cells(judged: Judged) -> list[str]:
    """A payment in step with :data:`COLUMNS`, guarded."""
    one, made, asked = judged.entry, judged.entry.payment, judged.entry.asked
    words = {
        **{name: str(getattr(made, name)) for name in _AS_TOLD},
        "obligation_id": asked.obligation_id if asked else "",
        "tax": asked.tax if asked else "",
        "period": asked.period if asked else "",
        "result": judged.result,
        "amount": money.plain(made.amount, made.currency),
        "due": "" if judged.due is None else money.plain(judged.due, made.currency),
        "difference": money.plain(judged.difference, made.currency),
        "returned": money.plain(made.returned, made.currency),
        "charged_back": money.plain(made.charged_back, made.currency),
        "channel": one.channel,
        "number": made.number or (asked.number if asked else ""),
        "external_id": made.external_id or (asked.external_id if asked else ""),
        "odd": " ".join(judged.odd),
        "key": one.key,
    }
    return [guard(str(words[name])) for name in COLUMNS]


def _told(ledger: Ledger, books: Books, summary: Summary, since: float = 0.0) -> Iterator[Judged]:
    """Every payment, while it is added to the summary; the settlements at the end."""
    for judged in every(ledger, books, since):
        made = judged.entry.payment
        summary.whole.add(made.amount)
        summary.results.setdefault(judged.result, Figure()).add(made.amount)
        summary.states.setdefault(made.state, Figure()).add(made.amount)
        for code in judged.odd:
            summary.odd.setdefault(code, Figure()).add(made.amount)
        yield judged
    counted = paid.settled(ledger, books)
    for deposit in paid.deposits(ledger, books, since):
        count, amount = counted.get((deposit.channel, deposit.number), (0, 0))
        summary.settlements.append(_checked(deposit, Figure(count, amount)))


def _checked(deposit: Deposit, counted: Figure) -> Checked:
    gross = counted.amount if deposit.gross is None else deposit.gross
    left = gross - sum(deposit.charges.values())
    deposited = left if deposit.deposited is None else deposit.deposited
    return Checked(deposit, counted.count, counted.amount, gross - counted.amount, deposited - left)


def _settlement_cells(one: Checked) -> list[str]:
    told, currency = one.deposit, one.deposit.currency

    def plain(minor: int | None) -> str:
        return "" if minor is None else money.plain(minor, currency)

    charges = " ".join(f"{kind}={plain(amount)}" for kind, amount in sorted(told.charges.items()))
    words = (
        told.channel, told.number, told.source, told.deposited_on, currency,
        "" if told.payments is None else told.payments, one.counted, plain(told.gross), plain(one.gross),
        plain(one.difference), charges, plain(told.deposited), plain(one.deposit_difference),
    )  # fmt: skip
    return [guard(str(word)) for word in words]


def _table(path: Path, header: Iterable[str], lines: Iterable[Sequence[str]]) -> int:
    count = 0
    with store.writing(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow(header)
        for line in lines:
            table.writerow(line)
            count += 1
        text.detach()
    return count


def _empty(currency: str) -> Summary:
    return Summary(currency, Figure(), {}, {}, {}, [])
