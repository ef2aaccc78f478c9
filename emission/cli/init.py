"""``emission init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)],
) -> None:
    """Make a starter project in DIR that runs as it is: a configuration, a small batch, a logo."""
    with speaking(None, None) as console:
        from emission.starter import start

        console.started(start(folder))
