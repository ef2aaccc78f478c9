"""``emission run``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from emission.cli.door import door_of
from emission.cli.hiring import hired
from emission.cli.interrupting import interruptible
from emission.cli.options import (
    BatchArgument,
    ConfigOption,
    JsonOption,
    QuietOption,
    RerenderOption,
    TemplateOption,
    changes,
)
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def run(
    batch: BatchArgument,
    config: ConfigOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the run's folder goes; default: output.directory.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", help="epagos, bind, etpay, ecommpay or supplied.")
    ] = None,
    template: TemplateOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=0, help="Processes that render; 0 is one a core.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Stop after this many vouchers; the same command goes on.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Render what another batch issued already, from the ledger.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again for what the provider refused.")
    ] = False,
    rerender: RerenderOption = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before issuing in production.")] = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make the vouchers of BATCH, or go on where an earlier command stopped.

    Writes DIR/<batch-id>/ with digital/, print/, manifest.csv and .xlsx, rejected.csv and .xlsx,
    faults.csv and report.json. Run again it asks the provider for nothing that it has already:
    what is new is added, what reads differently is rendered again, and a changed amount is refused
    (see amend). A changed template, configuration or release is refused without --rerender.

    Exit codes: 0 every row has its voucher; 2 usage or configuration, nothing started; 3 rows
    were rejected or failed, or the batch was stopped before the first call; 4 stopped by the
    provider, the machine or --limit: the same command goes on; 130 interrupted, likewise.
    """
    with speaking(config, batch, quiet=quiet, json=json) as console:
        from emission import config as configuration

        wanted = changes(provider=provider, template=template, workers=workers, out=out)
        settings = configuration.load(config, batch, wanted)
        with interruptible(console) as stoppable, hired(settings.output.workers) as executor:
            from emission import pipeline
            from emission.desk import Request

            request = Request(batch=batch, limit=limit, again=again, retry_failed=retry_failed, rerender=rerender)
            door = door_of(console, stoppable, yes=yes)
            report, folder = pipeline.run(settings, request, door, os.environ, executor)
        console.summary(report, folder)
    raise typer.Exit(report.exit_code)
