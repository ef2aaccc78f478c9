"""A CSV of ours against the lines that it should have, row by row of the batch; memory does not grow with it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from emission.audit.finding import Difference, Where
from emission.guard import unguard


class Group(msgspec.Struct, frozen=True):
    """The lines of one row of the batch, as they stand beside each other; ``row`` -1 where it cannot be read."""

    row: int
    lines: list[list[str]]


class Expected(msgspec.Struct, frozen=True):
    """What should stand there of a row; none where the row has no lines in this file."""

    row: int
    id: str
    lines: list[list[str]]


def compare(
    path: Path, columns: Sequence[str], expected: Iterable[Expected], *, unread: Collection[str] = ()
) -> Iterator[Difference]:
    """Every line that is missing, too many or altered; ``expected`` comes in the order of rows.

    ``columns[0]`` is the row; columns in ``unread`` are not compared.
    """
    where = Where(path.name)
    try:
        with path.open(encoding="utf-8", errors="backslashreplace", newline="") as stream:
            lines = csv.reader(stream)
            header = next(lines, [])
            if header != list(columns):
                # Under other columns every cell would differ.
                yield Difference("header-differs", where, ",".join(columns), ",".join(header))
                return
            found = _Ahead(_groups(lines))
            for row in expected:
                yield from _row(where, columns, row, found, unread)
            for group in found.rest():
                yield from _extra(where, group.row, group.lines)
    except FileNotFoundError:
        return  # told of where the account's own files are compared
    except (OSError, csv.Error) as error:
        yield Difference("file-unreadable", where, found=str(error))


class _Ahead:
    """The groups of a file, seen two ahead: one that stands out of order is not waited for."""

    def __init__(self, groups: Iterator[Group]) -> None:
        self._groups = groups
        self._next = next(groups, None)
        self._after = next(groups, None)

    def before(self, row: int) -> Iterator[Group]:
        """Takes those that should not stand before ``row``."""
        while self._next is not None and (
            self._next.row < row
            or (self._next.row > row and self._after is not None and self._after.row < self._next.row)
        ):
            yield self._take(self._next)

    def take(self, row: int) -> Group | None:
        """Takes the group of ``row`` if it is the next."""
        return self._take(self._next) if self._next is not None and self._next.row == row else None

    def rest(self) -> Iterator[Group]:
        while self._next is not None:
            yield self._take(self._next)

    def _take(self, group: Group) -> Group:
        self._next, self._after = self._after, next(self._groups, None)
        return group


def _row(
    where: Where, columns: Sequence[str], row: Expected, found: _Ahead, unread: Collection[str]
) -> Iterator[Difference]:
    if not row.lines:
        return
    for early in found.before(row.row):
        yield from _extra(where, early.row, early.lines)
    group = found.take(row.row)
    left = [] if group is None else list(group.lines)
    place = msgspec.structs.replace(where, row=row.row, id=row.id)
    for line in row.lines:
        if not left:
            yield Difference("line-missing", place, ",".join(line))
            continue
        likest = max(left, key=lambda other: sum(one == two for one, two in zip(line, other, strict=False)))
        left.remove(likest)
        yield from _cells(place, columns, line, likest, unread)
    yield from _extra(where, row.row, left)


def _cells(
    where: Where, columns: Sequence[str], expected: list[str], found: list[str], unread: Collection[str]
) -> Iterator[Difference]:
    padded = [*found, *[""] * len(columns)][: len(columns)]
    for column, right, actual in zip(columns, expected, padded, strict=True):
        if right != actual and column not in unread:
            place = msgspec.structs.replace(where, column=column)
            yield Difference("cell-differs", place, unguard(right), unguard(actual))
    if len(found) > len(columns):
        yield Difference("cell-differs", where, str(len(columns)), str(len(found)))


def _extra(where: Where, row: int, lines: Iterable[list[str]]) -> Iterator[Difference]:
    for line in lines:
        place = msgspec.structs.replace(where, row=max(0, row), id=line[1] if len(line) > 1 else "")
        yield Difference("line-extra", place, found=",".join(line))


def _groups(lines: Iterator[list[str]]) -> Iterator[Group]:
    group: Group | None = None
    for line in lines:
        row = _number(line[0] if line else "")
        if group is not None and group.row == row:
            group.lines.append(line)
            continue
        if group is not None:
            yield group
        group = Group(row, [line])
    if group is not None:
        yield group


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
