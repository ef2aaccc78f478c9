"""The papers of a run: where their pages are, which symbols the ledger says are on them, and whether they are."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec

from emission.codes import pictured
from emission.codes.control import ControlMark
from emission.codes.faults import CodeError
from emission.codes.linear import scanned
from emission.codes.symbology import Symbology
from emission.ledger import Ledger, assets
from emission.ledger.papers import Paper, Place
from emission.model import Operation, Role
from emission.scan.scanner import Symbol
from emission.scan.sheets import Read, Sheets

# What a look shows, by its own source: the elements that draw symbols, the filters that write money and dates. A
# filter that is told how to write may write anything: what it makes is not looked for.
_SHOWS = {
    "barcode": re.compile(rb"<linear\b"),
    "qr": re.compile(rb"<qr\b"),
    "selector": re.compile(rb"<selector\b"),
    "amount": re.compile(rb"\|\s*money\b(?!\s*\()"),
    "date": re.compile(rb"\|\s*date\b(?!\s*\()"),
    "control": re.compile(rb"<control\b"),
}
_LOST = "lost"
_operation = msgspec.msgpack.Decoder(Operation)


class Shown(msgspec.Struct, frozen=True):
    """What papers of a look bear (``barcode``, ``qr``, ``amount``, ``date``, ``control``), and the kind of barcodes.

    ``lost``: nobody knows, so that any of it may be there.
    """

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
        what = frozenset(name for name, sign in _SHOWS.items() if sign.search(source))
        if not source:
            what = frozenset((*_SHOWS, _LOST))
        kept = msgspec.json.decode(files.get("look.json", b"{}"), type=dict[str, str])
        return Shown(what, msgspec.convert(kept.get("symbology", symbology), Symbology))

    return shown


def symbols_of(paper: Paper, shown: Shown) -> tuple[Symbol, ...]:
    """The symbols of a paper: the barcodes of each operation, then its QR, or its payment page as one."""
    found: list[Symbol] = []
    selector = ""
    for _, packed in paper.inputs:
        if packed is None:
            continue
        operation = _operation.decode(packed)
        if "barcode" in shown.what:
            texts = (operation.text(Role.BARCODE, ordinal) for ordinal in (1, 2, 3))
            found += [Symbol(shown.symbology, _scanned(shown.symbology, text)) for text in texts if text]
        if "qr" in shown.what and (text := operation.text(Role.QR) or operation.text(Role.PAYMENT_URL)):
            found.append(Symbol("qr", text))
        selector = selector or operation.text(Role.LINKED_QR)
    if "selector" in shown.what and selector:
        found.append(Symbol("qr", pictured.symbol(selector).text if pictured.is_modules(selector) else selector))
    return tuple(found)


def _scanned(symbology: Symbology, text: str) -> str:
    try:
        return scanned(symbology, text)
    except CodeError:
        return text  # no symbol says this, which is what then shows


def first_pages(places: Sequence[Place]) -> list[int]:
    """The page of a lot (from 0) on which each of its places begins."""
    return [0, *accumulate(place.pages for place in places)][: len(places)]


class Expected(msgspec.Struct, frozen=True):
    """Pages that are to be read: the file, whose paper they are, and what must be on them.

    ``sequence`` is the paper's place in a lot; nothing where the file is the paper's own. ``controls`` has the control
    mark of every page; nothing where it is not known whether it has one. ``whole`` is how many pages the file has in
    all; 0 where another paper of it says so.
    """

    file: str
    voucher_id: str
    sequence: int | None
    pages: int
    symbols: tuple[Symbol, ...]
    controls: tuple[str, ...]
    whole: int = 0


def own_file(paper: Paper, folder: Path, shown: Shown) -> tuple[Sheets, Expected]:
    """All pages of a paper's own file."""
    unmarked = ("",) * paper.pages
    expected = Expected(paper.file, paper.voucher_id, None, paper.pages, symbols_of(paper, shown), unmarked)
    return Sheets(str(folder / paper.file)), expected


def in_lot(paper: Paper, folder: Path, lot: int, file: str, first: int, shown: Shown) -> tuple[Sheets, Expected]:
    """Its pages in the ``file`` of that lot, from ``first`` (counted from 0) on."""
    controls = _controls(paper, lot, shown)
    expected = Expected(file, paper.voucher_id, paper.sequence, paper.pages, symbols_of(paper, shown), controls)
    return Sheets(str(folder / file), first, paper.pages, marked=any(controls)), expected


def _controls(paper: Paper, lot: int, shown: Shown) -> tuple[str, ...]:
    """The control mark of every sheet that a paper has in its lot; nothing where nobody knows whether it has one."""
    if _LOST in shown.what:
        return ()
    if "control" not in shown.what:
        return ("",) * paper.pages
    sheets = range(1, paper.pages + 1)
    return tuple(ControlMark(lot, paper.sequence or 0, sheet, paper.pages).text for sheet in sheets)


class Misread(msgspec.Struct, frozen=True):
    """A difference between pages and ledger.

    ``code`` is ``file-unreadable``, ``pages-differ``, ``file-pages-differ``, ``code-differs``, ``code-unread``,
    ``code-unexpected`` or ``control-differs``, which has a ``page`` of the paper (from 1).
    """

    code: str
    expected: str = ""
    found: str = ""
    page: int = 0


def compare(expected: Expected, read: Read) -> Iterator[Misread]:
    """Holds what was read on pages against what must be there, whatever the order of symbols."""
    if read.problem:
        yield Misread("file-unreadable", found=read.problem)
        return
    if read.pages != expected.pages:
        yield Misread("pages-differ", str(expected.pages), str(read.pages))
    if expected.whole and read.whole != expected.whole:
        yield Misread("file-pages-differ", str(expected.whole), str(read.whole))
    right, actual = Counter(expected.symbols), Counter(read.symbols)
    unread, strange = _of_a_kind(right - actual), _of_a_kind(actual - right)
    for mine, other in zip(unread, strange, strict=False):
        same = mine.text == other.text
        yield Misread("code-differs", *((mine.kind, other.kind) if same else (mine.text, other.text)))
    for symbol in unread[len(strange) :]:
        yield Misread("code-unread", symbol.text)
    for symbol in strange[len(unread) :]:
        yield Misread("code-unexpected", found=symbol.text)
    for page, (mark, seen) in enumerate(zip(expected.controls, read.controls, strict=False), 1):
        if mark != seen:
            yield Misread("control-differs", mark or "-", seen or "-", page)


def _of_a_kind(symbols: Counter[Symbol]) -> list[Symbol]:
    """By length, so that a barcode is held against a barcode and a QR against a QR."""
    return sorted(symbols.elements(), key=lambda symbol: len(symbol.text))
