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

from emission.codes.faults import CodeError
from emission.model import Fault


def compact(number: str) -> str:
    """The digits alone: spaces and hyphens are for people."""
    return number.replace(" ", "").replace("-", "")


def calc_check_digit(number: str) -> str:
    """The check digit that follows ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    number = compact(number)
    if not (number.isascii() and number.isdigit()):
        raise CodeError(Fault("check-digit-format", value=number))
    total = sum(map(mul, map(int, number), cycle((3, 1))))
    return str(-total % 10)


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    number = compact(number)
    body, found = number[:-1], number[-1:]
    right = calc_check_digit(body)
    if found != right:
        raise CodeError(Fault("check-digit-wrong", value=number, params={"found": found, "right": right}))
    return number


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    try:
        validate(number)
    except CodeError:
        return False
    return True
