"""A template proved before a batch is read: its codes have their room and stand clear of everything else."""

from __future__ import annotations

import functools
from pathlib import Path

from emission.codes.agreements import Profile
from emission.codes.faults import CodeError
from emission.codes.geometry import fit_linear
from emission.codes.room import LEAST_BARS_MM, LEAST_QR_MM, USUAL_QR_VERSION
from emission.errors import TemplateError
from emission.model import Fault
from emission.render.compiler import program_for
from emission.render.declared import example
from emission.render.look import Look
from emission.render.markup import Element
from emission.render.nodes import MM
from emission.render.program import Program
from emission.render.sample import sample_vouchers
from emission.render.stamping import preflight
from emission.render.symbols import Linear, Qr

# What a fault of a row is called where it is the template's own.
_CLASHES = {
    "code-covered": "template-code-covered",
    "code-off-page": "template-code-off-page",
    "code-near-cut": "template-code-near-cut",
}


@functools.lru_cache(maxsize=8)
def proved_program(look: Look, profile: Profile | None = None) -> Program:
    """The program of ``look``, proved once a process; ``profile`` is the form of the barcodes to come, where known.

    Papers that were drawn already are not held to it: reprints and audits take :func:`program_for`.

    Raises:
        TemplateError: as :func:`program_for`; a code has less room than it needs, leaves the page, stands too near a
            cut, or something else puts ink into its place. ``params`` name both elements.
    """
    program = program_for(look)
    for code in program.codes:
        element = program.origins.of(code)
        assert element is not None
        if isinstance(code, Qr):
            _qr_has_room(code, element)
        else:
            _linear_has_room(code, element, profile)
    reading = look.reading
    columns = {field.name: example(field.kind, reading) for field in program.fields if field.is_column}
    for check in preflight(program, sample_vouchers(columns)):
        for fault in check.faults:
            # What else is wrong is the sample's: it has no columns that the template does not declare, nor its lengths.
            if fault.code in _CLASHES:
                raise _of_template(program, fault)
    return program


def forget_programs() -> None:
    """Compiles every template anew the next time: one that is being worked on changes under its look."""
    program_for.cache_clear()
    proved_program.cache_clear()


def _qr_has_room(code: Qr, element: Element) -> None:
    side = code.side / MM
    if side < LEAST_QR_MM - 1e-6:
        _refuse(element, "template-qr-small", side=side, needed=LEAST_QR_MM, version=USUAL_QR_VERSION)


def _linear_has_room(code: Linear, element: Element, profile: Profile | None) -> None:
    bars = code.bars(1) / MM
    if bars < LEAST_BARS_MM - 1e-6:
        _refuse(element, "template-linear-low", bars=bars, needed=LEAST_BARS_MM)
    if profile is None or not profile.length or profile.characters != "digits":
        return
    try:
        fit_linear(code.symbology, "0" * profile.length, code.width / MM)
    except CodeError as error:
        if error.fault.code == "barcode-too-wide":
            _refuse(element, "template-linear-narrow", agreement=profile.name, **error.fault.params)


def _refuse(element: Element, code: str, **params: str | float) -> None:
    """Raises a ``TemplateError`` about a code's element that names the one around it too."""
    around = element.parent or element
    shown = {name: f"{value:.1f}" if isinstance(value, float) else value for name, value in params.items()}
    element.fail(code, parent=around.label, parent_line=around.line, **shown)


def _of_template(program: Program, fault: Fault) -> TemplateError:
    return TemplateError(_CLASHES[fault.code], file=Path(program.look.template) / "voucher.xml", **fault.params)
