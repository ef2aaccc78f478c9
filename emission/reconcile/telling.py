"""What became of files and questions, and how payments stand: on the terminal, or in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from emission import money
from emission.console import Console
from emission.reconcile.asking import Answered
from emission.reconcile.filing import Filed
from emission.reconcile.report import Checked, Figure, Summary


def tell_file(console: Console, filed: Filed) -> None:
    """What became of one file."""
    if console.json:
        console.emit("payments_file", **msgspec.to_builtins(filed))
        return
    words = {**msgspec.structs.asdict(filed), "amount": money.local(filed.amount, filed.currency)}
    console.line("payments-taken-before" if filed.before else "payments-taken", **words)
    if filed.repeated:
        console.remark("payments-taken-repeated", **words)


def tell_answer(console: Console, answered: Answered) -> None:
    """What a provider told."""
    if console.json:
        console.emit("payments_asked", **msgspec.to_builtins(answered))
        return
    told = {"provider": answered.provider, "said": answered.taken.said, "fresh": answered.taken.fresh}
    console.line("payments-asked", **told, settlements=answered.settlements)
    worked = msgspec.structs.asdict(answered.notices)
    if any(worked.values()):
        console.line("payments-notices", **worked)


def tell_recognised(console: Console, count: int) -> None:
    """Payments of bills that nobody knew before, where there are any."""
    if count and console.json:
        console.emit("payments_recognised", count=count)
    elif count:
        console.line("payments-recognised", count=count)


def tell_summary(console: Console, summary: Summary, files: Sequence[Path] = ()) -> None:
    """How all payments stand, and whether settlements agree."""
    if console.json:
        console.emit("payments", **msgspec.to_builtins(summary), files=[str(path) for path in files])
        return
    if not summary.whole.count:
        console.line("payments-none")
    else:
        _figures(console, summary, "payments-results", "result", summary.results)
        _figures(console, summary, "payments-states", "state", summary.states)
        if summary.odd:
            _figures(console, summary, "payments-odd", "odd", summary.odd)
        whole = money.local(summary.whole.amount, summary.currency)
        console.line("payments-whole", count=summary.whole.count, amount=whole)
    for checked in summary.settlements:
        _settlement(console, checked)
    console.files(files)


def _figures(console: Console, summary: Summary, title: str, kind: str, figures: Mapping[str, Figure]) -> None:
    rows = [
        (console.say(f"payments-{kind}-{name}"), str(figure.count), money.local(figure.amount, summary.currency))
        for name, figure in sorted(figures.items())
    ]
    console.table(console.say(title), ("", "payments-count", "payments-amount"), rows, figures=2)


def _settlement(console: Console, checked: Checked) -> None:
    told = checked.deposit

    def shown(minor: int | None) -> str:
        return "-" if minor is None else money.local(minor, told.currency)

    console.line(
        "payments-settlement-agrees" if checked.agrees else "payments-settlement-differs",
        channel=told.channel,
        number=told.number,
        source=told.source,
        day=told.deposited_on or "-",
        told=told.payments if told.payments is not None else "-",
        counted=checked.counted,
        gross=shown(told.gross),
        gross_counted=shown(checked.gross),
        difference=shown(checked.difference),
        kept=shown(sum(told.charges.values())),
        deposited=shown(told.deposited),
        deposit_difference=shown(checked.deposit_difference),
    )
