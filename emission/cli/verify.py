"""``emission verify``."""

from __future__ import annotations

from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def verify(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or its batch id.", show_default=False)],
    config: ConfigOption = None,
    sample: Annotated[
        str, typer.Option("--sample", metavar="SHARE", help="How much of it is read, at random; 5 papers at least.")
    ] = "1%",
    every: Annotated[bool, typer.Option("--all", help="Read every page.")] = False,
    dpi: Annotated[
        int | None,
        typer.Option("--dpi", min=100, max=1200, help="Dots an inch; default: verify.dpi.", show_default=False),
    ] = None,
    blur: Annotated[
        float | None,
        typer.Option("--blur", min=0, max=5, help="Blur, in dots; default: verify.blur.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Read finished pages as a scanner does, and hold every code against the ledger.

    Rasterises the digital files and the pages of the lots, blurs them as paper and lens do, and
    reports pages, codes, mismatches and what is not read. A sealed lot that is misread is not
    released until all of it reads right (--all), or it is made again.

    Exit codes: 0 all read, and right; 2 usage or configuration; 3 mismatches or unread codes.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.scan.scanner import Scanner
        from emission.verify import verify as read_back
        from emission.verify.telling import Teller, share

        settings = configuration.load(config)
        usual = settings.verify
        scanner = Scanner(usual.dpi if dpi is None else dpi, usual.blur if blur is None else blur)
        teller = Teller(console)
        made = read_back(settings, run, share("100%" if every else sample), scanner, teller.tell, teller.progress)
        teller.close(made)
    raise typer.Exit(3 if made.tally.wrong else 0)
