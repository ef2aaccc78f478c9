"""``emission reprint``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def reprint(
    id: Annotated[str, typer.Option("--id", help="An obligation_id or voucher_id.", show_default=False)] = "",  # noqa: A002 - the option's name
    lot: Annotated[int | None, typer.Option("--lot", min=1, help="A lot of the printer's, by its number.")] = None,
    first: Annotated[
        int | None, typer.Option("--from", min=1, help="First print sequence of the lot; default: its first.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", min=1, help="Last print sequence of the lot; default: its last.")
    ] = None,
    batch: Annotated[
        str, typer.Option("--batch", help="The batch id, where several have it.", show_default=False)
    ] = "",
    paper: Annotated[
        str, typer.Option("--paper", help="An older paper of the voucher: how its sha256 begins.", show_default=False)
    ] = "",
    out: Annotated[Path, typer.Option("--out", help="Where the PDF goes.")] = Path("reprint"),
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Make a voucher's PDF, a lot or some pages of a lot once more, from the ledger alone.

    The bytes are those of the first time, checked against the ledger before the file is put in
    place; or it says why they cannot be, and writes nothing. It says aloud what has expired, was
    superseded or was paid meanwhile.

    Exit codes: 0 written; 2 nothing of that name, or several; 3 it cannot be the same; 4 stopped
    by the machine.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.reprint import Wanted, reprint
        from emission.reprint.notices import today
        from emission.reprint.telling import tell

        wanted = Wanted(id=id, paper=paper, lot=lot, first=first, last=last, batch=batch)
        tell(console, reprint(configuration.load(config), wanted, out, today()))
