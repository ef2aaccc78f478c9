"""No cell of ours is run by a spreadsheet, and none is changed on its way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.guard import guard, unguard

cells = st.text(st.sampled_from("=+-@'\t\r1.,aÑ "), max_size=8) | st.text(max_size=20)


@given(cells)
def test_reading_back_is_the_exact_inverse(text: str) -> None:
    assert unguard(guard(text)) == text


@given(cells)
def test_no_text_begins_like_a_formula(text: str) -> None:
    guarded = guard(text)
    assert guarded[:1] not in tuple("=@\t\r")
    if guarded[:1] in ("+", "-"):
        float(guarded.replace(".", "").replace(",", ""))


@pytest.mark.parametrize("number", ["-5.00", "1234.56", "+5", "-1.234,50"])
def test_numbers_stay_numbers(number: str) -> None:
    assert guard(number) == number
