"""FEBRABAN arrecadação: the 44 digits of a Brazilian collection slip, and the 48 that people type.

Source: FEBRABAN's layout of arrecadação with bar code. Product 8; a segment; what the value is and by which rule it
is checked; a general check digit over the other 43; then value, company and what the company likes. The line is the
same in four blocks of eleven, each with a check digit by the same rule.

>>> line_of("84630000000299902962020041013600000200644114")
'846300000003299902962024004101360008002006441147'
>>> barcode_of("84630000000-3 29990296202-4 00410136000-8 00200644114-7")
'84630000000299902962020041013600000200644114'
"""

from __future__ import annotations

from types import ModuleType

from emission.codes.checkdigits import febraban_mod10, febraban_mod11
from emission.codes.faults import CodeError
from emission.model import Fault

LENGTH, LINE, BLOCK = 44, 48, 11
PRODUCT = "8"
# The third digit: 6 and 8 a value in reais, 7 and 9 a reference; 6 and 7 are checked by mod 10, 8 and 9 by mod 11.
_RULES: dict[str, ModuleType] = {
    "6": febraban_mod10,
    "7": febraban_mod10,
    "8": febraban_mod11,
    "9": febraban_mod11,
}


def validate(barcode: str) -> str:
    """The digits, if they are a slip's and the general check digit is right.

    Raises:
        CodeError: ``check-digit-format``, ``agreement-length``, ``agreement-fixed`` or ``check-digit-wrong``.
    """
    rule = _rule(barcode)
    found, right = barcode[3], rule.calc_check_digit(barcode[:3] + barcode[4:])
    if found != right:
        raise CodeError(Fault("check-digit-wrong", value=barcode, params={"found": found, "right": right}))
    return barcode


def line_of(barcode: str) -> str:
    """The 48 digits that people type.

    Raises:
        CodeError: as :func:`validate`.
    """
    validate(barcode)
    rule = _rule(barcode)
    blocks = (barcode[at : at + BLOCK] for at in range(0, LENGTH, BLOCK))
    return "".join(block + rule.calc_check_digit(block) for block in blocks)


def barcode_of(line: str) -> str:
    """The 44 digits of the symbol, from the line that people type.

    Raises:
        CodeError: as :func:`validate`, for a block or for the whole.
    """
    digits = febraban_mod10.compact(line)
    if len(digits) != LINE:
        raise _length(digits, LINE)
    blocks = [digits[at : at + BLOCK + 1] for at in range(0, LINE, BLOCK + 1)]
    barcode = "".join(block[:-1] for block in blocks)
    rule = _rule(barcode)
    for block in blocks:
        rule.validate(block)
    return validate(barcode)


def _rule(barcode: str) -> ModuleType:
    if not (barcode.isascii() and barcode.isdigit()):
        raise CodeError(Fault("check-digit-format", value=barcode))
    if len(barcode) != LENGTH:
        raise _length(barcode, LENGTH)
    if barcode[0] != PRODUCT:
        raise CodeError(
            Fault("agreement-fixed", value=barcode, params={"name": "product", "found": barcode[0], "right": PRODUCT})
        )
    rule = _RULES.get(barcode[2])
    if rule is None:
        raise CodeError(
            Fault("agreement-fixed", value=barcode, params={"name": "value_kind", "found": barcode[2], "right": "6-9"})
        )
    return rule


def _length(digits: str, right: int) -> CodeError:
    return CodeError(Fault("agreement-length", value=digits, params={"found": str(len(digits)), "right": str(right)}))
