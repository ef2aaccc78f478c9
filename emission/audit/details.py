"""The detail file that came in, read again: the lines of every bill are those of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from emission import money
from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where
from emission.audit.readable import BROKEN
from emission.batched import batched
from emission.errors import UsageError
from emission.intake import ParsedLine, open_lines
from emission.ledger import Ledger, artefacts, deliveries, evidence, staging
from emission.ledger.deliveries import TAKES_THE_PLACE_OF_ALL, Delivery
from emission.model import Line, Obligation
from emission.wording import explain

PAGE = 1000

_obligation = msgspec.msgpack.Decoder(Obligation)
_line = msgspec.msgpack.Decoder(ParsedLine)
_pack = msgspec.msgpack.Encoder().encode


def details(case: Case) -> Iterator[Finding]:
    """Every bill's lines against the detail files that came in; where there were several, each bill has one's."""
    every = _since_the_last_whole(deliveries.all_of(case.ledger, case.run.id))
    last = {one.path: one for one in every}
    # Where another one was delivered in its place, the earlier is not at hand any more.
    there = [one for one in every if last[one.path] is one and Path(one.path).is_file()]
    yield from (Remark("input-gone", Where(one.path)) for one in every if one not in there)
    for one in there:
        if (digest := artefacts.digest_of(Path(one.path))) != one.sha256:
            yield Difference("input-changed", Where(one.path), one.sha256, digest)
    if not there or there != every:
        return
    with closing(Ledger(None)) as stage:
        try:
            for number, one in enumerate(there, 1):
                _stage(case, stage, number, one)
        except UsageError as error:
            yield Difference("input-unreadable", Where(there[-1].path), found=explain(case.settings.language, error))
            return
        yield from _compared(case, stage, there)


def _since_the_last_whole(every: list[Delivery]) -> list[Delivery]:
    """The detail files of the rows that stand: the one that came with the last whole batch, and later ones."""
    whole = max((one.id for one in every if one.kind in TAKES_THE_PLACE_OF_ALL), default=0)
    lines = [one for one in every if one.kind == "lines"]
    return [one for one in lines if one.id < whole][-1:] + [one for one in lines if one.id > whole]


def _stage(case: Case, stage: Ledger, number: int, one: Delivery) -> None:
    for page in batched(open_lines(Path(one.path), case.as_read), PAGE):
        staging.add_detail(stage, number, ((line.obligation_id, line.line, _pack(line)) for line in page))


def _compared(case: Case, stage: Ledger, files: list[Delivery]) -> Iterator[Difference]:
    for page in batched(evidence.records(case.ledger, case.run.id), PAGE):
        names = [name for _, name, _ in page]
        told = [staging.details_of(stage, number, names) for number in range(1, len(files) + 1)]
        for row, name, record in page:
            try:
                mine = _obligation.decode(record).lines
                theirs = [_lines(one.get(name, [])) for one in told]
            except BROKEN:
                continue  # told of where the ledger is held against itself
            if mine not in theirs:
                where = Where(files[-1].path, row, name)
                yield Difference("input-differs", where, _told(case, theirs[-1]), _told(case, mine))


def _lines(packed: list[bytes]) -> tuple[Line, ...]:
    return tuple(line.detail for line in map(_line.decode, packed) if line.detail is not None)


def _told(case: Case, lines: tuple[Line, ...]) -> str:
    return "; ".join(f"{line.concept} {money.plain(line.total, case.run.currency)}" for line in lines)
