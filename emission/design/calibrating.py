"""The calibration page of a template: what the office lays over stationery that the printer has already."""

from __future__ import annotations

from pathlib import Path

import msgspec

from emission import store
from emission.config import Settings
from emission.design.gauge import Gauge, Place, gauges_pdf
from emission.design.plan import Plan, planned
from emission.design.samples import design_vouchers
from emission.errors import TemplateError
from emission.model import Voucher
from emission.render import Program, read_settings
from emission.render.compiler import compile_layout
from emission.render.items import Page
from emission.stages.look import look_of
from emission.wording import say

# Neither is on the stationery's pages: one is for rehearsals, the other for the eye.
_NO_PLACES = ("banner", "watermark")
_STEPS = ("scale", "light", "measure", "again")
_MANY = 50
_NEAR = 0.3  # points between boxes that are one


def calibrate(settings: Settings, name: str, folder: Path) -> list[Path]:
    """Writes ``NAME-calibration.pdf`` into ``folder``: a page for each page of the configured template that is printed.

    Raises:
        UsageError: there is no such template, it cannot be compiled, or nothing of it is printed.
        Stopped: the disk refuses.
    """
    look = look_of(settings, specimen=True)
    template = Path(look.template)
    layout = read_settings(template).layout("print")
    if not layout:
        raise TemplateError("calibration-no-print", file=template / "template.toml", name=name)
    program = compile_layout(look, template, layout)
    pages = _places(program)
    title = say(settings.language, "calibration-title", name=name)
    gauges = [
        Gauge(
            width=program.width,
            height=program.height,
            places=places,
            title=say(settings.language, "calibration-page", title=title, page=number, pages=len(pages)),
            steps=[say(settings.language, f"calibration-{step}", file=program.file.name) for step in _STEPS],
            bar=say(settings.language, "calibration-bar"),
        )
        for number, places in enumerate(pages, 1)
    ]
    path = folder / f"{name}-calibration.pdf"
    store.write(path, gauges_pdf(gauges, title))
    return [path]


def _places(program: Program) -> list[list[Place]]:
    """The places of each kind of page that some invented voucher has, on the one that shows most of them."""
    fullest: dict[int, list[Place]] = {}
    vouchers = design_vouchers(program.look)
    for voucher in (*vouchers, *_longest(vouchers[0])):
        layout, plan = planned(program, voucher)
        for page in layout.pages:
            found = _on(plan, page)
            if len(found) >= len(fullest.get(page.kind, [])):
                fullest[page.kind] = found
    return [fullest[kind] for kind in sorted(fullest)]


def _longest(voucher: Voucher) -> list[Voucher]:
    """What goes on over further pages, where a template has them: a long detail, one of totals alone, a booklet."""
    first = voucher.obligations[0]
    plain = tuple(msgspec.structs.replace(line, amount=None, surcharge=None) for line in first.lines)
    details = [msgspec.structs.replace(first, lines=lines * _MANY) for lines in (first.lines, plain)]
    return [
        Voucher(voucher.voucher_id, obligations) for obligations in ((details[0],), (details[1],), (first,) * _MANY)
    ]


def _on(plan: Plan, page: Page) -> list[Place]:
    found: list[Place] = []
    for spot in plan.spots(page):
        element = spot.element
        known = any(
            all(abs(one - other) < _NEAR for one, other in zip(spot.box, place.box, strict=True)) for place in found
        )
        if spot.is_place and element.name not in _NO_PLACES and not known:
            found.append(Place(element.attributes.get("role") or element.name, spot.box))
    return found
