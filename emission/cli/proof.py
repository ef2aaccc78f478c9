"""``emission proof``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import BatchArgument, ConfigOption, JsonOption, TemplateOption, changes
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def proof(
    batch: BatchArgument,
    config: ConfigOption = None,
    out: Annotated[Path, typer.Option("--out", help="Where the PDF goes.")] = Path(),
    template: TemplateOption = None,
    json: JsonOption = False,
) -> None:
    """Make the proof that an office signs before it issues: a cover, and the worst cases of BATCH.

    The longest name and address, most lines, largest amount, most due dates and obligations, one
    voucher of each kind and legend, all marked SPECIMEN. Nobody is asked for codes.

    Exit codes: 0 all cases are there; 2 usage or configuration; 3 some cannot be drawn, and why.
    """
    with speaking(config, batch, json=json) as console:
        from emission import config as configuration
        from emission.signoff import prove
        from emission.telling import tell_proof

        settings = configuration.load(config, batch, changes(template=template))
        made = prove(settings, batch, out)
        tell_proof(console, made)
    raise typer.Exit(0 if made.whole else 3)
