"""Codes as a scanner finds them on the pages of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pypdfium2

from emission.audit.reading import TooLargeError, symbols
from emission.errors import UsageError


class Seen(msgspec.Struct, frozen=True):
    """A symbol on a page (counted from 1), by what a scanner calls its kind."""

    page: int
    symbology: str
    text: str


def look_at(path: Path) -> Iterator[Seen]:
    """Every symbol of every page, in the order of pages.

    Raises:
        UsageError: there is no such file, it is no PDF, or a page is larger than any paper.
    """
    try:
        with pypdfium2.PdfDocument(path) as document:
            for number, page in enumerate(document, 1):
                yield from (Seen(number, symbol.format.name, symbol.text) for symbol in symbols(page))
    except (pypdfium2.PdfiumError, FileNotFoundError, TooLargeError) as error:
        raise UsageError("inspect-no-pdf", path=path, detail=error) from error
