"""What a designer is told on the terminal, or a program in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from emission.console import Console
from emission.design.starting import Design
from emission.design.uses import Field
from emission.errors import UsageError
from emission.wording import Language, explain


def tell_begun(console: Console, name: str, folder: Path) -> None:
    """A template is there, and what to type next."""
    if console.json:
        console.emit("template-begun", name=name, folder=str(folder))
    else:
        console.line("template-begun", name=name, folder=folder)


def tell_designs(console: Console, designs: Sequence[Design]) -> None:
    """The templates that there are."""
    if console.json:
        for design in designs:
            console.emit("template", **msgspec.to_builtins(design))
        return
    rows = [
        (design.name, console.say(f"template-{design.origin}"), "*" if design.used else "", design.folder)
        for design in designs
    ]
    console.table("", ("template-name", "template-origin", "template-used", "template-folder"), rows)


def tell_problems(console: Console, language: Language, name: str, problems: Sequence[UsageError]) -> None:
    """Every problem, and how many there are."""
    if console.json:
        for problem in problems:
            facts = {key: problem.params[key] for key in ("file", "line", "element") if key in problem.params}
            console.emit("problem", code=problem.code, **facts, message=explain(language, problem))
        console.emit("checked", name=name, problems=len(problems))
        return
    for problem in problems:
        console.line("template-problem", text=explain(language, problem), sign=problem.code)
    console.line("template-wrong" if problems else "template-right", name=name, count=len(problems))


def tell_warnings(console: Console, language: Language, warnings: Sequence[UsageError]) -> None:
    """What is no problem, and good to know."""
    for warning in warnings:
        if console.json:
            console.emit(
                "warning", code=warning.code, file=str(warning.params["file"]), message=explain(language, warning)
            )
        else:
            console.line("template-problem", text=explain(language, warning), sign=warning.code)


def tell_fields(console: Console, fields: Sequence[Field]) -> None:
    """The fields that a template uses, as a table."""
    if console.json:
        for field in fields:
            console.emit("field", **msgspec.to_builtins(field))
        return
    rows = [
        (
            field.name,
            console.say(f"field-{field.kind}") if field.kind else "?",
            console.say(f"field-{field.need}"),
            " ".join(field.places),
        )
        for field in fields
    ]
    console.table("", ("field-name", "field-kind", "field-need", "field-places"), rows)


def tell_files(console: Console, paths: Sequence[Path]) -> None:
    """What was written."""
    if console.json:
        for path in paths:
            console.emit("file", path=str(path))
    else:
        console.files(paths)
