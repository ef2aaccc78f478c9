"""Payments in the form that a municipality's own system reads."""

from __future__ import annotations

import csv
import datetime
import struct
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from emission.errors import Refused, UsageError
from emission.handing.profile import Column, Form, load, shipped, wrong
from emission.handing.writing import write
from emission.reconcile.report import COLUMNS

DAY = datetime.date(2026, 12, 15)


def paid(**changes: str) -> Mapping[str, str]:
    words = dict.fromkeys(COLUMNS, "")
    words |= {
        "key": "epagos:effect:1:1", "obligation_id": "TSG-Ñ1", "tax": "TSG", "period": "2026-12", "result": "paid",
        "state": "settled", "amount": "1001.01", "paid_on": "2026-12-09", "settled_on": "2026-12-14", "number": "99",
        "currency": "ARS", "settlement": "77/1",
    }  # fmt: skip
    return {**words, **changes}


def written(form: Form, path: Path, *payments: Mapping[str, str]) -> bytes:
    write(form, payments or [paid()], path, "ARS", DAY)
    return path.read_bytes()


def read_dbf(content: bytes) -> list[dict[str, str]]:
    """A dBASE III table by its published layout, so that the library's own reading proves nothing to itself."""
    version, count, header, length = struct.unpack("<BxxxIHH", content[:12])
    assert version == 3
    fields = [content[at : at + 32] for at in range(32, header - 1, 32)]
    records = []
    for place in range(count):
        record, at = content[header + place * length :][:length], 1
        cells = {}
        for field in fields:
            name = field[:11].rstrip(b"\0").decode()
            cells[name] = record[at : at + field[16]].decode("cp850").strip()
            at += field[16]
        records.append(cells)
    return records


def test_csv(tmp_path: Path) -> None:
    content = written(shipped()["csv"], tmp_path / "e.csv", paid(), paid(paid_on="", means="=1+1")).decode("cp1252")
    first, second = csv.DictReader(content.splitlines(), delimiter=";")
    assert (first["obligacion"], first["importe"], first["fecha_pago"]) == ("TSG-Ñ1", "1001,01", "09/12/2026")
    assert (second["fecha_pago"], second["medio"]) == ("", "'=1+1")


def test_fixed_width_with_its_foot(tmp_path: Path) -> None:
    other = paid(state="returned", amount="5.00")
    content = written(shipped()["fixed"], tmp_path / "e.txt", paid(), paid(amount="0.99"), other).decode("cp1252")
    first, second, foot = content.split("\r\n")[:-1]
    assert first == "1TSG-Ñ1              2026-12   2026120900000000100101R99                  "
    assert (len(second), second[39:53]) == (len(first), "00000000000099")
    assert foot == "900000002" + "0000000000100200"


def test_dbf(tmp_path: Path) -> None:
    written(shipped()["dbf"], tmp_path / "e.dbf", paid(), paid(paid_on="", amount="1.00"))
    first, second = read_dbf((tmp_path / "e.dbf").read_bytes())
    assert (first["OBLIGACION"], first["IMPORTE"], first["FECPAGO"]) == ("TSG-Ñ1", "1001.01", "20261209")
    assert (second["IMPORTE"], second["FECPAGO"]) == ("1.00", "")
    assert list(tmp_path.iterdir()) == [tmp_path / "e.dbf"]


def test_a_head_says_what_follows(tmp_path: Path) -> None:
    head = (Column("count", length=3, fill="0"), Column("day", length=8), Column("total", length=9, fill="0"))
    form = Form("h", "", (Column("amount", length=8),), format="fixed", decimal=".", date="%Y%m%d", head=head)
    assert written(form, tmp_path / "h.txt", paid(), paid()) == b"00220261215002002.02\r\n" + b" 1001.01\r\n" * 2


@pytest.mark.parametrize("name", ["fixed", "dbf", "csv"])
@pytest.mark.parametrize(
    ("changes", "code"),
    [({"obligation_id": "X" * 21}, "export-too-long"), ({"obligation_id": "Ł"}, "export-no-letter")],
)
def test_what_does_not_fit_stops_it_and_leaves_the_file_as_it_was(
    tmp_path: Path, name: str, changes: dict[str, str], code: str
) -> None:
    form = shipped()[name]
    if (name, code) == ("csv", "export-too-long"):
        return
    path = tmp_path / "e"
    path.write_bytes(b"before")
    with pytest.raises(Refused, match=code):
        written(form, path, paid(), paid(**changes))
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_word_that_the_other_system_does_not_have_is_never_guessed(tmp_path: Path) -> None:
    form = msgspec.structs.replace(shipped()["csv"], columns=(Column("state", words={"paid": "C"}),))
    with pytest.raises(Refused, match="export-no-word"):
        written(form, tmp_path / "e.csv")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"delimiter": ";;"}, "delimiter"),
        ({"columns": (Column("nothing"),)}, "columns.0.says"),
        ({"format": "fixed"}, "columns.0.length"),
        ({"format": "dbf", "columns": (Column("amount", "THIS_NAME_IS_LONG", 5),)}, "columns.0.name"),
        ({"suffix": "/../x"}, "suffix"),
        ({"tail": (Column("count", length=2),)}, "head | tail"),
    ],
)
def test_a_form_by_which_nothing_could_be_written_names_its_key(change: dict[str, object], key: str) -> None:
    assert next(wrong(msgspec.structs.replace(shipped()["csv"], **change)))[0] == key


def test_shipped_forms_are_sound(tmp_path: Path) -> None:
    assert not [problem for form in shipped().values() for problem in wrong(form)]
    with pytest.raises(UsageError, match="export-profile-unknown"):
        load("nothing", tmp_path)
