"""The text of a file of payments → its lines, each with the cells that its profile names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from emission.errors import Refused
from emission.reconcile.profiles import Field, Profile, Record

_BLANKS = " \r\n\t\x1a"  # DOS programs end a file with Ctrl-Z


class BadLineError(Exception):
    """What is wrong with one line: a code, the column, and what its sentence needs."""

    def __init__(self, code: str, column: str = "-", **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.params = params


class Line(NamedTuple):
    """One line of the file: its number from 1, what kind of line it is, and the text of each of its fields."""

    number: int
    record: Record
    cells: tuple[str, ...]


def decoded(content: bytes, encoding: str, path: object) -> str:
    """The text: in the code page that the profile names; else UTF-8 if it is, else Windows' Western one.

    Raises:
        Refused: it does not decode; names the line.
    """
    for page in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return content.decode("utf-8-sig" if page == "utf-8" else page)
        except UnicodeDecodeError as error:
            failed, tried = error, page
    line = content.count(b"\n", 0, failed.start) + 1
    raise Refused("payments-undecodable", path=path, line=line, encoding=tried, byte=content[failed.start])


def split(text: str, profile: Profile) -> Iterator[Line | tuple[int, BadLineError]]:
    """Every line that says something, or what is wrong with it."""
    yield from _delimited(text, profile) if profile.format == "delimited" else _fixed(text, profile)


def name_of(field: Field) -> str:
    """What a person calls the place of a field: its column, or from which character to which."""
    return str(field.column) if field.column else f"{field.at}-{field.at + field.length - 1}"


def _delimited(text: str, profile: Profile) -> Iterator[Line | tuple[int, BadLineError]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
    places: dict[str, int] = {}
    width, last = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # Where a quote stays open nothing after it can be believed.
            yield last + 1, BadLineError("payments-line-broken", detail=str(error))
            return
        first, last = last + 1, reader.line_num
        if last > first:
            yield first, BadLineError("payments-line-broken", detail=f"{first}-{last}")
        elif not "".join(cells).strip(_BLANKS):
            continue
        elif profile.columns and not places:
            places = {name.strip().casefold(): place for place, name in enumerate(cells)}
            width = len(cells)
            if missing := _missing(profile, places):
                yield first, BadLineError("payments-column-missing", missing, known=", ".join(cells)[:200])
                return
        else:
            yield _line(first, profile, cells, places, width)


def _missing(profile: Profile, places: Mapping[str, int]) -> str:
    """The first column that must be there and is not."""
    wanted = (field for record in profile.records for field in record.fields if isinstance(field.column, str))
    return next((str(f.column) for f in wanted if str(f.column).casefold() not in places and not f.optional), "")


def _line(
    number: int, profile: Profile, cells: list[str], places: Mapping[str, int], width: int
) -> Line | tuple[int, BadLineError]:
    record = _record_of(profile, cells[0].strip())
    if record is None:
        return number, BadLineError("payments-record-unknown", "1", found=cells[0][:40])
    if record.what == "payment" and width and len(cells) != width:
        return number, BadLineError("payments-columns-count", found=str(len(cells)), expected=str(width))
    found = []
    for field in record.fields:
        name = field.column
        place = name - 1 if isinstance(name, int) else places.get(name.casefold(), -1)
        if not 0 <= place < len(cells):
            if not field.optional:
                return number, BadLineError("payments-cell-missing", name_of(field))
            found.append("")
            continue
        found.append(cells[place])
    return Line(number, record, tuple(found))


def _record_of(profile: Profile, start: str) -> Record | None:
    """The kind of a line that begins so; the longest mark counts."""
    marked = [(len(mark), r) for r in profile.records for mark in r.marks if _bears(profile, start, mark)]
    if marked:
        return max(marked, key=lambda one: one[0])[1]
    return next((record for record in profile.records if not record.marks), None)


def _bears(profile: Profile, start: str, mark: str) -> bool:
    return start.startswith(mark) if profile.format == "fixed" else start == mark


def _fixed(text: str, profile: Profile) -> Iterator[Line | tuple[int, BadLineError]]:
    for number, line in enumerate(text.split("\n"), start=1):
        # Only what ends a line, so that no place of it moves.
        whole = line.rstrip("\r\x1a")
        if not whole.strip(_BLANKS):
            continue
        record = _record_of(profile, whole)
        if record is None:
            yield number, BadLineError("payments-record-unknown", "1", found=whole[:10])
            continue
        needed = profile.length or max((field.at + field.length - 1 for field in record.fields), default=0)
        if len(whole) < needed or (profile.length and len(whole) != profile.length):
            yield number, BadLineError("payments-line-length", found=str(len(whole)), expected=str(needed))
            continue
        cells = (whole[field.at - 1 : field.at - 1 + field.length] for field in record.fields)
        yield Line(number, record, tuple(cells))
