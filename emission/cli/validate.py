"""``emission validate``."""

from __future__ import annotations

import typer

from emission.cli.options import BatchArgument, ConfigOption, JsonOption, TemplateOption, changes
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def validate(
    batch: BatchArgument, config: ConfigOption = None, template: TemplateOption = None, json: JsonOption = False
) -> None:
    """Say everything that is wrong with BATCH, and what issuing it would take. Nobody is asked for anything.

    Prints all faults and warnings and the forecast: vouchers, obligations, provider calls, time,
    sheets, disk, totals. Exit codes: 0 all rows are sound; 2 usage or configuration; 3 some are not.
    """
    with speaking(config, batch, quiet=False, json=json) as console:
        from emission import config as configuration
        from emission import pipeline

        settings = configuration.load(config, batch, changes(template=template))
        forecast, reader, faulty, refusal = pipeline.validate(settings, batch, console.progress)
        console.faults(faulty)
        console.forecast(forecast, reader.dialect)
        if refusal is not None:
            console.complain(refusal)
    raise typer.Exit(3 if forecast.rejected or refusal is not None else 0)
