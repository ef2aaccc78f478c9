"""What every rule does alike with a number that ends in its check digits; how those come about is its own."""

from __future__ import annotations

from collections.abc import Callable

from emission.codes.faults import CodeError
from emission.model import Fault


def compact(number: str) -> str:
    """The digits alone: spaces and hyphens are for people."""
    return number.replace(" ", "").replace("-", "")


def digits_of(number: str) -> str:
    """The compact number.

    Raises:
        CodeError: ``check-digit-format``: there is something else than digits, or nothing.
    """
    number = compact(number)
    if not (number.isascii() and number.isdigit()):
        raise CodeError(Fault("check-digit-format", value=number))
    return number


def validated(number: str, calc_check_digit: Callable[[str], str], count: int = 1) -> str:
    """The compact number, if its last ``count`` digits are those that the rule gives for the others.

    Raises:
        CodeError: ``check-digit-format`` or ``check-digit-wrong``.
    """
    number = compact(number)
    body, found = number[:-count], number[-count:]
    right = calc_check_digit(body)
    if found != right:
        raise CodeError(Fault("check-digit-wrong", value=number, params={"found": found, "right": right}))
    return number


def accepted(validate: Callable[[str], str], number: str) -> bool:
    """Whether a rule's ``validate`` accepts the number."""
    try:
        validate(number)
    except CodeError:
        return False
    return True
