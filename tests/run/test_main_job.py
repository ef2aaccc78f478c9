"""The main job as the office sees it: a file goes in, payable vouchers and a full account come out."""

from __future__ import annotations

import csv
import re
import subprocess
import zipfile
from decimal import Decimal

import pytest

from tests.run.town import Run, Town, pages, read_codes, row, text_of

COLUMNS = (
    "row,obligation_id,voucher_id,revision,status,reason,account,payer_name,email,channel,currency,amount,due_date,"
    "amount_2,due_date_2,amount_3,due_date_3,provider,environment,external_id,operation,barcode,barcode_2,barcode_3,qr,"
    "payment_url,payment_code,link_code,pmc_code,file,pages,sha256,print_lot,print_sequence"
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(tmp_path_factory.mktemp("town"))
    town.batch(
        [
            row(1, payer_name="Ñandubay & Hijos <S.R.L.>", channel="print"),
            row(2, voucher_id="V-2", label="Cuota", payer_name="Núñez, Íñigo"),
            row(3, voucher_id="V-2", label="Semestre", payer_name="Núñez, Íñigo"),
            row(4, voucher_id="V-2", label="Año", payer_name="Núñez, Íñigo"),
            row(5, payable="no", legend="Exento, Ord. 123/2020", amount="0.00", amount_2="", due_date_2=""),
            row(6, channel="email", payer_email="ana@example.com"),
            row(7, amount="-5", obligation_id="../../x"),
            row(8, obligation_id="=cmd()"),
        ]
    )
    return town


@pytest.fixture(scope="module")
def run(town: Town) -> Run:
    return town.run(expect=3)


def test_every_row_is_accounted_for_in_input_order(run: Run) -> None:
    manifest = run.manifest
    assert [line["row"] for line in manifest] == [str(number) for number in range(1, 9)]
    assert [line["status"] for line in manifest] == ["rendered"] * 6 + ["rejected", "rendered"]
    header = (run.folder / "manifest.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith(COLUMNS)


def test_the_report_adds_up_to_the_cent(run: Run) -> None:
    report = run.report
    assert report["rows"] == report["rendered"] + report["rejected"] + report["failed"] + report["pending"] == 8
    parts = [Decimal(report[f"amount_{name}"]) for name in ("rendered", "rejected", "failed", "pending")]
    assert sum(parts) == Decimal(report["amount_rows"])
    rendered = sum(Decimal(line["amount"]) for line in run.manifest if line["status"] == "rendered")
    assert Decimal(report["amount_rendered"]) == rendered
    assert report["vouchers"] == 5


def test_a_scanner_reads_from_each_voucher_what_the_manifest_says(run: Run) -> None:
    expected: dict[str, set[str]] = {}
    for line in run.manifest:
        if line["file"]:
            expected.setdefault(line["file"], set()).update(filter(None, (line["barcode"], line["qr"])))
    for file, content in run.digital().items():
        found = read_codes(content)
        assert set(found) == expected[file]
        assert len(found) == len(expected[file]), "a code is on the paper twice"


def test_the_lot_carries_the_same_codes_in_the_manifests_sequence(run: Run) -> None:
    (lot,) = run.lots()
    placed = [line for line in run.manifest if line["print_sequence"]]
    sequence = {line["print_sequence"] for line in placed}
    assert sequence == {str(number) for number in range(1, len(sequence) + 1)}
    codes = {code for line in placed for code in (line["barcode"], line["qr"]) if code}
    assert set(read_codes(lot)) == codes
    assert not [line for line in run.manifest if line["channel"] == "email" and line["print_lot"]]


def test_the_provider_was_asked_once_for_every_payable_obligation(town: Town, run: Run) -> None:
    operations = town.operations()
    asked = [line["external_id"] for line in run.manifest if line["external_id"]]
    assert sorted(operation["external_id"] for operation in operations) == sorted(asked)
    assert len(set(asked)) == len(asked) == 6
    amounts = {line["external_id"]: line["amount"] for line in run.manifest}
    assert all(Decimal(amounts[operation["external_id"]]) == Decimal(operation["amount"]) for operation in operations)


def test_not_payable_is_a_normal_bill_without_codes(run: Run) -> None:
    line = run.manifest[4]
    assert (line["status"], line["barcode"], line["qr"], line["operation"]) == ("rendered", "", "", "")
    content = (run.folder / line["file"]).read_bytes()
    assert read_codes(content) == []
    assert "Exento, Ord. 123/2020" in text_of(content)


def test_names_stand_as_they_came_and_amounts_as_argentines_write_them(run: Run) -> None:
    text = text_of((run.folder / run.manifest[0]["file"]).read_bytes())
    assert "Ñandubay & Hijos <S.R.L.>" in text
    assert "$ 1.001,01" in text
    assert "10/12/2026" in text


def test_outside_production_every_page_says_so(run: Run) -> None:
    for path in run.folder.rglob("*.pdf"):
        count = len(list(pages(path)))
        assert text_of(path).count("PRUEBA – SIN VALOR") >= count


def test_dangerous_ids_stay_inside_the_folder_and_out_of_formulas(run: Run) -> None:
    line = run.manifest[7]
    assert line["obligation_id"] == "'=cmd()"
    path = (run.folder / line["file"]).resolve()
    assert path.is_relative_to(run.folder.resolve())
    assert path.is_file()


def test_rejected_rows_come_back_with_their_original_columns(run: Run) -> None:
    with (run.folder / "rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        (line,) = csv.DictReader(stream)
    assert line["obligation_id"] == "../../x"
    assert line["amount"] == "-5"
    assert line["row"] == "7"
    assert line["fields"] == "amount"
    assert line["reasons"]


def test_workbooks_hold_text_only(run: Run) -> None:
    for name in ("manifest", "rejected"):
        with zipfile.ZipFile(run.folder / f"{name}.xlsx") as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        cells = re.findall(r"<c [^>]*>", sheet)
        assert cells
        assert all('t="inlineStr"' in cell or 't="s"' in cell for cell in cells)
    with zipfile.ZipFile(run.folder / "manifest.xlsx") as book:
        assert any(run.manifest[0]["barcode"].encode() in book.read(name) for name in book.namelist())


def test_pdfs_are_sound(run: Run) -> None:
    for path in run.folder.rglob("*.pdf"):
        checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.skipif("os.name == 'nt'", reason="Windows knows no modes")
def test_nobody_else_reads_the_outputs(town: Town, run: Run) -> None:
    files = [path for path in (*run.folder.rglob("*"), town.folder / "emission.db") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in run.folder.rglob("*") if path.is_dir()} == {0o700}
