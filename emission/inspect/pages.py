"""Codes as a scanner finds them on the pages of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pypdfium2

from emission.errors import UsageError
from emission.scan.scanner import Scanner, TooLargeError, picture, symbols


class Seen(msgspec.Struct, frozen=True):
    """A symbol on a page (counted from 1), and its kind."""

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
                yield from (Seen(number, symbol.kind, symbol.text) for symbol in symbols(picture(page, Scanner())))
    except (pypdfium2.PdfiumError, FileNotFoundError, TooLargeError) as error:
        raise UsageError("inspect-no-pdf", path=path, detail=error) from error
