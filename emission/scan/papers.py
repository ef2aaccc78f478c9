"""The papers of a run: where their pages are, which symbols the ledger says are on them, and whether they are."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import msgspec

from emission.codes.faults import CodeError
from emission.codes.linear import Symbology, scanned
from emission.ledger import Ledger, assets
from emission.ledger.papers import Paper, Place
from emission.model import Operation, Role
from emission.scan.scanner import Symbol

# What a look shows, by its own source: the elements that draw symbols, the filters that write money and dates.
_SHOWS = {
    "barcode": re.compile(rb"<linear\b"),
    "qr": re.compile(rb"<qr\b"),
    "amount": re.compile(rb"\|\s*money\b"),
    "date": re.compile(rb"\|\s*date\b"),
}
_operation = msgspec.msgpack.Decoder(Operation)


class Shown(msgspec.Struct, frozen=True):
    """What papers of a look bear (``barcode``, ``qr``, ``amount``, ``date``), and the kind of their barcodes."""

    what: frozenset[str]
    symbology: Symbology


# What a look shows, by its fingerprint.
Looks = Callable[[str], Shown]


def looks_of(ledger: Ledger, symbology: Symbology) -> Looks:
    """What each look that the ledger keeps shows; all of it, in ``symbology``, where its source is lost."""

    @functools.cache
    def shown(look: str) -> Shown:
        files = assets.kept(ledger, look)
        source = b"".join(content for name, content in files.items() if name.endswith(".xml"))
        what = frozenset(name for name, sign in _SHOWS.items() if not source or sign.search(source))
        kept = msgspec.json.decode(files.get("look.json", b"{}"), type=dict[str, str])
        return Shown(what, msgspec.convert(kept.get("symbology", symbology), Symbology))

    return shown


def symbols_of(paper: Paper, shown: Shown) -> tuple[Symbol, ...]:
    """The symbols of a paper: the barcodes of each operation, then its QR, or its payment page as one."""
    found: list[Symbol] = []
    for _, packed in paper.inputs:
        if packed is None:
            continue
        operation = _operation.decode(packed)
        if "barcode" in shown.what:
            texts = (operation.text(Role.BARCODE, ordinal) for ordinal in (1, 2, 3))
            found += [Symbol(shown.symbology, _scanned(shown.symbology, text)) for text in texts if text]
        if "qr" in shown.what and (text := operation.text(Role.QR) or operation.text(Role.PAYMENT_URL)):
            found.append(Symbol("qr", text))
    return tuple(found)


def _scanned(symbology: Symbology, text: str) -> str:
    try:
        return scanned(symbology, text)
    except CodeError:
        return text  # no symbol says this, which is what then shows


def first_pages(places: Sequence[Place]) -> list[int]:
    """The page of a lot (from 0) on which each of its places begins."""
    return [0, *accumulate(place.pages for place in places)][: len(places)]


class Compared(msgspec.Struct, frozen=True):
    """What was read against what should be: ``wrong`` pairs (right, read instead), ``unread``, ``strange`` ones."""

    wrong: tuple[tuple[Symbol, Symbol], ...]
    unread: tuple[Symbol, ...]
    strange: tuple[Symbol, ...]


def compare(expected: Iterable[Symbol], actual: Iterable[Symbol]) -> Compared:
    """Holds the symbols of a paper against each other, whatever their order."""
    right, read = Counter(expected), Counter(actual)
    unread, strange = _of_a_kind(right - read), _of_a_kind(read - right)
    pairs = min(len(unread), len(strange))
    return Compared(tuple(zip(unread, strange, strict=False)), tuple(unread[pairs:]), tuple(strange[pairs:]))


def _of_a_kind(symbols: Counter[Symbol]) -> list[Symbol]:
    """By length, so that a barcode is held against a barcode and a QR against a QR."""
    return sorted(symbols.elements(), key=lambda symbol: len(symbol.text))
