"""A rehearsal and the real thing share a folder's name; their papers must never lie together."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from emission.errors import UsageError

MADE = ("digital", "print")
TOLD = ("manifest.csv", "manifest.xlsx", "rejected.csv", "rejected.xlsx", "faults.csv", "report.json", "run.log")


class _Report(msgspec.Struct):
    environment: str = ""


def clear_rehearsal(folder: Path, environment: str) -> None:
    """Removes what a rehearsal in another environment made in ``folder``; its ledger remembers it all the same.

    Raises:
        UsageError: the folder holds what production made, and this is a rehearsal.
    """
    try:
        before = msgspec.json.decode((folder / "report.json").read_bytes(), type=_Report).environment
    except (OSError, msgspec.MsgspecError):
        return
    if before in ("", environment):
        return
    if before == "production":
        raise UsageError("folder-is-productions", path=folder)
    for name in MADE:
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in TOLD:
        (folder / name).unlink(missing_ok=True)
