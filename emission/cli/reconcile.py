"""``emission reconcile``."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking

REPORT = "report"


@app.command()
def reconcile(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE… | report]", help="Files of payments; or: write the report.", show_default=False),
    ] = None,
    profile: Annotated[
        str, typer.Option("--profile", help="How the files are written; default: payments.profile.", show_default=False)
    ] = "",
    since: Annotated[
        datetime.datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Ask the provider what changed from this day on."),
    ] = None,
    until: Annotated[
        datetime.datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="… to this day; default: today.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the report goes; default: payments in output.directory.")
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Take payments back in: from files, and from the provider; then say what that changed.

    Each file is taken whole or not at all, and once; every wrong line is named. The same payment told
    by a notice, a query and a file is one payment, in whatever order they come. `report` writes every
    payment and what it is, and every settlement and whether it agrees, as CSV and XLSX.

    Exit codes: 0 all that came is as it should be (a report: all there is); 2 usage or configuration;
    3 a file was refused, or payments or settlements need somebody; 4 the provider cannot be asked.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.reconcile.work import Work, reconcile

        settings = configuration.load(config)
        wanted = [path for path in files or [] if str(path) != REPORT]
        work = Work(
            files=tuple(wanted),
            profile=profile,
            since=since.date() if since else None,
            until=until.date() if until else None,
            report=len(wanted) < len(files or []),
            out=out,
        )
        sound = reconcile(settings, work, console, os.environ)
    raise typer.Exit(0 if sound else 3)
