"""Papers drawn once more. Each is held against the hash that the ledger has of it before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import msgspec

from emission import store
from emission.codes.control import ControlMark
from emission.errors import Refused, Stopped
from emission.executors import open_executor, ordered
from emission.ledger.papers import Paper
from emission.model import Bill, Fault, Obligation, Operation, Voucher
from emission.render import Look, LotPage, LotWriter, Stamped, stamp, template_for

_obligation = msgspec.msgpack.Decoder(Obligation)
_operation = msgspec.msgpack.Decoder(Operation)


class Chunk(msgspec.Struct, frozen=True):
    """Papers of one look, to be drawn by a worker."""

    look: Look
    papers: tuple[Paper, ...]


def bill_of(paper: Paper) -> Bill:
    """The bill that a paper shows.

    Raises:
        Refused: the ledger has nothing that it could show.
    """
    if not paper.inputs:
        raise Refused("reprint-not-drawn", id=paper.voucher_id, reason="-")
    obligations = tuple(_obligation.decode(record) for record, _ in paper.inputs)
    operations = tuple(None if packed is None else _operation.decode(packed) for _, packed in paper.inputs)
    return Bill(Voucher(paper.voucher_id, obligations), operations)


def drawn(look: Look, papers: Sequence[Paper]) -> list[Stamped]:
    """The papers, drawn.

    Raises:
        Refused: one came out with other bytes, or not at all.
    """
    found: list[Stamped] = []
    for paper, made in zip(papers, stamp(template_for(look), [bill_of(paper) for paper in papers]), strict=True):
        if isinstance(made, Fault):
            raise Refused("reprint-not-drawn", id=paper.voucher_id, reason=made.code)
        if hashlib.sha256(made.digital).hexdigest() != paper.sha256:
            raise Refused("reprint-differs", id=paper.voucher_id, sha256=paper.sha256)
        found.append(made)
    return found


def draw_pages(chunk: Chunk) -> list[tuple[LotPage, ControlMark]]:
    """The print pages of a chunk, with the places that they had. Runs in a worker.

    Raises:
        Refused: as :func:`drawn`.
    """
    return [
        (page, ControlMark(paper.lot or 0, paper.sequence or 0, sheet, len(made.lot_pages)))
        for paper, made in zip(chunk.papers, drawn(chunk.look, chunk.papers), strict=True)
        for sheet, page in enumerate(made.lot_pages, 1)
    ]


def draw_lot(look: Look, path: Path, pages: Iterable[list[Paper]], *, workers: int, expected: str) -> tuple[str, int]:
    """Writes the papers as a lot to ``path``, if they come out as they were; its sha256 and its pages.

    ``expected`` is the sha256 that it must have; ``""`` for a part of a lot, whose vouchers are proof enough.

    Raises:
        Refused: a voucher, or the whole, has other bytes; there is no file.
        Stopped: the disk refuses, or a worker died.
    """
    jobs: Iterator[tuple[Chunk, None]] = ((Chunk(look, tuple(papers)), None) for papers in pages)
    count = 0
    try:
        with store.writing(path) as stream, open_executor(workers) as executor:
            writer = LotWriter(template_for(look).for_lots, stream)
            for _, made in ordered(executor, draw_pages, jobs):
                for page, mark in made:
                    writer.add(page, mark)
                    count += 1
            writer.close()
            if expected and writer.sha256 != expected:
                raise Refused("reprint-lot-differs", file=path.name, sha256=expected)
    except BrokenProcessPool as error:
        raise Stopped("worker-died") from error
    store.flush([path])
    return writer.sha256, count
