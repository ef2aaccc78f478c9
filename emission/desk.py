"""Where a run is worked on: what was asked for, who stands at the door, and everything that lies on the desk."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import msgspec

from emission.config import Settings
from emission.executors import Workers
from emission.intake import BatchReader, LinesReader, open_batch, open_lines
from emission.ledger import Ledger, runs
from emission.ledger.holder import Holder, holding
from emission.ledger.runs import Run
from emission.model import Account
from emission.providers import check_access
from emission.render import Look
from emission.stages.account import Book
from emission.stages.amendment import Amendment
from emission.stages.belonging import own_folder, today
from emission.stages.forecast import Forecast
from emission.stages.look import look_of
from emission.stages.needed import hold_columns
from emission.stages.rehearsal import clear_rehearsal
from emission.stages.resume import stay_with_released
from emission.stages.setup import changes, hold_to, setup_of

# Told while it happens: a stage's stable name, how far it is, how much there is (0 where nobody knows).
Announce = Callable[[str, int, int], None]


class Request(msgspec.Struct, frozen=True):
    """What a command asks for, beyond the configuration. ``limit`` counts vouchers; ``name`` is the batch's id."""

    batch: Path
    limit: int | None = None
    again: bool = False
    retry_failed: bool = False
    rerender: bool = False
    name: str = ""


class Door(msgspec.Struct, frozen=True):
    """Who stands at the door: what is told, what is asked, and who may stop the run."""

    announce: Announce
    remark: Callable[[str, Mapping[str, object]], None]
    confirm: Callable[[Forecast, BatchReader], bool]
    confirm_amendment: Callable[[Amendment, Iterable[Account]], bool]
    stoppable: Callable[[Callable[[], None]], None]


class Desk(msgspec.Struct, frozen=True):
    """A run that is being worked on: its ledger, held by this process alone, its files, its workers and its book."""

    settings: Settings
    request: Request
    door: Door
    environ: Mapping[str, str]
    ledger: Ledger
    executor: Workers
    run: Run
    batch: BatchReader
    lines: LinesReader | None
    look: Look
    setup: dict[str, str]
    folder: Path
    book: Book
    announce: Announce


@contextmanager
def at_desk(
    settings: Settings,
    request: Request,
    door: Door,
    environ: Mapping[str, str],
    executor: Workers,
    name_of: Callable[[Ledger, Settings, Path, str], str],
) -> Iterator[Desk]:
    """Opens everything that work on a run needs, and holds its ledger for as long as it and its workers last.

    Raises:
        Refused: the run was begun with another template, configuration or release.
        Stopped: another process works on the ledger.
    """
    check_access(settings, environ)
    look = look_of(settings)
    with ExitStack() as stack:
        ledger = stack.enter_context(closing(Ledger(settings.ledger_path)))
        name = name_of(ledger, settings, request.batch, request.name)
        left = stack.enter_context(holding(ledger, name))
        stack.enter_context(executor)
        folder = own_folder(ledger, settings, name)
        this, batch, lines = open_run(ledger, settings, request.batch, name)
        stay_with_released(ledger, this, folder)
        setup = setup_of(settings, look)
        if request.rerender:
            for change in changes(this, setup):
                door.remark("setup-adopted", {"change": change})
        else:
            hold_to(this, setup)
        clear_rehearsal(folder, this.environment)
        this = runs.change(ledger, this, folder=this.folder or str(folder.resolve()))
        _take_over(ledger, this, left, door)
        book = Book(ledger, this, folder, settings, batch.dialect.delimiter)
        announce = _both(door.announce, book.note)
        yield Desk(
            settings, request, door, environ, ledger, executor, this, batch, lines, look, setup, folder, book, announce
        )


def open_run(ledger: Ledger, settings: Settings, path: Path, name: str) -> tuple[Run, BatchReader, LinesReader | None]:
    """The run of the batch ``name``, begun where there is none, and its files opened."""
    found = runs.find(ledger, settings.environment, settings.issuer.digits, name)
    issue_date = settings.batch.issue_date or (datetime.date.fromisoformat(found.issue_date) if found else today())
    batch = open_batch(path, settings, issue_date=issue_date)
    hold_columns(settings, batch, path.name)
    lines = open_lines(settings.path(settings.batch.lines), settings) if settings.batch.lines else None
    this = found or runs.create(
        ledger,
        environment=settings.environment,
        issuer=settings.issuer.digits,
        batch=name,
        provider=settings.provider.kind,
        currency=settings.batch.currency,
        issue_date=issue_date.isoformat(),
    )
    # What is printed for mending keeps the columns of the batch's first file.
    header = this.header or batch.header
    source = this.source or str(path.resolve())
    this = runs.change(ledger, this, header=header, source=source, issue_date=issue_date.isoformat())
    return this, batch, lines


def _take_over(ledger: Ledger, this: Run, left: Holder | None, door: Door) -> None:
    """Writes down, and says, that an earlier command ended without a word."""
    if left is not None:
        params = {"host": left.host, "process": left.process, "since": left.began, "batch": left.batch}
        ledger.record("run", [this.id], "taken-over", " ".join(str(value) for value in params.values()))
        door.remark("taken-over", params)


def _both(one: Announce, other: Announce) -> Announce:
    def announce(stage: str, done: int, total: int) -> None:
        one(stage, done, total)
        other(stage, done, total)

    return announce
