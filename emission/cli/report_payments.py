"""``emission report-payments``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command("report-payments")
def report_payments(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The payments (CSV).", show_default=False)],
    again: Annotated[
        bool, typer.Option("--again", help="Tell once more those of which nobody knows whether they arrived.")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Tell BIND PSP of payments made in a closed ecosystem: accredited, returned or rejected.

    Each payment and outcome is told once, however often the command is repeated and in whatever file it
    stands. Exit codes: 0 BIND knows of all; 2 the file is wrong, nothing was told; 3 some were refused or
    nobody knows; 4 BIND cannot be asked, and the same command goes on.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.reporting.report import report_payments as report
        from emission.reporting.telling import tell

        settings = configuration.load(config)
        account = report(
            settings,
            file,
            os.environ,
            lambda done, total: console.progress("reporting", done, total),
            again=again,
        )
        tell(console, account)
    raise typer.Exit(0 if account.whole else 3)
