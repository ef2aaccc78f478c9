"""A console in the office's language, for as long as a command lasts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer

from emission.console import Console
from emission.errors import EmissionError


@contextmanager
def speaking(config: Path | None, batch: Path | None, *, quiet: bool = False, json: bool = False) -> Iterator[Console]:
    """A console in the office's language that turns errors, and a machine in want, into sentences."""
    from emission.config import language_of

    console = Console(language_of(config, batch), quiet=quiet, json=json, command=["emission", *sys.argv[1:]])
    try:
        yield console
    except EmissionError as error:
        raise _ended(console, error) from None
    except KeyboardInterrupt:
        # Who closed the terminal reads nothing; the exit code stays.
        with suppress(OSError):
            console.interrupted()
        raise typer.Exit(130) from None
    except Exception as error:
        from emission.shortage import shortage

        stopped = shortage(error)
        if stopped is None:
            raise
        raise _ended(console, stopped) from None
    finally:
        with suppress(OSError):
            console.close()


def _ended(console: Console, error: EmissionError) -> typer.Exit:
    # Where the disk of the output is full, or nobody listens, the exit code still says what happened.
    with suppress(OSError):
        console.complain(error)
    return typer.Exit(error.exit_code)
