"""Pages read as a scanner and a person would, in a worker: symbols from pixels, words from the text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import zxingcpp

DPI = 300
# What this program draws. All other kinds a page of text and rules can be mistaken for.
KINDS = zxingcpp.BarcodeFormats(
    (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.ITF, zxingcpp.BarcodeFormat.QRCode)
)


# A sheet of A2; a page that claims more would take all memory as a picture.
LARGEST = 1684  # pt


class TooLargeError(Exception):
    """A page that no printer of ours has paper for."""


class Sheets(msgspec.Struct, frozen=True):
    """Pages to read: ``count`` from ``first`` on, all where it is ``None``; and the words that must stand there."""

    path: str
    first: int = 0
    count: int | None = None
    words: tuple[str, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """What was read: symbols in the order of pages, words that were not found, or what kept it from being read."""

    codes: tuple[str, ...] = ()
    pages: int = 0
    missing: tuple[str, ...] = ()
    problem: str = ""


def read(chunk: tuple[Sheets, ...]) -> list[Read]:
    """Reads every file of the chunk; one that cannot be read stops no other."""
    found: list[Read] = []
    for sheets in chunk:
        try:
            with pypdfium2.PdfDocument(Path(sheets.path)) as document:
                found.append(_read(document, sheets))
        except (pypdfium2.PdfiumError, OSError, TooLargeError) as error:
            found.append(Read(problem=str(error)))
    return found


def symbols(page: Any) -> list[Any]:  # noqa: ANN401 - neither pypdfium2 nor zxing-cpp publishes types
    """What a scanner reads on a page, at its default settings.

    Raises:
        TooLargeError: the page is larger than any paper.
    """
    if max(page.get_size()) > LARGEST:
        raise TooLargeError(f"{page.get_size()} pt")
    picture = page.render(scale=DPI / 72, grayscale=True).to_numpy()
    return list(zxingcpp.read_barcodes(picture, formats=KINDS))


def _read(document: Any, sheets: Sheets) -> Read:  # noqa: ANN401 - pypdfium2 publishes no types
    end = len(document) if sheets.count is None else min(len(document), sheets.first + sheets.count)
    codes: list[str] = []
    text = ""
    for number in range(sheets.first, end):
        page = document[number]
        codes += [symbol.text for symbol in symbols(page)]
        if sheets.words:
            text += page.get_textpage().get_text_bounded()
    squeezed = "".join(text.split())
    missing = tuple(word for word in sheets.words if "".join(word.split()) not in squeezed)
    return Read(tuple(codes), max(0, end - sheets.first), missing)
