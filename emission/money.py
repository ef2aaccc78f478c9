"""Amounts: integer minor units inside, decimal text at the edges."""

from __future__ import annotations

import functools
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

# ISO 4217, table A.1, of the countries served; a currency that is not here is refused at configuration.
DECIMALS: dict[str, int] = {
    "ARS": 2, "BOB": 2, "BRL": 2, "CLP": 0, "COP": 2, "MXN": 2, "PEN": 2, "PYG": 0, "USD": 2, "UYU": 2,
}  # fmt: skip
# Their numbers in the same table, as payment QRs say them.
NUMBERS: dict[str, str] = {
    "ARS": "032", "BOB": "068", "BRL": "986", "CLP": "152", "COP": "170", "MXN": "484", "PEN": "604", "PYG": "600",
    "USD": "840", "UYU": "858",
}  # fmt: skip


class Habit(NamedTuple):
    """How a country writes money: currency and its sign, ``air`` after the sign, marks, where a minus stands."""

    currency: str
    sign: str
    air: str
    group: str
    decimal: str
    minus_first: bool


# Unicode CLDR 46, the Spanish and Portuguese of each country; Bolivia's space is that of its offices.
HABITS: dict[str, Habit] = {
    "AR": Habit("ARS", "$", " ", ".", ",", minus_first=True),
    "BO": Habit("BOB", "Bs", " ", ".", ",", minus_first=True),
    "BR": Habit("BRL", "R$", " ", ".", ",", minus_first=True),
    "CL": Habit("CLP", "$", "", ".", ",", minus_first=False),
    "CO": Habit("COP", "$", " ", ".", ",", minus_first=True),
    "MX": Habit("MXN", "$", "", ",", ".", minus_first=True),
    "PE": Habit("PEN", "S/", " ", ",", ".", minus_first=True),
    "PY": Habit("PYG", "Gs.", " ", ".", ",", minus_first=False),
    "UY": Habit("UYU", "$", " ", ".", ",", minus_first=True),
}
_AT_HOME = {habit.currency: country for country, habit in HABITS.items()}


class AmountError(ValueError):
    """An amount that cannot be read; ``reason`` is ``unreadable`` or ``decimals``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(text: str, currency: str, decimal: str = ".") -> int:
    """Minor units of ``text``, written with ``decimal`` as its decimal mark.

    The other mark may separate thousands, in whole groups of three; it is never guessed. Whole
    parts of more than twelve digits are no bill's.

    Raises:
        AmountError: the text is no amount, or has more decimals than the currency.
    """
    group = "," if decimal == "." else "."
    whole, mark, fraction = text.strip().partition(decimal)
    sign = ""
    if whole[:1] in ("-", "+"):
        sign, whole = whole[0], whole[1:]
    if group in whole:
        head, *groups = whole.split(group)
        if not (1 <= len(head) <= 3) or any(len(part) != 3 for part in groups):
            raise AmountError("unreadable")
        whole = head + "".join(groups)
    if not _digits(whole) or (mark and not _digits(fraction)) or len(whole) > 12:
        raise AmountError("unreadable")
    scale = DECIMALS[currency]
    # Not even zeros: 1.500 is a thousand and a half to half of the world.
    if len(fraction) > scale:
        raise AmountError("decimals")
    minor = int(whole + fraction.ljust(scale, "0"))
    return -minor if sign == "-" else minor


def from_decimal(value: object, currency: str) -> int:
    """Minor units of a provider's amount (``int``, ``str``, ``Decimal``; a ``float`` by its shortest text).

    Raises:
        AmountError: the value is no amount, or has more decimals than the currency.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise AmountError("unreadable")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise AmountError("unreadable") from None
    if not amount.is_finite():
        raise AmountError("unreadable")
    minor = amount.scaleb(DECIMALS[currency])
    if minor != minor.to_integral_value():
        raise AmountError("decimals")
    return int(minor)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The exact decimal of ``minor``, always with the currency's decimals."""
    return Decimal(minor).scaleb(-DECIMALS[currency])


def plain(minor: int, currency: str) -> str:
    """``1234.56``: for files that machines read."""
    scale = DECIMALS[currency]
    if not scale:
        return str(minor)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def local(minor: int, currency: str, country: str = "") -> str:
    """``$ 1.234,56``, ``-$ 1.234,56``: as people of ``country`` write it, by default the currency's own country.

    Away from home a currency bears its ISO code, since ``$`` means another one there.

    Raises:
        KeyError: a country whose habits are not known.
    """
    habit = _habit(currency, country)
    sign, air = (habit.sign, habit.air) if habit.currency == currency else (currency, " ")
    minus = "-" if minor < 0 else ""
    before, after = (minus, "") if habit.minus_first else ("", minus)
    return f"{before}{sign}{air}{after}{figures(abs(minor), currency, country)}"


def figures(minor: int, currency: str, country: str = "") -> str:
    """``1.234,56``, ``-1.234,56``: as :func:`local`, without the currency.

    Raises:
        KeyError: a country whose habits are not known.
    """
    if minor < 0:
        return "-" + figures(-minor, currency, country)
    fractions, groups = _endings(currency, country)
    whole, text = minor // len(fractions), fractions[minor % len(fractions)]
    while whole > 999:
        whole, text = whole // 1000, groups[whole % 1000] + text
    return f"{whole}{text}"


def _habit(currency: str, country: str) -> Habit:
    return HABITS[country or _AT_HOME.get(currency, "AR")]


@functools.cache
def _endings(currency: str, country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All that a whole part, and a thousand, may be followed by: half of the time that a format would take."""
    scale, habit = DECIMALS[currency], _habit(currency, country)
    fractions = tuple(f"{habit.decimal}{part:0{scale}}" for part in range(10**scale)) if scale else ("",)
    return fractions, tuple(f"{habit.group}{group:03}" for group in range(1000))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
