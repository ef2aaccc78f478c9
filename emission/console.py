"""What a person, or the program that stands in for one, is told on the terminal."""

from __future__ import annotations

import errno
import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from rich.console import Console as Terminal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from emission import money
from emission.errors import EmissionError, UsageError
from emission.model import Account, Severity
from emission.wording import Language, explain, reason, say

if TYPE_CHECKING:
    # The pipeline's world is heavy; a console that only says what key is wrong does without it.
    from emission.intake import Dialect
    from emission.outputs.report import Report
    from emission.stages.amendment import Amendment
    from emission.stages.forecast import Forecast
    from emission.status import Standing

SECONDS_BETWEEN_LINES = 5.0
WIDE = 200
FAULTS_SHOWN = 50  # rows whose faults stand above an amendment's table; all of them are in faults.csv afterwards
YES = ("s", "si", "sí", "y", "yes")
_SPANISH = str.maketrans({",": ".", ".": ","})


class _Stream(Terminal):
    """A terminal that says so where nobody listens any more, instead of ending the program on its own."""

    def on_broken_pipe(self) -> None:
        """What is left in buffers goes nowhere, so that the end of the program does not trip over it.

        Raises:
            BrokenPipeError: for whoever turns it into an exit code.
        """
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


class Console:
    """Sentences on standard error, results on standard output; with ``json`` every line is an object."""

    def __init__(self, language: Language, *, quiet: bool, json: bool, command: Sequence[str]) -> None:
        self._language = language
        self._quiet = quiet
        self._json = json
        self._command = list(command)
        # Where nobody looks, nothing is folded or cut; and what an office wrote in brackets is no markup.
        self._out = _Stream(highlight=False, markup=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)
        self._err = _Stream(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._began = time.monotonic()
        self._last_line = 0.0
        self._first_done: int | None = None

    @property
    def json(self) -> bool:
        """Whether a program listens."""
        return self._json

    def line(self, code: str, **params: object) -> None:
        """A sentence of the answer, on standard output."""
        self._out.print(self._say(code, **params))

    def remark(self, code: str, **params: object) -> None:
        """A sentence beside the answer, on standard error."""
        if not self._quiet:
            self._err.print(self._say(code, **params))

    def table(self, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, figures: int = 0) -> None:
        """A table under a ``title``; ``headings`` are codes of sentences, the last ``figures`` columns numbers."""
        table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
        for position, heading in enumerate(headings):
            side: Literal["left", "right"] = "right" if position >= len(headings) - figures else "left"
            table.add_column(self._say(heading) if heading else "", justify=side)
        for cells in rows:
            table.add_row(*cells)
        self._out.print(table)

    def emit(self, event: str, **values: object) -> None:
        """A line of JSON, for a program."""
        self._object({"event": event, **values})

    def say(self, code: str, **params: object) -> str:
        """A sentence in the office's language."""
        return self._say(code, **params)

    def progress(self, stage: str, done: int, total: int) -> None:
        """How far a stage is; ``total`` 0 where nobody knows."""
        if self._json:
            self._object({"event": "progress", "stage": stage, "done": done, "total": total})
        elif self._quiet:
            return
        elif self._err.is_terminal:
            self._draw(stage, done, total)
        else:
            self._line(stage, done, total)

    def confirm(self, forecast: Forecast, dialect: Dialect, *, yes: bool) -> bool:
        """Shows the forecast; in production asks, unless a machine said yes."""
        if self._json:
            self._object({"event": "forecast", **msgspec.to_builtins(forecast)})
        elif not self._quiet:
            self._encoding(dialect)
        if forecast.environment != "production" or yes:
            return True
        self._erase()
        self.forecast(forecast, dialect, said=True)
        if not sys.stdin.isatty():
            raise UsageError("confirmation-needed")
        self._err.print(self._say("confirm-supplied" if forecast.provider == "supplied" else "confirm"), end=" ")
        return input().strip().lower() in YES

    def confirm_amendment(self, amendment: Amendment, faulty: Iterable[Account], *, yes: bool) -> bool:
        """Shows what a corrected file would change; asks, unless a machine said yes or nothing changes."""
        self._erase()
        if self._json:
            self._object({"event": "amendment", **msgspec.to_builtins(amendment)})
        else:
            self.faults(list(islice((account for account in faulty if account.errors), FAULTS_SHOWN)))
            self._amendment(amendment)
        if yes or amendment.changes_nothing:
            return True
        if not sys.stdin.isatty():
            raise UsageError("amendment-confirmation-needed")
        self._err.print(self._say("confirm-amendment"), end=" ")
        return input().strip().lower() in YES

    def _amendment(self, amendment: Amendment) -> None:
        """Kinds of change down, how far the old bill has gone across; rows over pesos."""
        reaches = list(next(iter(amendment.cells.values())))

        def money_of(minor: int) -> str:
            return money.local(minor, amendment.currency)

        rows: list[list[str]] = []
        for kind, cells in amendment.cells.items():
            shown = [*(cells[reach] for reach in reaches), amendment.total(kind)]
            rows.append([self._say(f"amend-{kind}"), *(str(cell.rows or "-") for cell in shown)])
            amounts = [cell.before if kind == "gone" else cell.after for cell in shown]
            if any(amounts):
                rows.append(["", *(money_of(amount) if amount else "" for amount in amounts)])
        headings = ("", *(f"amend-{reach}" for reach in reaches), "amend-total")
        title = self._say("amend-title", batch=amendment.batch)
        self.table(title, headings, rows, figures=len(headings) - 1)
        whole = amendment.whole
        self.line(
            "amend-difference",
            before=money_of(whole.before),
            after=money_of(whole.after),
            difference=money_of(whole.after - whole.before),
        )
        if amendment.changes_money:
            self.line(f"amend-{amendment.on_change}")

    def forecast(self, forecast: Forecast, dialect: Dialect, *, said: bool = False) -> None:
        """What a batch will take."""
        if self._json:
            self._object({"event": "forecast", **msgspec.to_builtins(forecast)})
            return
        if not said:
            self._encoding(dialect)
        amount = money.local(money.parse(forecast.amount, forecast.currency), forecast.currency)
        left_out = self._say("forecast-rejected", rejected=forecast.rejected, warnings=forecast.warnings)
        figures = {
            "forecast-environment": forecast.environment,
            "forecast-rows": f"{forecast.rows} ({left_out})",
            "forecast-vouchers": forecast.vouchers,
            "forecast-obligations": forecast.obligations,
            "forecast-amount": amount,
            "forecast-calls": forecast.provider_calls,
            "forecast-time": _duration(forecast.seconds),
            "forecast-sheets": forecast.sheets,
            "forecast-disk": f"{forecast.disk_bytes / 1e6:,.0f} MB",
        }
        self._figures(self._say("forecast-title", batch=forecast.batch), figures)

    def faults(self, accounts: Sequence[Account]) -> None:
        """Every fault and warning, a line each."""
        if self._json:
            for account in accounts:
                for fault in account.faults:
                    self._object(
                        {"event": "fault", "row": account.row, "obligation_id": account.obligation_id}
                        | {"severity": fault.severity, "code": fault.code, "field": fault.field}
                        | {"reason": reason(self._language, fault)}
                    )
            return
        for account in accounts:
            for fault in account.faults:
                sign = self._say("sign-error" if fault.severity is Severity.ERROR else "sign-warning")
                line = self._say(
                    "fault-line", row=account.row, id=account.obligation_id, sign=sign, field=fault.field or "-"
                )
                self._out.print(f"{line} {reason(self._language, fault)} [{fault.code}]")

    def summary(self, report: Report, folder: Path) -> None:
        """How a run ended and where everything is."""
        self._erase()
        if self._json:
            self._object({"event": "report", "folder": str(folder), **msgspec.to_builtins(report)})
            return
        if self._quiet:
            return
        amounts = {"rows": report.amount_rows} | {
            name: getattr(report, f"amount_{name}") for name in ("rendered", "rejected", "failed", "pending")
        }
        table = Table(
            title=self._say("summary-title", batch=report.batch), title_justify="left", box=None, pad_edge=False
        )
        for heading, side in (("", "left"), ("summary-rows", "right"), ("summary-amount", "right")):
            table.add_column(self._say(heading) if heading else "", justify=side)  # type: ignore[arg-type] # rich's literals
        for name, amount in amounts.items():
            minor = money.parse(amount, report.currency)
            table.add_row(
                self._say(f"summary-{name}-row"), str(getattr(report, name)), money.local(minor, report.currency)
            )
        self._out.print(table)
        self._out.print(
            self._say(
                "summary-pace",
                made=report.made,
                seconds=self._figure(report.seconds),
                speed=self._figure(report.vouchers_per_second),
                calls=report.provider_calls,
            )
        )
        self._proofread(report)
        self._out.print(self._say("summary-folder", folder=folder), style="bold")
        self._left_behind(report)
        if report.rejected:
            self._out.print(self._say("summary-mend", folder=folder))
        if report.failed:
            self._out.print(self._say("summary-failed", folder=folder))
        if report.exit_code in (4, 130):
            self._continue()

    def _proofread(self, report: Report) -> None:
        """What was read back, and what it cost."""
        proof = report.proof
        if not proof["papers"]:
            return
        counts = {name: int(proof[name]) for name in ("papers", "codes", "mismatches", "unread")}
        wrong = counts["mismatches"] + counts["unread"]
        self.line("summary-misread" if wrong else "summary-proof", **counts, seconds=self._figure(proof["seconds"]))

    def _left_behind(self, report: Report) -> None:
        """What amendments leave for somebody to know."""
        if report.superseded:
            self.line("summary-superseded", count=report.superseded)
        if report.to_settle:
            owed = money.local(money.parse(report.amount_to_settle, report.currency), report.currency)
            self.line("summary-to-settle", count=report.to_settle, amount=owed)
        if report.standing:
            self.line("summary-standing", count=report.standing)

    def complain(self, error: EmissionError) -> None:
        """What stopped the command, and what to do."""
        self._erase()
        text = explain(self._language, error)
        self._err.print(text, style="bold red" if self._err.is_terminal else None)
        if error.folder is not None:
            self._err.print(self._say("summary-folder", folder=error.folder))
        if error.exit_code in (4, 130):
            self._continue()
        # Last, since it may be the output that is full, or read by nobody any more.
        if self._json:
            self._object({"event": "error", "code": error.code, "exit_code": error.exit_code, "message": text})

    def interrupted(self) -> None:
        """The run ended on the second Ctrl-C."""
        self._erase()
        self._err.print(self._say("interrupted"))
        self._continue()

    def stopping(self) -> None:
        """The run is about to end on the first one."""
        self._err.print(self._say("stopping"))

    def standing(self, standings: Sequence[Standing]) -> None:
        """Every run of the ledger."""
        if self._json:
            for item in standings:
                self._object({"event": "run", **msgspec.to_builtins(item)})
            return
        if not standings:
            self._out.print(self._say("no-runs"))
            return
        headings = ("batch", "environment", "issue-date", "state", "rows", "rendered", "rejected", "failed", "pending")
        table = Table(*(self._say(f"standing-{name}") for name in headings), box=None, pad_edge=False)
        for item in standings:
            counts = (item.rows, item.rendered, item.rejected, item.failed, item.pending)
            state = self._say(f"state-{item.state}")
            table.add_row(item.batch, item.environment, item.issue_date, state, *(str(count) for count in counts))
        self._out.print(table)
        for item in standings:
            by_state = Counter(lot.state for lot in item.lots if lot.file or lot.state == "open")
            if by_state:
                counted = {state: by_state[state] for state in ("open", "sealed", "released")}
                self._out.print(self._say("standing-lots", batch=item.batch, **counted))
            for number in item.lost:
                self._out.print(self._say("released-lot-missing", batch=item.batch, lot=number))
            if item.held:
                self._out.print(self._say("standing-held", batch=item.batch, count=item.held))
            if item.pending:
                self._out.print(self._say("standing-next", batch=item.batch, source=item.source))

    def started(self, folder: Path) -> None:
        """A starter project is ready."""
        self._out.print(self._say("started", folder=folder))

    def files(self, paths: Sequence[Path]) -> None:
        """What was written."""
        for path in paths:
            self._out.print(str(path))

    def close(self) -> None:
        """Leaves the terminal as it was."""
        self._erase()

    def _continue(self) -> None:
        self._err.print(self._say("continue", command=shlex.join(self._command)))

    def _encoding(self, dialect: Dialect) -> None:
        if not dialect.encoding_declared and dialect.encoding not in ("utf-8", "utf-8-sig", "ascii"):
            self._err.print(self._say("encoding-guessed", encoding=dialect.encoding))

    def _figures(self, title: str, figures: dict[str, object]) -> None:
        table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        for name, figure in figures.items():
            table.add_row(self._say(name), str(figure))
        self._out.print(table)

    def _draw(self, stage: str, done: int, total: int) -> None:
        if self._bar is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[speed]}"),
            )
            self._bar = Progress(*columns, TimeRemainingColumn(), console=self._err, transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=None, speed="")
        assert self._task is not None
        speed = f"{self._speed(done):,.0f}/s" if total else ""
        self._bar.update(
            self._task, description=self._say(f"stage-{stage}"), completed=done, total=total or None, speed=speed
        )

    def _line(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if total and done < total and now - self._last_line < SECONDS_BETWEEN_LINES:
            return
        self._last_line = now
        speed = self._speed(done)
        left = _duration(round((total - done) / speed)) if speed and total else "-"
        text = self._say(
            "progress-line", stage=self._say(f"stage-{stage}"), done=done, total=total, speed=round(speed), left=left
        )
        self._err.print(text if total else self._say(f"stage-{stage}"))

    def _speed(self, done: int) -> float:
        if self._first_done is None:
            self._first_done, self._began = done, time.monotonic()
        seconds = time.monotonic() - self._began
        return (done - self._first_done) / seconds if seconds > 0 else 0.0

    def _erase(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _object(self, values: dict[str, object]) -> None:
        sys.stdout.write(msgspec.json.encode(values).decode() + "\n")
        sys.stdout.flush()

    def _figure(self, number: float) -> str:
        text = f"{number:,.1f}"
        return text if self._language == "en" else text.translate(_SPANISH)

    def _say(self, code: str, **params: object) -> str:
        return say(self._language, code, **params)


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
