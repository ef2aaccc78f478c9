"""A ledger with bills as runs would have issued them, put there without a run: for what is looked at after."""

from __future__ import annotations

import datetime

import msgspec
from sqlalchemy import insert, select

from emission.ledger import Ledger, search
from emission.ledger.payments import Books
from emission.ledger.schema import effect, entry, obligation, operation, run
from emission.model import Code, DueDate, Obligation, Operation, Payer, Role

BOOKS = Books("sandbox", "30999999995")
DUE, DUE_2 = datetime.date(2026, 12, 10), datetime.date(2026, 12, 21)


def amount(number: int) -> int:
    """What bill ``number`` asks for at its first due date; at the second, a hundred pesos more."""
    return 100_000 + number * 101


def barcode(number: int, revision: int = 1) -> str:
    """What is printed on the paper of a revision."""
    return f"9960{revision}{number:051d}"


def bill(ledger: Ledger, *numbers: int, revision: int = 1) -> None:
    """Bills that were issued, and the operations of their revisions up to ``revision``, the last one living."""
    pack = msgspec.msgpack.encode
    with ledger.transaction() as connection:
        if not connection.execute(select(run.c.id)).first():
            connection.execute(insert(run), [{
                "id": 1, "environment": BOOKS.environment, "issuer": BOOKS.issuer, "batch": "lote",
                "provider": "epagos", "currency": "ARS", "issue_date": "2026-11-20", "source": "lote.csv",
                "header": pack(()),
                "state": "finished", "started_at": 0.0,
            }])  # fmt: skip
        made = []
        for number in numbers:
            dues = (DueDate(DUE, amount(number)), DueDate(DUE_2, amount(number) + 10_000))
            record = Obligation(f"TSG-{number:05d}", Payer(f"Vecino Inventado {number}"), dues, "ARS", "TSG", "2026-12")
            connection.execute(insert(obligation), [{
                "id": number, "identity": f"{number:032x}", **BOOKS.keys, "tax": "TSG", "period": "2026-12",
                "obligation_id": record.obligation_id, "revision": revision, "run_id": 1, "payable_hash": b"",
            }])  # fmt: skip
            connection.execute(insert(entry), [{
                "run_id": 1, "row": number, "position": number, "obligation_id": record.obligation_id,
                "voucher_id": record.obligation_id, "obligation": number, "faulty": False, "amount": record.amount,
                "content": b"", "parsed": pack({"original": (), "account": "", "payer_name": "", "faults": ()}),
                "record": pack(record),
            }])  # fmt: skip
            for mine in range(1, revision + 1):
                key = number * 10 + mine
                codes = (Code(Role.BARCODE, barcode(number, mine)), Code(Role.PAYMENT_CODE, f"9{number:09d}{mine}"))
                made.append((key, Operation(external(number, mine), str(operation_number(number, mine)), codes)))
                connection.execute(insert(effect), [{
                    "id": key, "obligation": number, "kind": "create", "revision": mine, "provider": "epagos",
                    "external_id": external(number, mine), "amount": record.amount - (revision - mine) * 5_000,
                    "state": "confirmed" if mine == revision else "superseded", "attempt": 1,
                }])  # fmt: skip
        connection.execute(insert(operation), [
            {"effect": key, "number": one.number, "record": pack(one), "warnings": pack(())} for key, one in made
        ])  # fmt: skip
        search.index_operations(connection, made)


def external(number: int, revision: int = 1) -> str:
    """Our own id of a revision's order."""
    return f"EXT{number:07d}R{revision}"


def operation_number(number: int, revision: int = 1) -> int:
    """The provider's number of a revision's operation."""
    return 10**13 + number * 10 + revision
