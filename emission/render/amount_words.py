"""Amounts in words, as cheques and receipts say them: ``veintiún mil pesos con cincuenta centavos``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

from emission import money
from emission.render.number_words import MOST, portuguese, spanish


class _Noun(NamedTuple):
    """A currency and its hundredth, one and several."""

    one: str
    many: str
    part: str = ""
    parts: str = ""


class _Tongue(NamedTuple):
    """``joint`` stands before the hundredths, ``less`` before what is negative, ``round_ends`` take a *de*."""

    words: Callable[[int], str]
    joint: str
    less: str
    round_ends: tuple[str, ...]
    nouns: dict[str, _Noun]


# Hundredths only where ISO 4217 gives the currency any.
_SPANISH = {
    "ARS": _Noun("peso", "pesos", "centavo", "centavos"),
    "BOB": _Noun("boliviano", "bolivianos", "centavo", "centavos"),
    "BRL": _Noun("real", "reales", "centavo", "centavos"),
    "CLP": _Noun("peso", "pesos"),
    "COP": _Noun("peso", "pesos", "centavo", "centavos"),
    "MXN": _Noun("peso", "pesos", "centavo", "centavos"),
    "PEN": _Noun("sol", "soles", "céntimo", "céntimos"),
    "PYG": _Noun("guaraní", "guaraníes"),
    "USD": _Noun("dólar", "dólares", "centavo", "centavos"),
    "UYU": _Noun("peso uruguayo", "pesos uruguayos", "centésimo", "centésimos"),
}
_PORTUGUESE = {
    "ARS": _Noun("peso", "pesos", "centavo", "centavos"),
    "BOB": _Noun("boliviano", "bolivianos", "centavo", "centavos"),
    "BRL": _Noun("real", "reais", "centavo", "centavos"),
    "CLP": _Noun("peso", "pesos"),
    "COP": _Noun("peso", "pesos", "centavo", "centavos"),
    "MXN": _Noun("peso", "pesos", "centavo", "centavos"),
    "PEN": _Noun("sol", "sóis", "cêntimo", "cêntimos"),
    "PYG": _Noun("guarani", "guaranis"),
    "USD": _Noun("dólar", "dólares", "centavo", "centavos"),
    "UYU": _Noun("peso uruguaio", "pesos uruguaios", "centésimo", "centésimos"),
}
_TONGUES = {
    "es": _Tongue(spanish, " con ", "menos ", ("millón", "millones", "billón"), _SPANISH),
    "pt": _Tongue(portuguese, " e ", "menos ", ("milhão", "milhões", "bilhão", "bilhões", "trilhão"), _PORTUGUESE),
}


@functools.lru_cache(maxsize=4096)
def amount_in_words(minor: int, currency: str, language: str) -> str:
    """``minor`` units of ``currency`` in words of ``language`` (``es``, ``pt``); hundredths only where there are any.

    Raises:
        KeyError: a language or currency without words.
        ValueError: more than 10^12 of the currency.
    """
    tongue = _TONGUES[language]
    noun = tongue.nouns[currency]
    whole, part = divmod(abs(minor), 10 ** money.DECIMALS[currency])
    if whole > MOST:
        raise ValueError(minor)
    text = _counted(tongue, whole, noun.one, noun.many)
    if part:
        text += tongue.joint + _counted(tongue, part, noun.part, noun.parts)
    return tongue.less + text if minor < 0 else text


def _counted(tongue: _Tongue, number: int, one: str, many: str) -> str:
    words = tongue.words(number)
    of = "de " if words.endswith(tongue.round_ends) else ""
    return f"{words} {of}{one if number == 1 else many}"
