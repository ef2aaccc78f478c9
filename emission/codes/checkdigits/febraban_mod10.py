"""FEBRABAN mod 10: the DAC of Brazilian collection slips and of each block of a boleto's line.

Weights 2, 1, 2, 1, … from the right; the digits of each product are added; what the sum lacks to the
next ten. Source: FEBRABAN's layout of arrecadação with bar code, and its example.

>>> calc_check_digit("01230067896")
'3'
>>> validate("846300000003")
'846300000003'
>>> is_valid("846300000004")
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
    products = (int(digit) * weight for digit, weight in zip(reversed(number), cycle((2, 1)), strict=False))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
