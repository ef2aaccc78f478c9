"""What an audit says to a person: what it counted and compared, then a line a difference; and to a program."""

from __future__ import annotations

import msgspec

from emission import money
from emission.audit.finding import Audit, Difference, Finding, Where
from emission.console import Console
from emission.model import Status
from emission.wording.visible import visible

MOST = 1000
LONGEST = 160


class Teller:
    """Keeps the first findings for a person; a program is told every one at once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._first: list[Finding] = []

    def tell(self, finding: Finding) -> None:
        """A difference, or a remark."""
        finding = msgspec.structs.replace(finding, where=_readable(finding.where))
        if not self._console.json:
            if len(self._first) < MOST:
                self._first.append(finding)
            return
        event = "difference" if isinstance(finding, Difference) else "remark"
        self._console.emit(event, **msgspec.to_builtins(finding), message=self._sentence(finding))

    def progress(self, done: int, total: int) -> None:
        """How many pages have been read."""
        self._console.progress("reading-codes", done, total)

    def close(self, audit: Audit) -> None:
        """The counts; for a person, then the findings."""
        if self._console.json:
            self._console.emit("audit", **msgspec.to_builtins(audit))
            return
        self._summary(audit)
        for finding in self._first:
            place, sentence = self._place(finding.where), self._sentence(finding)
            self._console.line("audit-line", where=place, what=sentence, finding=finding.code)
        told = sum(isinstance(finding, Difference) for finding in self._first)
        if audit.differences > told:
            self._console.line("audit-more", count=audit.differences - told)
        self._console.line("audit-differs" if audit.differences else "audit-agrees", count=audit.differences)

    def _summary(self, audit: Audit) -> None:
        counted = audit.counted
        rows = [
            (
                self._console.say(f"summary-{status}-row"),
                str(counted.rows.get(status, 0)),
                money.local(counted.amounts.get(status, 0), audit.currency),
            )
            for status in Status
        ]
        title = self._console.say("audit-title", batch=audit.batch, environment=audit.environment, folder=audit.folder)
        self._console.table(title, ("", "summary-rows", "summary-amount"), rows, figures=2)
        self._console.line("audit-counted", **msgspec.structs.asdict(counted), seconds=audit.seconds)

    def _place(self, where: Where) -> str:
        row = self._console.say("audit-row", row=where.row) if where.row else ""
        return " · ".join(part for part in (where.file, row, where.id, where.column) if part)

    def _sentence(self, finding: Finding) -> str:
        if isinstance(finding, Difference):
            facts = {"expected": _short(finding.expected), "found": _short(finding.found)}
        else:
            facts = {"detail": _short(finding.detail)}
        return self._console.say(f"audit-{finding.code}", **facts)


def _readable(where: Where) -> Where:
    """The place with nothing in it that a terminal or an encoder would trip over: files may have any name."""
    return Where(visible(where.file), where.row, visible(where.id), visible(where.column))


def _short(text: str) -> str:
    text = text or "-"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
