"""A compiled template: the layout that files are drawn with, and the one that lots are."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

from emission.errors import TemplateError
from emission.model import Channel
from emission.render.compiler import compile_layout
from emission.render.look import Look
from emission.render.program import Program
from emission.render.settings import Use, read_settings


@dataclasses.dataclass(frozen=True, eq=False)
class Template:
    """The programs of a look: one and the same where one layout is for both, no ``printed`` where nothing prints."""

    digital: Program
    printed: Program | None

    @property
    def look(self) -> Look:
        return self.digital.look

    @property
    def programs(self) -> tuple[Program, ...]:
        """Each program once."""
        return (self.digital,) if self.printed in (self.digital, None) else (self.digital, self.printed)

    @property
    def for_lots(self) -> Program:
        """The program of a lot, which only a template that prints can have got to."""
        assert self.printed is not None
        return self.printed

    def programs_of(self, channel: Channel) -> tuple[Program, ...]:
        """Those that a voucher of ``channel`` is drawn with."""
        return self.programs if channel.printed else (self.digital,)


def compile_template(look: Look) -> Template:
    """Compiles the layouts of ``look``; takes a fifth of a second each, so ask :func:`template_for` in a run.

    Raises:
        TemplateError: anything about a template, its images or faces; ``params`` name file, line, element.
    """
    own, other = Path(look.template), Path(look.digital or look.template)
    digital, printed = _layout(other, "digital"), _layout(own, "print")
    if not digital:
        raise TemplateError("template-layout-missing", file=other / "template.toml", layout="digital")
    program = compile_layout(look, other, digital)
    if (own, printed) == (other, digital):
        return Template(program, program)
    return Template(program, compile_layout(look, own, printed) if printed else None)


@functools.lru_cache(maxsize=8)
def template_for(look: Look) -> Template:
    """The template of ``look``, compiled once a process.

    Raises:
        TemplateError: as :func:`compile_template`.
    """
    return compile_template(look)


def _layout(folder: Path, use: Use) -> str:
    return read_settings(folder).layout(use)
