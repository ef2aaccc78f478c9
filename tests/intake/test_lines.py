from __future__ import annotations

from typing import Any

import pytest

from emission.errors import BatchError, ConfigurationError
from emission.intake import LinesReader, open_lines
from emission.model import Line
from tests.intake.files import settings, write


def _lines(content: str, written: str = "utf-8", **batch: Any) -> LinesReader:
    return open_lines(write(content, written), settings(**batch))


def test_detail_lines_read_in_the_batchs_dialect() -> None:
    reader = _lines(
        "NRO;concept;period;amount;surcharge;total\nA;Recolección;2026-11;1.000,00;50,00;1.050,00\nA;Descuento;;;;-10,00\n",
        "latin-1",
        decimal=",",
        lines_columns={"obligation_id": "NRO"},
    )
    assert [(line.line, line.obligation_id, line.detail, line.faults) for line in reader] == [
        (2, "A", Line("Recolección", 105000, "2026-11", 100000, 5000), ()),
        (3, "A", Line("Descuento", -1000), ()),
    ]


def test_a_missing_total_is_amount_and_surcharge() -> None:
    [line] = _lines("obligation_id,concept,amount,surcharge\nA,Tasa,10,1.50\n")
    assert line.detail == Line("Tasa", 1150, "", 1000, 150)


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        (",,1,,", ["missing", "missing"]),
        ("A,Tasa,x,y,z", ["amount-unreadable"] * 3),
        ("A,Tasa,10,1,12", ["line-total-mismatch"]),
        ("A,MU¥OZ,,,1", ["code-page"]),
        ("A,Tasa,1", ["columns-count"]),
    ],
)
def test_every_fault_of_a_line_is_reported(fields: str, codes: list[str]) -> None:
    [line] = _lines(f"obligation_id,concept,amount,surcharge,total\n{fields}\n")
    assert [fault.code for fault in line.faults] == codes
    assert (line.detail is None) == (codes != ["line-total-mismatch"])


def test_a_detail_file_needs_its_columns() -> None:
    with pytest.raises(BatchError):
        _lines("obligation_id,concept\nA,Tasa\n")
    with pytest.raises(ConfigurationError):
        _lines("obligation_id,concept,total\nA,Tasa,1\n", lines_columns={"importe": "total"})
