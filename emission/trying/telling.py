"""What a trial finds out, for a person as it is found, or for a program at the end."""

from __future__ import annotations

import datetime as dt

import msgspec

from emission.config import Settings
from emission.console import Console
from emission.trying.coming import Coming
from emission.trying.finding import Found


class Telling:
    """A sentence a finding; with ``--json`` one object, in :meth:`end`, with all that was found until then."""

    def __init__(self, console: Console, settings: Settings) -> None:
        self._console = console
        self._facts = {"provider": settings.provider.kind, "environment": settings.environment}
        self._found: list[Found] = []

    def say(self, code: str, **params: object) -> None:
        """See :class:`emission.trying.finding.Say`."""
        if not self._found and not self._console.json:
            self._console.line("check-title", **self._facts)
        self._found.append(Found(code, {name: str(value) for name, value in params.items()}))
        if not self._console.json:
            self._console.line(code, **params)

    def end(self, coming: Coming | None) -> None:
        """The forecast; none where the trial broke off."""
        if self._console.json:
            if self._found:
                told = msgspec.to_builtins({"found": self._found, "coming": coming})
                self._console.emit("provider-check", **self._facts, **told)
        elif coming is not None:
            self._forecast(coming)

    def _forecast(self, coming: Coming) -> None:
        if coming.calls:
            self._console.line(
                "check-forecast",
                obligations=coming.obligations,
                calls=coming.calls,
                hours=f"{coming.seconds / 3600:.1f}",
                end=f"{dt.datetime.fromisoformat(coming.end):%d/%m/%Y %H:%M}",
            )
        elif coming.an_hour is None:
            self._console.line("check-forecast-signed", obligations=coming.obligations)
        else:
            self._console.line("check-forecast-links", obligations=coming.obligations, an_hour=coming.an_hour)
