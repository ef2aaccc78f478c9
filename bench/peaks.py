"""The most memory that an engine takes for its files, each in a process of its own; and ours for ever longer lots."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

import msgspec

from bench import memory
from bench.page import Contested
from bench.peers import open_peer
from bench.rendering import FILES, ours, press_pages
from emission.codes.control import ControlMark
from emission.model import Channel
from emission.render import LotWriter, template_for

# Of the pages of a long lot so many are drawn; then they come round again, each under a mark of its own.
DRAWN = 200
# Enough for a peer to have loaded all that it loads.
THEIRS = 20


class Lot(msgspec.Struct, frozen=True):
    """A lot of so many pages: MiB at most while it was written, MiB on disk."""

    pages: int
    peak: float
    size: float


def peaks(contested: Contested, peers: Sequence[str]) -> dict[str, float]:
    """MiB resident at most, one file after the other: ours of all the contest's bills, a peer's of some."""
    return {FILES: _apart(_draw_ours, contested)} | {peer: _apart(_draw_theirs, contested, peer) for peer in peers}


def lots(contested: Contested, folder: Path, pages: Sequence[int]) -> list[Lot]:
    """Our lots of these lengths; only a writer that keeps pages takes more for the longer ones."""
    made = []
    for count in pages:
        path = folder / f"lot-{count}.pdf"
        peak = _apart(_write, contested, path, count)
        made.append(Lot(count, peak, round(path.stat().st_size / 2**20, 1)))
        path.unlink()
    return made


def _apart(work: Callable[..., None], *arguments: object) -> float:
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (work, *arguments))


def _peak(work: Callable[..., None], *arguments: object) -> float:
    work(*arguments)
    # Not getrusage, in whose sight a child begins with its parent's peak.
    return round(memory.of_process(os.getpid())[1], 1)


def _draw_ours(contested: Contested) -> None:
    for one in contested.drawn:
        ours(contested, Channel.DIGITAL, [one])


def _draw_theirs(contested: Contested, peer: str) -> None:
    draw = open_peer(peer, contested.stage)
    assert draw is not None
    for one in contested.drawn[:THEIRS]:
        draw(one.page)


def _write(contested: Contested, path: Path, count: int) -> None:
    pages = [page for voucher in press_pages(contested, contested.drawn[:DRAWN]) for page in voucher]
    with path.open("wb") as stream:
        writer = LotWriter(template_for(contested.look).for_lots, stream)
        for sequence, page in enumerate(islice(cycle(pages), count), 1):
            writer.add(page, ControlMark(1 + sequence // 10**5, 1 + sequence % 10**5, 1, 1))
        writer.close()
