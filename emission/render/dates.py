"""Dates as a page says them: ``10/12/2026``, ``10 de diciembre de 2026``, ``diciembre de 2026``, ``12/2026``."""

from __future__ import annotations

import datetime
import functools

_MONTHS = {
    "es": [
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ],
    "pt": [
        "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
        "novembro", "dezembro",
    ],
}  # fmt: skip


@functools.lru_cache(maxsize=256)
def written_date(day: datetime.date, form: str, language: str) -> str:
    """``day`` in ``form``: ``""`` (dd/mm/aaaa), ``long`` or ``month``; ``language`` is ``es`` or ``pt``.

    Raises:
        KeyError: another form or language.
    """
    month = _MONTHS[language][day.month - 1]
    # Brazil counts the first day of a month as an ordinal.
    number = "1º" if language == "pt" and day.day == 1 else str(day.day)
    return {
        "": f"{day.day:02}/{day.month:02}/{day.year:04}",
        "long": f"{number} de {month} de {day.year}",
        "month": f"{month} de {day.year}",
    }[form]


@functools.lru_cache(maxsize=256)
def written_period(period: str) -> str:
    """``12/2026`` for ``2026-12``; any other way of naming a period stays as it is."""
    year, dash, month = period.partition("-")
    return f"{month}/{year}" if dash and len(year) == 4 and len(month) == 2 else period
