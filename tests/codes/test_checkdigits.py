from __future__ import annotations

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.codes import arrecadacao, boleto
from emission.codes.checkdigits import (
    ar1357,
    ar1357x2,
    boleto_mod11,
    clabe,
    febraban_mod10,
    febraban_mod11,
    gs1_mod10,
    mod10_31,
)
from emission.codes.faults import CodeError

NUMBERS = st.text("0123456789", min_size=1, max_size=60)
RULES = [ar1357, ar1357x2, mod10_31, febraban_mod10, febraban_mod11, gs1_mod10]
# One digit in the middle, or a number of one length: they have the same four functions.
OTHERS = [boleto_mod11, clabe]
WHOLE = [arrecadacao, boleto]


def changed(number: str, at: int, by: int) -> str:
    return number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]


@pytest.mark.parametrize("rule", [*RULES, *OTHERS, *WHOLE])
def test_the_examples_in_the_documentation(rule: ModuleType) -> None:
    assert doctest.testmod(rule).failed == 0


@pytest.mark.parametrize("rule", RULES)
@given(number=NUMBERS)
def test_a_number_with_its_own_check_digit_is_valid(rule: ModuleType, number: str) -> None:
    whole = number + rule.calc_check_digit(number)
    assert rule.validate(f" {whole[:1]}-{whole[1:]} ") == whole


@given(NUMBERS, st.data())
def test_gs1_mod10_finds_every_single_wrong_digit(number: str, data: st.DataObject) -> None:
    whole = number + gs1_mod10.calc_check_digit(number)
    at, by = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 9))
    assert not gs1_mod10.is_valid(changed(whole, at, by))


@given(NUMBERS, st.data())
def test_mod10_31_finds_every_single_wrong_digit(number: str, data: st.DataObject) -> None:
    whole = number + mod10_31.calc_check_digit(number)
    at, by = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 9))
    assert not mod10_31.is_valid(changed(whole, at, by))


@given(NUMBERS, st.data())
def test_febraban_mod10_finds_every_single_wrong_digit(number: str, data: st.DataObject) -> None:
    whole = number + febraban_mod10.calc_check_digit(number)
    at, by = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 9))
    assert not febraban_mod10.is_valid(changed(whole, at, by))


@given(st.text("0123456789", min_size=17, max_size=17), st.data())
def test_clabe_finds_every_single_wrong_digit(number: str, data: st.DataObject) -> None:
    whole = number + clabe.calc_check_digit(number)
    at, by = data.draw(st.integers(0, 17)), data.draw(st.integers(1, 9))
    assert clabe.is_valid(whole)
    assert not clabe.is_valid(changed(whole, at, by))


@pytest.mark.parametrize("kind", WHOLE)
@given(digits=st.text("0123456789", min_size=44, max_size=44), value=st.sampled_from("6789"))
def test_a_line_says_its_symbol(kind: ModuleType, digits: str, value: str) -> None:
    at = 3 if kind is arrecadacao else 4
    digits = f"8{digits[1]}{value}{digits[3:]}"
    right = next(one for n in "0123456789" if _is_valid(kind, one := digits[:at] + n + digits[at + 1 :]))
    assert kind.barcode_of(kind.line_of(right)) == right


def _is_valid(kind: ModuleType, barcode: str) -> bool:
    try:
        kind.validate(barcode)
    except CodeError:
        return False
    return True


@given(NUMBERS, st.data())
def test_ar1357_finds_even_differences_except_under_weight_5(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(number) - 1))
    digit, other = int(number[at]), data.draw(st.integers(0, 9))
    weight_5 = at % 4 == 2
    if other == digit or (other - digit) % 2 or weight_5:
        return
    whole = number + ar1357.calc_check_digit(number)
    assert not ar1357.is_valid(whole[:at] + str(other) + whole[at + 1 :])


def test_ar1357_misses_what_halving_hides() -> None:
    # Sums 0 and 1 both halve to 0: why amounts and dates are decoded and compared as well.
    assert ar1357.calc_check_digit("0") == ar1357.calc_check_digit("1")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("number", ["", "12A4", "٣٤٥", "1.5"])
def test_what_is_no_number_is_refused(rule: ModuleType, number: str) -> None:
    assert not rule.is_valid(number)
    with pytest.raises(CodeError, match="check-digit-format"):
        rule.calc_check_digit(number)


def test_a_sum_of_whole_tens_gives_0_not_10() -> None:
    assert mod10_31.calc_check_digit("31") == "0"
