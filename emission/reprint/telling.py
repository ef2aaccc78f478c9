"""What a person, or the program that stands in for one, is told of a reprint."""

from __future__ import annotations

import msgspec

from emission.console import Console
from emission.reprint import Reprinted
from emission.reprint.choosing import SHOWN
from emission.reprint.notices import Notice


def tell(console: Console, made: Reprinted) -> None:
    """Path and proof on standard output; what to know before handing it over, on standard error."""
    for notice in made.notices:
        console.remark(notice.code, count=notice.count, ids=_ids(notice), detail=notice.detail)
    for other in made.older:
        code = "reprint-other" if other.lot is None else "reprint-other-released"
        console.remark(code, sha256=other.sha256[:SHOWN], retired=other.retired, lot=other.lot)
    if console.json:
        console.emit("reprint", **msgspec.to_builtins(made))
        return
    console.line("reprint-path", path=made.path)
    same = "reprint-same" if made.whole else "reprint-same-part"
    console.line(same, batch=made.batch, issue_date=made.issue_date, pages=made.pages, sha256=made.sha256)


def _ids(notice: Notice) -> str:
    return ", ".join((*notice.ids, *("…" for _ in range(notice.count > len(notice.ids)))))
