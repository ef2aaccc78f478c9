"""The file that came in, read again: every row of it is in the ledger, with its cells and its amount."""

from __future__ import annotations

import datetime
import hashlib
import tempfile
import zlib
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.errors import UsageError
from emission.intake import BatchReader, ParsedRow, open_batch
from emission.ledger import artefacts, deliveries, evidence
from emission.ledger.deliveries import TAKES_THE_PLACE_OF_ALL, Delivery
from emission.ledger.evidence import Cells
from emission.wording import explain

T = TypeVar("T")


class _File(msgspec.Struct, frozen=True):
    """A delivery, and where it can be read now: its own file, or what was kept of it; nothing where it is lost."""

    delivery: Delivery
    path: Path | None

    @property
    def name(self) -> str:
        return self.delivery.path


def source(case: Case) -> Iterator[Finding]:
    """The last whole file of the run and the parts that came after it, against the rows that the run has."""
    every = deliveries.all_of(case.ledger, case.run.id)
    if (told := evidence.told_of_run(case.ledger, case.run.id, "delivered")) != len(every):
        where = Where(case.book, id=case.run.batch, column="delivery")
        yield Difference("ledger-row-missing", where, f"{told} (history: delivered)")
    batches = [one for one in every if one.kind != "lines"]
    begin = max((n for n, one in enumerate(batches) if one.kind in TAKES_THE_PLACE_OF_ALL), default=None)
    if begin is None:
        yield _unrecorded(case)
        return
    if case.run.source not in {one.path for one in batches}:
        where = Where(case.book, id=case.run.batch, column="run.source")
        yield Difference("ledger-differs", where, batches[begin].path, case.run.source)
    with ExitStack() as stack:
        last = {one.path: one for one in batches}
        files = [_at_hand(case, stack, one, written_over=last[one.path] is not one) for one in batches[begin:]]
        yield from _read_again(case, files[0], files[1:], is_first=begin == 0)


def _read_again(case: Case, first: _File, parts: list[_File], *, is_first: bool) -> Iterator[Finding]:
    for one in (first, *parts):
        if one.path is None:
            yield Remark("input-gone", Where(one.name))
        elif (digest := artefacts.digest_of(one.path)) != one.delivery.sha256:
            yield Difference("input-changed", Where(one.name), one.delivery.sha256, digest)
    if first.path is None:
        return
    try:
        yield from _compared(case, first, parts)
        header = _open(case, first.path).header
    except UsageError as error:
        yield Difference("input-unreadable", Where(first.name), found=explain(case.settings.language, error))
        return
    # What is printed for mending keeps the columns of the batch's first file.
    if is_first:
        place = Where(case.book, id=case.run.batch)
        yield from differing(place, (("run.header", header, case.run.header),), "ledger-differs")


def _unrecorded(case: Case) -> Finding:
    """A release that kept no deliveries kept no artefacts either; where there are any, a row was taken away."""
    where = Where(case.book, id=case.run.batch, column="delivery")
    if artefacts.kept(case.ledger, case.run.id):
        return Difference("ledger-row-missing", where, case.run.source)
    return Remark("input-unrecorded", where)


def _at_hand(case: Case, stack: ExitStack, one: Delivery, *, written_over: bool) -> _File:
    """Where a delivery can be read: what the ledger kept of it comes before a file that another was written over."""
    try:
        kept = deliveries.content_of(case.ledger, one.id)
    except zlib.error:
        kept = b""
    if kept is not None:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="emission-"))
        path = Path(folder, Path(one.path).name)
        path.write_bytes(kept)
        return _File(one, path)
    path = Path(one.path)
    # A release that kept no content left this one to be written over.
    own = path.parent == Path(case.run.folder)
    return _File(one, path if path.is_file() and not own and not written_over else None)


class _Unmatched:
    """Rows of one side that have met none of the other, by their content; few, where the two sides agree."""

    def __init__(self) -> None:
        self._entries: dict[bytes, deque[Cells]] = defaultdict(deque)
        self._parsed: dict[bytes, deque[ParsedRow]] = defaultdict(deque)

    def meet(self, entry: Cells | None, parsed: ParsedRow | None) -> Iterator[tuple[Cells, ParsedRow]]:
        """The next row of each side: with each other, or with one of the other side that waits for it."""
        if entry is not None and parsed is not None and entry.content == _content(parsed):
            yield entry, parsed
            return
        if parsed is not None:
            if (met := self.entry_for(parsed)) is not None:
                yield met, parsed
            else:
                self._parsed[_content(parsed)].append(parsed)
        if entry is not None:
            if (found := _pop(self._parsed, entry.content)) is not None:
                yield entry, found
            else:
                self._entries[entry.content].append(entry)

    def entry_for(self, parsed: ParsedRow) -> Cells | None:
        """The entry of that content that waits longest, if any."""
        return _pop(self._entries, _content(parsed))

    def left_entries(self) -> list[Cells]:
        return sorted((one for many in self._entries.values() for one in many), key=lambda one: one.row)

    def left_parsed(self) -> list[ParsedRow]:
        return sorted((one for many in self._parsed.values() for one in many), key=lambda one: one.row)


def _compared(case: Case, first: _File, parts: Sequence[_File]) -> Iterator[Finding]:
    """A row that was moved is met where it stands; one that was taken away is missed once."""
    unmatched = _Unmatched()
    for entry, parsed in zip_longest(evidence.cells(case.ledger, case.run.id), _rows(case, first)):
        for mine, theirs in unmatched.meet(entry, parsed):
            yield from _amount(case, first, mine, theirs)
    brought: set[int] = set()
    for part in parts:
        for parsed in _rows(case, part) if part.path else ():
            entry = unmatched.entry_for(parsed)
            if entry is not None:
                brought.add(entry.row)
                yield from _amount(case, part, entry, parsed)
    # Where a part is lost, a row that the whole file does not have may be one of that part.
    if all(part.path for part in parts):
        yield from _left(case, first, unmatched, brought)


def _left(case: Case, first: _File, unmatched: _Unmatched, brought: set[int]) -> Iterator[Finding]:
    """Rows that only one side has, the likest of both held against each other cell by cell."""
    entries = {one.row: one for one in unmatched.left_entries()}
    by_name = {one.obligation_id: one.row for one in entries.values() if one.obligation_id}
    for parsed in unmatched.left_parsed():
        if parsed.row in brought:
            continue
        mine = entries.pop(by_name.get(parsed.obligation_id, parsed.row), None)
        if mine is None:
            yield Difference("input-row-missing", Where(first.name, parsed.row, parsed.obligation_id), _told(parsed))
        else:
            yield from _cell_by_cell(case, first, mine, parsed)
    for entry in entries.values():
        where = Where(case.book, entry.row, entry.obligation_id, "entry.content")
        yield Difference("input-row-extra", where, found=";".join(entry.original))


def _cell_by_cell(case: Case, first: _File, entry: Cells, parsed: ParsedRow) -> Iterator[Difference]:
    assert first.path is not None
    where = Where(first.name, entry.row, entry.obligation_id)
    header = _open(case, first.path).header
    facts = tuple(zip_longest(header, parsed.original, entry.original, fillvalue=""))
    found = differing(where, facts, "input-differs")
    yield from found or [Difference("input-differs", msgspec.structs.replace(where, column="entry.content"))]


def _rows(case: Case, one: _File) -> Iterator[ParsedRow]:
    assert one.path is not None
    for parsed in _open(case, one.path):
        case.counted.input_rows += 1
        yield parsed


def _open(case: Case, path: Path) -> BatchReader:
    issued = datetime.date.fromisoformat(case.run.issue_date)
    return open_batch(path, case.as_read, issue_date=issued)


def _amount(case: Case, one: _File, entry: Cells, parsed: ParsedRow) -> Iterator[Difference]:
    if entry.amount != parsed.amount:
        where = Where(one.name, entry.row, entry.obligation_id, "amount")
        yield Difference("input-differs", where, _money(case, parsed.amount), _money(case, entry.amount))


def _told(parsed: ParsedRow) -> str:
    return ";".join(parsed.original)


def _content(parsed: ParsedRow) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(parsed.original), digest_size=16).digest()


def _money(case: Case, minor: int | None) -> str:
    return "-" if minor is None else money.plain(minor, case.run.currency)


def _pop(many: dict[bytes, deque[T]], content: bytes) -> T | None:
    waiting = many.get(content)
    if not waiting:
        return None
    one = waiting.popleft()
    if not waiting:
        del many[content]
    return one
