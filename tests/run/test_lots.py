"""Lots for the printer: fixed before the first call, sealed when settled, never renumbered."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.errors import Stopped
from emission.stages import admit, produce, seal
from tests.run.town import CONFIG, Row, Town, read_codes, row

SUPPLIED = CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 2") + '[provider]\nkind = "supplied"\n'


def _coded(number: int, **changes: str) -> Row:
    return row(number, barcode=f"99{number:012d}", qr=f"https://pagos.example/{number}", **changes)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path, SUPPLIED)


def _places(manifest: list[Row]) -> list[tuple[str, str]]:
    return [(line["print_lot"], line["print_sequence"]) for line in manifest]


def test_lots_are_cut_by_pages_in_input_order(town: Town) -> None:
    town.batch([_coded(1), _coded(2), _coded(3, channel="digital"), _coded(4), _coded(5), _coded(6)])
    run = town.run("lote.csv", "--yes")
    assert _places(run.manifest) == [("1", "1"), ("1", "2"), ("", ""), ("2", "3"), ("2", "4"), ("3", "5")]
    codes = [code for path in run.lots() for code in read_codes(path) if code.startswith("99")]
    assert codes == [f"99{number:012d}" for number in (1, 2, 4, 5, 6)]


def test_a_failed_row_leaves_a_gap_and_comes_back_in_a_supplement(tmp_path: Path) -> None:
    town = Town(tmp_path, CONFIG.replace("workers = 1", "workers = 1\nlot_pages = 2"))
    sound = [row(number) for number in (1, 3, 4)]
    # The sandbox's barcode has ten digits for an amount in cents: it refuses a greater one.
    town.batch([sound[0], row(2, amount="123456789012.00", amount_2="", due_date_2=""), *sound[1:]])
    first = town.run(expect=3)
    assert [line["status"] for line in first.manifest] == ["rendered", "failed", "rendered", "rendered"]
    assert _places(first.manifest) == [("1", "1"), ("", ""), ("2", "3"), ("2", "4")]
    sealed = [path.read_bytes() for path in first.lots()]
    town.batch([sound[0], row(2), *sound[1:]])
    second = town.run()
    assert _places(second.manifest) == [("1", "1"), ("3", "5"), ("2", "3"), ("2", "4")]
    assert [path.read_bytes() for path in second.lots()][:2] == sealed
    assert second.manifest[1]["barcode"] in read_codes(second.lots()[2])


def test_supplied_codes_that_cannot_be_drawn_are_rejected_before_anything_is_issued(town: Town) -> None:
    town.configure(SUPPLIED + '[codes]\nsymbology = "itf"\n')
    town.batch([_coded(1), row(2, barcode="12345", qr="x"), row(3), _coded(4)])
    run = town.run("lote.csv", "--yes", expect=3)
    assert [line["status"] for line in run.manifest] == ["rendered", "rejected", "rejected", "rendered"]
    assert run.codes_of("TSG-0003") == {"supplied-codes-missing"}
    town.batch([_coded(1), _coded(2), _coded(3), _coded(4)])
    assert town.run("lote.csv", "--yes").report["rendered"] == 4


def test_a_thousand_files_a_folder_at_most(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert admit.FILES_A_FOLDER == 1000
    monkeypatch.setattr(admit, "FILES_A_FOLDER", 2)
    town.batch([_coded(number) for number in range(1, 6)])
    run = town.run("lote.csv", "--yes")
    assert [Path(line["file"]).parent.name for line in run.manifest] == ["0001", "0001", "0002", "0002", "0003"]


@pytest.mark.parametrize(
    ("barcode", "qr"),
    [("99", "0" * 200), ("9900000000000", "x" * 300), ("1" * 35, "https://pagos.example/ñ"), ("990" * 20, "0" * 30)],
)
def test_supplied_codes_are_printed_as_they_are(town: Town, barcode: str, qr: str) -> None:
    town.batch([row(1, barcode=barcode, qr=qr)])
    run = town.run("lote.csv", "--yes")
    for path in (run.folder / run.manifest[0]["file"], run.lots()[0]):
        assert sorted(read_codes(path)) == sorted([barcode, qr])
    assert (run.manifest[0]["barcode"], run.manifest[0]["qr"]) == (barcode, qr)


def test_three_due_dates_and_three_symbols(town: Town) -> None:
    codes = {"barcode": "991234567890", "barcode_2": "99123456789012", "barcode_3": "9912345678901234"}
    town.batch([row(1, amount_3="1300.00", due_date_3="2026-12-28", qr="https://pagos.example/1", **codes)])
    run = town.run("lote.csv", "--yes")
    assert sorted(read_codes(run.folder / run.manifest[0]["file"])) == sorted(
        [*codes.values(), "https://pagos.example/1"]
    )


def test_where_a_lot_cannot_be_sealed_the_account_that_was_written_meanwhile_is_none(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.batch([_coded(number) for number in range(1, 5)])

    def seal_lot(lot: seal.Lot) -> seal.Sealed:
        if lot.number == 2:
            raise Stopped("file-not-written", path=lot.file, detail="no room")
        return seal.seal_lot(lot)

    monkeypatch.setattr(produce, "seal_lot", seal_lot)
    stopped = town.run("lote.csv", "--yes", expect=4)
    monkeypatch.undo()
    assert stopped.report["state"] == "unfinished"
    assert {path.name for path in stopped.folder.iterdir() if path.is_file()} == {"report.json", "run.log"}
    assert not (stopped.folder / ".account").exists()
    run = town.run("lote.csv", "--yes")
    assert [line["status"] for line in run.manifest] == ["rendered"] * 4
    assert {path.name for path in run.folder.iterdir()} == {
        "digital", "print", "faults.csv", "manifest.csv", "manifest.xlsx", "rejected.csv", "rejected.xlsx",
        "report.json", "run.log",
    }  # fmt: skip
