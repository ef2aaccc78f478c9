"""The Brazilian boleto: the 44 digits of its symbol, and the 47 that people type.

Source: FEBRABAN's boleto de cobrança. Bank 3, currency 1, a general check digit over the other 43, days of the due
date 4, value 10, the bank's own 25. The line has the bank's field in three parts, each with a mod 10 digit.

>>> line_of("10499898100000214032006561000100040099726390")
'10492006506100010004200997263900989810000021403'
>>> barcode_of("10492.00650 61000.100042 00997.263900 9 89810000021403")
'10499898100000214032006561000100040099726390'
"""

from __future__ import annotations

from emission.codes.checkdigits import boleto_mod11, febraban_mod10
from emission.codes.faults import CodeError
from emission.model import Fault

LENGTH, LINE = 44, 47


def validate(barcode: str) -> str:
    """The digits, if the general check digit is right.

    Raises:
        CodeError: ``check-digit-format``, ``agreement-length`` or ``check-digit-wrong``.
    """
    _digits(barcode, LENGTH)
    found, right = barcode[4], boleto_mod11.calc_check_digit(barcode[:4] + barcode[5:])
    if found != right:
        raise CodeError(Fault("check-digit-wrong", value=barcode, params={"found": found, "right": right}))
    return barcode


def line_of(barcode: str) -> str:
    """The 47 digits that people type.

    Raises:
        CodeError: as :func:`validate`.
    """
    validate(barcode)
    head, check, money, own = barcode[:4], barcode[4], barcode[5:19], barcode[19:]
    parts = (head + own[:5], own[5:15], own[15:])
    return "".join(part + febraban_mod10.calc_check_digit(part) for part in parts) + check + money


def barcode_of(line: str) -> str:
    """The 44 digits of the symbol, from the line that people type.

    Raises:
        CodeError: as :func:`validate`, for a part or for the whole.
    """
    digits = febraban_mod10.compact(line).replace(".", "")
    _digits(digits, LINE)
    first, second, third, check, money = digits[:10], digits[10:21], digits[21:32], digits[32], digits[33:]
    for part in (first, second, third):
        febraban_mod10.validate(part)
    return validate(first[:4] + check + money + first[4:9] + second[:-1] + third[:-1])


def _digits(text: str, length: int) -> None:
    if not (text.isascii() and text.isdigit()):
        raise CodeError(Fault("check-digit-format", value=text))
    if len(text) != length:
        params = {"found": str(len(text)), "right": str(length)}
        raise CodeError(Fault("agreement-length", value=text, params=params))
