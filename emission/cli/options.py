"""Options that several commands share, and the configuration that they change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

BatchArgument = Annotated[
    Path, typer.Argument(metavar="BATCH", help="The municipality's file (CSV).", show_default=False)
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Configuration; by default the emission.toml beside BATCH, or here."),
]
TemplateOption = Annotated[str | None, typer.Option("--template", help="A shipped template, or a folder.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")]
RerenderOption = Annotated[
    bool,
    typer.Option("--rerender", help="Go on with another template, configuration or release: all is rendered again."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on standard output: progress, then the report.")]


def changes(
    *, provider: str | None = None, template: str | None = None, workers: int | None = None, out: Path | None = None
) -> dict[str, dict[str, Any]]:
    """What the command line says instead of the configuration: table → key → value."""
    wanted: dict[str, dict[str, Any]] = {
        "provider": {"kind": provider},
        "template": {"name": template},
        "output": {"workers": workers, "directory": None if out is None else str(out.resolve())},
    }
    if template is not None:
        # What is asked for is what is seen: no other template draws the files.
        wanted["template"]["digital"] = ""
    return {
        table: {key: value for key, value in values.items() if value is not None} for table, values in wanted.items()
    }
