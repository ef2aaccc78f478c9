from __future__ import annotations

import pytest

from emission.errors import BatchError, ConfigurationError
from tests.intake.files import HEADER, accepted, opened, rows


def test_columns_match_by_name_regardless_of_case_and_blanks() -> None:
    reader = opened("Obligation_ID , PAYER_NAME,Amount,due_date,Zona\nA,Ana,1,2026-12-10,N\n")
    [row] = reader
    assert accepted(row).extra == {"Zona": "N"}
    assert reader.columns_mapped["obligation_id"] == "Obligation_ID"


def test_a_mapped_column_wins_over_one_of_our_name() -> None:
    [row] = rows(f"{HEADER},NRO\nA,Ana,1,2026-12-10,77\n", columns={"obligation_id": "NRO"})
    assert accepted(row).obligation_id == "77"
    assert accepted(row).extra == {"obligation_id": "A"}


def test_one_of_their_columns_may_serve_two_of_ours() -> None:
    [row] = rows(
        "NRO,payer_name,amount,due_date\nA,Ana,1,2026-12-10\n", columns={"obligation_id": "NRO", "account": "NRO"}
    )
    assert (accepted(row).obligation_id, accepted(row).account) == ("A", "A")


def test_every_missing_column_is_named_with_the_nearest() -> None:
    with pytest.raises(BatchError) as caught:
        opened("obligation_id,payer_nam,amounts,ZONA\nA,Ana,1,N\n")
    assert caught.value.code == "column-missing"
    assert caught.value.params["columns"] == "payer_name, amount, due_date"
    assert caught.value.params["nearest"] == "payer_nam, amounts, —"
    assert caught.value.params["found"] == "obligation_id, payer_nam, amounts, ZONA"


def test_a_mapped_column_must_be_there_even_if_optional() -> None:
    with pytest.raises(BatchError) as caught:
        opened(f"{HEADER},CALLE\nA,Ana,1,2026-12-10,x\n", columns={"postal_street": "CALLES"})
    assert (caught.value.params["columns"], caught.value.params["nearest"]) == ("CALLES", "CALLE")


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(BatchError) as caught:
        opened(f"{HEADER},ZONA, ZONA\nA,Ana,1,2026-12-10,a,b\n")
    assert (caught.value.code, caught.value.params["columns"]) == ("column-twice", "ZONA")


def test_columns_without_a_name_are_left_out() -> None:
    [row] = rows(f"{HEADER},,\nA,Ana,1,2026-12-10,,x\n")
    assert accepted(row).extra == {}
    assert row.original == ("A", "Ana", "1", "2026-12-10", "", "x")


def test_a_key_that_is_no_column_of_ours_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        opened(f"{HEADER}\nA,Ana,1,2026-12-10\n", columns={"obligacion_id": "NRO", "payer": "X"})
    assert [problem.params["key"] for problem in caught.value.problems] == [
        "batch.columns.obligacion_id",
        "batch.columns.payer",
    ]
    assert caught.value.problems[0].params["nearest"] == "obligation_id"
