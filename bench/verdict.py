"""Whether a run came out whole: what is held against what, from its own files and the provider's own memory."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2

Line = dict[str, str]


def differences(batch: Path, folder: Path, sandbox_state: Path) -> Iterator[str]:
    """Every difference, in words; none where all agree."""
    given, manifest = lines_of(batch), lines_of(folder / "manifest.csv")
    asked = external_ids(sandbox_state)
    yield from _rows(given, manifest)
    yield from _operations(given, manifest, asked)
    yield from _files(folder, manifest)
    yield from _lots(folder, manifest)
    left = list(folder.rglob(".*.part"))
    if left:
        yield f"{len(left)} half-written files were left, as {left[0]}"
    audit = subprocess.run([sys.executable, "-m", "emission", "audit", str(folder)], cwd=batch.parent, check=False)
    if audit.returncode:
        yield f"emission audit ended with exit code {audit.returncode}"


def lines_of(table: Path) -> list[Line]:
    """The lines of a CSV file."""
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def external_ids(sandbox_state: Path) -> Counter[str]:
    """How often the sandbox created an operation under each external id."""
    with closing(sqlite3.connect(sandbox_state)) as memory:
        return Counter(name for (name,) in memory.execute("SELECT external_id FROM operation"))


def _rows(given: list[Line], manifest: list[Line]) -> Iterator[str]:
    if len(given) != len(manifest):
        yield f"{len(given)} rows came in, the manifest has {len(manifest)}"
        return
    for number, (row, line) in enumerate(zip(given, manifest, strict=True), 1):
        wanted = (str(number), row["obligation_id"], row["amount"], row["amount_2"], "rendered")
        found = tuple(line[name] for name in ("row", "obligation_id", "amount", "amount_2", "status"))
        if wanted != found:
            yield f"row {number} came in as {wanted} and is {found} in the manifest"


def _operations(given: list[Line], manifest: list[Line], asked: Counter[str]) -> Iterator[str]:
    payable = sum(row["payable"] != "no" for row in given)
    if len(asked) != payable:
        yield f"{payable} obligations are payable, the provider has {len(asked)} of them"
    twice = [name for name, times in asked.items() if times > 1]
    if twice:
        yield f"{len(twice)} obligations were charged more than once, as {twice[0]}"
    if set(asked) != {line["external_id"] for line in manifest if line["external_id"]}:
        yield "the provider's external ids are not those of the manifest"


def _files(folder: Path, manifest: list[Line]) -> Iterator[str]:
    said = {line["file"]: line["sha256"] for line in manifest}
    there = {path.relative_to(folder).as_posix() for path in (folder / "digital").rglob("*") if path.is_file()}
    if there != set(said):
        yield f"{len(there - set(said))} digital files are nobody's, {len(set(said) - there)} are missing"
    for name in sorted(there & set(said)):
        if _sha256(folder / name) != said[name]:
            yield f"{name} is not what the manifest says"


def _lots(folder: Path, manifest: list[Line]) -> Iterator[str]:
    lots: list[dict[str, Any]] = msgspec.json.decode((folder / "report.json").read_bytes())["lots"]
    printed: dict[str, dict[str, int]] = {}
    for line in manifest:
        if line["print_lot"]:
            printed.setdefault(line["print_lot"], {})[line["print_sequence"]] = int(line["pages"])
    if {str(lot["number"]) for lot in lots} != set(printed):
        yield f"the lots are {[lot['number'] for lot in lots]}, the manifest names {sorted(printed)}"
        return
    for lot in lots:
        path, pages = folder / lot["file"], printed[str(lot["number"])]
        with pypdfium2.PdfDocument(path) as document:
            counted = len(document)
        wanted = (len(pages), sum(pages.values()), sum(pages.values()), lot["sha256"])
        found = (lot["vouchers"], lot["pages"], counted, _sha256(path))
        if wanted != found:
            yield f"{lot['file']} should have {wanted} (vouchers, pages, pages, hash) and has {found}"
    sequences = sorted(int(sequence) for pages in printed.values() for sequence in pages)
    if sequences != list(range(1, len(sequences) + 1)):
        yield "the print sequence has gaps or repeats"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
