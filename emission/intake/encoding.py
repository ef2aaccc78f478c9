"""In which code page a file is written: declared, or found out from all of its bytes.

UTF-8 proves itself. Among the Western pages, which decode anything, the one wins in which the
bytes above 127 read as letters of the right case; Spanish letters count most.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from emission.errors import BatchError, ConfigurationError, UsageError

# What Python calls them → what we call them.
_NAMES = {
    "utf-8": "utf-8", "utf-8-sig": "utf-8", "iso8859-1": "latin-1", "cp1252": "cp1252",
    "cp850": "cp850", "cp437": "cp437", "utf-16": "utf-16",
}  # fmt: skip
_ALLOWED = ("utf-8", "latin-1", "cp1252", "cp850", "cp437", "utf-16")
_WESTERN = ("cp1252", "cp850", "cp437")
_CHUNK = 1 << 20
# Fragments of text around bytes above 127; this many settle the question.
_ENOUGH = 100_000
_FRAGMENT = re.compile(rb"[\x80-\xff]+(?:[A-Za-z][\x80-\xff]+)*")
_SPANISH = frozenset("áéíóúüñÁÉÍÓÚÜÑ")
_LEGITIMATE = frozenset("ºª°¿¡\u00b4\u2018\u2019\u201c\u201d\u2013\u2014…«»€")
# Below this many fragments a declared page is believed; each row is still looked at on its own.
_FEW = 3


class Encoding(NamedTuple):
    """The code page of a file, and whether the office declared it."""

    name: str
    declared: bool

    @property
    def codec(self) -> str:
        """Python's name for it, the one that takes a byte-order mark off."""
        return "utf-8-sig" if self.name == "utf-8" else self.name


def settle(path: Path, declared: str) -> Encoding:
    """The code page of the file at ``path``; ``declared`` is ``[batch] encoding``, or empty.

    Raises:
        BatchError: the file cannot be read, or not with the declared page (names line and byte),
            or another page makes sense of the whole of it.
        ConfigurationError: a page that we do not read.
    """
    name = _canonical(declared) if declared else ""
    mark = _byte_order_mark(path)
    if mark != name and "utf-16" in (mark, name) and name:
        # UTF-16 is told from everything else by its mark alone.
        likely = mark or ("utf-8" if _first_wrong(path, "utf-8") is None else _likely(path, name))
        raise BatchError("batch-code-page", path=path.name, declared=name, likely=likely)
    if mark:
        # A mark is unambiguous: in the Western pages its bytes are no text that anyone writes.
        _decode_whole(path, mark)
        return Encoding(mark, name == mark)
    if name == "utf-8":
        _decode_whole(path, name)
        return Encoding(name, declared=True)
    if not name and _first_wrong(path, "utf-8") is None:
        return Encoding("utf-8", declared=False)
    return _western(path, name)


def _western(path: Path, name: str) -> Encoding:
    fragments = _fragments(path)
    total = sum(fragments.values())
    as_utf8 = sum(count for fragment, count in fragments.items() if _decodes(fragment, "utf-8"))
    if not name and as_utf8 * 2 > total:
        _decode_whole(path, "utf-8")
    if name and total >= _FEW and as_utf8 == total:
        raise BatchError("batch-code-page", path=path.name, declared=name, likely="utf-8")
    scores = {page: _score(fragments, page) for page in _WESTERN}
    best = max(scores, key=scores.__getitem__)
    if not name:
        undefined = best == "cp1252" and any(not _decodes(fragment, best) for fragment in fragments)
        return Encoding("latin-1" if undefined else best, declared=False)
    own = scores["cp1252" if name == "latin-1" else name]
    if total >= _FEW and own < 0 < scores[best]:
        raise BatchError("batch-code-page", path=path.name, declared=name, likely=best)
    if name == "cp1252":
        _decode_whole(path, name)
    return Encoding(name, declared=True)


def _canonical(declared: str) -> str:
    try:
        name = _NAMES[codecs.lookup(declared).name]
    except (LookupError, ValueError):
        nearest = difflib.get_close_matches(declared.casefold(), _ALLOWED, n=1, cutoff=0.3)
        raise ConfigurationError(
            [
                UsageError(
                    "encoding-unknown",
                    key="batch.encoding",
                    found=declared,
                    allowed=", ".join(_ALLOWED),
                    nearest=nearest[0] if nearest else "utf-8",
                ),
            ],
            "emission.toml",
        ) from None
    return name


def _byte_order_mark(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(3)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""


def _decode_whole(path: Path, name: str) -> None:
    """Decodes the file once and keeps nothing.

    Raises:
        BatchError: it does not decode; names the line and the byte.
    """
    wrong = _first_wrong(path, name)
    if wrong is not None:
        line, byte = wrong
        likely = _likely(path, name)
        raise BatchError("batch-undecodable", path=path.name, encoding=name, line=line, byte=byte, likely=likely)


def _first_wrong(path: Path, name: str) -> tuple[int, str] | None:
    """The line and the byte (hexadecimal) at which the file stops being text in that page."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                lines += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(name, "ignore")
                return lines + before.count("\n"), error.object[error.start : error.start + 1].hex().upper()
            if not chunk:
                return None


def _likely(path: Path, name: str) -> str:
    fragments = _fragments(path)
    scores = {page: _score(fragments, page) for page in _WESTERN if page != name}
    return max(scores, key=scores.__getitem__)


def _fragments(path: Path) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    seen = 0
    with path.open("rb") as file:
        while seen < _ENOUGH and (chunk := file.read(_CHUNK)):
            if not chunk.isascii():
                pieces = list(_with_neighbours(chunk + file.readline()))
                found.update(pieces)
                seen += len(pieces)
    return found


def _with_neighbours(text: bytes) -> Iterator[bytes]:
    """Runs of bytes above 127, each with the character before and after it."""
    for run in _FRAGMENT.finditer(text):
        yield text[max(run.start() - 1, 0) : run.end() + 1]


def _decodes(fragment: bytes, name: str) -> bool:
    try:
        fragment.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _score(fragments: Counter[bytes], page: str) -> int:
    """How well the fragments read in ``page``: above zero for text, below for rubbish."""
    return sum(_plausible(fragment.decode(page, "replace")) * count for fragment, count in fragments.items())


def _plausible(text: str) -> int:
    points = 0
    for index, char in enumerate(text):
        if char.isascii():
            continue
        beside = [other for other in (text[index - 1 : index], text[index + 1 : index + 2]) if other.isalpha()]
        case_agrees = not beside or any(char.isupper() == other.isupper() for other in beside)
        if char in _SPANISH:
            points += 3 if case_agrees else 1
        elif char.isalpha() and char not in "ªº":
            points += 0 if case_agrees else -1
        elif len(beside) == 2:
            points -= 3
        elif char not in _LEGITIMATE:
            points -= 1
    return points
