"""Sheets of finished files read in a worker: symbols from pixels, words from the text."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2

from emission.scan.scanner import Scanner, Symbol, TooLargeError, control, picture, symbols


class Sheets(msgspec.Struct, frozen=True):
    """Pages to read: ``count`` from ``first`` on, all where it is ``None``; and the words that must stand there.

    ``marked``: every page should bear a control mark.
    """

    path: str
    first: int = 0
    count: int | None = None
    words: tuple[str, ...] = ()
    marked: bool = False


class Pile(msgspec.Struct, frozen=True):
    """Sheets for one worker."""

    scanner: Scanner
    sheets: tuple[Sheets, ...]


class Read(msgspec.Struct, frozen=True):
    """What was read: symbols in the order of pages, words that were not found, or what kept it from being read.

    ``controls`` has the control mark of every page (``""`` where it has none); ``whole`` counts the pages of the whole
    file; ``seconds`` are those that the processor worked.
    """

    symbols: tuple[Symbol, ...] = ()
    pages: int = 0
    missing: tuple[str, ...] = ()
    problem: str = ""
    controls: tuple[str, ...] = ()
    whole: int = 0
    seconds: float = 0.0


def read(pile: Pile) -> list[Read]:
    """Reads all of a pile; a file that cannot be read stops no other."""
    found: list[Read] = []
    for sheets in pile.sheets:
        began = time.process_time()
        try:
            with pypdfium2.PdfDocument(Path(sheets.path)) as document:
                seen = _read(document, sheets, pile.scanner)
        except (pypdfium2.PdfiumError, OSError, TooLargeError) as error:
            seen = Read(problem=str(error))
        found.append(msgspec.structs.replace(seen, seconds=time.process_time() - began))
    return found


def _read(document: Any, sheets: Sheets, scanner: Scanner) -> Read:  # noqa: ANN401 - pypdfium2 publishes no types
    end = len(document) if sheets.count is None else min(len(document), sheets.first + sheets.count)
    seen: list[Symbol] = []
    controls: list[str] = []
    text = ""
    for number in range(sheets.first, end):
        page = document[number]
        seen_page = picture(page, scanner)
        seen += symbols(seen_page)
        controls.append(control(seen_page, marked=sheets.marked))
        if sheets.words:
            text += page.get_textpage().get_text_bounded()
    squeezed = "".join(text.split())
    missing = tuple(word for word in sheets.words if "".join(word.split()) not in squeezed)
    return Read(tuple(seen), max(0, end - sheets.first), missing, controls=tuple(controls), whole=len(document))
