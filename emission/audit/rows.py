"""The ledger against itself: what it says of a row, it says in several places."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from emission import identity
from emission.audit.case import Case
from emission.audit.elsewhere import elsewhere
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.audit.orders import NEVER_ASKED
from emission.audit.readable import BROKEN
from emission.codes.received import check
from emission.ledger import deliveries, evidence
from emission.ledger.evidence import Row
from emission.model import Fault, Obligation, Operation, Severity


class _Parsed(msgspec.Struct, frozen=True):
    """Of what intake made of a row, what stands elsewhere too."""

    original: tuple[str, ...]
    obligation_id: str
    voucher_id: str
    amount: int | None
    faults: tuple[Fault, ...]


_parsed = msgspec.msgpack.Decoder(_Parsed)
_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)
_faults = msgspec.msgpack.Decoder(tuple[Fault, ...])
_inputs = msgspec.msgpack.Decoder(list[tuple[bytes, bytes | None]])


def rows(case: Case) -> Iterator[Finding]:
    """Every row of the run: its cells, its obligation, its operation and its paper."""
    kinds = [one.kind for one in deliveries.all_of(case.ledger, case.run.id)]
    # A release that noted no detail file may have read another one since.
    once = kinds in (["whole"], ["lines", "whole"]) and ("lines" in kinds or not case.as_read.batch.lines)
    others = elsewhere(case)
    for row in evidence.rows(case.ledger, case.run.id):
        where = Where(case.book, row=row.row, id=row.obligation_id)
        try:
            yield from _cells(row, where)
            if row.record is not None:
                obligation = _obligation.decode(row.record)
                yield from _obligation_row(case, row, obligation, where)
                if not row.faulty:
                    yield from _paper(row, obligation, where)
                    if row.row in others:
                        yield Remark("revised-elsewhere", where, others[row.row])
                        continue
                    yield from _money(case, row, obligation, where)
                    yield from _asked(case, row, obligation, where, once=once)
        except BROKEN as error:
            yield Difference("ledger-unreadable", where, found=str(error))


def _cells(row: Row, where: Where) -> list[Difference]:
    """The row as intake read it: the cells themselves, the amount in them, whether it has faults."""
    parsed = _parsed.decode(row.parsed)
    faults = (*parsed.faults, *(_faults.decode(row.faults) if row.faults else ()))
    faulty = any(fault.severity is Severity.ERROR for fault in faults)
    # A faulty row that names what was issued already is nobody's: its ids are taken off.
    ids = () if row.faulty and not row.obligation_id else (
        ("entry.obligation_id", parsed.obligation_id, row.obligation_id),
        ("entry.voucher_id", parsed.voucher_id or parsed.obligation_id, row.voucher_id),
    )  # fmt: skip
    return differing(
        where,
        (
            ("entry.position", row.row, row.position),
            ("entry.content", _digest(parsed.original), row.content),
            ("entry.amount", parsed.amount, row.amount),
            ("entry.faulty", faulty, row.faulty),
            *ids,
        ),
        "ledger-differs",
    )


def _obligation_row(case: Case, row: Row, obligation: Obligation, where: Where) -> list[Difference]:
    """The obligation as it was packed, and the identity that it has in every batch."""
    facts: list[tuple[str, object, object]] = [
        ("entry.record amount", row.amount, obligation.amount),
        ("entry.record obligation_id", row.obligation_id or obligation.obligation_id, obligation.obligation_id),
    ]
    if row.presentation is not None:
        facts.append(("entry.presentation", identity.presentation_hash(obligation), row.presentation))
    if obligation.lines and not row.faulty:
        facts.append(("entry.record lines", obligation.amount, sum(line.total for line in obligation.lines)))
    if row.obligation is not None:
        facts += [
            ("obligation.identity", identity.identity(case.run.environment, case.run.issuer, obligation), row.identity),
            ("obligation.environment", case.run.environment, row.environment),
            ("obligation.issuer", case.run.issuer, row.issuer),
            ("obligation.tax", obligation.tax, row.tax),
            ("obligation.period", obligation.period, row.period),
            ("obligation.obligation_id", obligation.obligation_id, row.named),
        ]
    return differing(where, tuple(facts), "ledger-differs")


def _paper(row: Row, obligation: Obligation, where: Where) -> Iterator[Difference]:
    """The voucher that a sound row is on."""
    if row.paper is None:
        yield Difference("ledger-row-missing", msgspec.structs.replace(where, column="voucher"), row.voucher_id)
        return
    facts = (
        ("voucher.voucher_id", row.voucher_id, row.paper),
        ("voucher.printed", obligation.channel.printed, row.printed),
        ("voucher.state", True, row.paper_state in {"pending", "rendered", "failed"}),
        ("voucher.reason", row.paper_state == "failed", bool(row.reason)),
    )
    yield from differing(where, facts, "ledger-differs")


def _money(case: Case, row: Row, obligation: Obligation, where: Where) -> Iterator[Difference]:
    """What is to be paid, by the record, by its hash and by the operation that a paper carries."""
    payable = identity.payable_hash(obligation)
    on_paper = row.paper_state == "rendered"
    if row.obligation is None:
        yield Difference("ledger-row-missing", msgspec.structs.replace(where, column="obligation"), row.obligation_id)
    # Another batch may have asked for it with other money while this one has no paper of it.
    elif on_paper or row.home == case.run.id:
        yield from differing(where, (("obligation.payable_hash", payable, row.payable_hash),), "ledger-differs")
    if not obligation.payable or not on_paper:
        return
    if row.state != "confirmed" or row.operation is None:
        missing = msgspec.structs.replace(where, column="operation")
        yield Difference("operation-missing", missing, "confirmed", row.state or "-")
        return
    for fault in check(obligation, _operation.decode(row.operation), case.agreement):
        if fault.severity is Severity.ERROR:
            column = msgspec.structs.replace(where, column=f"operation.{fault.field}")
            yield Difference("codes-refused", column, fault.params.get("right", fault.code), fault.value)


def _asked(case: Case, row: Row, obligation: Obligation, where: Where, *, once: bool) -> Iterator[Difference]:
    """The order that this run sent; ``once``: it took in one batch, so that what was sent is what stands now."""
    if row.effect is None or row.state in NEVER_ASKED or row.payable_hash != identity.payable_hash(obligation):
        return
    facts: list[tuple[str, object, object]] = [("effect.amount", obligation.amount, row.asked)]
    if row.asked_hash is not None:
        facts.append(("effect.payable_hash", row.payable_hash, row.asked_hash))
    yield from differing(where, tuple(facts), "ledger-differs")
    if row.home == case.run.id:
        provider = row.provider if row.provider == case.settings.provider.kind else case.run.provider
        yield from differing(where, (("effect.provider", provider, row.provider),), "ledger-differs")
        if once and row.request_hash is not None:
            yield from _request(case, row, where)


def _request(case: Case, row: Row, where: Where) -> list[Difference]:
    """The order's hash: of the record as it stands, or of one that an earlier paper had."""
    assert row.record is not None
    sent = hashlib.sha256(row.record).digest()
    if sent == row.request_hash:
        return []
    earlier = evidence.retired(case.ledger, row.voucher) if row.voucher is not None else []
    if any(hashlib.sha256(record).digest() == row.request_hash for old in earlier for record, _ in _inputs.decode(old)):
        return []
    return differing(where, (("effect.request_hash", sent, row.request_hash),), "ledger-differs")


def _digest(original: tuple[str, ...]) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(original), digest_size=16).digest()
