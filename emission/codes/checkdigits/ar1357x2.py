"""AR-1357 twice: a second digit over the number and the first one (Pago Fácil 42, SIRO 56).

Source: SEPSA's record description; SIRO's (Banco Roela) sample.

>>> calc_check_digit("0123000052560200100000000012345000033010")
'16'
>>> validate("04440000132671207300093700060098385000000000515000934600")
'04440000132671207300093700060098385000000000515000934600'
>>> is_valid("04440000132671207300093700060098385000000000515000934601")
False
"""

from __future__ import annotations

from emission.codes.checkdigits import ar1357
from emission.codes.checkdigits._ending import accepted, compact, validated

__all__ = ["calc_check_digit", "compact", "is_valid", "validate"]


def calc_check_digit(number: str) -> str:
    """The two check digits that follow ``number``.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    first = ar1357.calc_check_digit(number)
    return first + ar1357.calc_check_digit(compact(number) + first)


def validate(number: str) -> str:
    """The compact number, if its last two digits are right.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    return validated(number, calc_check_digit, 2)


def is_valid(number: str) -> bool:
    """Whether :func:`validate` accepts the number."""
    return accepted(validate, number)
