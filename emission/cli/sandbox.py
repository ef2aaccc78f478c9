"""``emission sandbox``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def sandbox(
    provider: Annotated[str, typer.Option("--provider", help="Whose contract it speaks.")] = "epagos",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    state: Annotated[
        Path | None, typer.Option("--state", help="Where it remembers its operations; default: nowhere.")
    ] = None,
    faults: Annotated[
        str, typer.Option("--faults", help="What goes wrong: NAME=RATE,… or a TOML or JSON file; docs/operator.md.")
    ] = "",
) -> None:
    """Serve the provider's sandbox on 127.0.0.1 until interrupted.

    Prints `ready http://127.0.0.1:N` once it serves, and the credentials that it lets in.
    GET /_sandbox/operations lists every operation ever created.
    """
    with speaking(None, None):
        from emission.sandbox.script import faults_of
        from emission.sandbox.serve import serve

        serve(provider, port, state, faults=faults_of(faults) if faults else None)
