"""``emission backup``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy; an earlier one of this ledger is replaced.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Copy the ledger to FILE, whole and checked, while a run may be working."""
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.backup import backup as copy
        from emission.backup import tell

        tell(console, copy(configuration.load(config), file))
