"""Sheets read by all workers, a pile at a time, each with what the caller knows of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from emission.batched import batched
from emission.errors import Stopped
from emission.executors import Workers, ordered
from emission.scan.scanner import Scanner
from emission.scan.sheets import Pile, Read, Sheets, read

PILE = 8
Known = TypeVar("Known")


def read_all(executor: Workers, jobs: Iterable[tuple[Sheets, Known]], scanner: Scanner) -> Iterator[tuple[Known, Read]]:
    """Reads the sheets of every job, in order.

    Raises:
        Stopped: a worker died.
    """
    try:
        for known, found in ordered(executor, read, _piles(jobs, scanner)):
            yield from zip(known, found, strict=True)
    except BrokenProcessPool as error:
        raise Stopped("worker-died") from error


def _piles(jobs: Iterable[tuple[Sheets, Known]], scanner: Scanner) -> Iterator[tuple[Pile, list[Known]]]:
    for some in batched(jobs, PILE):
        yield Pile(scanner, tuple(sheets for sheets, _ in some)), [known for _, known in some]
