"""The marks that a wrong code page leaves in text that decodes without an error.

Only what no living Latin alphabet writes is a mark: a currency sign inside a word, a box-drawing
character beside a letter, a lower-case letter between capitals that a DOS page has as a capital.
A foreign name is simply a name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LETTER = r"[^\W\d_]"
# The bytes 80-BF, which follow the first byte of a letter in UTF-8, as cp1252 and Latin-1 show them.
_CONTINUATION = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)) + "".join(
    map(chr, range(0x80, 0xA0)),
)
# These may close a word that ends in Ã or Â; they are marks only where the word goes on.
_CLOSERS = "\u2019\u201d»\u2013\u2014…"
_SYMBOLS = "".join(sorted(set(_CONTINUATION) - set(_CLOSERS) - {"\u00a0"}))
_NOT_LETTERS = "".join(char for char in _SYMBOLS if not char.isalpha())

_UTF8_AS_WESTERN = re.compile(
    rf"Ã(?:[{re.escape(_SYMBOLS)}]|[{_CLOSERS}](?={_LETTER}))"
    rf"|Â(?:[¡-º¼-¿]|»(?={_LETTER}))"
    # Ä and Å stand before Š and Ž in Estonian and Finnish, so letters prove nothing after them.
    rf"|[ÄÅ](?:[{re.escape(_NOT_LETTERS)}])"
    r"|â€",
)
_DOS_AS_WESTERN = re.compile(
    rf"[¤¥](?={_LETTER})|(?<={_LETTER})[¤¥\u201a]"
    rf"|(?<={_LETTER})[¡¢£\u02c6‡€](?={_LETTER})"
    r"|(?<=[A-Z])[šàµ](?=[A-Z])"
    r"|(?<=[a-z])Æ(?=[a-z])"
    r"|[\x80-\x9f]",
)
_WESTERN_AS_DOS = re.compile(
    rf"[\u2500-\u259f](?={_LETTER})|(?<={_LETTER})[\u2500-\u259f]"
    rf"|(?<={_LETTER})[±≤Θφⁿ](?={_LETTER})|(?<={_LETTER})¾|(?<={_LETTER})³(?=[aeiou])"
    r"|(?<=[a-z])Ý(?=[a-z])"
    # Icelandic and Faroese, which write Ð within a word, have none of C, Q, W, Z: MUÐOZ is not theirs.
    r"|(?<![^\W\d_])(?=[A-Z]*Ð[A-Z]*[CQWZ]|[A-Z]*[CQWZ][A-Z]*Ð)[A-Z]*[AEIOU]Ð[AEIOU]",
)

# Marks → (the page it was read with, the page it was written in), the likeliest first.
MISTAKES = (
    (_UTF8_AS_WESTERN, (("cp1252", "utf-8"), ("latin-1", "utf-8"))),
    (
        _WESTERN_AS_DOS,
        (("cp850", "utf-8"), ("cp437", "utf-8"), ("cp850", "cp1252"), ("cp437", "cp1252")),
    ),
    (
        _DOS_AS_WESTERN,
        (("latin-1", "utf-8"), ("cp1252", "cp850"), ("latin-1", "cp1252"), ("latin-1", "cp850"), ("cp1252", "cp437")),
    ),
)
# One of these is in every mark. Most texts have none, and need not be held against all marks.
SUSPECT = re.compile(
    r"[ÃÂÄÅâ¤¥\u201a¡¢£\u02c6‡€šàµÆ\x80-\x9f\u2500-\u259f±≤Θφⁿ¾³ÝÐ]",
)
_PUNCTUATION = frozenset("\u2018\u2019\u201c\u201d\u2013\u2014…€•™")


class Mistake(NamedTuple):
    """``word`` was read with one page and written in another, in which it says ``meant``."""

    word: str
    read_as: str
    likely: str
    meant: str


def find(text: str) -> Mistake | None:
    """The first word of ``text`` that bears the marks of a wrong code page, and what mends it."""
    if text.isascii() or not SUSPECT.search(text):
        return None
    for marks, pages in MISTAKES:
        for mark in marks.finditer(text):
            word = _word_around(text, mark.start(), mark.end())
            for read_as, likely in pages:
                meant = _reread(word, read_as, likely)
                if meant is not None:
                    return Mistake(word, read_as, likely, meant)
    return None


def _word_around(text: str, start: int, end: int) -> str:
    while start and not _parts_words(text[start - 1]):
        start -= 1
    while end < len(text) and not _parts_words(text[end]):
        end += 1
    return text[start:end]


def _parts_words(char: str) -> bool:
    # NEL and the no-break space are blanks to str.isspace, and letters in a DOS page.
    return char in " \t\r\n,;()/"


def _reread(word: str, read_as: str, likely: str) -> str | None:
    """``word`` in the other page, if that makes letters of what was none."""
    try:
        meant = word.encode(read_as).decode(likely)
    except UnicodeError:
        return None
    changed = [char for char in meant if not char.isascii()]
    if not changed or any("\x80" <= char <= "\x9f" for char in changed):
        return None
    if likely == "utf-8":
        return meant
    letters = all(char.isalpha() or char in "ºª°" or (likely == "cp1252" and char in _PUNCTUATION) for char in changed)
    return meant if letters and not any(marks.search(meant) for marks, _ in MISTAKES) else None
