"""An invented town for the tests: its folder, its batches, the command line, and what came out.

Everybody in it is invented; identity numbers lie in a range that is not given out.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pypdfium2
import zxingcpp
from typer.testing import CliRunner, Result

from emission import pipeline
from emission.cli import app
from tests.run.hall import Sandbox

CONFIG = """
[issuer]
name = "Municipalidad de Villa Ejemplo"
tax_id = "30-99999999-5"

[verify]
sample = "0%"

[batch]
tax = "TSG"
period = "2026-12"
issue_date = 2026-11-20
max_rejected = "100%"

[output]
workers = 1
"""
# As a town has it that says nothing. To read ten pages back takes longer than a test's whole run.
PROVED = CONFIG.replace('sample = "0%"', 'sample = "0.1%"')

Row = dict[str, str]


def row(number: int, **changes: str) -> Row:
    """One sound obligation, unlike any other."""
    return {
        "obligation_id": f"TSG-{number:04d}",
        "payer_name": f"Peñaloza Güemes, Ángela {number}",
        "amount": f"{1000 + number}.{number % 100:02d}",
        "due_date": "2026-12-10",
        "amount_2": f"{1100 + number}.00",
        "due_date_2": "2026-12-21",
        **changes,
    }


def rows(count: int, start: int = 1) -> list[Row]:
    """That many sound obligations."""
    return [row(number) for number in range(start, start + count)]


class Town:
    """A municipality's folder, and the program as its clerk calls it."""

    def __init__(self, folder: Path, config: str = CONFIG, provider: str = "") -> None:
        self.folder = folder
        self.configure(config + provider)

    def configure(self, text: str) -> None:
        """Writes emission.toml."""
        (self.folder / "emission.toml").write_text(text, encoding="utf-8")

    def batch(self, content: Sequence[Mapping[str, str]], name: str = "lote.csv") -> Path:
        """Writes a canonical batch."""
        path = self.folder / name
        columns = list(dict.fromkeys(column for line in content for column in line))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(content)
        return path

    def call(self, *arguments: str) -> Result:
        """What ``emission`` answers to these arguments, in this process (so that templates compile once)."""
        before = os.umask(0o077)
        try:
            with (
                contextlib.chdir(self.folder),
                mock.patch.object(sys, "argv", ["emission", *arguments]),
                mock.patch.object(pipeline, "Sandbox", Sandbox),
            ):
                result = CliRunner().invoke(app, arguments)
        finally:
            os.umask(before)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def run(self, batch: str = "lote.csv", *options: str, expect: int = 0) -> Run:
        """Runs a batch and says what came of it; fails where the exit code is not the expected one."""
        result = self.call("run", batch, "--json", *options)
        assert result.exit_code == expect, result.stdout + result.stderr
        return Run(self.folder / "out" / Path(batch).stem, result)

    def operations(self) -> list[dict[str, str]]:
        """What the embedded sandbox ever created for this town."""
        with self.sandbox() as url, urllib.request.urlopen(f"{url}/_sandbox/operations", timeout=10) as answer:
            found: list[dict[str, str]] = json.load(answer)["operations"]
        return found

    def pay(self, number: str) -> None:
        """Somebody pays that operation at the sandbox."""
        with self.sandbox() as url:
            body = json.dumps({"number": number}).encode()
            urllib.request.urlopen(urllib.request.Request(f"{url}/_sandbox/pay", body), timeout=10).close()

    @contextlib.contextmanager
    def sandbox(self) -> Iterator[str]:
        """The embedded sandbox of this town, served for a while under an address."""
        with Sandbox(self.folder / "emission-sandbox.db") as sandbox:
            yield sandbox.url


class Run:
    """A run's folder as a scanner and an accountant would read it."""

    def __init__(self, folder: Path, result: Result) -> None:
        self.folder = folder
        self.result = result

    @property
    def report(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return content

    @property
    def manifest(self) -> list[Row]:
        with (self.folder / "manifest.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    @property
    def faults(self) -> list[Row]:
        with (self.folder / "faults.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def codes_of(self, name: str) -> set[str]:
        """The reason codes of a row, by its obligation id."""
        mine = [line for line in self.manifest if line["obligation_id"] == name]
        return {code for line in mine for code in line["reason_code"].split("; ")}

    def digital(self) -> dict[str, bytes]:
        """Every voucher's bytes, by its file."""
        found = sorted((self.folder / "digital").rglob("*.pdf"))
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}

    def lots(self) -> list[Path]:
        return sorted((self.folder / "print").glob("lot-*.pdf"))


def pages(content: bytes | Path) -> Iterator[pypdfium2.PdfPage]:
    """The pages of a PDF."""
    with pypdfium2.PdfDocument(content) as document:
        yield from document


# What tills read; marks of printed sheets are no payer's.
_KINDS = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.ITF, zxingcpp.BarcodeFormat.QRCode)


def read_codes(content: bytes | Path, dpi: int = 300) -> list[str]:
    """Every code that a scanner finds which tries no other side, no negative and no other kind; page after page."""
    found: list[str] = []
    kinds = zxingcpp.BarcodeFormats(_KINDS)
    for page in pages(content):
        picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
        symbols = zxingcpp.read_barcodes(picture, formats=kinds, try_rotate=False, try_invert=False)
        found += [symbol.text for symbol in symbols]
    return found


def text_of(content: bytes | Path) -> str:
    """The text of a PDF in reading order."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages(content))
