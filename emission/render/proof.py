"""A template proved before a batch is read: its codes have their room and stand clear of everything else."""

from __future__ import annotations

import functools

from emission.codes.agreements import Profile
from emission.codes.faults import CodeError
from emission.codes.geometry import fit_linear
from emission.codes.room import LEAST_BARS_MM, LEAST_QR_MM, USUAL_QR_VERSION
from emission.errors import TemplateError
from emission.model import Fault
from emission.render.declared import example
from emission.render.look import Look
from emission.render.markup import Element
from emission.render.nodes import MM
from emission.render.program import Program
from emission.render.sample import sample_vouchers
from emission.render.stamping import checked
from emission.render.symbols import Linear, Qr
from emission.render.template import Template, template_for

# What a fault of a row is called where it is the template's own.
_CLASHES = {
    "code-covered": "template-code-covered",
    "code-off-page": "template-code-off-page",
    "code-near-cut": "template-code-near-cut",
    "words-off-page": "template-words-off-page",
}


@functools.lru_cache(maxsize=8)
def proved_template(look: Look, profile: Profile | None = None) -> Template:
    """The template of ``look``, proved once a process; ``profile`` is the form of the barcodes to come, where known.

    Papers that were drawn already are not held to it: reprints and audits take :func:`template_for`.

    Raises:
        TemplateError: as :func:`template_for`; a code has less room than it needs, leaves the page, stands too near a
            cut, or something else puts ink into its place. ``params`` name both elements.
    """
    template = template_for(look)
    for program in template.programs:
        prove(program, profile)
    return template


def forget_templates() -> None:
    """Compiles every template anew the next time: one that is being worked on changes under its look."""
    template_for.cache_clear()
    proved_template.cache_clear()


def prove(program: Program, profile: Profile | None) -> None:
    """Holds one layout to what :func:`proved_template` promises.

    Raises:
        TemplateError: what it says of codes.
    """
    for code in program.codes:
        element = program.origins.of(code)
        assert element is not None
        if isinstance(code, Qr):
            _qr_has_room(code, element)
        else:
            _linear_has_room(code, element, profile)
    reading = program.look.reading
    columns = {field.name: example(field.kind, reading) for field in program.fields if field.is_column}
    for voucher in sample_vouchers(columns):
        for fault in checked(program, voucher).faults:
            # What else is wrong is the sample's: it has no columns that the template does not declare, nor its lengths.
            if fault.code in _CLASHES:
                raise _of_template(program, fault)


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
    # A part that templates share has a file of its own.
    params = dict(fault.params)
    file = params.pop("file")
    return TemplateError(_CLASHES[fault.code], file=program.file if file == program.file.name else file, **params)
