"""Answers of providers, read with distrust: whatever cannot be taken at its word concerns one operation only."""

from __future__ import annotations

from typing import TypeVar

import msgspec

LONGEST_TEXT = 4096  # characters of any one text
Scalar = str | int | None
Amount = str | int | float | None  # a float is read by its shortest text, exact for any amount of pesos and cents
T = TypeVar("T")


class UnusableError(Exception):
    """An answer about one operation that cannot be used; ``code`` says why and never quotes it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T:
    """Typed, or :class:`UnusableError` ``answer-unreadable``."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        # Not chained: the decoder's words may quote what it read.
        raise UnusableError("answer-unreadable") from None


def text(value: Scalar) -> str:
    """A provider's text or number as text, exactly as given.

    Raises:
        UnusableError: ``answer-unreadable``: longer than :data:`LONGEST_TEXT`, or with control characters.
    """
    if value is None:
        return ""
    written = str(value)
    if len(written) > LONGEST_TEXT or not written.isprintable():
        raise UnusableError("answer-unreadable")
    return written


def whole_number(value: Scalar) -> int:
    """``2002`` for ``2002`` and ``"02002"``.

    Raises:
        UnusableError: ``answer-unreadable``: no whole number of at most 18 digits.
    """
    written = text(value).strip()
    if not (written.isascii() and written.isdigit() and len(written) <= 18):
        raise UnusableError("answer-unreadable")
    return int(written)
