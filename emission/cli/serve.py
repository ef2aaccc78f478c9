"""``emission serve``."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from emission.cli.options import ConfigOption
from emission.cli.program import app
from emission.cli.speaking import speaking
from emission.links import PORT


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="The address of this machine to answer at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = PORT,
    config: ConfigOption = None,
) -> None:
    """Answer until interrupted: the living links on the paper, and the notices that the provider posts.

    Prints `ready http://…` once it does, and what to register at the provider. Put it behind a proxy with HTTPS, and
    name that in `links.proxies`. Works while a run does; several may serve one ledger, each with limits of its own.
    """
    with speaking(config, None) as console:
        from emission import config as configuration
        from emission.serve.server import serve as answer

        answer(configuration.load(config), host, port, os.environ, console)
