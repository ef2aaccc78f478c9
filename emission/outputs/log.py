"""What happened when, a line each, in figures and codes: no name, no id, no amount of anybody's."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from zoneinfo import ZoneInfo

from emission.errors import Stopped

ARGENTINA = ZoneInfo("America/Argentina/Buenos_Aires")


class RunLog:
    """``run.log`` of a run's folder; every command on the run adds to it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "run.log"

    def note(self, event: str, **facts: object) -> None:
        """Adds ``2026-11-20T09:30:00.123-03:00 event key=value …``.

        Raises:
            Stopped: the disk is full or refuses the file.
        """
        now = datetime.datetime.now(ARGENTINA).isoformat(timespec="milliseconds")
        line = " ".join([now, event, *(f"{name}={_word(value)}" for name, value in facts.items())])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
                stream.write(line + "\n")
        except OSError as error:
            raise Stopped("file-not-written", path=self._path, detail=error.strerror or error) from error


def _word(value: object) -> str:
    return "-".join(str(value).split()) or "-"
