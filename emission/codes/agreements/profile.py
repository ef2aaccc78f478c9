"""The form of a code: fields from the left, a rule for the whole, the characters and the symbology."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Literal

import msgspec

from emission.codes import arrecadacao, boleto
from emission.codes.checkdigits import ar1357, ar1357x2, febraban_mod10, febraban_mod11, mod10_31
from emission.codes.faults import CodeError
from emission.codes.linear import Symbology
from emission.model import Fault

# Each says whether a whole code is right; those that end in check digits also say which.
CHECKS: dict[str, ModuleType] = {
    "ar-1357": ar1357,
    "ar-1357x2": ar1357x2,
    "mod10-31": mod10_31,
    "febraban-mod10": febraban_mod10,
    "febraban-mod11": febraban_mod11,
    "febraban-arrecadacao": arrecadacao,
    "febraban-boleto": boleto,
}
Check = Literal[
    "", "ar-1357", "ar-1357x2", "mod10-31", "febraban-mod10", "febraban-mod11", "febraban-arrecadacao",
    "febraban-boleto",
]  # fmt: skip
# What a field says of the record; "free" and "check" say nothing that can be compared.
Says = Literal["free", "check", "amount", "surcharge", "date", "days", "agreement", "operation"]
Dates = Literal["YYMMDD", "YYYYMMDD", "DDMMYYYY", "YYDDD"]

# Field name → the digits that must stand there, as an office has them from its contract.
Values = Mapping[str, str]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of characters.

    ``says`` is what it means: ``amount`` the minor units due at the ``due``-th date, ``surcharge`` what that is more
    than at the first, ``date`` that date in the form ``dates``, ``days`` the days since the one before it. Where the
    bill has no such date all four are zeros. ``fixed`` ones are the same in every code of the agreement.
    """

    name: str
    length: int
    fixed: str = ""
    says: Says = "free"
    due: int = 1
    dates: Dates = "YYMMDD"


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agreement's barcode. ``fields`` cover it from the left to the end, check digits included.

    ``source`` says where the layout was read. ``characters`` are ``digits``, or ``any`` that the symbology carries.
    """

    name: str
    title: str
    fields: tuple[Field, ...] = ()
    check: Check = ""
    symbology: Symbology = "code128"
    characters: Literal["digits", "any"] = "digits"
    source: str = ""

    @property
    def length(self) -> int:
        """Characters, check digits included; 0 where any length will do."""
        return sum(field.length for field in self.fields)

    @property
    def due_dates(self) -> int:
        """How many due dates one code has room for; 0 where it says no amount."""
        return max((field.due for field in self.fields if field.says in ("amount", "surcharge")), default=0)

    def explain(self, text: str, values: Values | None = None) -> dict[str, str]:
        """Field name → characters, of a code of this agreement; ``values`` are fixed as ``fixed`` ones are.

        Raises:
            CodeError: ``check-digit-format``, ``agreement-length``, ``check-digit-wrong`` or ``agreement-fixed``.
        """
        if self.characters == "digits" and not (text.isascii() and text.isdigit()):
            raise fault("check-digit-format", text)
        if self.length and len(text) != self.length:
            raise fault("agreement-length", text, found=str(len(text)), right=str(self.length))
        if self.check:
            CHECKS[self.check].validate(text)
        found, at = {}, 0
        for field in self.fields:
            found[field.name] = text[at : at + field.length]
            at += field.length
            right = (values or {}).get(field.name, field.fixed)
            if right and found[field.name] != right:
                raise fault("agreement-fixed", text, name=field.name, found=found[field.name], right=right)
        return found

    def compose(self, values: Mapping[str, int | str]) -> str:
        """The digits of ``values`` (a field left out is zeros) with the check digits at their end; for the sandbox.

        Raises:
            CodeError: ``agreement-value``: a value does not fit its field.
        """
        digits = []
        for field in self.fields:
            if field.says == "check":
                continue
            text = field.fixed or str(values.get(field.name, 0)).zfill(field.length)
            if len(text) != field.length or not (text.isascii() and text.isdigit()):
                raise fault("agreement-value", text, name=field.name, length=str(field.length))
            digits.append(text)
        body = "".join(digits)
        return body + (str(CHECKS[self.check].calc_check_digit(body)) if self.check else "")


def fault(code: str, value: str, **params: str) -> CodeError:
    """The error of a barcode that is not of its agreement."""
    return CodeError(Fault(code, field="barcode", value=value, params=params))
