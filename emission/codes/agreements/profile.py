"""The form of a code: fields from the left, a rule for the whole, the characters and the symbology."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from itertools import accumulate
from types import ModuleType
from typing import Literal

import msgspec

from emission import money
from emission.codes import arrecadacao, boleto, gs1
from emission.codes.agreements.dates import Dates
from emission.codes.checkdigits import ar1357, ar1357x2, clabe, febraban_mod10, febraban_mod11, gs1_mod10, mod10_31
from emission.codes.faults import CodeError
from emission.codes.symbology import Symbology
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
    "clabe": clabe,
    "gs1-mod10": gs1_mod10,
}
Check = Literal[
    "", "ar-1357", "ar-1357x2", "mod10-31", "febraban-mod10", "febraban-mod11", "febraban-arrecadacao",
    "febraban-boleto", "clabe", "gs1-mod10",
]  # fmt: skip
# What a field says of the record; "free" and "check" say nothing that can be compared.
Says = Literal["free", "check", "amount", "surcharge", "date", "days", "agreement", "operation"]
# What a QR text can be (emission.codes.emv.classify).
Kind = Literal["emv", "url", "other"]

# Field name → the digits that must stand there, as an office has them from its contract.
Values = Mapping[str, str]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of characters.

    ``says`` is what it means: ``amount`` the minor units due at the ``due``-th date, ``surcharge`` what that is more
    than at the first, ``date`` that date in the form ``dates``, ``days`` the days since the one before it. Where the
    bill has no such date all four are zeros. ``fixed`` ones are the same in every code of the agreement. ``check`` is a
    rule for this field alone. ``ai`` is the identifier of a GS1 element (``390n``: the amount with n decimals), whose
    ``length`` is then its most, and ``least`` its fewest characters where that varies.
    """

    name: str
    length: int
    fixed: str = ""
    says: Says = "free"
    due: int = 1
    dates: Dates = "YYMMDD"
    check: Check = ""
    ai: str = ""
    least: int = 0


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One agreement's codes.

    ``fields`` cover its barcode from the left to the end, check digits included; or each is a GS1 element, in any
    order. ``source`` says where the layout was read. ``characters`` are ``digits``, or ``any`` that the symbology
    carries. ``bearers``: an ITF has bars along its top and bottom. ``country`` (ISO 3166-1 alpha-2) and ``currency``
    (ISO 4217) are those of its payment QRs, any where empty; ``qr`` the kinds of QR texts that may be printed.
    """

    name: str
    title: str
    fields: tuple[Field, ...] = ()
    check: Check = ""
    symbology: Symbology = "code128"
    characters: Literal["digits", "any"] = "digits"
    source: str = ""
    bearers: bool = True
    country: str = ""
    currency: str = ""
    qr: tuple[Kind, ...] = ("emv", "url", "other")

    @functools.cached_property
    def length(self) -> int:
        """Characters, check digits included; 0 where any length will do, or it varies."""
        return 0 if self.of_elements else sum(field.length for field in self.fields)

    @functools.cached_property
    def of_elements(self) -> bool:
        """Whether its fields are GS1 elements."""
        return any(field.ai for field in self.fields)

    @functools.cached_property
    def due_dates(self) -> int:
        """How many due dates one code has room for; 0 where it says no amount."""
        return max((field.due for field in self.fields if field.says in ("amount", "surcharge")), default=0)

    def explain(self, text: str, values: Values | None = None) -> dict[str, str]:
        """Field name → characters, of a code of this agreement; ``values`` are fixed as ``fixed`` ones are.

        Raises:
            CodeError: ``check-digit-format``, ``agreement-length``, ``check-digit-wrong``, ``agreement-fixed``, or
                ``gs1-…`` of an element.
        """
        found = self._elements(text) if self.of_elements else self._stretches(text)
        for field in self.fields:
            right = (values or {}).get(field.name, field.fixed)
            if right and found[field.name] != right:
                raise fault("agreement-fixed", text, name=field.name, found=found[field.name], right=right)
            if field.check:
                CHECKS[field.check].validate(found[field.name])
        return found

    def taken_apart(self, text: str) -> dict[str, str]:
        """Field name → characters of a code that need not be right; nothing where it cannot be taken apart."""
        if not self.of_elements:
            ends = accumulate(field.length for field in self.fields)
            return {field.name: text[end - field.length : end] for field, end in zip(self.fields, ends, strict=True)}
        try:
            return self._elements(text)
        except CodeError:
            return {}

    def _stretches(self, text: str) -> dict[str, str]:
        if self.characters == "digits" and not (text.isascii() and text.isdigit()):
            raise fault("check-digit-format", text)
        if self.length and len(text) != self.length:
            raise fault("agreement-length", text, found=str(len(text)), right=str(self.length))
        if self.check:
            CHECKS[self.check].validate(text)
        return self.taken_apart(text)

    def _elements(self, text: str) -> dict[str, str]:
        """Each field's element; an amount in minor units, as wide as its field."""
        elements = gs1.parse(text)
        found: dict[str, str] = {}
        for identifier, data in elements:
            mine = [field for field in self.fields if field.ai in (identifier, f"{identifier[:3]}n")]
            if not mine or mine[0].name in found:
                raise fault("gs1-unexpected", text, identifier=identifier)
            field = mine[0]
            if not (field.least or field.length) <= len(data) <= field.length:
                params = {"identifier": identifier, "found": str(len(data)), "right": str(field.length)}
                raise fault("gs1-length", text, **params)
            found[field.name] = self._minor(identifier, data, field) if field.ai.endswith("n") else data
        for field in self.fields:
            if field.name not in found:
                raise fault("gs1-missing", text, identifier=field.ai)
        return found

    def _minor(self, identifier: str, data: str, field: Field) -> str:
        """Data of ``390n`` (GS1 General Specifications 3.6.6) in minor units; what is finer stays as it is."""
        shift = money.DECIMALS.get(self.currency, 2) - int(identifier[3])
        whole, rest = (data + "0" * shift, "") if shift >= 0 else (data[:shift], data[shift:])
        return (whole if not rest.strip("0") else data).lstrip("0").zfill(field.length)

    def compose(self, values: Mapping[str, int | str]) -> str:
        """The digits of ``values`` (a field left out is zeros) with the check digits at their end; for the sandbox.

        Raises:
            CodeError: ``agreement-value``: a value does not fit its field; of elements, as :meth:`explain`.
        """
        if self.of_elements:
            return self._compose_elements(values)
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

    def _compose_elements(self, values: Mapping[str, int | str]) -> str:
        decimals = str(money.DECIMALS.get(self.currency, 2))
        written = [(field.ai.replace("n", decimals), str(values.get(field.name, 0))) for field in self.fields]
        text = gs1.shown(written)
        self.explain(text)
        return text


def fault(code: str, value: str, **params: str) -> CodeError:
    """The error of a barcode that is not of its agreement."""
    return CodeError(Fault(code, field="barcode", value=value, params=params))
