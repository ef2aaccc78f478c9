"""The digital files: every rendered voucher's bytes are those that the ledger knows, and nothing lies beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where, differing
from emission.batched import batched
from emission.ledger import artefacts, evidence
from emission.ledger.evidence import Paper

PAGE = 1000


def papers(case: Case) -> Iterator[Finding]:
    """Files that are gone, altered, or nobody's."""
    if not (case.folder / "digital").is_dir() and next(evidence.rendered(case.ledger, case.run.id), None) is not None:
        yield Difference("folder-missing", Where("digital"), str(case.folder / "digital"))
        return
    for paper in evidence.papers(case.ledger, case.run.id):
        name = PurePosixPath(paper.file).stem.casefold()
        where = Where(paper.file, id=paper.voucher_id)
        yield from differing(where, (("voucher.folded", name, paper.folded),), "ledger-differs")
        if paper.state == "rendered":
            case.counted.papers += 1
            yield from _paper(case, paper, where)
    yield from _beside(case)


def _paper(case: Case, paper: Paper, where: Where) -> Iterator[Difference]:
    if paper.printed:
        placed = paper.lot is not None and paper.sequence is not None
        yield from differing(where, (("voucher.lot", True, placed),), "ledger-differs")
    path = case.folder / paper.file
    if not path.is_file():
        yield Difference("file-missing", where, paper.sha256)
    elif (digest := artefacts.digest_of(path)) != paper.sha256:
        yield Difference("file-altered", where, paper.sha256, digest)


def _beside(case: Case) -> Iterator[Finding]:
    for page in batched(files_below(case.folder / "digital"), PAGE):
        # A name that is no text is none of ours.
        names = [path.stem.casefold() for path in page if _is_text(path.stem)]
        known = evidence.known_files(case.ledger, case.run.id, names)
        for path in page:
            file = path.relative_to(case.folder).as_posix()
            if is_temporary(path):
                yield Remark("file-temporary", Where(file))
            elif (state := known.get(file)) in {None, "withdrawn"}:
                yield Difference("file-extra", Where(file))
            elif state == "failed":
                yield Remark("file-left", Where(file))


def files_below(folder: Path) -> Iterator[Path]:
    """Every file in ``folder`` and beneath, in a fixed order."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def is_temporary(path: Path) -> bool:
    """Whether it is what a write that was cut short leaves."""
    return path.name.startswith(".") and path.name.endswith(".part")
