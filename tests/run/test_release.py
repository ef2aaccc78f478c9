"""What went to the printer is frozen, with a manifest of its own; the rest of the run goes on."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from emission import config as configuration
from emission import release as releasing
from tests.run.town import CONFIG, Row, Town, row, rows

SMALL = CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 2")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path, SMALL)
    town.batch(rows(5))
    return town


def release(town: Town, *arguments: str, expect: int = 0) -> Result:
    result = town.call("release", *arguments)
    assert result.exit_code == expect, result.stdout + result.stderr
    return result


def manifest(path: Path) -> list[Row]:
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fact(path: Path) -> tuple[bytes, int, int]:
    return path.read_bytes(), path.stat().st_mtime_ns, stat.S_IMODE(path.stat().st_mode)


def lots_of(town: Town) -> list[dict[str, Any]]:
    (line,) = (json.loads(text) for text in town.call("status", "--json").stdout.splitlines())
    lots: list[dict[str, Any]] = line["lots"]
    return lots


def test_a_sealed_lot_goes_to_the_printer_while_the_rest_is_still_to_be_issued(town: Town) -> None:
    first = town.run("lote.csv", "--limit", "2", expect=4)
    (sealed,) = first.lots()
    assert "esperan 2 boletas" in release(town, "2", expect=3).stderr
    release(town, "1", "--who", "Marta")
    frozen = fact(sealed)
    assert frozen[2] == 0o400
    rest = town.run()
    assert fact(sealed) == frozen
    assert len(rest.lots()) == 3
    assert [lot["state"] for lot in rest.report["lots"]] == ["released", "sealed", "sealed"]
    assert [(lot["state"], lot["released_by"]) for lot in lots_of(town)][:2] == [("released", "Marta"), ("sealed", "")]
    assert town.call("audit", "lote").exit_code == 0


def test_its_manifest_says_what_lies_on_which_page_and_names_nobody(town: Town) -> None:
    run = town.run()
    release(town, str(run.lots()[0]))
    lines = manifest(run.lots()[0])
    for line, told in zip(lines, run.manifest, strict=False):
        assert line["obligation_ids"] == told["obligation_id"]
        assert (line["operations"], line["barcodes"]) == (told["operation"], told["barcode"])
        assert (line["amount"], line["currency"]) == (told["amount"], "ARS")
        assert (line["sha256"], line["sequence"]) == (told["sha256"], told["print_sequence"])
    assert [(line["page_from"], line["page_to"]) for line in lines] == [("1", "1"), ("2", "2")]
    assert "Peñaloza" not in run.lots()[0].with_suffix(".csv").read_text(encoding="utf-8")


def test_released_twice_says_since_when_and_by_whom(town: Town) -> None:
    run = town.run()
    release(town, "1", "--who", "Marta")
    before = fact(run.lots()[0]), fact(run.lots()[0].with_suffix(".csv"))
    assert "Marta" in release(town, "1", "--who", "Otro").stdout
    assert (fact(run.lots()[0]), fact(run.lots()[0].with_suffix(".csv"))) == before
    assert len(release(town, "all").stdout.splitlines()) == 2


def test_nothing_later_rewrites_a_released_lot(town: Town) -> None:
    run = town.run()
    release(town, "all")
    frozen = [fact(path) for path in run.lots()]
    voucher = min((run.folder / "digital").rglob("*.pdf"))
    content = voucher.read_bytes()
    voucher.unlink()
    town.batch([row(1), row(2, payer_name="Güemes, Otra"), *rows(3, start=3)])
    again = town.run()
    assert voucher.read_bytes() == content
    assert [fact(path) for path in again.lots()[:3]] == frozen
    assert again.manifest[1]["print_lot"] == "4"


def test_a_released_file_that_is_gone_is_not_rebuilt_by_itself(town: Town) -> None:
    run = town.run()
    release(town, "1")
    path = run.lots()[0]
    content = path.read_bytes()
    path.unlink()
    again = town.call("run", "lote.csv")
    assert again.exit_code == 0
    assert "emission reprint --lot 1" in again.stderr
    assert not path.exists()
    assert "emission reprint --lot 1" in town.call("status").stdout
    assert town.call("reprint", "--lot", "1").exit_code == 0
    assert next((town.folder / "reprint").rglob("*.pdf")).read_bytes() == content


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_only_the_file_that_was_sealed_is_released(town: Town, harm: str) -> None:
    run = town.run()
    path = run.lots()[1]
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b"%")
    release(town, "1", "2", expect=3)
    assert {lot["state"] for lot in lots_of(town)} == {"sealed"}
    assert not list((run.folder / "print").glob("*.csv"))


def test_another_look_leaves_what_is_with_the_printer_alone(town: Town) -> None:
    run = town.run()
    release(town, "1")
    before = run.digital()
    frozen = fact(run.lots()[0])
    lost = min(run.digital())
    (run.folder / lost).unlink()
    town.configure(SMALL.replace("Villa Ejemplo", "Villa Otra"))
    again = town.call("run", "lote.csv", "--rerender")
    assert again.exit_code == 0
    assert fact(run.lots()[0]) == frozen
    # The bill that the printer has is not made otherwise than it went there.
    assert "emission reprint --id" in again.stderr
    after = run.digital()
    assert lost not in after
    assert [after[name] == before[name] for name in sorted(after)] == [True, False, False, False]
    assert town.call("reprint", "--id", "TSG-0001").exit_code == 0
    assert next((town.folder / "reprint").rglob("*.pdf")).read_bytes() == before[lost]


def test_a_bill_that_was_being_made_again_when_the_run_died_stays_what_the_printer_has(town: Town) -> None:
    run = town.run()
    release(town, "1")
    before = run.digital()
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger, ledger:
        ledger.execute("UPDATE voucher SET state = 'pending' WHERE ordinal = 1")
    town.configure(SMALL.replace("Villa Ejemplo", "Villa Otra"))
    town.run("lote.csv", "--rerender")
    assert run.digital()[min(before)] == before[min(before)]
    assert run.manifest[0]["status"] == "rendered"


def test_a_run_with_released_lots_stays_in_its_folder(town: Town) -> None:
    run = town.run()
    release(town, "1")
    frozen = fact(run.lots()[0])
    refused = town.call("run", "lote.csv", "--out", "otra")
    assert refused.exit_code == 2
    assert str(run.folder) in refused.stderr
    assert not list((town.folder / "otra").rglob("*.pdf"))
    # The folder as a whole may move.
    (town.folder / "out").rename(town.folder / "otra")
    result = town.call("run", "lote.csv", "--out", "otra")
    assert result.exit_code == 0
    assert fact(town.folder / "otra" / "lote" / "print" / "lot-0001.pdf") == frozen


@pytest.mark.parametrize("state", ["pending", "withdrawn"])
def test_a_lot_whose_bill_is_about_to_change_is_not_released(town: Town, state: str) -> None:
    run = town.run()
    # As a kill leaves it that comes after the rows were taken and before the lot was opened.
    with closing(sqlite3.connect(town.folder / "emission.db")) as ledger, ledger:
        ledger.execute("UPDATE voucher SET state = ? WHERE ordinal = 1", (state,))
    assert "emission run" in release(town, "1", expect=3).stderr
    assert not list((run.folder / "print").glob("*.csv"))
    assert lots_of(town)[0]["state"] == "sealed"


def test_two_who_release_at_once_leave_one_manifest(town: Town) -> None:
    run = town.run()
    with ThreadPoolExecutor(4) as people:
        settings = configuration.load(town.folder / "emission.toml")
        done = list(people.map(lambda who: releasing.release(settings, ["1", "2", "3"], "", who), "abcd"))
    assert [sum(not item.already for item in column) for column in zip(*done, strict=True)] == [1, 1, 1]
    assert len(list((run.folder / "print").glob("*.csv"))) == 3
    assert len({item.who for column in done for item in column[:1]}) == 1


def test_a_lot_that_is_not_there_or_in_two_batches_is_not_guessed(town: Town) -> None:
    town.run()
    release(town, "9", expect=2)
    release(town, "lote.csv", expect=2)
    release(town, "1", "--batch", "otro", expect=2)
    town.batch(rows(2, start=50), "otro.csv")
    other = town.run("otro.csv")
    assert "lote, otro" in release(town, "1", expect=2).stderr
    release(town, str(other.lots()[0]))
    assert os.access(other.lots()[0].with_suffix(".csv"), os.R_OK)
    release(town, "1", "--batch", "lote")
