"""``emission amend``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from emission.cli.door import door_of
from emission.cli.hiring import hired
from emission.cli.interrupting import interruptible
from emission.cli.options import ConfigOption, JsonOption, QuietOption, RerenderOption, changes
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def amend(
    batch: Annotated[
        Path, typer.Argument(metavar="NEW", help="The whole batch as it should be now (CSV).", show_default=False)
    ],
    config: ConfigOption = None,
    name: Annotated[
        str, typer.Option("--batch", help="The run to amend; default: the one that issued what NEW brings.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the run's folder goes; default: output.directory.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Stop after this many vouchers; the same command goes on.")
    ] = None,
    rerender: RerenderOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: for machines.")] = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Take NEW for the whole of what a batch is to be: show what would change, ask, then do it.

    Shows unchanged, text only, amount or date, gone and new rows, by how far the old bill has gone:
    not rendered, rendered, released to the printer, paid. Nothing is changed before the answer.
    New words are new renderings of the same operations. Changed money is refused, or supersedes
    the operation, as `on_change` says; a paid operation is never replaced. What was released stays
    frozen: its changes go into a supplement. Stopped, the same command goes on.

    Exit codes: as run; 3 also where the answer was no, and nothing was changed.
    """
    with speaking(config, batch, quiet=quiet, json=json) as console:
        from emission import config as configuration

        settings = configuration.load(config, batch, changes(out=out))
        with interruptible(console) as stoppable, hired(settings.output.workers) as executor:
            from emission import pipeline
            from emission.desk import Request

            request = Request(batch=batch, limit=limit, rerender=rerender, name=name)
            door = door_of(console, stoppable, yes=yes)
            report, folder = pipeline.amend(settings, request, door, os.environ, executor)
        console.summary(report, folder)
    raise typer.Exit(report.exit_code)
