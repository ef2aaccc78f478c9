"""``emission held``."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


class Decision(StrEnum):
    """What a person may decide."""

    ACCEPT = "accept"
    RETRY = "retry"
    GIVE_UP = "give-up"


@app.command()
def held(
    decision: Annotated[
        Decision | None, typer.Argument(help="What to do with the order ID; without it all are listed.")
    ] = None,
    id: Annotated[str, typer.Argument(metavar="ID", help="An obligation_id or external id.")] = "",  # noqa: A002 - the argument's name
    number: Annotated[
        str, typer.Option("--number", help="The operation to accept, by the provider's number.", show_default=False)
    ] = "",
    why: Annotated[str, typer.Option("--why", help="The reason; it stays in the history.", show_default=False)] = "",
    who: Annotated[
        str, typer.Option("--who", help="Who decides; default: this machine's user.", show_default=False)
    ] = "",
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List the orders that wait for a person, or decide one; nothing of them is ever guessed.

    accept: the provider is asked now, and the operation --number taken if it agrees with the row.
    retry: the next run asks the provider first, and repeats only what it does not have. give-up:
    never sent again; the row stays failed. Each needs --why. Works while a run does.

    Exit codes: 0 done; 2 no such order, or several; 3 refused, and why; 4 the provider cannot be asked.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.deciding import decide, tell

        settings = configuration.load(config)
        if decision is None:
            tell(console, settings)
        else:
            decide(console, settings, decision.value, id, number=number, why=why, who=who, environ=os.environ)
