"""File names that every file system accepts, from ids that may be any text."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Plain ids keep their name; 80 leaves room for suffixes on every file system.
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_-])?")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def safe_name(text: str) -> str:
    """``text`` where it is plain; else what is legible of it, with a hash that tells it from its likes."""
    if _PLAIN.fullmatch(text) and text.split(".", maxsplit=1)[0].lower() not in _RESERVED:
        return text
    return _hashed(text, 8)


def distinct_name(text: str) -> str:
    """A name for ``text`` where :func:`safe_name`'s is taken by an id that differs in case alone, or by chance."""
    return _hashed(text, 32)


def _hashed(text: str, digits: int) -> str:
    legible = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    stem = re.sub(r"[^A-Za-z0-9]+", "-", legible)[:40].strip("-")
    return "-".join(filter(None, (stem, hashlib.sha256(text.encode()).hexdigest()[:digits])))
