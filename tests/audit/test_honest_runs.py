"""Whatever a run went through honestly, its audit agrees; and the audit disturbs nobody."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from emission.audit import telling
from emission.shipped import shipped
from tests.audit.scene import Named, Scene, names
from tests.run.town import CONFIG, Town, row, rows

LOTS = CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 3")


def _findings(town: Town, *options: str, expect: int = 0) -> list[Named]:
    result = town.call("audit", "lote", "--json", *options)
    assert result.exit_code == expect, result.stdout + result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return [event for event in events if event["event"] in ("difference", "remark")]


@pytest.mark.parametrize("on_change", ["refuse", "supersede"])
def test_an_amended_run_agrees(tmp_path: Path, on_change: str) -> None:
    town = Town(tmp_path, LOTS.replace("max_rejected", f'on_change = "{on_change}"\nmax_rejected'))
    town.batch(rows(6))
    town.run()
    money = row(3, amount="5000.00", amount_2="6000.00")
    town.batch([row(1), row(2, payer_name="Otra Persona"), money, row(4), row(5), row(20)], "nuevo.csv")
    town.call("amend", "nuevo.csv", "--yes")
    assert _findings(town, "--codes") == []


def test_a_mended_run_agrees(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS)
    town.batch([*rows(3), row(4, amount="x")])
    rejected = town.run(expect=3).folder / "rejected.csv"
    rejected.write_text(rejected.read_text(encoding="utf-8-sig").replace(",x,", ",4.00,"), encoding="utf-8")
    town.call("run", str(rejected))
    # The run writes its list of rejected rows anew, over the one that it took in, and keeps that.
    assert _findings(town) == []
    town.batch([*rows(2), row(3, payer_name="Otra"), row(4, amount="x")])
    assert names(_findings(town, expect=3), "input-differs", row=3, column="payer_name")
    town.batch([*rows(3), row(4, amount="4.00", amount_2="1104.00"), row(5)])
    town.run()
    assert _findings(town) == []


def test_a_bill_whose_change_was_refused_still_stands(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS)
    town.batch(rows(4))
    town.run()
    town.batch([*rows(3), row(4, amount="77.00")])
    town.run(expect=3)
    assert _findings(town, "--codes") == []


def test_an_unfinished_run_is_a_difference_with_its_count(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS)
    town.batch(rows(5))
    town.run("lote.csv", "--limit", "2", expect=4)
    (difference,) = _findings(town, expect=3)
    assert (difference["code"], difference["found"]) == ("unfinished", "3")
    town.run()
    assert _findings(town) == []


def test_supplied_codes_are_read_without_their_template(tmp_path: Path) -> None:
    shutil.copytree(shipped("templates") / "municipal-a4", tmp_path / "nuestra")
    town = Town(tmp_path, LOTS, '[provider]\nkind = "supplied"\n[template]\nname = "nuestra"\n')
    town.batch([row(n, barcode=f"99{n:012d}", qr=f"https://pagos.example/{n}") for n in (1, 2)])
    town.run("lote.csv", "--yes")
    shutil.rmtree(tmp_path / "nuestra")
    assert _findings(town, "--codes") == []


def test_detail_lines_agree_and_are_held_to_their_file(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS.replace("[batch]", '[batch]\nlines = "detalle.csv"'))
    town.batch(rows(2))
    detail = tmp_path / "detalle.csv"
    lines = "obligation_id,concept,amount\nTSG-0002,Tasa,1000.02\nTSG-0001,Tasa,900.01\nTSG-0002,Sellado,2.00\n"
    detail.write_text(lines + "TSG-0001,Recargo,101.00\n", encoding="utf-8")
    town.run()
    assert _findings(town) == []
    detail.write_text(lines + "TSG-0001,Multa,101.00\n", encoding="utf-8")
    found = _findings(town, expect=3)
    assert [finding["code"] for finding in found] == ["input-changed", "input-differs"]
    assert names(found, "input-differs", file=str(detail), row=1, id="TSG-0001")


def test_a_detail_file_that_was_corrected_where_it_lay_agrees(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS.replace("[batch]", '[batch]\nlines = "detalle.csv"'))
    town.batch(rows(2))
    detail = tmp_path / "detalle.csv"
    lines = "obligation_id,concept,amount\nTSG-0001,Tasa,1001.01\nTSG-0002,Tasa,1002.02\n"
    detail.write_text(lines, encoding="utf-8")
    town.run()
    detail.write_text(lines.replace("TSG-0002,Tasa", "TSG-0002,Tasa por servicios"), encoding="utf-8")
    town.call("amend", "lote.csv", "--yes")
    # The first file lies there no more: it is remarked on, and no difference.
    assert [finding["code"] for finding in _findings(town)] == ["input-gone"]


def test_a_bill_that_another_batch_changed_is_a_remark(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS.replace("max_rejected", 'on_change = "supersede"\nmax_rejected'))
    town.batch(rows(3))
    town.run()
    town.batch(rows(2), "otro.csv")
    town.run("otro.csv", "--again")
    town.batch([row(1), row(2, amount="5000.00", amount_2="", due_date_2="")], "nuevo.csv")
    assert town.call("amend", "nuevo.csv", "--batch", "otro", "--yes").exit_code == 0
    found = _findings(town, "--codes")
    assert [(finding["code"], finding["where"]["id"]) for finding in found] == [("revised-elsewhere", "TSG-0002")]
    assert found[0]["detail"] == "otro"


def test_next_months_way_to_read_files_changes_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS.replace("[batch]", '[batch]\ndecimal = ","'))
    (tmp_path / "emission.toml").write_text(
        (tmp_path / "emission.toml").read_text(encoding="utf-8") + '[batch.columns]\npayer_name = "Titular"\n',
        encoding="utf-8",
    )
    bill: dict[str, str] = {**row(1, amount="1001,01", amount_2="", due_date_2=""), "Titular": "Una"}
    del bill["payer_name"]
    town.batch([bill])
    town.run()
    town.configure(LOTS)
    assert _findings(town) == []


def test_a_command_that_writes_meanwhile_is_neither_waited_for_nor_seen(scene: Scene) -> None:
    with closing(sqlite3.connect(scene.folder / "emission.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE run SET exit_code = 9")
        assert scene.audit(expect=0) == []
        writer.execute("ROLLBACK")


def test_a_run_of_an_older_release_is_compared_as_far_as_it_goes(scene: Scene) -> None:
    scene.change("DELETE FROM artefact")
    scene.change("DELETE FROM delivery")
    scene.change("UPDATE history SET event = 'begun' WHERE event = 'delivered'")
    assert {finding["code"] for finding in scene.audit(expect=0)} == {"input-unrecorded", "artefacts-unrecorded"}
    scene.edit("manifest.csv", lambda content: content.replace(b"1002.02,2026", b"1002.03,2026"))
    assert names(scene.audit(), "cell-differs", row=2, column="amount")


def test_a_run_is_found_by_its_folder_wherever_that_lies(scene: Scene, tmp_path: Path) -> None:
    shutil.move(scene.out, tmp_path / "lote")
    assert scene.audit(run=str(tmp_path / "lote"), expect=0) == []


@pytest.mark.parametrize(("run", "code"), [("otro", "run-not-found"), ("out", "run-not-found")])
def test_a_run_that_the_ledger_does_not_know(scene: Scene, run: str, code: str) -> None:
    result = scene.town.call("audit", run, "--json")
    assert result.exit_code == 2
    assert code in result.stdout


def test_without_a_ledger_nothing_is_made(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert town.call("audit", "lote").exit_code == 2
    assert not (tmp_path / "emission.db").exists()


@pytest.mark.parametrize(("version", "code"), [("1", "ledger-older"), ("9", "ledger-newer")])
def test_a_ledger_of_another_release_is_left_as_it_is(scene: Scene, version: str, code: str) -> None:
    scene.change("UPDATE meta SET value = ? WHERE name = 'version'", version)
    result = scene.town.call("audit", "lote", "--json")
    assert result.exit_code == 2
    assert code in result.stdout


def test_a_file_that_is_no_ledger_is_named(scene: Scene) -> None:
    (scene.folder / "emission.db").write_bytes(b"nothing of the kind" * 100)
    assert scene.town.call("audit", "lote").exit_code == 2


def test_differences_beyond_the_first_thousand_are_counted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST", 3)
    scene.edit("manifest.csv", lambda content: content.splitlines(keepends=True)[0])
    printed = scene.town.call("audit", "lote").stdout
    assert printed.count("[line-missing]") + printed.count("[sum-differs]") == 3
    assert "… y 15 más" in printed


def test_what_went_to_the_printer_agrees_and_its_manifest_is_held_to_it(tmp_path: Path) -> None:
    town = Town(tmp_path, LOTS.replace("max_rejected", 'on_change = "supersede"\nmax_rejected'))
    town.batch(rows(4))
    town.run()
    assert town.call("release", "1").exit_code == 0
    assert _findings(town) == []
    town.batch([row(1), row(2, payer_name="Otra Persona"), row(3, amount="5000.00", amount_2="6000.00")], "nuevo.csv")
    town.call("amend", "nuevo.csv", "--yes")
    assert _findings(town, "--codes") == []
    slip = tmp_path / "out" / "lote" / "print" / "lot-0001.csv"
    written = slip.read_text(encoding="utf-8")
    slip.chmod(0o600)
    slip.write_text(written.replace("1002.02", "1002.03"), encoding="utf-8")
    assert names(_findings(town, expect=3), "cell-differs", file="print/lot-0001.csv", id="TSG-0002")
    slip.unlink()
    assert names(_findings(town, expect=3), "file-missing", file="print/lot-0001.csv")


def test_what_a_person_decided_after_the_account_is_a_remark(scene: Scene) -> None:
    """As ``held`` writes it down of an order whose row failed."""
    scene.change("UPDATE effect SET state = 'abandoned', code = 'given-up' WHERE state = 'refused'")
    effect, last = scene.ask("SELECT effect.id, (SELECT max(id) FROM history) FROM effect WHERE state = 'abandoned'")[0]
    values = (last + 1, 1.0, effect, "abandoned", "Ana")
    scene.change(
        "INSERT INTO history (id, at, subject, subject_id, event, detail, who) VALUES (?, ?, 'effect', ?, ?, '', ?)",
        *values,
    )
    scene.change("UPDATE entry SET outcome = NULL WHERE row = 8")
    found = scene.audit(expect=0)
    assert {finding["code"] for finding in found} == {"decided-since"}
