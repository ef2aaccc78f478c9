"""Papers and lots drawn anew from the ledger: whatever stands on them that it does not know of shows in the bytes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from itertools import groupby
from pathlib import Path

from emission.audit.case import Case
from emission.audit.finding import Difference, Finding, Remark, Where
from emission.batched import batched
from emission.errors import Refused, Stopped
from emission.executors import open_executor, ordered
from emission.ledger import evidence, papers
from emission.model import Fault
from emission.render import Look, stamp, template_for
from emission.reprint.drawing import Chunk, bill_of, draw_lot
from emission.reprint.looks import kept_look
from emission.wording import explain

PAGE = 100  # papers drawn together


def drawn(case: Case) -> Iterator[Finding]:
    """Every paper that stands and every lot; those of a renderer that is not at hand are only remarked on."""
    for look in evidence.looks(case.ledger, case.run.id):
        try:
            with kept_look(case.ledger, case.run, look) as kept:
                yield from _papers(case, kept, look)
                yield from _lots(case, kept, look)
        except Refused as refusal:
            where = Where(case.book, id=look[:12], column="asset")
            yield Remark("not-drawn", where, explain(case.settings.language, refusal))


def _papers(case: Case, look: Look, name: str) -> Iterator[Difference]:
    rendered = (paper.id for paper in evidence.rendered(case.ledger, case.run.id) if paper.look == name)
    pages = (papers.current(case.ledger, keys) for keys in batched(rendered, PAGE))
    jobs = ((Chunk(look, tuple(page)), page) for page in pages)
    try:
        with open_executor(case.settings.output.workers) as executor:
            for page, digests in ordered(executor, _digests, jobs):
                for paper, digest in zip(page, digests, strict=True):
                    if digest != paper.sha256:
                        yield Difference(
                            "file-not-so-drawn", Where(paper.file, id=paper.voucher_id), digest, paper.sha256
                        )
    except BrokenProcessPool as error:
        raise Stopped("worker-died") from error


def _digests(chunk: Chunk) -> list[str]:
    """SHA-256 of each paper as it comes out now; why it does not, where it does not. Runs in a worker."""
    found: list[str] = []
    for able, group in groupby(chunk.papers, key=lambda paper: bool(paper.inputs)):
        some = list(group)
        if not able:
            found += ["-"] * len(some)
            continue
        made = stamp(template_for(chunk.look), [bill_of(paper) for paper in some])
        found += [one.code if isinstance(one, Fault) else hashlib.sha256(one.digital).hexdigest() for one in made]
    return found


def _lots(case: Case, look: Look, name: str) -> Iterator[Difference]:
    for lot in evidence.lots(case.ledger, case.run.id):
        if lot.state == "open" or not lot.file or lot.look != name:
            continue
        places = papers.in_lot(case.ledger, case.run.id, lot.number)
        pages = (papers.papers(case.ledger, some) for some in batched(places, PAGE))
        with tempfile.TemporaryDirectory(prefix="emission-") as folder:
            path = Path(folder, Path(lot.file).name)
            try:
                draw_lot(look, path, pages, workers=case.settings.output.workers, expected=lot.sha256)
            except Refused as refusal:
                where = Where(lot.file, id=str(lot.number))
                yield Difference("lot-not-so-drawn", where, found=explain(case.settings.language, refusal))
