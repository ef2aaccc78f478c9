"""CSV as offices write it: any of four delimiters, quotes, blank lines, and what goes wrong with them.

A quote that nobody closes costs its own row and no other: the reading goes on at the next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from emission.errors import BatchError, ConfigurationError, UsageError
from emission.intake import encoding
from emission.intake.table import Dialect, Record
from emission.model import Fault

_DELIMITERS = ";,\t|"
# The longest line, and the most lines of one quoted record; beyond them a quote was left open.
_LINE_CHARACTERS = 100_000
_RECORD_LINES = 50
_SAMPLE_RECORDS = 20
# DOS programs end a file with Ctrl-Z.
_BLANKS = " \r\n\x1a"
_ODD = re.compile(r"[^ -~]")
# What a spreadsheet or an archive begins with, which people send as .csv.
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"SQLite", b"\x1f\x8b")


class CsvTable:
    """A CSV file: see :class:`emission.intake.table.Table`."""

    def __init__(
        self, path: Path, *, declared_encoding: str, delimiter: str, expected: frozenset[str], final: Sequence[str]
    ) -> None:
        """Settles the dialect.

        ``expected`` are column names (casefolded) that tell a header; a file whose header ends with
        the columns ``final`` is one of ours, whose delimiter is found out even where one is declared.

        Raises:
            BatchError: the file is missing, empty, no text, or not of the declared dialect.
            ConfigurationError: a code page that we do not read, a delimiter that cannot be one.
        """
        if delimiter and (delimiter in '"\r\n ' or delimiter.isalnum()):
            allowed = ", ".join(map(_shown, _DELIMITERS))
            problem = UsageError("delimiter-key", key="batch.delimiter", found=_shown(delimiter), allowed=allowed)
            raise ConfigurationError([problem], "emission.toml")
        _readable(path)
        self.path = path
        self._encoding = encoding.settle(path, declared_encoding)
        first, delimiter_found = self._find_delimiter(expected, final)
        ours = tuple(first[-len(final) :]) == tuple(final) if final else False
        chosen = delimiter_found if ours or not delimiter else delimiter
        self.dialect = Dialect(self._encoding.name, chosen, self._encoding.declared, bool(delimiter))
        self.cut_short: Fault | None = None
        header = next(iter(self._raw(chosen)), None)
        if header is None:
            raise BatchError("batch-empty", path=path.name)
        if chosen != delimiter_found and _known(header.fields, expected) < _known(first, expected):
            raise BatchError("batch-delimiter", path=path.name, declared=chosen, likely=_shown(delimiter_found))
        self.header = tuple(name.strip() for name in header.fields)

    def records(self) -> Iterator[Record]:
        """The records after the header; ``cut_short`` is known at the end."""
        self.cut_short = None
        yield from islice(self._raw(self.dialect.delimiter, len(self.header)), 1, None)

    def _find_delimiter(self, expected: frozenset[str], final: Sequence[str]) -> tuple[list[str], str]:
        """The header and the delimiter under which most columns are known, then most rows agree."""
        best: tuple[tuple[bool, int, int, int], list[str], str] = ((False, -1, -1, -1), [], ",")
        for delimiter in _DELIMITERS:
            sample = [record.fields for record in islice(self._raw(delimiter), _SAMPLE_RECORDS)]
            if not sample:
                continue
            first = [name.strip() for name in sample[0]]
            agreeing = sum(len(fields) == len(first) for fields in sample) if len(first) > 1 else 0
            ours = bool(final) and tuple(first[-len(final) :]) == tuple(final)
            rank = (ours, _known(first, expected), agreeing, len(first))
            if rank > best[0]:
                best = (rank, first, delimiter)
        return best[1], best[2]

    def _raw(self, delimiter: str, width: int = 0) -> Iterator[Record]:
        # Decoding was proven when the file was opened; a file that changed since shows as U+FFFD.
        with self.path.open(encoding=self._encoding.codec, errors="replace", newline="") as file:
            lines = _Lines(file)
            yield from self._split(lines, delimiter, width)

    def _split(self, lines: _Lines, delimiter: str, width: int) -> Iterator[Record]:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            lines.start_record()
            problem = ""
            fields: list[str] = []
            try:
                fields = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooManyLinesError):
                problem = "quote-unbalanced"
            taken = lines.taken
            # A quote left open swallows the rows after it: they are given back, and only this one is lost.
            if len(taken) > 1 and (problem or (width and _swallowed(taken, fields, delimiter, width))):
                lines.put_back()
                problem = "quote-unbalanced"
            first = lines.taken[0]
            # What a spreadsheet leaves below its last row is separators and nothing else.
            if len(taken) == 1 and not first.strip(_BLANKS + delimiter):
                continue
            if lines.too_long:
                problem = "line-too-long"
            elif not problem and width and len(fields) != width:
                problem = "columns-count"
            fault = None
            if problem:
                if problem != "columns-count":
                    fields = first.rstrip("\r\n").split(delimiter)
                fault = Fault(
                    problem,
                    value=_cut(first),
                    params={"line": str(lines.start), "found": str(len(fields)), "expected": str(width)},
                )
                self._note_cut(lines, fault, missing=len(fields) < width)
            plain = len(lines.taken) == 1 and not _ODD.search(first.rstrip("\r\n"))
            yield Record(lines.start, fields, plain, fault)

    def _note_cut(self, lines: _Lines, fault: Fault, *, missing: bool) -> None:
        """The last line tells whether the file was cut: it stops within quotes, or within the record."""
        if not lines.at_end:
            return
        last = lines.taken[0]
        open_quote = fault.code == "quote-unbalanced" and last.count('"') % 2 == 1
        if open_quote or (missing and not last.endswith(("\n", "\r"))):
            self.cut_short = Fault("file-cut-short", value=fault.value, params={"line": str(lines.start)})


class _TooManyLinesError(Exception):
    """A quoted field that runs on and on."""


class _Lines:
    """The lines of a file for :func:`csv.reader`, which can be given back where a record was none."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._returned: deque[str] = deque()
        self._next_line = 1
        self.taken: list[str] = []
        self.start = 1
        self.too_long = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _RECORD_LINES:
            raise _TooManyLinesError
        line = self._returned.popleft() if self._returned else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.too_long = self.too_long or len(line) == _LINE_CHARACTERS
        self._next_line += 1
        return line

    def start_record(self) -> None:
        self.taken = []
        self.too_long = False
        self.start = self._next_line

    def put_back(self) -> None:
        """Gives back all lines of this record but the first."""
        rest = self.taken[1:]
        self._returned.extendleft(reversed(rest))
        self._next_line -= len(rest)
        self.taken = self.taken[:1]
        self.too_long = len(self.taken[0]) == _LINE_CHARACTERS

    @property
    def at_end(self) -> bool:
        if not self._returned:
            line = self._read()
            if line:
                self._returned.append(line)
        return not self._returned

    def _read(self) -> str:
        line = rest = self._file.readline(_LINE_CHARACTERS)
        while len(rest) == _LINE_CHARACTERS and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(_LINE_CHARACTERS)
        return line


def _swallowed(taken: Sequence[str], fields: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether a record over several lines holds other records: better a row rejected than a row unseen."""
    return len(fields) != width or any(line.count(delimiter) == width - 1 for line in taken[1:])


def _readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except FileNotFoundError:
        raise BatchError("batch-missing", path=path) from None
    except OSError as error:
        raise BatchError("batch-unreadable", path=path, cause=error.strerror or type(error).__name__) from None
    if not start:
        raise BatchError("batch-empty", path=path.name)
    if start.startswith(_NO_TEXT):
        raise BatchError("batch-no-text", path=path.name)


def _known(names: Iterable[str], expected: frozenset[str]) -> int:
    return sum(name.strip().casefold() in expected for name in names)


def _shown(delimiter: str) -> str:
    return repr(delimiter)[1:-1]


def _cut(text: str, longest: int = 200) -> str:
    text = text.rstrip("\r\n")
    return text if len(text) <= longest else text[: longest - 1] + "…"
