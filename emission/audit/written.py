"""The account's own files, byte for byte as the run wrote them."""

from __future__ import annotations

from collections.abc import Iterator

from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where
from emission.audit.standing import is_over
from emission.ledger import artefacts, deliveries

# rejected.csv and its workbook are the clerk's, who mends rows in them.
KEPT = ("faults.csv", "manifest.csv", "manifest.xlsx", "report.json")


def written(case: Case) -> Iterator[Finding]:
    """Files that are gone, that were altered, or whose hash the ledger lacks."""
    kept = artefacts.kept(case.ledger, case.run.id)
    if not kept and is_over(case):
        where = Where(case.book, id=case.run.batch, column="artefact")
        if deliveries.all_of(case.ledger, case.run.id):
            yield Difference("ledger-row-missing", where, ", ".join(KEPT))
        else:
            # An older release kept none: what is read anew still is compared.
            yield Remark("artefacts-unrecorded", where)
    for file in sorted({*kept, *(KEPT if is_over(case) else ())}):
        path = case.folder / file
        if kept and file not in kept:
            yield Difference("ledger-row-missing", Where(case.book, column="artefact"), file)
        if not path.is_file():
            yield Difference("file-missing", Where(file), kept.get(file, ""))
        elif file in kept and (digest := artefacts.digest_of(path)) != kept[file]:
            yield Difference("file-altered", Where(file), kept[file], digest)


def is_as_written(case: Case, file: str) -> bool:
    """Whether a file still is what the ledger says that was written."""
    path = case.folder / file
    return path.is_file() and artefacts.kept(case.ledger, case.run.id).get(file) == artefacts.digest_of(path)
