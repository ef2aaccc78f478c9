"""``emission preview``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import BatchArgument, ConfigOption, TemplateOption, changes
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def preview(
    batch: BatchArgument,
    id: Annotated[str, typer.Option("--id", help="An obligation_id or voucher_id of BATCH.")],  # noqa: A002 - the option's name
    config: ConfigOption = None,
    out: Annotated[Path, typer.Option("--out", help="Where the PDF and the PNG go.")] = Path(),
    template: TemplateOption = None,
) -> None:
    """Show one voucher of BATCH as it would look: a PDF and a PNG marked SPECIMEN, with no payable code."""
    with speaking(config, batch) as console:
        from emission import config as configuration
        from emission.preview import preview as draw

        settings = configuration.load(config, batch, changes(template=template))
        console.files(draw(settings, batch, id, out))
