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
    products = (int(digit) * weight for digit, weight in zip(reversed(number), cycle((2, 1)), strict=False))
    return str(-sum(product // 10 + product % 10 for product in products) % 10)


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
