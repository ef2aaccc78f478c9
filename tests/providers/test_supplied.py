"""Codes that the municipality brings are printed as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.codes.supplied import COLUMNS
from emission.model import Code, Operation, Role
from emission.providers.base import Created, Outcome, Refusal
from tests.providers.orders import issue, lookup, order

VERBATIM = {
    "operation": "000123",
    "barcode": "9900000000000000001",
    "barcode_2": "0" * 44,
    "qr": "0" * 300,
    "payment_url": "https://pagar.example/ñ?a=1 2",
    "payment_code": " 12 ",
}


def issued(supplied: dict[str, str]) -> Outcome:
    (outcome,) = issue("", [order("A", supplied=supplied)], kind="supplied")
    return outcome


def test_every_code_is_kept_character_by_character() -> None:
    outcome = issued(VERBATIM)
    assert isinstance(outcome, Created)
    assert outcome.operation == Operation(
        "A",
        "000123",
        (
            Code(Role.BARCODE, "9900000000000000001"),
            Code(Role.BARCODE, "0" * 44, 2),
            Code(Role.QR, "0" * 300),
            Code(Role.PAYMENT_URL, "https://pagar.example/ñ?a=1 2"),
            Code(Role.PAYMENT_CODE, " 12 "),
        ),
    )


@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(min_size=1)))
def test_nothing_is_lost_added_or_changed(supplied: dict[str, str]) -> None:
    outcome = issued(supplied)
    if "barcode" in supplied or "qr" in supplied:
        assert isinstance(outcome, Created)
        assert outcome.operation.number == ""
        assert {name: outcome.operation.text(*COLUMNS[name]) for name in supplied} == supplied
        assert len(outcome.operation.codes) == len(supplied)
    else:
        assert outcome == Refusal("supplied-codes-missing", "")


@pytest.mark.parametrize("supplied", [{}, {"barcode": "", "qr": ""}, {"operation": "1", "payment_code": "2"}])
def test_without_barcode_and_qr_there_is_nothing_to_print(supplied: dict[str, str]) -> None:
    assert issued(supplied) == Refusal("supplied-codes-missing", "")


def test_nobody_holds_anything_else() -> None:
    assert lookup("", order("A", supplied=VERBATIM), kind="supplied") == []
