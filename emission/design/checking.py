"""Everything that can be wrong with a template, found before a batch is: each with file, line and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import jinja2

from emission.config import Settings
from emission.design.plan import planned
from emission.design.samples import design_vouchers
from emission.design.uses import unknown_names
from emission.errors import TemplateError, UsageError
from emission.model import Fault, Voucher
from emission.render import Program, read_settings
from emission.render.compiler import compile_layout
from emission.render.fields import environment
from emission.render.markup import Element
from emission.render.proof import prove
from emission.render.sandbox import TOO_DEEP
from emission.stages.look import look_of
from emission.wording import reason

# What a page in Spanish or Portuguese cannot do without, beside ASCII.
LETTERS = "ÁÉÍÓÚÜÑáéíóúüñÂÊÔÃÕÇÀâêôãõçà¿¡ºª°«»“”–·$"


_Made = TypeVar("_Made")


def check(settings: Settings) -> list[UsageError]:
    """The problems of the configured template, in the order in which they would be met; none where it is right.

    Raises:
        UsageError: there is no such template.
    """
    look = look_of(settings, specimen=True)
    folder = Path(look.template)
    problems: list[UsageError] = list(_broken_texts(folder))
    programs = [_tried(partial(compile_layout, look, folder, name), problems) for name in read_settings(folder).layouts]
    whole = [program for program in programs if program is not None]
    # What cannot be read or compiled is told once, by the compiler.
    problems += _tried(lambda: unknown_names(folder), problems if len(whole) == len(programs) else []) or []
    for program in whole:
        problems += _missing_letters(program)
        _tried(partial(prove, program, settings.profile), problems)
        problems += _faults(program, settings)
    return _distinct(problems)


def warnings(settings: Settings) -> list[UsageError]:
    """What a right template does otherwise than its designer may think.

    Raises:
        UsageError: the template cannot be compiled.
    """
    look = look_of(settings, specimen=True)
    folder = Path(look.template)
    layout = read_settings(folder).layout("digital")
    program = compile_layout(look, folder, layout) if layout else None
    return [
        TemplateError("template-background-pictured", file=program.file, source=one.source, problem=one.misfit)
        for one in (program.backgrounds.values() if program else ())
        if program and one.misfit
    ]


def _tried(attempt: Callable[[], _Made], problems: list[UsageError]) -> _Made | None:
    """What ``attempt`` gives; where it raises a problem, that is noted and there is nothing."""
    try:
        return attempt()
    except UsageError as error:
        problems.append(error)
        return None


def _broken_texts(folder: Path) -> Iterator[TemplateError]:
    """E-mail texts that are no Jinja2; no run reads them, so nobody else would tell."""
    for path in sorted(folder.glob("*.j2")):
        try:
            environment().parse(path.read_text(encoding="utf-8"))
        except jinja2.TemplateSyntaxError as error:
            place = {"file": path, "line": error.lineno, "column": 1}
            yield TemplateError("template-expression", **place, element=path.name, problem=error.message)
        except RecursionError:
            place = {"file": path, "line": 1, "column": 1}
            yield TemplateError("template-expression", **place, element=path.name, problem=TOO_DEEP)
        except UnicodeDecodeError as error:
            yield TemplateError("template-text-unreadable", file=path, line=1, problem=error.reason)


def _missing_letters(program: Program) -> Iterator[TemplateError]:
    for name, face in program.faces.items():
        missing = face.missing(LETTERS)
        if missing:
            settings = program.file.with_name("template.toml")
            face_name = f"{name} ({face.postscript})"
            yield TemplateError("template-face-letters", file=settings, face=face_name, letters=" ".join(missing))


def _faults(program: Program, settings: Settings) -> Iterator[TemplateError]:
    for voucher in design_vouchers(program.look):
        yield from _faults_of(program, voucher, settings)


def _faults_of(program: Program, voucher: Voucher, settings: Settings) -> Iterator[TemplateError]:
    layout, plan = planned(program, voucher)
    for fault, element in plan.faulty(layout):
        yield TemplateError(
            "template-sample-fault",
            file=element.file if element else program.file,
            line=_line(fault, element),
            element=element.label if element else fault.params.get("element", "-"),
            sample=voucher.voucher_id,
            reason=reason(settings.language, fault),
        )


def _line(fault: Fault, element: Element | None) -> str:
    return fault.params.get("line", str(element.line) if element else "-")


def _distinct(problems: list[UsageError]) -> list[UsageError]:
    """Each problem once: what is wrong on one sample is wrong on most."""
    kept: dict[tuple[object, ...], UsageError] = {}
    for problem in problems:
        facts = {name: value for name, value in problem.params.items() if name != "sample"}
        kept.setdefault((problem.code, *sorted(facts.items())), problem)
    return list(kept.values())
