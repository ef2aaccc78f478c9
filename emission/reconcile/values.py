"""The cells of a line → what they say, or what is wrong with them."""

from __future__ import annotations

import datetime
import functools
import re
from decimal import Decimal
from typing import NamedTuple

from emission import money
from emission.payment import Happening, Sighting
from emission.reconcile.lines import BadLineError, Line, name_of
from emission.reconcile.profiles import Field, Profile
from emission.reconcile.profiles.profile import AMOUNTS, DAYS, NAMES
from emission.reconcile.settling import Sums

LONGEST = 200
TAKEN = ("returned", "charged_back")
_FILLING = re.compile(r"^([+-]?)0+(?=\d)")
_DIGITS = re.compile(r"[+-]?[0-9]{1,16}")
_YEARS = range(2000, 2100)


class _Told(NamedTuple):
    """What a line says, by the meaning of its fields."""

    texts: dict[str, str]
    figures: dict[str, int]
    days: dict[str, datetime.date]

    @property
    def settlement(self) -> str:
        number, sequence = self.texts.get("settlement", ""), self.texts.get("sequence", "")
        return f"{number}/{sequence}" if number and sequence else number


class Reader:
    """Reads lines by a profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._day = functools.lru_cache(4096)(self._parsed_day)

    def payment(self, line: Line, sums: Sums) -> Sighting | None:
        """What a line of payments says; ``None`` where it is of no payment, which ``sums`` are told then.

        Raises:
            BadLineError: a cell is wrong.
        """
        told = self._told(line)
        kind, amount = self._kind(line, told)
        if kind == "skip":
            return None
        if "deposited_on" in told.days:
            sums.deposits[told.settlement] = told.days["deposited_on"]
        if kind == "charge":
            sums.charge(told.settlement, told.texts.get("means") or "other", amount)
            return None
        number, external_id, code, reference, part, means = (
            told.texts.get(name, "") for name in (*NAMES, "reference", "part", "means")
        )
        if not (number or external_id or code or reference):
            raise BadLineError("payments-name-missing")
        sums.add(line.number, -amount if kind in TAKEN else amount)
        return Sighting(
            Happening(kind),
            amount,
            self._profile.currency,
            number=number,
            external_id=external_id,
            code=code,
            reference=reference,
            part=part,
            paid_on=told.days.get("paid_on"),
            on=told.days.get("on"),
            settlement=told.settlement,
            means=means,
        )

    def whole(self, line: Line, sums: Sums) -> None:
        """What a header or a trailer says of the whole.

        Raises:
            BadLineError: a cell is wrong, or there are two such lines.
        """
        sums.once(line.record.what, line.number)
        told = self._told(line)
        sums.settlement = told.settlement or sums.settlement
        sums.deposited_on = told.days.get("deposited_on", sums.deposited_on)
        for field, cell in zip(line.record.fields, line.cells, strict=True):
            if field.says == "charge":
                sums.charge("", field.charge, self._amount(field, cell))
            elif field.says in ("count", "lines", "total", "deposited"):
                sums.controls.append((line.number, name_of(field), field.says, told.figures[field.says]))

    def _told(self, line: Line) -> _Told:
        told = _Told({}, {}, {})
        for field, cell in zip(line.record.fields, line.cells, strict=True):
            text = cell.strip()
            if len(text) > LONGEST or not text.isprintable():
                raise BadLineError("payments-cell-unreadable", name_of(field), found=text[:40])
            if field.says in AMOUNTS:
                told.figures[field.says] = 0 if field.optional and not text else self._amount(field, text)
            elif field.says in ("count", "lines"):
                told.figures[field.says] = _whole(field, text)
            elif field.says not in DAYS:
                told.texts[field.says] = _text(field, text)
            elif not field.optional or text.strip("0/-. "):
                told.days[field.says] = self._a_day(field, text)
        return told

    def _kind(self, line: Line, told: _Told) -> tuple[str, int]:
        """What a line of payments is, and its amount, never negative."""
        profile = self._profile
        kind: str = profile.says
        if (word := told.texts.get("kind")) is not None:
            if word not in profile.kinds and (word or profile.kinds):
                known = ", ".join(repr(known) for known in profile.kinds)
                raise BadLineError("payments-kind-unknown", _place(line, "kind"), found=word, known=known)
            kind = profile.kinds.get(word, kind)
        amount = told.figures["amount"]
        negative = (amount < 0) != self._is_negative(line, told.texts.get("sign", ""))
        if kind in ("charge", "skip"):
            return kind, abs(amount)
        if negative and kind not in TAKEN:
            if not profile.negative:
                raise BadLineError("payments-amount-negative", _place(line, "amount"), found=str(amount))
            kind = profile.negative
        if amount == 0:
            raise BadLineError("payments-amount-zero", _place(line, "amount"))
        return kind, abs(amount)

    def _is_negative(self, line: Line, sign: str) -> bool:
        if sign and sign not in (*self._profile.signs, "+", "C", "0"):
            raise BadLineError("payments-sign-unknown", _place(line, "sign"), found=sign)
        return sign in self._profile.signs

    def _amount(self, field: Field, text: str) -> int:
        profile = self._profile
        unfilled = _FILLING.sub(r"\1", text)
        try:
            if profile.implied is None:
                return money.parse(unfilled, profile.currency, profile.decimal)
            if not _DIGITS.fullmatch(unfilled):
                raise BadLineError("payments-amount-unreadable", name_of(field), found=text[:40], decimal="-")
            # Without a mark the last digits are decimals, however many the profile says.
            return money.from_decimal(Decimal(unfilled).scaleb(-profile.implied), profile.currency)
        except money.AmountError as error:
            code = f"payments-amount-{error.reason}"
            raise BadLineError(code, name_of(field), found=text[:40], decimal=profile.decimal) from None

    def _a_day(self, field: Field, text: str) -> datetime.date:
        day = self._day(text)
        if day is None:
            raise BadLineError("payments-day", name_of(field), found=text[:40], form=self._profile.date)
        return day

    def _parsed_day(self, text: str) -> datetime.date | None:
        try:
            day = datetime.datetime.strptime(text, self._profile.date).date()  # noqa: DTZ007 - a calendar's day has no zone
        except ValueError:
            return None
        return day if text.isascii() and day.year in _YEARS else None


def _text(field: Field, text: str) -> str:
    if field.says == "fixed" and text != field.text:
        raise BadLineError("payments-fixed", name_of(field), found=text[:40], expected=field.text)
    if not text and not field.optional and field.says not in ("sign", "kind"):
        raise BadLineError("payments-cell-empty", name_of(field))
    return text.lstrip("0") if field.strip_zeros else text


def _whole(field: Field, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadLineError("payments-number-unreadable", name_of(field), found=text[:40])
    return int(text)


def _place(line: Line, says: str) -> str:
    return next(name_of(field) for field in line.record.fields if field.says == says)
