"""CLABE: the check digit of Mexican bank accounts, the last of eighteen.

Weights 3, 7, 1, 3, … from the left; each product by 10, their sum by 10, what it lacks to ten.
Source: Banxico's CLABE; the vectors of the ``clabe`` package.

>>> calc_check_digit("72301012345678901")
'9'
>>> validate("002000000000000008")
'002000000000000008'
>>> is_valid("002000000000000009")
False
"""

from __future__ import annotations

from itertools import cycle
from operator import mul

from emission.codes.checkdigits._ending import accepted, compact, validated
from emission.codes.faults import CodeError
from emission.model import Fault

__all__ = ["calc_check_digit", "compact", "is_valid", "validate"]

LENGTH = 18


def calc_check_digit(number: str) -> str:
    """The check digit of ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing, or not 17 of them.
    """
    number = compact(number)
    if not (number.isascii() and number.isdigit() and len(number) == LENGTH - 1):
        raise CodeError(Fault("check-digit-format", value=number))
    return str(-sum(map(mul, map(int, number), cycle((3, 7, 1)))) % 10)


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
