"""The file that came in, read again: every row of it is in the ledger, with its cells and its amount."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.errors import UsageError
from emission.intake import BatchReader, ParsedRow, open_batch
from emission.ledger import artefacts, deliveries, evidence
from emission.ledger.deliveries import Delivery
from emission.wording import explain

# Row, obligation id, content and amount (minor units) of an entry.
_Entry = tuple[int, str, bytes, int | None]

_TAKES_THE_PLACE_OF_ALL = ("whole", "amendment")


def source(case: Case) -> Iterator[Finding]:
    """The last whole file of the run and the parts that came after it, against the rows that the run has."""
    deliveries_ = deliveries.all_of(case.ledger, case.run.id)
    begin = max((n for n, one in enumerate(deliveries_) if one.kind in _TAKES_THE_PLACE_OF_ALL), default=None)
    if begin is None:
        yield _unrecorded(case)
        return
    if case.run.source not in {one.path for one in deliveries_}:
        where = Where(case.book, id=case.run.batch, column="run.source")
        yield Difference("ledger-differs", where, deliveries_[begin].path, case.run.source)
    yield from _read_again(case, deliveries_[begin], deliveries_[begin + 1 :])


def _read_again(case: Case, first: Delivery, parts: list[Delivery]) -> Iterator[Finding]:
    lost = [finding for one in (first, *parts) if (finding := _at_hand(case, one)) is not None]
    yield from lost
    if any(finding.where.file == first.path for finding in lost):
        return
    try:
        # Where a part is not at hand, a row that the whole file does not have may be one of that part.
        yield from _compared(case, first, None if lost else parts)
        header = _open(case, first).header
    except UsageError as error:
        yield Difference("input-unreadable", Where(first.path), found=explain(case.settings.language, error))
        return
    # What is printed for mending keeps the columns of the batch's first file.
    if first == deliveries.all_of(case.ledger, case.run.id)[0]:
        place = Where(case.book, id=case.run.batch)
        yield from differing(place, (("run.header", header, case.run.header),), "ledger-differs")


def _unrecorded(case: Case) -> Finding:
    """A release that kept no deliveries kept no artefacts either; where there are any, a row was taken away."""
    where = Where(case.book, id=case.run.batch, column="delivery")
    if artefacts.kept(case.ledger, case.run.id):
        return Difference("ledger-row-missing", where, case.run.source)
    return Remark("input-unrecorded", where)


def _at_hand(case: Case, one: Delivery) -> Finding | None:
    """What keeps a file from being read again: it is gone (nobody's fault), or it is another one now."""
    path, where = Path(one.path), Where(one.path)
    if not path.is_file():
        return Remark("input-gone", where)
    digest = artefacts.digest_of(path)
    if digest == one.sha256:
        return None
    # A corrected rejected.csv in the run's folder is written anew by the run that took it in.
    own = path.parent == Path(case.run.folder)
    return Remark("input-gone", where) if own else Difference("input-changed", where, one.sha256, digest)


def _compared(case: Case, first: Delivery, parts: list[Delivery] | None) -> Iterator[Finding]:
    others: dict[bytes, list[_Entry]] = {}
    for entry, parsed in zip_longest(evidence.whole(case.ledger, case.run.id), _rows(case, first)):
        if entry is None:
            where = Where(first.path, parsed.row, parsed.obligation_id)
            yield Difference("input-row-missing", where, _told(parsed))
        elif parsed is not None and _content(parsed) == entry[2]:
            yield from _amount(case, first, entry, parsed)
        elif parts == []:
            yield _foreign(case, entry, parsed)
        else:
            others.setdefault(entry[2], []).append(entry)
    if parts:
        yield from _brought(case, parts, others)


def _brought(case: Case, parts: list[Delivery], others: dict[bytes, list[_Entry]]) -> Iterator[Finding]:
    for part in parts:
        for parsed in _rows(case, part):
            for entry in others.pop(_content(parsed), []):
                yield from _amount(case, part, entry, parsed)
    for entries in others.values():
        for entry in entries:
            yield _foreign(case, entry, None)


def _rows(case: Case, one: Delivery) -> Iterator[ParsedRow]:
    for parsed in _open(case, one):
        case.counted.input_rows += 1
        yield parsed


def _open(case: Case, one: Delivery) -> BatchReader:
    issued = datetime.date.fromisoformat(case.run.issue_date)
    return open_batch(Path(one.path), case.settings, issue_date=issued)


def _amount(case: Case, one: Delivery, entry: _Entry, parsed: ParsedRow) -> Iterator[Difference]:
    row, name, _, amount = entry
    if amount != parsed.amount:
        where = Where(one.path, row, name, "amount")
        yield Difference("input-differs", where, _money(case, parsed.amount), _money(case, amount))


def _foreign(case: Case, entry: _Entry, parsed: ParsedRow | None) -> Difference:
    """A row of the ledger that no file brought as it stands."""
    row, name, _, _ = entry
    return Difference("input-differs", Where(case.book, row, name, "entry.content"), _told(parsed), name)


def _told(parsed: ParsedRow | None) -> str:
    return "-" if parsed is None else ";".join(parsed.original)


def _content(parsed: ParsedRow) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(parsed.original), digest_size=16).digest()


def _money(case: Case, minor: int | None) -> str:
    return "-" if minor is None else money.plain(minor, case.run.currency)
