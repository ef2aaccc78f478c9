"""How a date stands in the digits of a code, by the name that a profile gives the form.

``BOLETO`` is the due factor of a Brazilian boleto: days since 7 October 1997, four digits, which after 9999 (21
February 2025) went on with 1000.

>>> written(dt.date(2025, 2, 21), "BOLETO"), written(dt.date(2025, 2, 22), "BOLETO")
('9999', '1000')
>>> str(read("8981", "BOLETO", dt.date(2026, 1, 1))), str(read("1312", "BOLETO", dt.date(2026, 1, 1)))
('2022-05-10', '2025-12-31')
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Literal

Dates = Literal["YYMMDD", "YYYYMMDD", "DDMMYYYY", "YYDDD", "BOLETO"]

LENGTHS: dict[Dates, int] = {"YYMMDD": 6, "YYYYMMDD": 8, "DDMMYYYY": 8, "YYDDD": 5, "BOLETO": 4}
_FORMS = {"YYMMDD": "%y%m%d", "YYYYMMDD": "%Y%m%d", "DDMMYYYY": "%d%m%Y", "YYDDD": "%y%j"}
_BASE = dt.date(1997, 10, 7)
_FIRST, _LAST = 1000, 9999


# A batch has few dates.
@functools.lru_cache(maxsize=1024)
def written(date: dt.date, form: Dates) -> str:
    """The digits of ``date``.

    Raises:
        ValueError: the form cannot say that year.
    """
    if form == "BOLETO":
        days = (date - _BASE).days
        if days < _FIRST:
            raise ValueError(date)
        return str((days - _FIRST) % (_LAST + 1 - _FIRST) + _FIRST)
    if "YYYY" not in form and not 2000 <= date.year <= 2099:
        raise ValueError(date)
    return date.strftime(_FORMS[form])


def read(digits: str, form: Dates, today: dt.date) -> dt.date:
    """The date that ``digits`` say; of several, the one nearest to ``today``.

    Raises:
        ValueError: there is no such day.
    """
    if len(digits) != LENGTHS[form] or not (digits.isascii() and digits.isdigit()):
        raise ValueError(digits)
    if form != "BOLETO":
        return dt.datetime.strptime(digits, _FORMS[form]).date()  # noqa: DTZ007 - a day has no zone
    if int(digits) < _FIRST:
        raise ValueError(digits)
    first = _BASE + dt.timedelta(days=int(digits))
    rounds = (first + dt.timedelta(days=(_LAST + 1 - _FIRST) * number) for number in range(3))
    return min(rounds, key=lambda date: abs((date - today).days))
