"""The walk of what comes back: files, the provider's answers, what waits of notices; then how it all stands."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from emission.config import Settings
from emission.console import Console
from emission.errors import Refused, UsageError
from emission.ledger import Ledger
from emission.reconcile.asking import ask
from emission.reconcile.desk import books_of, open_ledger
from emission.reconcile.filing import take_file
from emission.reconcile.profiles import Profile, load, shipped
from emission.reconcile.report import Summary, summarise, write
from emission.reconcile.taking import recognise
from emission.reconcile.telling import tell_answer, tell_file, tell_recognised, tell_summary
from emission.stages.belonging import today


class Work(msgspec.Struct, frozen=True):
    """What is to be done; ``since`` is ``None`` where the provider is not asked."""

    files: tuple[Path, ...] = ()
    profile: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    report: bool = False
    out: Path | None = None


def reconcile(settings: Settings, work: Work, console: Console, environ: Mapping[str, str]) -> bool:
    """Does it; whether it brought nothing for anybody to look at (a report: whether there is nothing at all).

    One refused file does not keep the others out.

    Raises:
        EmissionError: see :func:`take_file` and :func:`ask`.
    """
    profile = _profile(settings, work) if work.files else None
    began = time.time()
    with open_ledger(settings) as ledger:
        taken = [_file(ledger, settings, console, path, profile) for path in work.files if profile]
        if work.since is not None:
            tell_answer(console, ask(ledger, settings, books_of(settings), work.since, work.until or today(), environ))
        tell_recognised(console, recognise(ledger, books_of(settings)))
        summary = _summary(ledger, settings, work, console, began)
    return summary.sound and all(taken)


def _file(ledger: Ledger, settings: Settings, console: Console, path: Path, profile: Profile) -> bool:
    try:
        tell_file(console, take_file(ledger, books_of(settings), path, profile))
    except Refused as error:
        console.complain(error)
        return False
    return True


def _summary(ledger: Ledger, settings: Settings, work: Work, console: Console, began: float) -> Summary:
    """Of all payments in a report, else of what this command changed."""
    books, currency = books_of(settings), settings.batch.currency
    if not work.report:
        summary = summarise(ledger, books, currency, began)
        tell_summary(console, summary)
        return summary
    folder = work.out or settings.path(settings.output.directory) / "payments"
    summary, files = write(ledger, books, currency, folder)
    tell_summary(console, summary, files)
    return summary


def _profile(settings: Settings, work: Work) -> Profile:
    name = work.profile or settings.payments.profile
    if not name:
        raise UsageError("payments-profile-needed", known=", ".join(shipped()))
    return load(name, Path() if work.profile else settings.folder)
