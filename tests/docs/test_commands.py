"""Every command and option of the program is documented, and nothing that it does not have."""

import re

import pytest
import typer

from emission.cli import app
from tests.docs.pages import READMES, commands, pages, rows, text

PROGRAM = typer.main.get_command(app)
OPTION = re.compile(r"--[a-z][a-z-]*")


def known_commands(group: object = PROGRAM, before: str = "") -> dict[str, typer.core.TyperCommand]:
    """Every command by all its words, those of groups among them."""
    found: dict[str, typer.core.TyperCommand] = {}
    for name, command in getattr(group, "commands", {}).items():
        words = f"{before} {name}".strip()
        found |= known_commands(command, words) if hasattr(command, "commands") else {words: command}
    return found


def command_of(line: str) -> str:
    """The command that a line which begins with ``emission`` names."""
    words = line.strip("`").split()[1:]
    return next((name for name in (" ".join(words[:2]), words[0]) if name in known_commands()), words[0])


def options() -> dict[str, set[str]]:
    """The long options of each command."""
    found = {**known_commands(), "emission": PROGRAM}
    return {
        name: {
            option
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--") and option != "--help"
        }
        for name, command in found.items()
    }


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_the_table(readme: str) -> None:
    documented = {command_of(cells[0]) for cells in rows(text(readme)) if cells[0].startswith("`emission ")}
    assert documented == set(options()) - {"emission"}


@pytest.mark.parametrize("readme", READMES)
def test_every_option_stands_in_the_table_with_its_commands(readme: str) -> None:
    documented: dict[str, set[str]] = {name: set() for name in options()}
    for cells in rows(text(readme)):
        if cells[0].startswith("`--"):
            (option,) = OPTION.findall(cells[0])
            for command in cells[1].split(", "):
                documented[command].add(option)
    assert documented == options()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_command_that_a_reader_is_told_to_type_exists(page: object) -> None:
    known = options()
    for line in commands(text(str(page))):
        if line.split()[0] == "emission":
            assert set(OPTION.findall(line)) <= known[command_of(line)], line


@pytest.mark.parametrize("readme", READMES)
def test_make_has_the_targets_that_a_reader_is_told_to_make(readme: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), flags=re.MULTILINE))
    wanted = {line.split()[1] for line in commands(text(readme)) if line.startswith("make ")}
    assert wanted == {"demo", "test"}
    assert wanted <= targets


def test_both_readmes_have_the_same_commands() -> None:
    english, spanish = (commands(text(name)) for name in READMES)
    assert english == spanish
    assert len(english) > 5


def test_both_readmes_explain_the_same_things_in_the_same_order() -> None:
    english, spanish = ([re.findall(r"`[^`]+`", cells[0]) for cells in rows(text(name))] for name in READMES)
    assert english == spanish
