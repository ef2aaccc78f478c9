"""Whole numbers in Spanish and Brazilian Portuguese, as they stand before a masculine noun.

Spanish: RAE and ASALE, *Nueva gramática*, 21.2 (long scale, apocope: *veintiún mil*, *treinta y un pesos*).
Portuguese: Cunha and Cintra, *Nova gramática*, 13 (short scale of Brazil; *e* within a group, and before a last
group that is a single word of hundreds or less than a hundred). Every currency of the house is masculine.
"""

from __future__ import annotations

import functools

MOST = 10**12

_SPANISH_SMALL = (
    "cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiún",
    "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
    "veintinueve",
)  # fmt: skip
_SPANISH_TENS = (
    "-", "-", "-", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa",
)  # fmt: skip
_SPANISH_HUNDREDS = (
    "-", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
    "ochocientos", "novecientos",
)  # fmt: skip

_PORTUGUESE_SMALL = (
    "zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze", "treze",
    "quatorze", "quinze", "dezesseis", "dezessete", "dezoito", "dezenove",
)  # fmt: skip
_PORTUGUESE_TENS = (
    "-", "-", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa",
)  # fmt: skip
_PORTUGUESE_HUNDREDS = (
    "-", "cento", "duzentos", "trezentos", "quatrocentos", "quinhentos", "seiscentos", "setecentos", "oitocentos",
    "novecentos",
)  # fmt: skip
_PORTUGUESE_SCALES = (
    (10**12, "trilhão", "trilhões"),
    (10**9, "bilhão", "bilhões"),
    (10**6, "milhão", "milhões"),
    (10**3, "mil", "mil"),
)


@functools.lru_cache(maxsize=4096)
def spanish(number: int) -> str:
    """``number`` (0 to 10^12) in words: ``un millón doscientos mil``, ``ciento un``."""
    if number == MOST:
        return "un billón"
    millions, rest = divmod(number, 10**6)
    if not millions:
        return _spanish_thousands(rest)
    head = "un millón" if millions == 1 else f"{_spanish_thousands(millions)} millones"
    return f"{head} {_spanish_thousands(rest)}" if rest else head


def _spanish_thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _spanish_hundreds(rest)
    head = "mil" if thousands == 1 else f"{_spanish_hundreds(thousands)} mil"
    return f"{head} {_spanish_hundreds(rest)}" if rest else head


def _spanish_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if hundreds:
        head = _SPANISH_HUNDREDS[hundreds]
        return f"{head} {_spanish_hundreds(rest)}" if rest else "cien" if hundreds == 1 else head
    if rest < 30:
        return _SPANISH_SMALL[rest]
    tens, units = divmod(rest, 10)
    return f"{_SPANISH_TENS[tens]} y {_SPANISH_SMALL[units]}" if units else _SPANISH_TENS[tens]


@functools.lru_cache(maxsize=4096)
def portuguese(number: int) -> str:
    """``number`` (0 to 10^12) in words: ``um milhão e duzentos mil``, ``cento e um``."""
    parts: list[tuple[int, str]] = []
    rest = number
    for scale, one, many in _PORTUGUESE_SCALES:
        count, rest = divmod(rest, scale)
        if count == 1:
            parts.append((count, "mil" if scale == 1000 else f"um {one}"))
        elif count:
            parts.append((count, f"{_portuguese_hundreds(count)} {many}"))
    if rest or not parts:
        parts.append((rest, _portuguese_hundreds(rest)))
    *before, (last, words) = parts
    if not before:
        return words
    joint = " e " if last < 100 or last % 100 == 0 else " "
    return " ".join(text for _, text in before) + joint + words


def _portuguese_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if hundreds:
        head = _PORTUGUESE_HUNDREDS[hundreds]
        return f"{head} e {_portuguese_hundreds(rest)}" if rest else "cem" if hundreds == 1 else head
    if rest < 20:
        return _PORTUGUESE_SMALL[rest]
    tens, units = divmod(rest, 10)
    return f"{_PORTUGUESE_TENS[tens]} e {_PORTUGUESE_SMALL[units]}" if units else _PORTUGUESE_TENS[tens]
