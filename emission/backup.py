"""``emission backup``: a copy of the ledger as it is at one moment, while a run may be writing it.

Readers of a ledger hold up nobody, so the copy is made in one step from a connection of its own. It takes its place
only after it was checked and is on disk; until then, and wherever that fails, an earlier copy stays what it was.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import msgspec

from emission import store
from emission.config import Settings
from emission.console import Console
from emission.errors import Stopped, UsageError
from emission.ledger.holder import ARGENTINA
from emission.ledger.schema import VERSION

_BESIDE = ("", "-wal", "-shm", "-journal")


class Copy(msgspec.Struct, frozen=True):
    """A copy that is on disk. ``newest`` is the time of the last thing it knows of, as the office's clock says."""

    file: str
    bytes: int
    version: int
    runs: int
    bills: int
    newest: str


def backup(settings: Settings, file: Path) -> Copy:
    """Copies the ledger to ``file``.

    Raises:
        UsageError: there is no ledger, or ``file`` is something that must not be written over.
        Stopped: the disk is full, or the copy is not whole.
    """
    path = settings.ledger_path
    if not path.is_file():
        raise UsageError("ledger-absent", path=path)
    file = file.resolve()
    _check_target(path.resolve(), file)
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        made = _copied(path, aside, file)
        with aside.open("rb+") as stream:
            os.fsync(stream.fileno())
        aside.replace(file)
        store.flush([file])
    except (OSError, sqlite3.OperationalError) as error:
        raise Stopped("file-not-written", path=file, detail=getattr(error, "strerror", None) or error) from error
    except sqlite3.DatabaseError as error:
        raise Stopped("backup-damaged", detail=error) from error
    finally:
        for ending in _BESIDE:
            with suppress(OSError):
                aside.with_name(aside.name + ending).unlink()
    return made


def tell(console: Console, copy: Copy) -> None:
    """Says what was copied, and how to use it."""
    if console.json:
        console.emit("backup", **msgspec.to_builtins(copy))
        return
    size = f"{copy.bytes / 1e6:.1f}"
    console.line("backup-made", file=copy.file, size=size, runs=copy.runs, bills=copy.bills, newest=copy.newest or "-")
    console.remark("backup-use")


def _check_target(ledger: Path, file: Path) -> None:
    """The copy may take the place of nothing but an earlier copy of this ledger that nobody has open."""
    if not file.parent.is_dir():
        raise UsageError("backup-folder-missing", path=file.parent)
    if file in {ledger.with_name(ledger.name + ending) for ending in (*_BESIDE, ".lock")}:
        raise UsageError("backup-of-itself", path=file)
    if not file.exists():
        return
    if file.samefile(ledger):
        raise UsageError("backup-of-itself", path=file)
    in_use = any(file.with_name(file.name + ending).exists() for ending in _BESIDE[1:])
    if in_use or not file.is_file() or not _earlier_copy(ledger, file):
        raise UsageError("backup-target-foreign", path=file)


def _earlier_copy(ledger: Path, file: Path) -> bool:
    """Whether ``file`` is a ledger that began as this one did, or has not begun."""
    first = "SELECT environment, issuer, batch, started_at FROM run ORDER BY id LIMIT 1"
    try:
        # Immutable: looking at a file that is not ours leaves nothing beside it.
        with closing(sqlite3.connect(f"file:{quote(str(file))}?immutable=1", uri=True)) as other:
            _version(other)
            theirs = other.execute(first).fetchone()
        with _reading(ledger) as mine:
            return theirs is None or theirs == mine.execute(first).fetchone()
    except sqlite3.DatabaseError:
        return False


def _copied(path: Path, aside: Path, file: Path) -> Copy:
    with _reading(path) as source, closing(sqlite3.connect(aside, isolation_level=None)) as target:
        _version(source)
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        source.backup(target)
    with closing(sqlite3.connect(aside, isolation_level=None)) as copy:
        # One file, which opens where nothing can be written beside it; a run makes it a WAL ledger again.
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        newest = copy.execute("SELECT at FROM history ORDER BY id DESC LIMIT 1").fetchone()
        return Copy(
            file=str(file),
            bytes=aside.stat().st_size,
            version=_version(copy),
            runs=copy.execute("SELECT count(*) FROM run").fetchone()[0],
            bills=copy.execute("SELECT count(*) FROM obligation").fetchone()[0],
            newest="" if newest is None else _local(newest[0]),
        )


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


def _version(connection: sqlite3.Connection) -> int:
    """The version of a ledger's tables.

    Raises:
        DatabaseError: the file is no ledger.
        UsageError: it is a newer release's.
    """
    row = connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
    if row is None or not row[0].isdigit():
        raise sqlite3.DatabaseError("no ledger")
    if int(row[0]) > VERSION:
        raise UsageError("ledger-newer", path="", found=row[0], known=VERSION)
    return int(row[0])


def _local(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, ARGENTINA).strftime("%d/%m/%Y %H:%M:%S")
