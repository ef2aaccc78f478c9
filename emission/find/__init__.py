"""``emission find``: from any word that stands on a bill, or in its row, to all that is known of it."""

from __future__ import annotations

from contextlib import closing

import msgspec

from emission.config import Settings
from emission.errors import Refused, UsageError
from emission.ledger import Ledger, search
from emission.ledger.bills import Bill, Paper, bill_of, papers_of
from emission.ledger.search import Subject
from emission.ledger.snapshot import Snapshot

LISTED = 17  # bills; with heading and last line they fit a screen


class Found(msgspec.Struct, frozen=True):
    """Either the one ``bill``, or the first of the ``total`` that have the text (``more``: there may be others yet)."""

    bill: Bill | None
    papers: tuple[Paper, ...]
    total: int
    more: bool


def find(settings: Settings, text: str) -> Found:
    """What the ledger has under ``text``, in the environment that is configured; else in the others.

    Raises:
        Refused: nothing has it.
        UsageError: there is no ledger, or ``text`` has neither letter nor digit.
    """
    text = text.strip()
    if not search.expression(text):
        raise UsageError("find-without-text")
    with closing(_snapshot(settings)) as ledger, ledger.transaction() as connection:
        for others in (False, True):
            runs = search.run_ids(connection, settings.environment, others=others)
            subjects = search.named(connection, text, runs) or search.worded(connection, text, runs)
            if not subjects:
                continue
            if len(subjects) <= LISTED:
                subjects = _without_repeats(subjects, papers_of(connection, subjects))
            if len(subjects) == 1:
                return Found(bill_of(connection, subjects[0]), (), 1, more=False)
            papers = papers_of(connection, subjects[:LISTED])
            return Found(None, tuple(papers), len(subjects), more=len(subjects) >= search.MOST)
    raise Refused("find-nothing", text=text[:60])


def _snapshot(settings: Settings) -> Snapshot:
    path = settings.ledger_path
    try:
        return Snapshot(path)
    except UsageError as error:
        if error.code != "ledger-older":
            raise
    # An older release's has no index: opened for writing, it is brought up to date.
    with closing(Ledger(path)):
        pass
    return Snapshot(path)


def _without_repeats(subjects: list[Subject], papers: list[Paper]) -> list[Subject]:
    """Without the rejected rows that only repeat, in the same run, the id of a bill that is there."""
    bills = {subject.obligation for subject in subjects if subject.obligation is not None}
    if not bills or len(papers) != len(subjects):
        return subjects
    pairs = list(zip(subjects, papers, strict=True))
    taken = {(paper.run, paper.obligation_id) for subject, paper in pairs if subject.obligation is not None}
    return [
        subject
        for subject, paper in pairs
        if subject.obligation is not None or (paper.run, paper.obligation_id) not in taken
    ]
