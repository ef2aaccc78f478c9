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
    return {0: "1", 1: "1"}.get(rest, str(11 - rest))


def validate(number: str) -> str:
    """The compact number, if its last digit is right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
