"""The filters that a template has beside Jinja2's own."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any

import jinja2
from jinja2.runtime import Context

from emission import money
from emission.render.amount_words import amount_in_words
from emission.render.dates import written_date, written_period
from emission.render.digits import grouped

# A voucher shows each of its amounts several times, but for those in columns.
_local = functools.lru_cache(maxsize=256)(money.local)

_AMOUNTS, _DATES = "obligation.amount | line.total", "obligation.due_dates[0].date"
_LONGEST = 40


class FilterError(jinja2.TemplateRuntimeError):
    """A filter that was asked for something that it does not make."""


@jinja2.pass_context
def _money(context: Context, minor: int, country: str = "") -> str:
    """``$ 1.234,56`` of minor units, as the currency's country writes it, or ``country``."""
    if type(minor) is not int:
        _hold("money", minor, int, _AMOUNTS)
    if country != "":
        _hold_country(country)
    return _local(minor, _currency(context), country)


@jinja2.pass_context
def _figures(context: Context, minor: int | None, country: str = "") -> str:
    """``1.234,56`` without the sign of the currency, for columns; empty where there is none."""
    if minor is None:
        return ""
    if type(minor) is not int:
        _hold("figures", minor, int, _AMOUNTS)
    if country != "":
        _hold_country(country)
    return money.figures(minor, _currency(context), country)


@jinja2.pass_context
def _amount_in_words(context: Context, minor: int, language: str = "") -> str:
    """``mil doscientos pesos con cincuenta centavos``; ``language``: es, pt; by default pt for reais, else es."""
    _hold("amount_in_words", minor, int, _AMOUNTS)
    currency = _currency(context)
    try:
        return amount_in_words(minor, currency, language or _language(currency))
    except (KeyError, TypeError) as error:
        raise FilterError(f"amount_in_words({language!r}): es | pt") from error
    except ValueError as error:
        raise FilterError(f"amount_in_words: {minor} > 10^12") from error


@jinja2.pass_context
def _date(context: Context, day: datetime.date, form: str = "", language: str = "") -> str:
    """``10/12/2026``; ``long`` and ``month`` with the month's name, in the language of amounts in words."""
    if type(day) is not datetime.date:
        _hold("date", day, datetime.date, _DATES)
    try:
        return written_date(day, form, language or (_language(_currency(context)) if form else "es"))
    except (KeyError, TypeError) as error:
        raise FilterError(f"date({form!r}, {language!r}): long | month, es | pt") from error


def _period(period: str) -> str:
    """``12/2026`` for ``2026-12``; any other way of naming a period stays as it is."""
    if type(period) is not str:
        _hold("period", period, str, "obligation.period | line.period")
    return written_period(period)


def _digits(text: str, sizes: int | str = 4) -> str:
    _hold("digits", text, (str, int), "operation.number | account")
    try:
        return grouped(str(text), sizes)
    except ValueError as error:
        raise FilterError(f'digits({sizes!r}): 4 | "4 4 2"') from error


def _hold(name: str, value: object, kind: type | tuple[type, ...], examples: str) -> None:
    """Refuses what the filter ``name`` makes nothing of, and says what it takes.

    Raises:
        FilterError: ``value`` is not of that ``kind``; a truth value is no number.
    """
    if not isinstance(value, kind) or isinstance(value, bool):
        shown = repr(value)
        raise FilterError(f"{name}({shown if len(shown) <= _LONGEST else f'{shown[:_LONGEST]}…'}): {examples}")


def _currency(context: Context) -> str:
    # What a template's own text has set comes before what the voucher has.
    currency = context.vars.get("currency") or context.parent.get("currency")
    if not isinstance(currency, str):
        # Words that depend on the look alone belong to no batch, and to no currency.
        raise FilterError("currency?")
    return currency


def _hold_country(country: str) -> None:
    if not isinstance(country, str) or country not in money.HABITS:
        raise FilterError(f"money({country!r}): {' | '.join(money.HABITS)}")


def _language(currency: str) -> str:
    return "pt" if currency == "BRL" else "es"


FILTERS: dict[str, Callable[..., Any]] = {
    "money": _money,
    "figures": _figures,
    "amount_in_words": _amount_in_words,
    "date": _date,
    "period": _period,
    "digits": _digits,
}
