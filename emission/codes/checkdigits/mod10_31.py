"""MOD10-31: the check digit of ARCA's (AFIP's) RG 1702, Banelco, Decidir and Telecom.

Weights 3, 1, 3, 1, … from the left; what the sum lacks to the next ten. Weights and 10 have no
common factor, so every single wrong digit is found. Source: annex of RG 1702.

>>> calc_check_digit("01234567890")
'5'
>>> validate("2244158874694")
'2244158874694'
>>> is_valid("2244158874695")
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
    total = sum(map(mul, map(int, number), cycle((3, 1))))
    return str(-total % 10)


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
