"""Whatever is changed behind the program's back is found and named."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from tests.audit.scene import Scene, names

Tampering = Callable[[Scene], object]


def test_a_run_that_nobody_touched_agrees(scene: Scene) -> None:
    before = (scene.folder / "emission.db").read_bytes()
    assert scene.audit("--codes", expect=0) == []
    assert scene.audit(run=str(scene.out), expect=0) == []
    assert (scene.folder / "emission.db").read_bytes() == before


def test_the_summary_says_what_was_compared(scene: Scene) -> None:
    printed = scene.town.call("audit", "lote", "--codes").stdout
    assert "$ 10.063,63" in printed
    assert "12 filas del archivo, 12 del manifiesto, 9 PDF, 3 lotes con 8 páginas" in printed
    assert "34 códigos" in printed
    assert printed.endswith("Todo coincide.\n")


def _swapped(*files: str) -> Tampering:
    def tamper(scene: Scene) -> None:
        one, other = (scene.out / file for file in files)
        content = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)

    return tamper


def _edited(file: str, change: Callable[[bytes], bytes]) -> Tampering:
    return lambda scene: scene.edit(file, change)


def _replaced(file: str, old: str, new: str) -> Tampering:
    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return _edited(file, change)


def _without_line(file: str, number: int) -> Tampering:
    return _edited(file, lambda content: b"".join(_lines(content)[:number] + _lines(content)[number + 1 :]))


def _repeated_line(file: str, number: int) -> Tampering:
    return _edited(file, lambda content: content + _lines(content)[number])


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def _removed(file: str) -> Tampering:
    return lambda scene: (scene.out / file).unlink()


def _added(file: str) -> Tampering:
    def tamper(scene: Scene) -> None:
        (scene.out / file).parent.mkdir(exist_ok=True)
        (scene.out / file).write_bytes(b"%PDF-1.7")

    return tamper


def _said(statement: str) -> Tampering:
    return lambda scene: scene.change(statement)


def _byte(table: str, column: str, find: bytes, change: bytes, where: str) -> Tampering:
    """The same number of bytes inside a packed record."""

    def tamper(scene: Scene) -> None:
        ((packed,),) = scene.ask(f"SELECT {column} FROM {table} WHERE {where}")  # noqa: S608 - the test's own words
        assert find in packed
        scene.change(f"UPDATE {table} SET {column} = ? WHERE {where}", packed.replace(find, change))  # noqa: S608

    return tamper


BOOK = "emission.db"
ONE = "digital/0001/TSG-0001.pdf"
LOT = "print/lot-0001.pdf"

FILES: dict[str, tuple[Tampering, str, dict[str, object]]] = {
    "two PDFs swapped": (_swapped(ONE, "digital/0001/TSG-0002.pdf"), "file-altered", {"file": ONE, "id": "TSG-0001"}),
    "a byte of a PDF": (
        _edited(ONE, lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]),
        "file-altered",
        {"file": ONE},
    ),
    "a PDF removed": (_removed(ONE), "file-missing", {"file": ONE, "id": "TSG-0001"}),
    "a PDF added": (_added("digital/0001/TSG-9999.pdf"), "file-extra", {"file": "digital/0001/TSG-9999.pdf"}),
    "a PDF of a name that exists, elsewhere": (
        _added("digital/0002/TSG-0001.pdf"),
        "file-extra",
        {"file": "digital/0002/TSG-0001.pdf"},
    ),
    "a lot truncated": (_edited(LOT, lambda content: content[:-2000]), "file-altered", {"file": LOT}),
    "a lot truncated, its pages": (_edited(LOT, lambda content: content[:-2000]), "file-unreadable", {"file": LOT}),
    "two lots swapped": (_swapped(LOT, "print/lot-0002.pdf"), "pages-differ", {"file": "print/lot-0002.pdf"}),
    "a lot removed": (_removed(LOT), "file-missing", {"file": LOT}),
    "a lot added": (_added("print/lot-0009.pdf"), "file-extra", {"file": "print/lot-0009.pdf"}),
    "a manifest line removed": (
        _without_line("manifest.csv", 3),
        "line-missing",
        {"file": "manifest.csv", "row": 3, "id": "TSG-0003"},
    ),
    "the manifest's last line removed": (_without_line("manifest.csv", 12), "line-missing", {"row": 12}),
    "a manifest line removed, its money": (
        _without_line("manifest.csv", 3),
        "sum-differs",
        {"file": "manifest.csv", "column": "amount rendered"},
    ),
    "a manifest line repeated": (_repeated_line("manifest.csv", 2), "line-extra", {"row": 2, "id": "TSG-0002"}),
    "a manifest line that nobody wrote": (
        _edited("manifest.csv", lambda content: content + b"13,TSG-0013,TSG-0013\n"),
        "line-extra",
        {"row": 13, "id": "TSG-0013"},
    ),
    "a digit of an amount": (
        _replaced("manifest.csv", "1002.02,2026", "1002.03,2026"),
        "cell-differs",
        {"file": "manifest.csv", "row": 2, "id": "TSG-0002", "column": "amount"},
    ),
    "a row's number": (_replaced("manifest.csv", "\n5,", "\n500,"), "line-missing", {"row": 5}),
    "a sentence of the manifest": (
        _replaced("manifest.csv", "entiende", "ha leído"),
        "cell-differs",
        {"column": "reason"},
    ),
    "a column's name": (
        _replaced("manifest.csv", "barcode_2", "barcode_9"),
        "header-differs",
        {"file": "manifest.csv"},
    ),
    "the manifest removed": (_removed("manifest.csv"), "file-missing", {"file": "manifest.csv"}),
    "the workbook altered": (
        _edited("manifest.xlsx", lambda content: content + b" "),
        "file-altered",
        {"file": "manifest.xlsx"},
    ),
    "a fault altered": (
        _replaced("faults.csv", "amount-unreadable", "amount-redeemable"),
        "cell-differs",
        {"file": "faults.csv", "row": 7, "column": "code"},
    ),
    "a fault removed": (_without_line("faults.csv", 1), "line-missing", {"file": "faults.csv", "row": 7}),
    "the report edited": (
        _replaced("report.json", '"rendered": 10', '"rendered": 11'),
        "report-differs",
        {"file": "report.json", "column": "rendered"},
    ),
    "the report's seconds": (
        _replaced("report.json", '"seconds": ', '"seconds": 1'),
        "file-altered",
        {"file": "report.json"},
    ),
    "the report is no JSON": (_edited("report.json", lambda _: b"{"), "file-unreadable", {"file": "report.json"}),
}

LEDGER: dict[str, tuple[Tampering, str, dict[str, object]]] = {
    "an amount": (
        _said("UPDATE entry SET amount = amount + 1 WHERE row = 4"),
        "ledger-differs",
        {"file": BOOK, "row": 4, "id": "TSG-0004", "column": "entry.amount"},
    ),
    "an amount, against the input": (
        _said("UPDATE entry SET amount = amount + 1 WHERE row = 4"),
        "input-differs",
        {"row": 4, "column": "amount"},
    ),
    "a cell of the row": (
        _byte("entry", "parsed", b"1004.04", b"1004.05", "row = 4"),
        "ledger-differs",
        {"row": 4, "column": "entry.content"},
    ),
    "a name in the record": (
        _byte("entry", "record", b"ngela 4", b"ngela 5", "row = 4"),
        "ledger-differs",
        {"row": 4, "column": "entry.presentation"},
    ),
    "a due date in the record": (
        _byte("entry", "record", b"2026-12-10", b"2026-12-11", "row = 4"),
        "ledger-differs",
        {"row": 4, "column": "obligation.payable_hash"},
    ),
    "a record that cannot be read": (
        _said("UPDATE entry SET record = x'c1' WHERE row = 4"),
        "ledger-unreadable",
        {"row": 4, "id": "TSG-0004"},
    ),
    "a record that is text now": (
        _said("UPDATE operation SET record = replace(record, '996', '997') WHERE effect = 1"),
        "ledger-unreadable",
        {"row": 1, "id": "TSG-0001"},
    ),
    "whose row it is": (
        _said("UPDATE entry SET obligation = (SELECT obligation FROM entry WHERE row = 5) WHERE row = 4"),
        "ledger-differs",
        {"row": 4, "column": "obligation.identity"},
    ),
    "on which paper it is": (
        _said("UPDATE entry SET voucher = (SELECT voucher FROM entry WHERE row = 5) WHERE row = 4"),
        "ledger-row-missing",
        {"id": "TSG-0004", "column": "entry"},
    ),
    "the number of an operation": (
        _said("UPDATE operation SET number = number + 1 WHERE effect = 1"),
        "ledger-differs",
        {"row": 1, "column": "operation.number"},
    ),
    "a barcode": (
        _byte("operation", "record", b"9960000310470000", b"9960000310470001", "effect = 1"),
        "codes-refused",
        {"row": 1, "column": "operation.barcode"},
    ),
    "another's operation": (
        _said("UPDATE operation SET record = (SELECT record FROM operation WHERE effect = 2) WHERE effect = 1"),
        "ledger-differs",
        {"row": 1, "column": "effect.external_id"},
    ),
    "one number twice": (
        _said("UPDATE operation SET number = (SELECT number FROM operation WHERE effect = 2) WHERE effect = 1"),
        "operation-shared",
        {"column": "operation.number"},
    ),
    "the hash of a PDF": (
        _said("UPDATE voucher SET sha256 = replace(sha256, substr(sha256, 1, 1), 'x') WHERE ordinal = 1"),
        "file-altered",
        {"file": ONE, "id": "TSG-0001"},
    ),
    "a place in print": (
        _said("UPDATE voucher SET sequence = 77 WHERE ordinal = 1"),
        "cell-differs",
        {"file": "manifest.csv", "row": 1, "column": "print_sequence"},
    ),
    "a failed one made rendered": (
        _said("UPDATE voucher SET state = 'rendered', reason = '' WHERE state = 'failed'"),
        "operation-missing",
        {"row": 8, "id": "TSG-0008"},
    ),
    "a rejected row made sound": (
        _said("UPDATE entry SET faulty = 0 WHERE row = 7"),
        "ledger-differs",
        {"row": 7, "column": "entry.faulty"},
    ),
    "a row deleted": (
        _said("DELETE FROM entry WHERE row = 3"),
        "ledger-row-missing",
        {"row": 3, "column": "entry.row"},
    ),
    "the last row deleted": (
        _said("DELETE FROM entry WHERE row = 12"),
        "line-extra",
        {"file": "manifest.csv", "row": 12, "id": "TSG-0012"},
    ),
    "a voucher deleted": (
        _said("DELETE FROM voucher WHERE ordinal = 1"),
        "ledger-row-missing",
        {"row": 1, "column": "voucher"},
    ),
    "an operation deleted": (_said("DELETE FROM operation WHERE effect = 1"), "operation-missing", {"row": 1}),
    "an order deleted": (_said("DELETE FROM effect WHERE id = 1"), "ledger-row-missing", {"column": "effect"}),
    "an obligation deleted": (
        _said("DELETE FROM obligation WHERE id = 1"),
        "ledger-row-missing",
        {"column": "obligation"},
    ),
    "a lot deleted": (_said("DELETE FROM lot WHERE number = 1"), "ledger-row-missing", {"id": "1", "column": "lot"}),
    "a line of the history deleted": (
        _said("DELETE FROM history WHERE id = 9"),
        "ledger-row-missing",
        {"column": "history.id"},
    ),
    "a hash deleted": (
        _said("DELETE FROM artefact WHERE file = 'report.json'"),
        "ledger-row-missing",
        {"column": "artefact"},
    ),
    "the template lost": (_said("DELETE FROM asset"), "look-lost", {"column": "asset"}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_tampered_with_is_named(scene: Scene, name: str) -> None:
    tamper, code, where = FILES[name]
    tamper(scene)
    found = scene.audit()
    assert names(found, code, **where), found


@pytest.mark.parametrize("name", LEDGER)
def test_what_was_changed_in_the_ledger_is_named(scene: Scene, name: str) -> None:
    tamper, code, where = LEDGER[name]
    tamper(scene)
    found = scene.audit()
    assert names(found, code, **where), found


def test_a_changed_input_is_named(scene: Scene) -> None:
    batch = scene.folder / "lote.csv"
    batch.write_bytes(batch.read_bytes().replace(b"1004.04", b"1004.05"))
    found = scene.audit()
    assert names(found, "input-changed", file=str(batch))
    assert names(found, "input-differs", file=str(batch), row=4, id="TSG-0004", column="amount")


def test_a_row_taken_out_of_the_input_is_named_once(scene: Scene) -> None:
    batch = scene.folder / "lote.csv"
    lines = batch.read_bytes().splitlines(keepends=True)
    batch.write_bytes(b"".join(lines[:1] + lines[2:]))
    codes = [finding["code"] for finding in scene.audit()]
    assert codes == ["input-changed", "input-row-extra"]
    batch.write_bytes(b"".join([*lines, lines[1].replace(b"TSG-0001", b"TSG-0099")]))
    found = scene.audit()
    assert [finding["code"] for finding in found] == ["input-changed", "input-row-missing"]
    assert names(found, "input-row-missing", id="TSG-0099")


def test_a_file_of_any_name_hides_no_other(scene: Scene) -> None:
    folder = bytes(scene.out / "digital" / "0001")
    for name in (b"\xff\xe9.pdf", b"a\n\x1b[31m.pdf"):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"%PDF")
    found = scene.audit()
    assert [finding["code"] for finding in found] == ["file-extra"] * 2
    assert all("\x1b" not in finding["where"]["file"] for finding in found)


def test_a_folder_that_is_gone_is_named_once(scene: Scene) -> None:
    shutil.rmtree(scene.out / "digital")
    assert [finding["code"] for finding in scene.audit()] == ["folder-missing"]


def test_an_input_that_is_gone_is_no_difference(scene: Scene) -> None:
    (scene.folder / "lote.csv").unlink()
    assert names(scene.audit(expect=0), "input-gone")


def test_only_a_reader_of_codes_sees_what_was_covered_up_everywhere_else(scene: Scene) -> None:
    """Two PDFs swapped, and their hashes in the ledger, the manifest and its own hash with them."""
    files = [ONE, "digital/0001/TSG-0002.pdf"]
    _swapped(*files)(scene)
    hashes = [scene.ask("SELECT sha256 FROM voucher WHERE file = ?", file)[0][0] for file in files]
    for file, digest in zip(files, reversed(hashes), strict=True):
        scene.change("UPDATE voucher SET sha256 = ? WHERE file = ?", digest, file)
    one, other = (digest.encode() for digest in hashes)
    scene.edit("manifest.csv", lambda content: content.replace(one, b"#").replace(other, one).replace(b"#", other))
    scene.change("UPDATE artefact SET sha256 = ? WHERE file = 'manifest.csv'", _digest(scene.out / "manifest.csv"))
    assert scene.audit(expect=0) == []
    found = scene.audit("--codes")
    for file, name in zip(files, ("TSG-0001", "TSG-0002"), strict=True):
        assert names(found, "code-differs", file=file, id=name)
        assert names(found, "text-missing", file=file, id=name)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_person_reads_a_line_a_difference(scene: Scene) -> None:
    _replaced("manifest.csv", "1002.02,2026", "1002.03,2026")(scene)
    result = scene.town.call("audit", "lote")
    assert result.exit_code == 3
    assert (
        "manifest.csv · fila 2 · TSG-0002 · amount: se esperaba 1002.02 y dice 1002.03 [cell-differs]" in result.stdout
    )
    assert result.stdout.endswith("Diferencias: 3.\n")


def test_pages_that_changed_places_in_a_lot_are_named_sheet_by_sheet(scene: Scene) -> None:
    path = scene.out / "print" / "lot-0001.pdf"
    with pikepdf.open(path, allow_overwriting_input=True) as lot:
        lot.pages.append(lot.pages[0])
        del lot.pages[0]
        lot.save(path)
    found = [one for one in scene.audit("--codes") if one["code"] == "control-differs"]
    marks = [f"L0001S{sequence:06}P01T01" for sequence in range(1, len(found) + 1)]
    assert [one["expected"] for one in found] == marks
    assert [one["found"] for one in found] == [*marks[1:], marks[0]]
    assert len(marks) > 2
