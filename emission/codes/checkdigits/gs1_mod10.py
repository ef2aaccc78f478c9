"""GS1 mod 10: the check digit of GLN, GTIN and SSCC, the last of the number.

Weights 3, 1, 3, 1, … from the right of the body; what the sum lacks to the next ten.
Source: GS1 General Specifications, 7.9.1.

>>> calc_check_digit("770999801371")
'1'
>>> validate("7709998013711")
'7709998013711'
>>> is_valid("7709998013712")
False
"""

from __future__ import annotations

from itertools import cycle
from operator import mul

from emission.codes.checkdigits._ending import accepted, compact, digits_of, validated

__all__ = ["calc_check_digit", "compact", "is_valid", "validate"]


def calc_check_digit(number: str) -> str:
    """The check digit that follows ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    number = digits_of(number)
    return str(-sum(map(mul, map(int, reversed(number)), cycle((3, 1)))) % 10)


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
