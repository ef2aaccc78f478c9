"""The command line: parse, call the library, print. No logic lives here."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from emission import __version__
from emission.console import Console
from emission.errors import EmissionError

app = typer.Typer(
    epilog="Start with: emission init rentas && cd rentas && emission run lote.csv",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

BatchArgument = Annotated[
    Path, typer.Argument(metavar="BATCH", help="The municipality's file (CSV).", show_default=False)
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Configuration; by default the emission.toml beside BATCH, or here."),
]
TemplateOption = Annotated[str | None, typer.Option("--template", help="A shipped template, or a folder.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on standard output: progress, then the report.")]


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


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)],
) -> None:
    """Make a starter project in DIR that runs as it is: a configuration, a small batch, a logo."""
    with _console(None, None) as console:
        from emission.starter import start

        console.started(start(folder))


@app.command()
def validate(
    batch: BatchArgument, config: ConfigOption = None, template: TemplateOption = None, json: JsonOption = False
) -> None:
    """Say everything that is wrong with BATCH, and what issuing it would take. Nobody is asked for anything.

    Prints all faults and warnings and the forecast: vouchers, obligations, provider calls, time,
    sheets, disk, totals. Exit codes: 0 all rows are sound; 2 usage or configuration; 3 some are not.
    """
    with _console(config, batch, quiet=False, json=json) as console:
        from emission import config as configuration
        from emission import pipeline

        settings = configuration.load(config, batch, _changes(template=template))
        forecast, reader, faulty, refusal = pipeline.validate(settings, batch, console.progress)
        console.faults(faulty)
        console.forecast(forecast, reader.dialect)
        if refusal is not None:
            console.complain(refusal)
    raise typer.Exit(3 if forecast.rejected or refusal is not None else 0)


@app.command()
def run(
    batch: BatchArgument,
    config: ConfigOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the run's folder goes; default: output.directory.")
    ] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="epagos or supplied.")] = None,
    template: TemplateOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=0, help="Processes that render; 0 is one a core.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Stop after this many vouchers; the same command goes on.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Render what another batch issued already, from the ledger.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again for what the provider refused.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before issuing in production.")] = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Make the vouchers of BATCH, or go on where an earlier command stopped.

    Writes DIR/<batch-id>/ with digital/, print/, manifest.csv and .xlsx, rejected.csv and .xlsx,
    faults.csv and report.json. Run again it asks the provider for nothing that it has already:
    what is new is added, what reads differently is rendered again, and a changed amount is refused.

    Exit codes: 0 every row has its voucher; 2 usage or configuration, nothing started; 3 rows
    were rejected or failed, or the batch was stopped before the first call; 4 stopped by the
    provider, the machine or --limit: the same command goes on; 130 interrupted, likewise.
    """
    with _console(config, batch, quiet=quiet, json=json) as console:
        from emission import config as configuration
        from emission import pipeline

        changes = _changes(provider=provider, template=template, workers=workers, out=out)
        settings = configuration.load(config, batch, changes)
        request = pipeline.Request(batch=batch, limit=limit, again=again, retry_failed=retry_failed)
        with _stoppable(console) as stoppable:
            door = pipeline.Door(
                announce=console.progress,
                confirm=lambda forecast, reader: console.confirm(forecast, reader.dialect, yes=yes),
                stoppable=stoppable,
            )
            report, folder = pipeline.run(settings, request, door, os.environ)
        console.summary(report, folder)
    raise typer.Exit(report.exit_code)


@app.command()
def preview(
    batch: BatchArgument,
    id: Annotated[str, typer.Option("--id", help="An obligation_id or voucher_id of BATCH.")],  # noqa: A002 - the option's name
    config: ConfigOption = None,
    out: Annotated[Path, typer.Option("--out", help="Where the PDF and the PNG go.")] = Path(),
    template: TemplateOption = None,
) -> None:
    """Show one voucher of BATCH as it would look: a PDF and a PNG marked SPECIMEN, with no payable code."""
    with _console(config, batch) as console:
        from emission import config as configuration
        from emission.preview import preview as draw

        settings = configuration.load(config, batch, _changes(template=template))
        console.files(draw(settings, batch, id, out))


@app.command()
def status(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show every run of the ledger: where it stands, what is missing, what to type next."""
    with _console(config, None, json=json) as console:
        from emission import config as configuration
        from emission.status import standing

        settings = configuration.load(config)
        console.standing(standing(settings))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    state: Annotated[
        Path | None, typer.Option("--state", help="Where it remembers its operations; default: nowhere.")
    ] = None,
) -> None:
    """Serve the provider's sandbox on 127.0.0.1 until interrupted.

    Prints `ready http://127.0.0.1:N` once it serves. Credentials: organism 1, user 1, password
    `sandbox`, hash `sandbox`. GET /_sandbox/operations lists every operation ever created.
    """
    with _console(None, None):
        from emission.sandbox.serve import serve

        serve(port, state)


def main() -> None:
    """The program ``emission``: every file that it writes is its user's alone."""
    os.umask(0o077)
    app()


def _changes(
    *, provider: str | None = None, template: str | None = None, workers: int | None = None, out: Path | None = None
) -> dict[str, dict[str, Any]]:
    wanted: dict[str, dict[str, Any]] = {
        "provider": {"kind": provider},
        "template": {"name": template},
        "output": {"workers": workers, "directory": None if out is None else str(out.resolve())},
    }
    return {
        table: {key: value for key, value in values.items() if value is not None} for table, values in wanted.items()
    }


@contextmanager
def _console(config: Path | None, batch: Path | None, *, quiet: bool = False, json: bool = False) -> Iterator[Console]:
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


@contextmanager
def _stoppable(console: Console) -> Iterator[Callable[[Callable[[], None]], None]]:
    """The first Ctrl-C (or a polite kill) ends the run gently; the second at once."""
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stoppable(stop: Callable[[], None]) -> None:
        def handle(_number: int, _frame: object) -> None:
            for number, handler in previous.items():
                signal.signal(number, handler)
            console.stopping()
            stop()

        for number in previous:
            signal.signal(number, handle)

    try:
        yield stoppable
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
