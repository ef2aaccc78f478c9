"""Characters that a terminal would act on, or that nobody sees, written so that somebody does."""

from __future__ import annotations

import unicodedata

# Control, format and halves of pairs; separators of lines and paragraphs. Spaces of any width are only spaces.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def visible(text: str, *, keep: str = "") -> str:
    r"""``text`` on one line, what is hidden in it as ``\x1b``; save the characters of ``keep``.

    >>> visible("a\x1b[2J\u202eb")
    'a\\x1b[2J\\u202eb'
    """
    if text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape", "surrogatepass").decode("ascii") if _hides(letter, keep) else letter
        for letter in text
    )


def _hides(letter: str, keep: str) -> bool:
    return letter not in keep and unicodedata.category(letter) in _HIDDEN
