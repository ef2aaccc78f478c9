"""A console in the office's language, for as long as a command lasts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from emission.console import Console
from emission.errors import EmissionError


@contextmanager
def speaking(config: Path | None, batch: Path | None, *, quiet: bool = False, json: bool = False) -> Iterator[Console]:
    """A console in the office's language that turns errors into sentences and exit codes."""
    from emission.config import language_of

    console = Console(language_of(config, batch), quiet=quiet, json=json, command=["emission", *sys.argv[1:]])
    try:
        yield console
    except EmissionError as error:
        console.complain(error)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        console.interrupted()
        raise typer.Exit(130) from None
    finally:
        console.close()
