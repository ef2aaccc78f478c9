"""Which run, and which of a voucher's papers, somebody means; what cannot be told apart is never guessed."""

from __future__ import annotations

import datetime

from emission.config import Settings
from emission.errors import Refused, UsageError
from emission.ledger import Ledger, accounts, runs
from emission.ledger.holder import ARGENTINA
from emission.ledger.locating import Located, locate
from emission.ledger.papers import Paper, current, kept
from emission.ledger.runs import Run
from emission.wording import Language, coded_reasons

SHOWN = 12  # digits of a sha256 that tell papers of a voucher apart


def run_of(ledger: Ledger, settings: Settings, batch: str) -> Run:
    """The run of that batch in this environment; without a name, the only one.

    Raises:
        UsageError: there is none, or there are several.
    """
    found = _runs(ledger, settings, batch)
    if len(found) > 1:
        raise UsageError("reprint-which-batch", batches=", ".join(run.batch for run in found))
    return found[0]


def run_with(ledger: Ledger, settings: Settings, wanted: str, batch: str) -> tuple[Run, Located]:
    """The run that has the obligation or voucher ``wanted``, and where.

    Raises:
        UsageError: none has it, or several have.
    """
    found = []
    for run in _runs(ledger, settings, batch):
        located = locate(ledger, run.id, wanted)
        if located is not None:
            found.append((run, located))
    if not found:
        raise UsageError("reprint-no-such-id", id=wanted)
    if len(found) > 1:
        raise UsageError("reprint-id-in-batches", id=wanted, batches=", ".join(run.batch for run, _ in found))
    return found[0]


def choose(
    ledger: Ledger, run: Run, located: Located, wanted: str, beginning: str, language: Language
) -> tuple[Paper, list[Paper]]:
    """The paper that is meant, and the voucher's other papers, the last one first.

    Raises:
        UsageError: no paper's sha256 has that ``beginning``, or several have.
        Refused: there is no paper, and why; or only older ones, and which.
    """
    known = _papers(ledger, located)
    if beginning:
        chosen = [paper for paper in known if paper.sha256.startswith(beginning.lower())]
        if len(chosen) != 1:
            raise UsageError("reprint-which-paper", id=wanted, paper=beginning, papers=_list(known) or "-")
    elif located.state in ("rendered", "withdrawn"):
        chosen = known[:1]
    else:
        chosen = []
    if not chosen or not chosen[0].inputs:
        code = "reprint-only-older" if known else "reprint-no-paper"
        rows = accounts.accounts_of(ledger, run.id, located.rows)
        reasons = "; ".join(dict.fromkeys(coded_reasons(language, row.errors) for row in rows if row.errors))
        cause = f"reprint-{located.state}"
        raise Refused(code, id=wanted, cause=cause, reasons=reasons, papers=_list(known))
    return chosen[0], [paper for paper in known if paper.sha256 != chosen[0].sha256]


def moment(seconds: float) -> str:
    """``2026-11-24 09:30:12``, on the office's clock."""
    return datetime.datetime.fromtimestamp(seconds, ARGENTINA).strftime("%Y-%m-%d %H:%M:%S")


def _runs(ledger: Ledger, settings: Settings, batch: str) -> list[Run]:
    mine = (settings.environment, settings.issuer.digits)
    found = [run for run in runs.every(ledger) if (run.environment, run.issuer) == mine]
    chosen = [run for run in found if batch in ("", run.batch)]
    if not chosen:
        known = ", ".join(run.batch for run in found) or "-"
        raise UsageError("reprint-no-batch", batch=batch or "-", environment=settings.environment, batches=known)
    return chosen


def _papers(ledger: Ledger, located: Located) -> list[Paper]:
    """The voucher's papers, the present one first, then the last one that was kept; each once."""
    if located.voucher is None:
        return []
    found: dict[str, Paper] = {}
    for paper in (*current(ledger, [located.voucher]), *kept(ledger, located.voucher)):
        before = found.setdefault(paper.sha256, paper)
        if paper.released and not before.released and before.stands not in ("current", "refused"):
            found[paper.sha256] = paper
    return list(found.values())


def _list(papers: list[Paper]) -> str:
    return ", ".join(
        f"{paper.sha256[:SHOWN]} ({moment(paper.retired_at) if paper.retired_at else '-'})" for paper in papers
    )
