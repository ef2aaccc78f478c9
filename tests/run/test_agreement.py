"""A barcode that is not of its agreement, or not of its own row, fails that row and no other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from emission.codes import agreements
from emission.model import DueDate
from tests.run.town import CONFIG, Row, Town, read_codes, row

SUPPLIED = '[provider]\nkind = "supplied"\n[codes]\nqr = "optional"\n'
TELECOM = agreements.shipped()["telecom-50"]


def code(amount: int, day: int = 10) -> str:
    """The barcode of a collector for that many cents until that day of December."""
    said = agreements.spoken(TELECOM, [DueDate(dt.date(2026, 12, day), amount)])
    return TELECOM.compose({**said, "agreement": "96311343"})


def bill(number: int, barcode: str) -> Row:
    return row(number, amount="1001.01", amount_2="", due_date_2="", operation=str(number), barcode=barcode)


def run(folder: Path, form: str, *bills: Row, expect: int = 0) -> list[Row]:
    town = Town(folder, CONFIG, SUPPLIED + form)
    town.batch(bills)
    return town.run("lote.csv", "--yes", expect=expect).manifest


FORM = 'agreement = "telecom-50"\n[codes.values]\nagreement = "96311343"\n'


def test_a_wrong_code_is_refused_and_its_neighbours_are_printed(tmp_path: Path) -> None:
    right = code(100101)
    spoilt = right[:-1] + str((int(right[-1]) + 1) % 10)
    lines = run(
        tmp_path,
        FORM,
        bill(1, right),
        bill(2, code(100102)),
        bill(3, code(100101, day=11)),
        bill(4, spoilt),
        bill(5, right[:-2]),
        expect=3,
    )
    assert [line["reason_code"] for line in lines] == [
        "", "barcode-record", "barcode-record", "check-digit-wrong", "agreement-length",
    ]  # fmt: skip
    paper = tmp_path / "out" / "lote" / lines[0]["file"]
    assert read_codes(paper) == [right]
    assert "1.001,02" in lines[1]["reason"] or "0000100102" in lines[1]["reason"]


def test_without_an_agreement_any_code_is_printed_as_it_is(tmp_path: Path) -> None:
    assert [line["status"] for line in run(tmp_path, "", bill(1, code(1)), bill(2, "ABC-1"))] == ["rendered"] * 2


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ('agreement = "telecom50"\n', ["telecom50", "telecom-50"]),
        ('agreement = "telecom-50"\n[codes.values]\ncompany = "1"\n', ["codes.values.company", "agreement (8)"]),
        ('agreement = "telecom-50"\n[codes.values]\nagreement = "1"\n', ["codes.values.agreement", "agreement (8)"]),
        ('agreement = "gs1-colombia"\n', ["batch.currency", "ARS", "COP"]),
    ],
)
def test_a_wrong_agreement_is_said_before_anything(tmp_path: Path, form: str, words: list[str]) -> None:
    town = Town(tmp_path, CONFIG, SUPPLIED + form)
    town.batch([bill(1, "1")])
    said = town.call("run", "lote.csv", "--yes")
    assert said.exit_code == 2
    assert all(word in said.stderr for word in words), said.stderr


def test_colombian_bills_carry_gs1_elements_of_their_own_row(tmp_path: Path) -> None:
    colombia = agreements.shipped()["gs1-colombia"]

    def elements(amount: int) -> str:
        said = agreements.spoken(colombia, [DueDate(dt.date(2026, 12, 10), amount)])
        return colombia.compose({**said, "gln": "7709998000421", "reference": "12345"})

    config = CONFIG.replace("[batch]\n", '[batch]\ncurrency = "COP"\n')
    town = Town(tmp_path, config, SUPPLIED + 'agreement = "gs1-colombia"\n')
    town.batch([bill(1, elements(100101)), bill(2, elements(100102))])
    lines = town.run("lote.csv", "--yes", expect=3).manifest
    assert [line["reason_code"] for line in lines] == ["", "barcode-record"]
    assert read_codes(tmp_path / "out" / "lote" / lines[0]["file"]) == [elements(100101)]
    assert town.call("audit", "out/lote", "--codes").exit_code == 0
