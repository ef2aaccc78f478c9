"""The general check digit of a Brazilian boleto, the fifth of its 44 digits, over the other 43.

Weights 2, 3, …, 9, 2, … from the right; what the rest of the sum by 11 lacks to 11, where 0, 10 and 11
give 1. Source: FEBRABAN's boleto de cobrança, and the tests of public implementations.

>>> calc_check_digit("1049898100000214032006561000100040099726390")
'9'
>>> is_valid("10498981000002140320065610001000400997263908")
False
"""

from __future__ import annotations

from itertools import cycle

from emission.codes.faults import CodeError
from emission.model import Fault


def compact(number: str) -> str:
    """The digits alone: spaces and hyphens are for people."""
    return number.replace(" ", "").replace("-", "")


def calc_check_digit(number: str) -> str:
    """The check digit of ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    number = compact(number)
    if not (number.isascii() and number.isdigit()):
        raise CodeError(Fault("check-digit-format", value=number))
    weights = cycle(range(2, 10))
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(number), weights, strict=False)) % 11
    return {0: "1", 1: "1"}.get(rest, str(11 - rest))


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
