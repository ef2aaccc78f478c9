"""``emission inspect``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption
from emission.cli.program import app
from emission.cli.speaking import speaking


@app.command()
def inspect(
    code: Annotated[str, typer.Argument(metavar="CODE|FILE.pdf", help="Digits, the text of a QR, or a PDF.")],
    config: ConfigOption = None,
    tags: Annotated[bool, typer.Option("--tags", help="Of a PDF: what a screen reader says, in its order.")] = False,
    json: JsonOption = False,
) -> None:
    """Explain a code, or every code of a PDF: what it is, its fields, its check digits, what is wrong.

    Digits are tried as the configured agreement, as those that come with the program, and as lines
    that people type. A PDF is read as a scanner would. Nobody is asked.

    With --tags a PDF is read as a screen reader would: every element, its words, what stands for a picture.

    Exit codes: 0 nothing is wrong; 2 nothing to read; 3 a code is wrong.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.errors import UsageError
        from emission.inspect import look_at, readings
        from emission.inspect.tags import tags as tags_of
        from emission.inspect.telling import tell, tell_tag

        settings = configuration.load(config)
        if not code.strip():
            raise UsageError("inspect-empty")
        path = Path(code)
        if tags:
            for tag in tags_of(path):
                tell_tag(console, tag)
            raise typer.Exit
        is_file = code.lower().endswith(".pdf")
        seen = list(look_at(path)) if is_file else [None]
        if not seen:
            raise UsageError("inspect-nothing", path=path)
        wrong = False
        for one in seen:
            text = code.strip() if one is None else one.text
            found = readings(text, settings.profile, settings.codes.hosts)
            wrong = wrong or all(reading.wrong for reading in found)
            tell(console, settings.language, text, found, one)
    raise typer.Exit(3 if wrong else 0)
