"""``emission export``."""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


class What(StrEnum):
    """What can be handed on."""

    PAYMENTS = "payments"


@app.command()
def export(
    what: Annotated[What, typer.Argument(help="What is handed on.", show_default=False)],  # noqa: ARG001 - there is one so far
    profile: Annotated[
        str,
        typer.Option("--profile", help="How the other system reads it; default: payments.export.", show_default=False),
    ] = "",
    since: Annotated[
        datetime.datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Only what something new is known of since that day."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; default: payments/export.… in output.directory.")
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Write the payments in the form that the municipality's own system reads: CSV, fixed width, DBF.

    Every payment bears a key that stays its own, so that one that is handed on again is known again.
    Nothing is cut: what does not fit its column stops the export, and names payment and column.

    Exit codes: 0 written; 2 usage or configuration; 3 something does not fit the form.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.handing.work import export as hand_on
        from emission.handing.work import tell

        settings = configuration.load(config)
        tell(console, hand_on(settings, profile, since.date() if since else None, out))
