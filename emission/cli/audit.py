"""``emission audit``."""

from __future__ import annotations

from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def audit(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or its batch id.", show_default=False)],
    config: ConfigOption = None,
    codes: Annotated[
        bool,
        typer.Option(
            "--codes", help="Also read every code of every page, as a scanner would, and draw every paper anew."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Hold the input, the ledger, the manifest, the PDFs and the lots of RUN against each other.

    Recomputes counts, amounts, hashes and lines from the artefacts themselves, and names every
    difference: file, row, id, column, what was expected and what was found. Changes nothing.

    Exit codes: 0 everything agrees; 2 usage or configuration; 3 differences.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.audit.checks import CHECKS, WITH_CODES
        from emission.audit.checks import audit as make_audit
        from emission.audit.telling import Teller

        settings = configuration.load(config)
        teller = Teller(console)
        made = make_audit(settings, run, WITH_CODES if codes else CHECKS, teller.tell, teller.progress)
        teller.close(made)
    raise typer.Exit(3 if made.differences else 0)
