"""A template as its designer sees it: specimens of every page, with the box of each element drawn over them."""

from __future__ import annotations

from pathlib import Path

from emission import store
from emission.config import Settings
from emission.design.plan import Plan, Spot, planned
from emission.design.samples import design_vouchers
from emission.errors import TemplateError
from emission.model import Bill, Obligation
from emission.render import Program, read_settings
from emission.render.compiler import compile_layout
from emission.render.digital import write_digital
from emission.render.faces import Face
from emission.render.items import Page, Stroke, Words
from emission.render.nodes import MM
from emission.render.plates import Struck, whole
from emission.render.settings import BOTH
from emission.specimen import pictures
from emission.stages.look import look_of

# Enough for the smallest words on it.
DPI = 200
_SIZE = 3.6  # points, of the words beside a box
_INKS = {True: "accent", False: "grey"}
_DASHES = {True: "2 1.2", False: ""}


def show(settings: Settings, name: str, folder: Path) -> list[Path]:
    """Writes ``NAME.pdf`` with every page of the configured template, and a PNG a page, into ``folder``.

    A template with two layouts gives ``NAME-digital.pdf`` and ``NAME-print.pdf``.

    Raises:
        UsageError: there is no such template, or it cannot be compiled.
        Stopped: the disk refuses.
    """
    look = look_of(settings, specimen=True)
    template = Path(look.template)
    paths: list[Path] = []
    for layout in read_settings(template).layouts:
        stem = name if layout == BOTH else f"{name}-{layout}"
        paths += _show(compile_layout(look, template, layout), folder / stem)
    return paths


def _show(program: Program, stem: Path) -> list[Path]:
    vouchers = [voucher for voucher in design_vouchers(program.look) if _is_fullest(voucher.obligations[0])]
    pages: list[Struck] = []
    for voucher in vouchers:
        layout, plan = planned(program, voucher)
        if not layout.pages and layout.faults:
            fault = layout.faults[0]
            raise TemplateError(fault.code, **{"field": fault.field, **fault.params, "file": str(program.file)})
        pages += [_marked(program, plan, page) for page in layout.pages]
    first = vouchers[0]
    path = stem.with_name(f"{stem.name}.pdf")
    content = write_digital(program, Bill(first, (None,) * len(first.obligations)), pages)
    store.write(path, content)
    return [path, *pictures(content, stem, DPI)]


def _is_fullest(obligation: Obligation) -> bool:
    """Whether it shows all that its kind may show; fewer due dates only leave places empty."""
    return not obligation.payable or len(obligation.due_dates) > 1


def _marked(program: Program, plan: Plan, page: Page) -> Struck:
    """``page`` with its boxes upon it; words beside boxes that hide others' are no harm here."""
    face = program.faces["regular"]
    for spot in plan.spots(page):
        _frame(page, spot)
        _name(page, face, spot, program)
    return whole(program, page)


def _frame(page: Page, spot: Spot) -> None:
    left, bottom, right, top = spot.box
    ink, dash = _INKS[spot.is_place], _DASHES[spot.is_place]
    for start, end in (
        ((left, bottom), (right, bottom)),
        ((right, bottom), (right, top)),
        ((right, top), (left, top)),
        ((left, top), (left, bottom)),
    ):
        page.items.append(Stroke(*start, *end, 0.25, ink, dash))


def _name(page: Page, face: Face, spot: Spot, program: Program) -> None:
    """Role or kind, place and size in millimetres: within the corner of a place, beside words."""
    text = "".join(char for char in _told(spot, program.height) if char in face.glyphs)
    shape = face.shape(text)
    width = shape.width * _SIZE / 1000
    box = spot.box
    if spot.is_place:
        x, y = box.left + 0.6, box.top - _SIZE + 0.4
    else:
        after = box.right + width + 1 < program.width
        x, y = box.right + 0.8 if after else max(2.0, box.left - width - 0.8), (box.top + box.bottom - _SIZE * 0.6) / 2
    page.note(shape)
    page.items.append(Words(shape, face.name, _SIZE, x, y, _INKS[spot.is_place]))


def _told(spot: Spot, height: float) -> str:
    element, box = spot.element, spot.box
    name = element.attributes.get("role") or element.name
    x, y = box.left / MM, (height - box.top) / MM
    return f"{name} {x:.1f} {y:.1f} {(box.right - box.left) / MM:.1f}x{(box.top - box.bottom) / MM:.1f} :{element.line}"
