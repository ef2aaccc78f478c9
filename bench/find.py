"""``python -m bench.find``: how long ``emission find`` and ``emission backup`` take in a large ledger.

The ledger is filled table by table as runs would leave it, without provider and papers, and indexed by the house's own
functions: months of one town, everybody invented.
"""

from __future__ import annotations

import argparse
import datetime
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert

from bench import batches
from bench.machine import Machine, this_machine
from bench.spread import Spread, spread
from emission import config, identity
from emission.backup import backup
from emission.errors import Refused
from emission.find import find
from emission.intake import ParsedRow
from emission.ledger import Ledger, runs, schema, search
from emission.ledger.runs import Run
from emission.ledger.staging import pack
from emission.model import Address, Code, DueDate, Obligation, Operation, Payer, Role

MONTH = 100_000  # bills of a month
PAGE = 1000  # bills of a transaction
LOT = 5000  # pages of a lot
LOOK = "0" * 64
_DUE, _LATER = datetime.date(2026, 12, 10), datetime.date(2026, 12, 21)
_TABLES = {
    "obligation": schema.obligation, "voucher": schema.voucher, "entry": schema.entry, "effect": schema.effect,
    "operation": schema.operation, "sent": schema.history, "confirmed": schema.history,
}  # fmt: skip
_POSTAL = ("street", "number", "extra", "city", "code", "province")


class Figures(msgspec.Struct, frozen=True):
    """``questions`` in seconds: by kind in one process, and ``command`` the life of a whole ``emission find``."""

    machine: Machine
    bills: int
    build_seconds: float
    bytes: int
    bytes_of_index: int
    questions: dict[str, Spread]
    command: dict[str, Spread]
    backup_seconds: float


def measure(folder: Path, bills: int, rounds: int) -> Figures:
    """All of it; ``folder`` is left with the ledger and its backup."""
    machine = this_machine()
    (folder / "emission.toml").write_text("[batch]\ntax = 'TSG'\n", encoding="utf-8")
    settings = config.load(folder / "emission.toml")
    built = build(settings.ledger_path, bills)
    with closing(sqlite3.connect(settings.ledger_path)) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        index = ledger.execute("SELECT sum(length(block)) FROM search_data").fetchone()[0]
    _say("questions")
    questions: dict[str, Spread] = {}
    command: dict[str, Spread] = {}
    for kind, texts in _questions(settings.ledger_path, bills, rounds):
        questions[kind] = spread([_asked(settings, text) for text in texts])
        command[kind] = spread([_commanded(folder, text) for text in texts[:3]])
    _say("backup")
    copied = _seconds(lambda: backup(settings, folder / "backup.db"))
    size = settings.ledger_path.stat().st_size
    return Figures(machine, bills, round(built, 1), size, index, questions, command, round(copied, 2))


def build(path: Path, bills: int) -> float:
    """A ledger of so many rendered bills, a batch a month, as runs would have left it; seconds."""
    chance = random.Random(2026)
    people = [batches.person(chance, number) for number in range(1, min(bills, MONTH) + 1)]
    began = time.perf_counter()
    with closing(Ledger(path)) as ledger:
        for month in range(-(-bills // MONTH)):
            period = f"{2026 + month // 12}-{month % 12 + 1:02d}"
            _say(period)
            run = runs.create(
                ledger, environment="sandbox", issuer="30999999995", batch=f"tasas-{period}", provider="epagos",
                currency="ARS", issue_date="2025-12-20",
            )  # fmt: skip
            for start in range(0, min(MONTH, bills - month * MONTH), PAGE):
                numbers = range(start, min(start + PAGE, MONTH, bills - month * MONTH))
                page = [_bill(run, month * MONTH + number + 1, people[number], number + 1) for number in numbers]
                with ledger.transaction() as connection:
                    _enter(connection, page)
            runs.change(ledger, run, state="finished", folder=f"out/{run.batch}", exit_code=0)
    return time.perf_counter() - began


class _Bill(msgspec.Struct, frozen=True):
    """A bill in the tables: what stands in the columns of each, ``key`` being its key in all of them."""

    key: int
    run_id: int
    operation: Operation
    rows: dict[str, dict[str, object]]


def _bill(run: Run, key: int, person: dict[str, str], number: int) -> _Bill:
    cents = 350_000 + key * 37 % 6_000_000
    record = Obligation(
        obligation_id=f"TSG-{run.batch[-7:].replace('-', '')}-{number:06d}",
        payer=Payer(name=person["payer_name"], id_type="DNI", id=person["payer_id"], email=person["payer_email"]),
        due_dates=(DueDate(_DUE, cents), DueDate(_LATER, cents * 103 // 100)),
        currency="ARS",
        tax="TSG",
        period=run.batch[-7:],
        account=person["account"],
        concept="Tasa por Servicios Generales",
        property_address=person["property_address"],
        postal=Address(*(person[f"postal_{name}"] for name in _POSTAL)),
    )
    name = record.obligation_id
    parsed = ParsedRow(
        row=number, line=number + 1, corrects=None, original=(name, *person.values()), obligation_id=name,
        voucher_id="", account=record.account, payer_name=record.payer.name, email=record.payer.email, amount=cents,
        obligation=None, faults=(),
    )  # fmt: skip
    operation = _operation(run, record, key)
    hashed, lot, at = identity.presentation_hash(record), (number - 1) // LOT + 1, time.time()
    told = {"subject": "effect", "subject_id": key, "at": at, "detail": "", "who": ""}
    rows: dict[str, dict[str, object]] = {
        "obligation": {
            "id": key, "identity": identity.identity(run.environment, run.issuer, record), "issuer": run.issuer,
            "environment": run.environment, "tax": record.tax, "period": record.period, "obligation_id": name,
            "revision": 1, "run_id": run.id, "payable_hash": identity.payable_hash(record),
        },
        "voucher": {
            "id": key, "run_id": run.id, "ordinal": number, "voucher_id": name, "folded": name.casefold(),
            "file": f"digital/{(number - 1) // 1000 + 1:04d}/{name}.pdf", "printed": True, "pages": 1, "lot": lot,
            "sequence": number, "state": "rendered", "sha256": f"{key:064x}", "look": LOOK,
        },
        "entry": {
            "run_id": run.id, "row": number, "position": number, "obligation_id": name, "voucher_id": name,
            "obligation": key, "voucher": key, "faulty": False, "amount": cents, "content": hashed,
            "presentation": hashed, "parsed": pack(parsed), "record": pack(record),
        },
        "effect": {
            "id": key, "obligation": key, "kind": "create", "revision": 1, "provider": run.provider, "amount": cents,
            "external_id": operation.external_id, "state": "confirmed", "attempt": 1, "request_hash": hashed,
            "sent_at": at,
        },
        "operation": {
            "effect": key, "number": operation.number, "record": pack(operation), "warnings": pack(()),
        },
        "sent": {**told, "event": "sent"},
        "confirmed": {**told, "event": "confirmed"},
    }  # fmt: skip
    return _Bill(key, run.id, operation, rows)


def _enter(connection: Connection, page: list[_Bill]) -> None:
    for name, table in _TABLES.items():
        connection.execute(insert(table), [bill.rows[name] for bill in page])
    search.index_entries(connection, [bill.key for bill in page])
    search.index_operations(connection, [(bill.key, bill.operation) for bill in page])


def _operation(run: Run, record: Obligation, key: int) -> Operation:
    # Numbers in no order, as a provider with other customers gives them.
    number = f"{key * 2_654_435_761 % 10**14:014d}"
    name = identity.external_id(run.environment, run.issuer, run.provider, "31047", record, 1)
    return Operation(
        external_id=name,
        number=number,
        codes=(
            Code(Role.BARCODE, f"99600003104700{record.amount:012d}2612102{number}0000000000044"),
            Code(Role.PAYMENT_CODE, f"9{number}"),
            Code(Role.LINK_CODE, f"31047{number}"),
            Code(Role.PMC_CODE, f"7{number}"),
            Code(Role.QR, f"00020101021143650016com.example.pagos{number}5802AR5913VILLA EJEMPLO6304ABCD"),
            Code(Role.PAYMENT_URL, f"https://pagos.example.invalid/qr/{number}"),
        ),
    )


def _questions(path: Path, bills: int, rounds: int) -> Iterator[tuple[str, list[str]]]:
    chance = random.Random(7)
    people = min(bills, MONTH)
    chosen = [chance.randrange(people) + 1 for _ in range(rounds)]
    with closing(sqlite3.connect(path)) as ledger:
        keys = [chance.randrange(bills) + 1 for _ in range(rounds)]
        made = [
            (name, number, msgspec.msgpack.decode(record, type=Operation))
            for key in keys
            for name, number, record in ledger.execute(
                "SELECT obligation_id, number, record FROM obligation JOIN effect ON effect.obligation = obligation.id"
                " JOIN operation ON operation.effect = effect.id WHERE obligation.id = ?",
                (key,),
            )
        ]
    yield "id", [name for name, _, _ in made]
    yield "operation", [number for _, number, _ in made]
    yield "external id", [operation.external_id for _, _, operation in made]
    for role in (Role.BARCODE, Role.PAYMENT_CODE, Role.QR, Role.PAYMENT_URL):
        yield role.value, [operation.text(role) for _, _, operation in made]
    yield "tax id, with dots", [f"{99_000_000 + number:,}".replace(",", ".") for number in chosen]
    yield "account", [f"{number:07d}/{number % 10}" for number in chosen]
    yield "name, a tenth of all have it", [chance.choice(batches.LAST) for _ in range(rounds)]
    yield "beginning of a name", [chance.choice(batches.LAST)[:3] for _ in range(rounds)]
    two = [(chance.choice(batches.LAST), chance.choice(batches.FIRST)) for _ in range(rounds)]
    yield "last and first name", [" ".join(words) for words in two]
    yield "name, street and period", [f"{last} {first} {chance.choice(batches.STREETS)} 2026-03" for last, first in two]
    yield "street and number", [f"{chance.choice(batches.STREETS)} {chance.randrange(1, 4000)}" for _ in range(rounds)]
    yield "a word that all have", ["Villa Ejemplo"] * rounds
    yield "nothing", [f"nadie{number}" for number in chosen]


def _asked(settings: config.Settings, text: str) -> float:
    def ask() -> None:
        with suppress(Refused):  # nothing has it: an answer too
            find(settings, text)

    return _seconds(ask)


def _commanded(folder: Path, text: str) -> float:
    command = [sys.executable, "-m", "emission", "find", "--", text]
    return _seconds(lambda: subprocess.run(command, cwd=folder, check=False, capture_output=True))


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def text(figures: Figures) -> str:
    """All of it, for a terminal 100 columns wide."""
    bills, machine = figures.bills, figures.machine
    lines = [f"{machine.date}  {machine.python}  {machine.system}", f"{machine.cores} cores, {machine.processor}"]
    lines += [f"\n{bills:,} bills; built in {figures.build_seconds} s"]
    lines += [f"  {'bytes a bill, of the file':44}{figures.bytes / bills:>10,.0f}"]
    lines += [f"  {'bytes a bill, of the index':44}{figures.bytes_of_index / bills:>10,.0f}"]
    lines += [f"  {'backup, seconds':44}{figures.backup_seconds:>10,.2f}", "\nSeconds of a question"]
    for title, found in (("in one process", figures.questions), ("a whole command", figures.command)):
        lines += [f"  {title:44}{'min':>10}{'median':>10}{'max':>10}"]
        lines += [f"    {kind:42}{s.min:>10.3f}{s.median:>10.3f}{s.max:>10.3f}" for kind, s in found.items()]
    return "\n".join(lines)


def main() -> None:
    """Measures what the command line says and prints it."""
    parser = argparse.ArgumentParser(prog="python -m bench.find", description=__doc__)
    parser.add_argument("--bills", type=int, default=1_000_000, help="default: 1,000,000; 6 GB of disk")
    parser.add_argument("--rounds", type=int, default=9, help="texts of each kind (default: 9)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures, for machines")
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where the ledger is while it runs; on a disk")
    arguments = parser.parse_args()
    if arguments.bills < 1 or arguments.rounds < 1:
        parser.error("counts begin at 1")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as folder:
        figures = measure(Path(folder).resolve(), arguments.bills, arguments.rounds)
    print(text(figures))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
