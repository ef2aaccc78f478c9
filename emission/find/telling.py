"""What was found, on the terminal: one bill on a screen, or a list to choose from; with ``--json`` all of it."""

from __future__ import annotations

import msgspec

from emission.console import Console
from emission.find import Found
from emission.find.screen import listed, screen
from emission.wording import Language

_HEADINGS = ("find-id", "find-name", "find-period", "find-amount", "find-state", "find-batch")


def tell(console: Console, language: Language, found: Found) -> None:
    """Says it."""
    if console.json:
        bills = [] if found.bill is None else [found.bill]
        for bill in bills:
            console.emit("bill", **msgspec.to_builtins(bill))
        for paper in found.papers:
            console.emit("hit", **msgspec.to_builtins(paper))
        console.emit("found", total=found.total, shown=len(bills) + len(found.papers), more=found.more)
    elif found.bill is not None:
        for line in screen(found.bill, language):
            console.line("find-line", line=line)
    else:
        console.table("", _HEADINGS, listed(found.papers, language))
        if left := found.total - len(found.papers):
            console.line("find-many" if found.more else "find-more", more=left)
