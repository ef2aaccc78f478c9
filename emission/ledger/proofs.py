"""What a scanner read of a lot: noted in the history, and asked for before the lot is released."""

from __future__ import annotations

from sqlalchemy import select

from emission.ledger.schema import history
from emission.ledger.store import Ledger

VERIFIED, MISREAD = "verified", "misread"


def note(ledger: Ledger, run_id: int, number: int, sha256: str, counts: str, *, whole: bool, right: bool) -> None:
    """Writes down that the file ``sha256`` of a lot was read: the ``whole`` of it or a sample, all ``right`` or not.

    ``counts`` is for people.
    """
    reach = "all" if whole else "sample"
    detail = f"{_file(run_id, sha256)} {reach}, {counts}"
    ledger.record("lot", [number], VERIFIED if right else MISREAD, detail)


def misread(ledger: Ledger, run_id: int, number: int, sha256: str) -> str:
    """The counts of the last reading of that file that was not right, unless all of it was read right since."""
    about = (history.c.subject == "lot", history.c.subject_id == number, history.c.event.in_((VERIFIED, MISREAD)))
    query = select(history.c.event, history.c.detail).where(*about).order_by(history.c.id)
    mine = _file(run_id, sha256)
    standing = ""
    with ledger.transaction() as connection:
        for happening, detail in connection.execute(query):
            if not detail.startswith(mine):
                continue
            reach, _, counts = detail.removeprefix(mine).strip().partition(", ")
            if happening == MISREAD:
                standing = counts
            elif reach == "all":
                standing = ""
    return standing


def _file(run_id: int, sha256: str) -> str:
    return f"run {run_id}, {sha256},"
