"""A paper, a lot or some pages of one, once more: drawn again from the ledger, and the same to the byte."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from emission import store
from emission.config import Settings
from emission.errors import Refused, UsageError
from emission.ledger import Ledger
from emission.ledger.papers import Lot, Paper, Place, in_lot, lot_of, papers
from emission.ledger.runs import Run
from emission.reprint.choosing import choose, moment, run_of, run_with
from emission.reprint.drawing import draw_lot, drawn
from emission.reprint.looks import kept_look
from emission.reprint.notices import Notice, Notices

PAGE = 100  # vouchers read and drawn together: the QR encoder works in bulk, and little is in memory


class Wanted(msgspec.Struct, frozen=True):
    """What a command asks for: a voucher by ``id`` (one of its papers by how its sha256 begins), or a ``lot``.

    ``first`` and ``last`` are print sequences within the lot. ``batch`` is needed where several have it.
    """

    id: str = ""
    paper: str = ""
    lot: int | None = None
    first: int | None = None
    last: int | None = None
    batch: str = ""


class Older(msgspec.Struct, frozen=True):
    """Another paper of the same voucher: when it was put away, and the lot in which it went to the printer, if any."""

    sha256: str
    retired: str
    lot: int | None


class Reprinted(msgspec.Struct, frozen=True):
    """What was written, and what to know before it is handed over. ``whole``: it is not a part of a lot."""

    path: str
    sha256: str
    vouchers: int
    pages: int
    batch: str
    environment: str
    issue_date: str
    lot: int | None
    notices: tuple[Notice, ...]
    older: tuple[Older, ...]
    whole: bool = True


def reprint(settings: Settings, wanted: Wanted, folder: Path, today: datetime.date) -> Reprinted:
    """Writes into ``folder`` what was asked for, under the name that it had. ``today`` tells what has expired.

    Raises:
        UsageError: there is no such thing in the ledger, or several.
        Refused: it cannot be the same; the sentence says why, and nothing is written.
        Stopped: the disk refuses, or a worker died.
    """
    _check(wanted)
    if folder.exists() and not folder.is_dir():
        raise UsageError("reprint-out-is-a-file", path=folder)
    if not settings.ledger_path.exists():
        raise UsageError("reprint-no-ledger", path=settings.ledger_path)
    with closing(Ledger(settings.ledger_path)) as ledger:
        try:
            if wanted.lot is None:
                return _voucher(ledger, settings, wanted, folder, today)
            return _lot(ledger, settings, wanted, wanted.lot, folder, today)
        except msgspec.MsgspecError as error:
            raise Refused("reprint-unreadable", path=settings.ledger_path) from error


def _voucher(ledger: Ledger, settings: Settings, wanted: Wanted, folder: Path, today: datetime.date) -> Reprinted:
    run, located = run_with(ledger, settings, wanted.id, wanted.batch)
    paper, others = choose(ledger, run, located, wanted.id, wanted.paper, settings.language)
    notices = Notices(ledger, run, today)
    notices.read([paper])
    with kept_look(ledger, run, paper.look) as look:
        (made,) = drawn(look, [paper])
    path = folder / Path(paper.file).name
    store.write(path, made.digital)
    store.flush([path])
    ledger.record("voucher", [paper.voucher], "reprinted", paper.sha256)
    older = tuple(
        Older(other.sha256, moment(other.retired_at), other.lot if other.released else None)
        for other in others
        if other.retired_at
    )
    return _account(run, path, paper.sha256, 1, made.pages, None, notices, older)


def _lot(
    ledger: Ledger, settings: Settings, wanted: Wanted, number: int, folder: Path, today: datetime.date
) -> Reprinted:
    run = run_of(ledger, settings, wanted.batch)
    lot = lot_of(ledger, run.id, number)
    if lot is None:
        raise UsageError("reprint-no-lot", lot=number, batch=run.batch)
    places = _whole(lot, in_lot(ledger, run.id, number))
    wanted_places = _cut(places, wanted.first, wanted.last)
    notices = Notices(ledger, run, today)

    def pages() -> Iterator[list[Paper]]:
        for start in range(0, len(wanted_places), PAGE):
            found = papers(ledger, wanted_places[start : start + PAGE])
            notices.read(found)
            yield found

    name, expected = Path(lot.file), lot.sha256
    if wanted_places != places:
        first, last = wanted_places[0].sequence, wanted_places[-1].sequence
        name, expected = name.with_stem(f"{name.stem}-{first}-{last}"), ""
    path = folder / name.name
    workers = 1 if len(wanted_places) <= PAGE else settings.output.workers
    with kept_look(ledger, run, lot.look) as look:
        sha256, count = draw_lot(look, path, pages(), workers=workers, expected=expected)
    ledger.record("lot", [number], "reprinted", f"run {run.id}, {path.name}, {sha256}")
    made = _account(run, path, sha256, len(wanted_places), count, number, notices, ())
    return msgspec.structs.replace(made, whole=bool(expected))


def _check(wanted: Wanted) -> None:
    if bool(wanted.id) is (wanted.lot is not None):
        raise UsageError("reprint-what")
    if wanted.lot is None and (wanted.first, wanted.last) != (None, None):
        raise UsageError("reprint-range-of-lot")
    if wanted.paper and not wanted.id:
        raise UsageError("reprint-paper-of-id")


def _whole(lot: Lot, places: list[Place]) -> list[Place]:
    """The places, if they are all that the lot had when it was sealed."""
    if lot.state == "open":
        raise Refused("reprint-lot-open", lot=lot.number)
    if not lot.vouchers:
        raise Refused("reprint-lot-empty", lot=lot.number)
    if (len(places), sum(place.pages for place in places)) != (lot.vouchers, lot.pages):
        raise Refused("reprint-lot-torn", lot=lot.number, vouchers=lot.vouchers, found=len(places))
    return places


def _cut(places: list[Place], first: int | None, last: int | None) -> list[Place]:
    """The places from sequence ``first`` to ``last``, both of the lot and in order."""
    lowest, highest = places[0].sequence, places[-1].sequence
    begin, end = first or lowest, last or highest
    if not lowest <= begin <= end <= highest:
        raise UsageError("reprint-range", first=begin, last=end, lowest=lowest, highest=highest)
    chosen = [place for place in places if begin <= place.sequence <= end]
    if not chosen:
        raise UsageError("reprint-range-empty", first=begin, last=end)
    return chosen


def _account(
    run: Run, path: Path, sha256: str, vouchers: int, pages: int, lot: int | None, notices: Notices,
    older: tuple[Older, ...],
) -> Reprinted:  # fmt: skip
    return Reprinted(
        path=str(path),
        sha256=sha256,
        vouchers=vouchers,
        pages=pages,
        batch=run.batch,
        environment=run.environment,
        issue_date=run.issue_date,
        lot=lot,
        notices=notices.told(),
        older=older,
    )
