"""``emission template``: new, check, show, calibrate, list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emission.cli.options import ConfigOption, JsonOption, changes
from emission.cli.program import app
from emission.cli.speaking import speaking

template = typer.Typer(no_args_is_help=True, help="Design vouchers: begin a template, check it, take it apart.")
app.add_typer(template, name="template")

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="A shipped template, or a folder.", show_default=False)
]


@template.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The folder, beside emission.toml.", show_default=False)],
    origin: Annotated[
        str, typer.Option("--from", help="The template to copy, a shipped one or a folder.")
    ] = "municipal-a4",
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Begin a template of your own as a copy of another. Nothing is ever overwritten."""
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.design.starting import begin
        from emission.design.telling import tell_begun

        settings = configuration.load(config, None, changes(template=origin))
        tell_begun(console, name, begin(settings, name))


@template.command()
def check(name: NameArgument, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Say everything that is wrong with a template: file, line, and what to do.

    Compiles it, proves the room of its codes, draws invented vouchers with it, and looks for names
    that do not exist and letters that its faces lack. Exit codes: 0 it is right; 2 it is not.
    """
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.design.checking import check as look_at
        from emission.design.checking import warnings
        from emission.design.telling import tell_problems, tell_warnings

        settings = configuration.load(config, None, changes(template=name))
        problems = look_at(settings)
        tell_warnings(console, settings.language, [] if problems else warnings(settings))
        tell_problems(console, settings.language, name, problems)
    raise typer.Exit(2 if problems else 0)


@template.command()
def show(
    name: NameArgument,
    out: Annotated[Path, typer.Option("--out", help="Where the PDF and the PNG go.")] = Path(),
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show the fields that a template uses, and every page with the boxes of its elements in millimetres."""
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.design.showing import show as draw
        from emission.design.telling import tell_fields, tell_files
        from emission.design.uses import fields_of
        from emission.stages.look import template_folder

        settings = configuration.load(config, None, changes(template=name))
        folder = template_folder(settings, name)
        tell_fields(console, fields_of(folder))
        tell_files(console, draw(settings, folder.name, out))


@template.command()
def calibrate(
    name: NameArgument,
    out: Annotated[Path, typer.Option("--out", help="Where the PDF goes.")] = Path(),
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Make the page that is laid over preprinted stationery: rulers, crosses, a bar, the places of the template."""
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.design.calibrating import calibrate as draw
        from emission.design.telling import tell_files
        from emission.stages.look import template_folder

        settings = configuration.load(config, None, changes(template=name))
        tell_files(console, draw(settings, template_folder(settings, name).name, out))


@template.command("list")
def list_(config: ConfigOption = None, json: JsonOption = False) -> None:
    """List the templates that there are: shipped ones, and those beside emission.toml."""
    with speaking(config, None, json=json) as console:
        from emission import config as configuration
        from emission.design.starting import designs
        from emission.design.telling import tell_designs

        tell_designs(console, designs(configuration.load(config)))
