"""Every cell of the ledger that a second place knows of, and any byte of any file."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emission.audit.checks import CHECKS
from emission.audit.lots import lots
from emission.audit.manifest import manifest
from emission.audit.papers import papers
from emission.audit.written import written
from emission.ledger import schema
from tests.audit.scene import Scene

# What no other place knows of: times, the words of a history that nobody repeats, where pages waited before a lot was
# sealed, how an answer came about, what the program notes of itself.
ALONE = {
    "run": {"folder", "setup", "image", "started_at"},
    "voucher": {"part", "part_offset"},
    "effect": {"lookups", "sent_at", "code", "message", "transient"},
    "history": {"at", "detail", "who"},
    "delivery": {"at"},
    "asset": {"name"},
    "sought": {"run_id", "row", "obligation"},
}
# The row of each table that a paper hangs on.
CHOSEN = {
    "entry": "row = 4",
    "voucher": "ordinal = 4",
    "obligation": "id = 4",
    "effect": "id = 4",
    "operation": "effect = 4",
    "lot": "number = 1",
    "history": "event = 'sent'",
    "sought": "id = 2",
    "artefact": "file = 'report.json'",
}
TABLES = (
    "run",
    "entry",
    "voucher",
    "lot",
    "obligation",
    "effect",
    "operation",
    "history",
    "delivery",
    "artefact",
    "asset",
    "sought",
)
CELLS = [
    (table, column.name)
    for table in TABLES
    for column in schema.metadata.tables[table].columns
    # A key is what the others hang on; the run's own name is how it was found.
    if column.name not in ALONE.get(table, set())
    and not column.primary_key
    and (table, column.name) != ("run", "batch")
]


def _other(value: Any) -> object:
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1]) if len(value) < 10_000 else value[:5000] + b"#" + value[5001:]
    if isinstance(value, int):
        return 1 - value if value in (0, 1) else value + 1
    if isinstance(value, str):
        return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"
    return 7


@pytest.mark.parametrize("table", TABLES)
def test_every_cell_of_the_ledger_has_a_second_place(scene: Scene, table: str) -> None:
    mine = CHOSEN.get(table, "1")
    key = f"SELECT rowid FROM {table} WHERE {mine} LIMIT 1"  # noqa: S608 - names of ours
    for name in [column for owner, column in CELLS if owner == table]:
        ((before,),) = scene.ask(f"SELECT {name} FROM {table} WHERE rowid = ({key})")  # noqa: S608 - names of ours
        ((row,),) = scene.ask(key)
        change = f"UPDATE {table} SET {name} = ? WHERE rowid = ?"  # noqa: S608 - names of ours
        try:
            scene.change(change, _other(before), row)
        except sqlite3.IntegrityError:
            continue  # the ledger itself refuses it
        assert scene.differences(), f"{table}.{name}"
        scene.change(change, before, row)
    assert not scene.differences()


@pytest.mark.parametrize("table", TABLES[1:])
def test_no_row_of_the_ledger_can_be_taken_away(scene: Scene, table: str) -> None:
    scene.change(f"DELETE FROM {table} WHERE {CHOSEN.get(table, '1')}")  # noqa: S608 - names of ours
    assert scene.differences()


FILES = {
    "manifest.csv": (written, manifest),
    "manifest.xlsx": (written,),
    "faults.csv": (written,),
    "report.json": (written,),
    "digital/0001/TSG-0001.pdf": (papers,),
    "print/lot-0001.pdf": (lots,),
}


@pytest.mark.parametrize("file", FILES)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example puts back what it changed
)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_byte_of_a_file_can_be_changed(scene: Scene, file: str, place: float, bit: int) -> None:
    content = (scene.out / file).read_bytes()
    at = int(place * len(content))
    changed = content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]
    (scene.out / file).write_bytes(changed)
    found = scene.differences(FILES[file])
    (scene.out / file).write_bytes(content)
    assert any(difference.where.file == file for difference in found)


def test_the_checks_that_files_are_tampered_against_are_those_of_the_command() -> None:
    assert {check for checks in FILES.values() for check in checks} <= set(CHECKS)
