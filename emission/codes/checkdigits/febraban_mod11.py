"""FEBRABAN mod 11: the DAC of Brazilian collection slips whose value identifier is 8 or 9.

Weights 2, 3, …, 9, 2, … from the right; of the rest of the sum by 11, 0 and 1 give 0, 10 gives 1, any
other what it lacks to 11. Source: FEBRABAN's layout of arrecadação with bar code, and its example.

>>> calc_check_digit("01230067896")
'0'
>>> is_valid("858900000395")
True
>>> is_valid("858900000394")
False
"""

from __future__ import annotations

from itertools import cycle

from emission.codes.checkdigits._ending import accepted, compact, digits_of, validated

__all__ = ["calc_check_digit", "compact", "is_valid", "validate"]


def calc_check_digit(number: str) -> str:
    """The check digit of ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    number = digits_of(number)
    weights = cycle(range(2, 10))
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(number), weights, strict=False)) % 11
    return {0: "0", 1: "0", 10: "1"}.get(rest, str(11 - rest))


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
