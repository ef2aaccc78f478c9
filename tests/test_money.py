"""Amounts: read exactly or refused, written as machines and as Argentines expect."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission import money

minor = st.integers(1 - 10**12, 10**12 - 1)
currency = st.sampled_from(sorted(money.DECIMALS))


@given(minor, currency)
def test_plain_text_reads_back_exactly(amount: int, name: str) -> None:
    assert money.parse(money.plain(amount, name), name) == amount
    assert Decimal(money.plain(amount, name)) == money.to_decimal(amount, name)


@given(st.integers(0, 10**12 - 1), currency)
def test_grouped_text_reads_back_under_its_own_mark_only(amount: int, name: str) -> None:
    text = money.figures(amount, name)
    mark = "." if name in ("MXN", "PEN") else ","
    assert money.parse(text, name, mark) == amount
    assert money.local(amount, name).endswith(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("19880.01", 1988001), ("94972.8", 9497280), ("62709", 6270900), ("0.5", 50), ("1,234.5", 123450)],
)
def test_amounts_as_systems_export_them(text: str, expected: int) -> None:
    assert money.parse(text, "ARS") == expected


@pytest.mark.parametrize(
    "text",
    ["1.234,56", "12,5", "", "abc", "1 000", "$ 5", "1e5", "NaN", "--5", "1,23,456.00", "٣", "1.2.3", ".", "5.", ".5"],
)
def test_what_is_no_amount_is_never_guessed(text: str) -> None:
    with pytest.raises(money.AmountError) as caught:
        money.parse(text, "ARS")
    assert caught.value.reason == "unreadable"


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    for text, name in (("1.005", "ARS"), ("1.500", "ARS"), ("1.5", "CLP")):
        with pytest.raises(money.AmountError) as caught:
            money.parse(text, name)
        assert caught.value.reason == "decimals"


@pytest.mark.parametrize(("value", "expected"), [(100.5, 10050), ("100.50", 10050), (100, 10000), (Decimal("0.01"), 1)])
def test_providers_amounts(value: object, expected: int) -> None:
    assert money.from_decimal(value, "ARS") == expected


@pytest.mark.parametrize("value", [True, None, "x", float("nan"), float("inf"), [], 0.001])
def test_providers_nonsense_is_refused(value: object) -> None:
    with pytest.raises(money.AmountError):
        money.from_decimal(value, "ARS")


def test_argentine_writing() -> None:
    assert money.local(123456789, "ARS") == "$ 1.234.567,89"
    assert money.local(-5, "ARS") == "-$ 0,05"
