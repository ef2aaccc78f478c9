"""Vouchers → pages. A template is compiled once for a look, then every bill is stamped with it."""

from emission.render.look import RENDERER, Look, files_of, fingerprint, restore
from emission.render.lots import LotPage, LotWriter
from emission.render.program import Program
from emission.render.proof import proved_template
from emission.render.settings import read_settings
from emission.render.stamping import Check, Stamped, preflight, specimens, stamp
from emission.render.template import Template, compile_template, template_for

__all__ = [
    "RENDERER",
    "Check",
    "Look",
    "LotPage",
    "LotWriter",
    "Program",
    "Stamped",
    "Template",
    "compile_template",
    "files_of",
    "fingerprint",
    "preflight",
    "proved_template",
    "read_settings",
    "restore",
    "specimens",
    "stamp",
    "template_for",
]
