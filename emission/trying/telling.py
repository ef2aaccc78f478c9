"""What a trial found out, for a person or a program."""

from __future__ import annotations

import datetime as dt

import msgspec

from emission.console import Console
from emission.trying.trial import Trial


def tell(console: Console, trial: Trial) -> None:
    """A sentence a question, then the forecast; with ``--json`` one object."""
    if console.json:
        console.emit("provider-check", **msgspec.to_builtins(trial))
        return
    console.line("check-title", provider=trial.provider, environment=trial.environment)
    for found in trial.found:
        console.line(found.code, **found.params)
    ahead = trial.coming
    end = dt.datetime.fromisoformat(ahead.end)
    hours = f"{ahead.seconds / 3600:.1f}"
    console.line(
        "check-forecast", obligations=ahead.obligations, calls=ahead.calls, hours=hours, end=f"{end:%d/%m/%Y %H:%M}"
    )
