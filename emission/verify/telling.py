"""What a verification says to a person: a line a difference, then the count; and to a program."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from emission.config import SHARE
from emission.console import Console
from emission.errors import UsageError
from emission.scan.papers import Expected, Misread
from emission.stages.prove import facts, share_of
from emission.verify.reading import Verification

MOST = 1000


def share(text: str) -> Decimal:
    """``1%`` as a fraction.

    Raises:
        UsageError: it is no share, or nothing.
    """
    if not re.fullmatch(SHARE, text) or not share_of(text):
        raise UsageError("verify-share", found=text)
    return share_of(text)


class Teller:
    """Says the first differences to a person as they are found, all of them to a program."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = 0

    def tell(self, expected: Expected, misread: Misread) -> None:
        """A difference."""
        self._told += 1
        if self._console.json:
            place = {"file": expected.file, "id": expected.voucher_id, "sequence": expected.sequence}
            message = self._console.say(f"proof-{misread.code}", **facts(expected, misread))
            self._console.emit("misread", **place, **msgspec.to_builtins(misread), message=message)
        elif self._told <= MOST:
            self._console.line(f"proof-{misread.code}", **facts(expected, misread))

    def progress(self, done: int, total: int) -> None:
        """How many papers have been read."""
        self._console.progress("reading-codes", done, total)

    def close(self, made: Verification) -> None:
        """The counts."""
        tally, scanner = made.tally, made.scanner
        if self._console.json:
            figures = msgspec.structs.asdict(tally) | {"seconds": round(tally.seconds, 1)}
            place = {"batch": made.batch, "environment": made.environment, "folder": made.folder}
            seen = {"sample": f"{(made.share * 100).normalize():f}%", "dpi": scanner.dpi, "blur": scanner.blur}
            self._console.emit("verified", **place, **seen, **figures)
            return
        if self._told > MOST:
            self._console.line("proof-more", count=self._told - MOST)
        self._console.line(
            "verify-wrong" if tally.wrong else "verify-right",
            batch=made.batch,
            dpi=scanner.dpi,
            blur=f"{scanner.blur:g}",
            papers=tally.papers,
            pages=tally.pages,
            codes=tally.codes,
            mismatches=tally.mismatches,
            unread=tally.unread,
            seconds=f"{tally.seconds:.1f}",
        )
