"""Vouchers → pages. A template is compiled once for a look, then every bill is stamped with it."""

from emission.render.compiler import compile_template, program_for
from emission.render.look import RENDERER, Look, files_of, fingerprint, restore
from emission.render.lots import LotPage, LotWriter
from emission.render.program import Program
from emission.render.proof import proved_program
from emission.render.settings import read_settings
from emission.render.stamping import Check, Stamped, preflight, stamp

__all__ = [
    "RENDERER",
    "Check",
    "Look",
    "LotPage",
    "LotWriter",
    "Program",
    "Stamped",
    "compile_template",
    "files_of",
    "fingerprint",
    "preflight",
    "program_for",
    "proved_program",
    "read_settings",
    "restore",
    "stamp",
]
