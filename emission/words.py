"""Texts → the words under which a bill is found; cut the same way when they are kept and when they are asked for.

So nothing that a clerk types is ever a query's syntax.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from emission.model import Obligation

LONGEST = 32  # of a word; a longer one (a barcode, the text of a QR) is kept as its digest
_CUIT = 11

_WORD = re.compile(r"[a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f]")


def words(texts: Iterable[str]) -> dict[str, None]:
    """The words under which texts are found: ``12-B`` by ``12b``, ``12`` and ``b``; each once, in order."""
    found: dict[str, None] = {}
    for chunk in _plain(" ".join(texts)).split():
        if chunk.isalnum():
            found[kept(chunk)] = None
        elif parts := _WORD.findall(chunk):
            found.update(dict.fromkeys(map(kept, parts)))
            found[kept("".join(parts))] = None
    return found


def words_of(voucher_id: str, record: Obligation) -> dict[str, None]:
    """The words under which an obligation is found."""
    payer, postal = record.payer, record.postal
    # Who has a CUIT says the DNI within it.
    document = payer.id[2:10] if len(payer.id) == _CUIT and payer.id.isdigit() else ""
    return words(
        (
            record.obligation_id, voucher_id, record.account, record.tax, record.period, payer.name, payer.id, document,
            record.property_address, postal.street, postal.number, postal.extra, postal.city, postal.postal_code,
        )
    )  # fmt: skip


def chunks(text: str) -> list[list[str]]:
    """What stands between spaces, each cut at its signs; none without a letter or a digit."""
    return [parts for chunk in _plain(text).split() if (parts := _WORD.findall(chunk))]


def code_word(text: str) -> str:
    """The one word under which a code is kept; "" where it has neither letter nor digit."""
    plain = _plain(text)
    return kept(plain if plain.isascii() and plain.isalnum() else "".join(_WORD.findall(plain)))


def kept(word: str) -> str:
    """A word as the index has it."""
    return word if len(word) <= LONGEST else hashlib.blake2b(word.encode(), digest_size=8).hexdigest()


def _plain(text: str) -> str:
    """The text without case and accents, in ASCII alone, as the index knows no other letters."""
    if text.isascii():
        return text.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    if plain.isascii():
        return plain
    # Letters of other scripts by their numbers: the beginning of a word stays its beginning.
    return "".join(s if s.isascii() else f"{ord(s):x}" if s.isalnum() else " " for s in plain)
