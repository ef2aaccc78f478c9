"""What is said of a provider: its own words without our secrets, and that it asks us to wait."""

from __future__ import annotations

from collections.abc import Iterable

from emission.errors import UnavailableError

MOST_WORDS = 8192  # characters of the provider's own words that are looked at
LONGEST_WORDS = 300  # and that are quoted


def quoted(words: object, secrets: Iterable[str]) -> str:
    """What the provider said, on one line, bounded, and without our secrets should it repeat them."""
    told = str(words or "")[:MOST_WORDS]
    for secret in secrets:
        told = told.replace(secret, "***") if secret else told
    return plain_text(told, LONGEST_WORDS)


def throttled(host: str, wait: float | None) -> UnavailableError:
    """It answers 429 again and again, or asks for a longer wait than ``[provider.pace] longest_wait``."""
    return UnavailableError("provider-throttled", host=host, seconds="?" if wait is None else f"{wait:.0f}")


def plain_text(text: str, longest: int) -> str:
    """``text`` on one line, without control or format characters, cut to ``longest`` characters."""
    printable = text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:longest].rstrip()
