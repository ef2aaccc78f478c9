"""``emission provider``: check."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption, changes
from emission.cli.program import app
from emission.cli.speaking import speaking

provider = typer.Typer(no_args_is_help=True, help="Try a provider before a run depends on it.")
app.add_typer(provider, name="provider")


@provider.callback()
def _provider() -> None:
    """Keeps the name of its one command."""


@provider.command()
def check(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its kind: epagos, bind, etpay, ecommpay.", show_default=False)
    ],
    obligations: Annotated[
        int, typer.Option("--obligations", min=1, help="How many obligations the forecast is of.")
    ] = 10_000,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="In production: create a real operation.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Try the credentials and one operation, say what that tells, and forecast a run: calls, hours, end.

    Creates one invented obligation or two, looks them up, asks for one again (not in production), and takes
    them back where the provider can. Behind living links (etpay, ecommpay) it opens the payment of one
    instead, and some more of the kinds that are in doubt (not in production). What may be paid
    afterwards is named. Exit codes: 0 it answered; 2 nothing to try; 4 it cannot be asked.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.trying.telling import Telling
        from emission.trying.trial import check as try_out

        settings = configuration.load(config, None, changes(provider=name))
        telling, ahead = Telling(console, settings), None
        try:
            ahead = try_out(settings, os.environ, obligations, telling.say, may_create=yes)
        finally:
            telling.end(ahead)
