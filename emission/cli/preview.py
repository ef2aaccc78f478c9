"""``emission preview``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import BatchArgument, ConfigOption, TemplateOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def preview(
    batch: BatchArgument,
    id: Annotated[  # noqa: A002 - the option's name
        str,
        typer.Option("--id", help="An obligation_id or voucher_id of BATCH; default: its worst cases."),
    ] = "",
    config: ConfigOption = None,
    out: Annotated[Path, typer.Option("--out", help="Where the PDF and the PNG go.")] = Path(),
    template: TemplateOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="Draw again at every save, until Ctrl-C.")] = False,
) -> None:
    """Show vouchers of BATCH as they would look: PDF and PNG marked SPECIMEN, with no payable code.

    Without --id the worst cases: the longest name and address, most lines, largest amount, most due
    dates and obligations, one of each kind and legend. With --watch what is wrong is told, and the
    next save of the template, emission.toml or BATCH is waited for.

    Exit codes: 0 all are there; 2 usage, configuration or template; 3 some cannot be drawn, and why.
    """
    with speaking(config, batch) as console:
        from emission.previewing import Previewing, Wish

        previewing = Previewing(console, Wish(batch, id, out, config, template))
        if watch:
            previewing.watch()
            return
        whole = previewing.draw()
    raise typer.Exit(0 if whole else 3)
