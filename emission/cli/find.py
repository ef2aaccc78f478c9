"""``emission find``."""

from __future__ import annotations

from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def find(
    text: Annotated[
        list[str],
        typer.Argument(metavar="TEXT", help="An id, a name, an account, a tax id, an address, a code; as it comes."),
    ],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show one bill's whole history on one screen, by anything that stands on it or in its row.

    Words in any order, without case or accents; the last one may be unfinished. Several bills are
    listed, and another word tells them apart. Works while a run does. Exit 3: nothing has it.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.find import find as look_for
        from emission.find.telling import tell

        settings = configuration.load(config)
        tell(console, settings.language, look_for(settings, " ".join(text)))
