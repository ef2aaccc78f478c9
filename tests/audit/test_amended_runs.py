"""Of a run that was amended, released, paid in part and decided about, all that came before is held to account too."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from emission.ledger.artefacts import digest_of
from tests.audit.scene import Scene, names
from tests.faults.provider import serving
from tests.run.town import CONFIG, Town, row, rows

SUPERSEDE = CONFIG.replace("max_rejected", 'on_change = "supersede"\nmax_rejected') + "lot_pages = 3\n"
PROVIDER = '[provider]\nbase_url = "{url}"\nbatch_size = 1\nconcurrency = 1\nsettle_seconds = 0.1\n'
# What came of the bills: 1 was accepted by a person, 2 superseded, 3 paid before its change, 6 is gone.


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("amended")
    with serving(None) as provider:
        town = Town(folder, SUPERSEDE, PROVIDER.format(url=provider.url))
        provider.fail("twice")
        provider.fail("lose-answer")
        town.batch(rows(6))
        town.run(expect=3)
        number = provider.operations()[0]["number"]
        assert town.call("held", "accept", "TSG-0001", "--number", number, "--why", "el banco").exit_code == 0
        town.run()
        assert town.call("release", "1").exit_code == 0
        third = next(found for found in provider.operations() if found["amount"] == "1003.03")
        provider.pay(third["number"])
        changed = [row(1), row(2, amount="2000.00", amount_2="", due_date_2=""), row(3, amount="5000.00")]
        town.batch([*changed, row(4, payer_name="Otra"), row(5)], "nuevo.csv")
        assert town.call("amend", "nuevo.csv", "--yes").exit_code == 3
    with closing(sqlite3.connect(folder / "emission.db")) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def scene(amended: Path, tmp_path: Path) -> Scene:
    folder = tmp_path / "town"
    shutil.copytree(amended, folder)
    scene = Scene(folder)
    for column in ("delivery SET path", "run SET source", "run SET folder"):
        name = column.rpartition(" ")[2]
        scene.change(f"UPDATE {column} = replace({name}, ?, ?)", str(amended), str(folder))
    return scene


def test_it_agrees(scene: Scene) -> None:
    assert scene.audit("--codes", expect=0) == []


TAMPERED = {
    "a superseded operation taken away": (
        "DELETE FROM operation WHERE effect IN (SELECT id FROM effect WHERE state = 'superseded')",
        "operation-missing",
    ),
    "a superseded operation's number": (
        "UPDATE operation SET number = '1' WHERE effect IN (SELECT id FROM effect WHERE state = 'superseded')",
        "operation.number",
    ),
    "a superseded order's amount": ("UPDATE effect SET amount = 1 WHERE state = 'superseded'", "effect.amount"),
    "a superseded order revived": ("UPDATE effect SET state = 'confirmed' WHERE state = 'superseded'", "effect.state"),
    "a paid order cancelled": (
        "UPDATE effect SET state = 'cancelled' WHERE id IN (SELECT effect FROM difference)",
        "effect.state",
    ),
    "a payment forgotten": ("UPDATE effect SET code = '' WHERE id IN (SELECT effect FROM difference)", "effect.code"),
    "a gone order's state": (
        "UPDATE effect SET state = 'refused' WHERE id IN (SELECT subject_id FROM history WHERE event = 'gone')",
        "effect.state",
    ),
    "a gone operation taken away": (
        "DELETE FROM operation WHERE effect IN (SELECT subject_id FROM history WHERE event = 'gone')",
        "operation-missing",
    ),
    "an order smuggled in": (
        (
            "INSERT INTO effect (obligation, kind, revision, provider, external_id, amount, state, attempt, lookups,"
            " code, message, transient) VALUES (5, 'create', 2, 'epagos', 'X', 1, 'confirmed', 1, 0, '', '', 0)"
        ),
        "effect.revision",
    ),
    "a revision that nobody made": ("UPDATE obligation SET revision = 3 WHERE revision = 2", "obligation.revision"),
    "another's debt": ("UPDATE difference SET obligation = 4", "difference.obligation"),
    "a smaller debt": ("UPDATE difference SET amount = 1", "difference"),
    "a debt forgiven": ("DELETE FROM difference", "difference"),
    "a stray renumbered": ("UPDATE stray SET number = '1'", "stray.number"),
    "a stray forgotten": ("DELETE FROM stray", "stray.number"),
    "every hash forgotten": ("DELETE FROM artefact", "artefact"),
    "every delivery forgotten": ("DELETE FROM delivery", "delivery"),
    "a kept paper's look": ("UPDATE rendering SET look = 'abc'", "asset"),
    "a run that cannot be read": ("UPDATE run SET setup = x'c1'", "run"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_came_before_cannot_be_changed_unseen(scene: Scene, name: str) -> None:
    statement, said = TAMPERED[name]
    scene.change(statement)
    found = scene.audit()
    assert names(found, said) or any(finding["where"].get("column") == said for finding in found), found


@pytest.mark.parametrize("file", ["digital/0001/TSG-0005.pdf", "print/lot-0002.pdf"])
def test_a_paper_with_the_same_codes_and_another_name_is_seen(scene: Scene, tmp_path: Path, file: str) -> None:
    """Drawn by this very program for another payer, with all hashes of the ledger set right."""
    other = Town(tmp_path, SUPERSEDE)
    with serving(None) as provider:
        other.configure(SUPERSEDE + PROVIDER.format(url=provider.url))
        bills = [*rows(3), row(4, payer_name="Otra"), row(5, payer_name="Un Vecino Distinto"), row(6)]
        other.batch(bills)
        forged = other.run().folder / file
        (scene.out / file).chmod(0o600)
        (scene.out / file).write_bytes(forged.read_bytes())
    digest = digest_of(scene.out / file)
    for table in ("voucher", "lot"):
        scene.change(f"UPDATE {table} SET sha256 = ? WHERE file = ?", digest, file)  # noqa: S608 - names of ours
    found = scene.audit("--codes")
    assert names(found, "file-not-so-drawn", file=file) or names(found, "lot-not-so-drawn", file=file)
