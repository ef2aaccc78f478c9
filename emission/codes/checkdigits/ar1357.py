"""AR-1357: the check digit of Argentine collection networks (Pago Fácil, Rapipago, SIRO, municipal slips).

Weights 1, 3, 5, 7, 9, 3, 5, 7, 9, … from the left; the sum is halved, rounded down, and its last
digit taken. Source: SEPSA's record description and the Tango manual (ayudas.axoft.com).

The rule is weak: halving hides about 8 % of wrong digits, so amounts and dates have to be decoded
and compared as well.

>>> calc_check_digit("0123000052560200100000000012345000033010")
'1'
>>> validate("01230000525602001000000000123450000330101")
'01230000525602001000000000123450000330101'
>>> is_valid("01230000525602001000000000123450000330102")
False
"""

from __future__ import annotations

import functools
from itertools import chain, cycle, islice
from operator import mul

from emission.codes.checkdigits._ending import accepted, compact, digits_of, validated

__all__ = ["calc_check_digit", "compact", "is_valid", "validate"]


@functools.lru_cache(maxsize=64)
def _weights(count: int) -> tuple[int, ...]:
    return tuple(islice(chain((1,), cycle((3, 5, 7, 9))), count))


def calc_check_digit(number: str) -> str:
    """The check digit that follows ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    number = digits_of(number)
    weights = _weights(len(number))
    # Of characters, which are 48 more than their digits.
    total = sum(map(mul, number.encode("ascii"), weights)) - 48 * sum(weights)
    return str(total // 2 % 10)


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
