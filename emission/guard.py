"""Spreadsheets run text that looks like a formula; a leading apostrophe stops them.

A cell that begins with ``= + - @``, tab or CR, after any apostrophes, gets one apostrophe before
it; :func:`unguard` takes exactly that one off again. Numbers are not text and stay as they are.
"""

from __future__ import annotations

import re

_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[\d.,]*\d")
_FIRST = frozenset("'=+-@\t\r")


def guard(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs."""
    # Most cells begin with a letter or a digit, and a manifest of a million rows has forty million cells.
    if not text or text[0] not in _FIRST:
        return text
    return f"'{text}" if _LOOKS_LIKE_FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    """The inverse of :func:`guard`."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) and not _NUMBER.fullmatch(text[1:]) else text
