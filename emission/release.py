"""A sealed lot goes to the printer: its manifest is written, and from then on nothing changes it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from emission.config import Settings
from emission.errors import Refused, Stopped, UsageError
from emission.ledger import Ledger, lots, proofs, runs
from emission.ledger.artefacts import digest_of
from emission.ledger.holder import ARGENTINA
from emission.ledger.lots import Sheet
from emission.ledger.runs import Run
from emission.outputs import lot_manifest

ALL = "all"
READ_ONLY = 0o400
_FILE = re.compile(r"lot-(\d{4,9})\.pdf")


class Released(msgspec.Struct, frozen=True):
    """A lot that is with the printer: its file and its manifest; ``already`` before this command."""

    batch: str
    lot: int
    vouchers: int
    pages: int
    file: str
    manifest: str
    sha256: str
    released_at: str
    who: str
    already: bool


def release(settings: Settings, wanted: Sequence[str], batch: str, who: str) -> list[Released]:
    """Releases every lot that is meant, or none: each is looked at before the first one is released.

    Works while a run does. ``wanted`` are numbers, lot files, or ``all`` for every one that is sealed.

    Raises:
        UsageError: no such lot; several batches have it.
        Refused: a lot is not sealed, or its file is not the one that was sealed.
        Stopped: the disk refuses.
    """
    if not settings.ledger_path.exists():
        raise UsageError("release-no-lot", lot=", ".join(wanted), batches="-")
    with closing(Ledger(settings.ledger_path)) as ledger:
        mine = (settings.environment, settings.issuer.digits)
        known = [run for run in runs.every(ledger) if (run.environment, run.issuer) == mine]
        if batch and batch not in {run.batch for run in known}:
            raise UsageError("release-no-batch", batch=batch, batches=_names(known))
        candidates = {run.id: (run, lots.sheets(ledger, run.id)) for run in known if batch in ("", run.batch)}
        chosen = [pair for word in wanted for pair in _meant(word, list(candidates.values()))]
        # One that is named twice goes once.
        unique = {(run.id, sheet.number): (run, sheet) for run, sheet in chosen}
        for run, sheet in unique.values():
            _ready(run, sheet)
            _read_right(ledger, run, sheet)
        return [_release(ledger, run, sheet, who) for run, sheet in unique.values()]


def _meant(word: str, candidates: Sequence[tuple[Run, list[Sheet]]]) -> list[tuple[Run, Sheet]]:
    """The lots that one word of the command means, all of one run."""
    if word == ALL:
        found = _with(candidates, "sealed") or _with(candidates, "released")
    else:
        number = _number(word)
        there = Path(word).resolve()
        picked = [(run, [sheet for sheet in sheets if sheet.number == number]) for run, sheets in candidates]
        found = [(run, sheets) for run, sheets in picked if sheets]
        exact = [(run, sheets) for run, sheets in found if there == Path(run.folder, sheets[0].file)]
        found = exact or found
    if not found:
        raise UsageError("release-no-lot", lot=word, batches=_names([run for run, _ in candidates]))
    if len(found) > 1:
        raise UsageError("release-which-batch", lot=word, batches=_names([run for run, _ in found]))
    ((run, sheets),) = found
    return [(run, sheet) for sheet in sheets]


def _with(candidates: Sequence[tuple[Run, list[Sheet]]], state: str) -> list[tuple[Run, list[Sheet]]]:
    """The runs that have lots in ``state``, each with those."""
    picked = [(run, [sheet for sheet in sheets if sheet.state == state and sheet.file]) for run, sheets in candidates]
    return [(run, sheets) for run, sheets in picked if sheets]


def _number(word: str) -> int:
    """The lot that a number or the name of a file tells."""
    if named := _FILE.fullmatch(Path(word).name):
        return int(named[1])
    if word.isascii() and word.isdigit() and len(word) < 10:
        return int(word)
    raise UsageError("release-not-a-lot", lot=word)


def _ready(run: Run, sheet: Sheet) -> None:
    """Looks whether the lot may go; one that went already may.

    Raises:
        Refused: it may not, and why.
    """
    told = {"lot": sheet.number, "batch": run.batch}
    if sheet.state == "open" or (sheet.state == "sealed" and sheet.waiting):
        raise Refused("release-open", **told, waiting=sheet.waiting, source=run.source)
    if not sheet.file:
        raise Refused("release-empty", **told)
    if sheet.state == "released":
        return
    path = Path(run.folder, sheet.file)
    if not path.is_file():
        raise Refused("release-file-missing", **told, path=path, source=run.source)
    if digest_of(path) != sheet.sha256:
        raise Refused("release-file-altered", **told, path=path, source=run.source)


def _read_right(ledger: Ledger, run: Run, sheet: Sheet) -> None:
    """Looks whether a scanner reads the lot; one that went already went.

    Raises:
        Refused: a code on it is not the ledger's, or is not read.
    """
    counts = proofs.misread(ledger, run.id, sheet.number, sheet.sha256)
    if counts and sheet.state == "sealed":
        raise Refused("release-misread", lot=sheet.number, batch=run.batch, counts=counts, source=run.source)


def _release(ledger: Ledger, run: Run, sheet: Sheet, who: str) -> Released:
    path = Path(run.folder, sheet.file)
    manifest = Path(run.folder, lots.manifest_of(sheet.file))
    if sheet.state == "sealed":
        lot_manifest.write(manifest, lots.slips(ledger, run.id, sheet.number))
    mine = sheet.state == "sealed" and lots.release(ledger, run.id, sheet, who)
    (now,) = (item for item in lots.sheets(ledger, run.id) if item.number == sheet.number)
    if now.state != "released":
        manifest.unlink(missing_ok=True)
        raise Refused("release-changed", lot=sheet.number, batch=run.batch, source=run.source)
    with suppress(FileNotFoundError):
        _freeze(path)
    return Released(
        batch=run.batch,
        lot=now.number,
        vouchers=now.vouchers,
        pages=now.pages,
        file=str(path),
        manifest=str(manifest),
        sha256=now.sha256,
        released_at=moment(now.released_at),
        who=now.released_by,
        already=not mine,
    )


def _freeze(path: Path) -> None:
    try:
        path.chmod(READ_ONLY)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Stopped("file-not-written", path=path, detail=error.strerror or error) from error


def moment(seconds: float) -> str:
    """``2026-11-24 09:30:12``, on the office's clock."""
    return datetime.datetime.fromtimestamp(seconds, ARGENTINA).strftime("%Y-%m-%d %H:%M:%S")


def _names(known: Sequence[Run]) -> str:
    return ", ".join(run.batch for run in known) or "-"
