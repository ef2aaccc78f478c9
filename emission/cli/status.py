"""``emission status``."""

from __future__ import annotations

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def status(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show every run of the ledger: where it stands, what is missing, what to type next."""
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.status import standing

        settings = configuration.load(config)
        console.standing(standing(settings))
