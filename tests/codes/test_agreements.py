from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.codes import agreements, linear
from emission.codes.checkdigits import ar1357x2
from emission.codes.faults import CodeError
from emission.model import DueDate

DATES = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
DUE_DATES = st.lists(st.builds(DueDate, DATES, st.integers(0, 10**10 - 1)), min_size=1, max_size=2)
FIRST = DueDate(dt.date(2026, 12, 10), 1_234_56)


@given(st.integers(1, 10**8 - 1), st.integers(0, 10**14 - 1), DUE_DATES)
def test_sandbox_digits_say_their_operation(convenio: int, number: int, due_dates: list[DueDate]) -> None:
    text = agreements.sandbox_barcode(convenio, number, due_dates)
    assert len(text) == 60
    assert text.isdigit()
    says = agreements.explain(text)
    assert (int(says["agreement"]), int(says["operation"])) == (convenio, number)
    amounts = [int(says["amount"]), int(says["amount_2"])]
    assert amounts == [due.amount for due in due_dates] + [0] * (2 - len(due_dates))
    assert says["due_date"] == due_dates[0].date.strftime("%y%m%d")
    assert says["due_date_2"] == (due_dates[1].date.strftime("%y%m%d") if len(due_dates) > 1 else "000000")


def test_sandbox_digits_stay_as_they_are() -> None:
    text = agreements.sandbox_barcode(31047, 7, [FIRST, DueDate(dt.date(2026, 12, 20), 1_300_00)])
    assert text == "996000031047000012345626121000001300002612200000000000000774"
    assert ar1357x2.is_valid(text)
    assert linear.encode("code128", text).modules == 365


@pytest.mark.parametrize(
    ("convenio", "number", "due_dates", "code"),
    [
        (1, 1, [DueDate(FIRST.date, 10**10)], "agreement-value"),
        (1, 1, [DueDate(FIRST.date, -1)], "agreement-value"),
        (10**8, 1, [FIRST], "agreement-value"),
        (1, 10**14, [FIRST], "agreement-value"),
        (1, 1, [], "agreement-due-dates"),
        (1, 1, [FIRST] * 3, "agreement-due-dates"),
        (1, 1, [DueDate(dt.date(2100, 1, 1), 1)], "agreement-date"),
    ],
)
def test_what_does_not_fit_the_fields_is_refused(
    convenio: int, number: int, due_dates: list[DueDate], code: str
) -> None:
    with pytest.raises(CodeError, match=code):
        agreements.sandbox_barcode(convenio, number, due_dates)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[:-1], "agreement-length"),
        (lambda text: text + "0", "agreement-length"),
        (lambda text: text[:-2] + ("00" if text[-2:] != "00" else "11"), "check-digit-wrong"),
        (lambda text: "A" + text[1:], "check-digit-format"),
        (lambda text: "0444" + text[4:-2] + ar1357x2.calc_check_digit("0444" + text[4:-2]), "agreement-fixed"),
    ],
)
def test_digits_of_another_form_are_not_explained(change: object, code: str) -> None:
    assert callable(change)
    with pytest.raises(CodeError, match=code):
        agreements.explain(change(agreements.sandbox_barcode(31047, 7, [FIRST])))
