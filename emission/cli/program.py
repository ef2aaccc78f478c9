"""The program: what stands before every command."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from emission import __version__

app = typer.Typer(
    epilog="Start with: emission init rentas && cd rentas && emission run lote.csv",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - Typer hands the option over so
    if wanted:
        typer.echo(f"emission {__version__}")
        raise typer.Exit


@app.callback()
def program(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the release and exit.")
    ] = False,
) -> None:
    """Turn a municipality's file of obligations into payable vouchers, in mass, and account for every row."""


def main() -> None:
    """The program ``emission``: every file that it writes is its user's alone."""
    os.umask(0o077)
    app()
