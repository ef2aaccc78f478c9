"""Writes a small batch and reads it as the pipeline would."""

from __future__ import annotations

import atexit
import datetime as dt
import itertools
import tempfile
from pathlib import Path
from typing import Any, Literal

from emission.config import Batch, Settings
from emission.intake import BatchReader, ParsedRow, open_batch
from emission.model import Obligation
from emission.provider_settings import Provider

ISSUE_DATE = dt.date(2026, 11, 20)
HEADER = "obligation_id,payer_name,amount,due_date"


def settings(kind: Literal["epagos", "supplied"] = "epagos", **batch: Any) -> Settings:
    return Settings(batch=Batch(**({"tax": "TSG", "period": "2026-12"} | batch)), provider=Provider(kind=kind))


_FOLDER = tempfile.TemporaryDirectory()
atexit.register(_FOLDER.cleanup)
_NUMBERS = itertools.count()


def write(content: str | bytes, written: str = "utf-8") -> Path:
    path = Path(_FOLDER.name) / f"lote-{next(_NUMBERS)}.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(written))
    return path


def opened(
    content: str | bytes, written: str = "utf-8", /, *, kind: Literal["epagos", "supplied"] = "epagos", **batch: Any
) -> BatchReader:
    return open_batch(write(content, written), settings(kind, **batch), issue_date=ISSUE_DATE)


def rows(content: str | bytes, written: str = "utf-8", /, **batch: Any) -> list[ParsedRow]:
    return list(opened(content, written, **batch))


def row_of(header: str, fields: str, **batch: Any) -> ParsedRow:
    """The one row of a file with further columns after the required ones."""
    [row] = rows(f"{HEADER},{header}\nA-1,Ana Paz,100.00,2026-12-10,{fields}\n", **batch)
    return row


def accepted(row: ParsedRow) -> Obligation:
    assert row.obligation is not None, row.faults
    return row.obligation


def codes(row: ParsedRow) -> list[str]:
    return [fault.code for fault in row.faults]
