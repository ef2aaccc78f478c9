"""Money that came in: what was said of it once each, the payments that this comes to, and what was deposited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emission import money as figures
from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.audit.orders import ALIVE
from emission.audit.readable import BROKEN
from emission.ledger import paid, told
from emission.ledger.payments import Books, Payment
from emission.ledger.told import Fact, Kept, Money
from emission.reconcile.folding import fold


def payments(case: Case) -> Iterator[Finding]:
    """The payments of the run's bills are what was said of them, put together anew; each saying is kept as it came."""
    for one in told.money(case.ledger, case.run.id):
        where = Where(case.book, one.row, one.obligation_id)
        try:
            yield from differing(where, tuple(_facts(one)), "ledger-differs")
        except BROKEN as error:
            yield Difference("ledger-unreadable", where, found=str(error))


def settlements(case: Case) -> Iterator[Finding]:
    """Settlements of all runs are as they were told; one that holds other payments than are known is remarked on."""
    for telling in told.settlements(case.ledger):
        where = Where(case.book, id=f"{telling.channel} {telling.number}")
        yield from differing(where, telling.facts, "ledger-differs")
    books = Books(case.run.environment, case.settings.issuer.digits)
    counted = paid.settled(case.ledger, books)
    for deposit in paid.deposits(case.ledger, books):
        _, amount = counted.get((deposit.channel, deposit.number), (0, 0))
        if deposit.gross is not None and deposit.gross != amount:
            where = Where(case.book, id=f"{deposit.channel} {deposit.number}", column="settlement.gross")
            gross, known = (figures.plain(minor, deposit.currency) for minor in (deposit.gross, amount))
            yield Remark("settlement-differs", where, f"{gross} / {known}")


def _facts(one: Money) -> Iterator[Fact]:
    for sayings in one.said.values():
        for saying in sayings:
            yield from saying.facts
    stands = False
    for channel in sorted({*one.said, *one.kept}):
        made = fold(saying.seen for saying in one.said.get(channel, []))
        stands = stands or any(payment.stands for payment in made)
        yield from _payments(made, one.kept.get(channel, []))
    if stands and one.state in ALIVE:
        yield "effect.code", "paid", one.code


def _payments(made: Sequence[Payment], kept: Sequence[Kept]) -> Iterator[Fact]:
    yield "payment.ordinal", list(range(1, len(made) + 1)), [found.ordinal for found in kept]
    for right, found in zip(made, kept, strict=False):
        yield from found.facts
        for name in Payment.__struct_fields__:
            yield f"payment.{name}", getattr(right, name), getattr(found.payment, name)
