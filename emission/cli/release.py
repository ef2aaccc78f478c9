"""``emission release``."""

from __future__ import annotations

from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def release(
    lot: Annotated[
        list[str], typer.Argument(metavar="LOT", help="Numbers or files of lots, or: all (those that are sealed).")
    ],
    batch: Annotated[
        str, typer.Option("--batch", help="The batch id, where several have it.", show_default=False)
    ] = "",
    who: Annotated[
        str, typer.Option("--who", help="Who hands it over; default: this machine's user.", show_default=False)
    ] = "",
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Mark what goes to the printer: a released lot is frozen, with a manifest of its own beside it.

    Sealed lots may go while the rest is still being issued. What changes later of a bill in a
    released lot comes in a lot of its own.

    Exit codes: 0 released, now or before; 2 no such lot, or several; 3 not ready, and why; 4
    stopped by the machine. Nothing is released where one of several is not ready.
    """
    with speaking(config, None, json=json) as console:
        import msgspec

        from emission import config as configuration
        from emission.person import at_keyboard
        from emission.release import release

        for done in release(configuration.load(config), lot, batch, who or at_keyboard()):
            values = msgspec.to_builtins(done)
            if json:
                console.emit("released", **values)
            else:
                console.line("released-already" if done.already else "released", **values)
