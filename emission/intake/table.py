"""What every format gives: a header, a dialect, and records one after the other.

A new format is one more file with a class of this shape, named in :data:`emission.intake.FORMATS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import msgspec

from emission.model import Fault


class Dialect(msgspec.Struct, frozen=True):
    """How the file is written. What was not declared was found out, and should be said aloud."""

    encoding: str
    delimiter: str
    encoding_declared: bool
    delimiter_declared: bool


class Record(NamedTuple):
    """One record as it stood. ``line`` counts physical lines from 1, where the record starts.

    ``plain``: nothing but printable ASCII, so that no field needs a closer look.
    ``fault``: why the fields cannot be told apart; they are then a best effort, to be shown only.
    """

    line: int
    fields: list[str]
    plain: bool
    fault: Fault | None


class Table(Protocol):
    """A file opened as a table. Nothing of it stays in memory but the header."""

    header: tuple[str, ...]
    dialect: Dialect
    cut_short: Fault | None

    def records(self) -> Iterator[Record]:
        """The records after the header, blank ones left out; ``cut_short`` is known at the end."""
        ...
