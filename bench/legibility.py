"""``python -m bench.legibility``: what readers read of shipped templates, by printer, blur and dot gain.

Vouchers are drawn as ever, put on paper as a printer of so many dots does (each dot black or white), grown or eaten by
the ink, and looked at through a lens. Nothing of the page is drawn again here.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pypdfium2
from PIL import Image, ImageFilter

from bench.machine import this_machine
from bench.paper import Grey
from bench.scanners import READERS, is_right
from emission.codes import agreements, gs1, qr
from emission.codes.checkdigits import gs1_mod10
from emission.codes.geometry import LINEAR_QUIET, QR_QUIET
from emission.model import Bill, Code, DueDate, Fault, Obligation, Operation, Payer, Role, Voucher
from emission.render import Look, stamp, template_for
from emission.render.items import Bars, Matrix
from emission.render.layout import lay_out
from emission.shipped import names, shipped

DPIS = (200, 203, 300, 600)
BLURS = (0.0, 0.6, 1.0, 1.4)  # standard deviation, in dots
GAINS = (-20, 0, 20, 40)  # µm at every edge: eaten or grown
USUAL = (0.6, 0)
_FINE_DPI = 1200  # what dot gain is drawn at, about
_MARGIN = 3.0  # mm of page around a code, beyond its quiet zone
PAGE = Path(__file__).parents[1] / "docs" / "legibility.md"
_MARKS = ("<!-- legibility -->\n", "\n<!-- end of legibility -->")


class Seen(msgspec.Struct, frozen=True):
    """A code on a page: its kind with the size of its module, what it says, and its place.

    That is left, top, right and bottom in mm, quiet zones included.
    """

    kind: str
    text: str
    page: int
    place: tuple[float, float, float, float]


class Sight(msgspec.Struct, frozen=True, order=True):
    """How it was looked at: printer, blur, dot gain and reader."""

    template: str
    kind: str
    dpi: int
    blur: float
    gain: int
    reader: str


def form(name: str, symbology: str, length: int) -> tuple[str, str, Callable[[random.Random], str]]:
    """A form of barcode: its name, its symbology, and a code of it at random."""
    return name, symbology, lambda chance: "".join(chance.choices("0123456789", k=length))


def _colombian(chance: random.Random) -> str:
    company = "".join(chance.choices("0123456789", k=12))
    reference = "".join(chance.choices("0123456789", k=24))
    values = {"gln": company + gs1_mod10.calc_check_digit(company), "reference": reference, "due_date": "20261231"}
    return agreements.shipped()["gs1-colombia"].compose({**values, "amount": chance.randrange(10**9)})


FORMS = (
    form("Code 128, 42 digits", "code128", 42),
    form("Code 128, 56 digits", "code128", 56),
    form("Code 128, 60 digits", "code128", 60),
    form("ITF, 44 digits", "itf", 44),
    form("ITF, 56 digits", "itf", 56),
    ("GS1-128, Colombian", "gs1-128", _colombian),
)
# Bytes of a QR text: a link, a usual payment text, the longest seen.
QR_BYTES = (60, 150, 326)


def bills(make: Callable[[random.Random], str], chance: random.Random, count: int) -> Iterator[Bill]:
    """Vouchers with codes at random, of one, two and three obligations by turns."""
    for number in range(count):
        due = (DueDate(date(2026, 12, 10), 123_45),)
        obligations = tuple(
            Obligation(f"MUESTRA-{number}-{coupon}", Payer("Ana Ejemplo"), due, "ARS", "TSG", "2026-12")
            for coupon in range(number % 3 + 1)
        )
        operations = tuple(
            Operation(one.obligation_id, "1", (Code(Role.BARCODE, make(chance)), Code(Role.QR, _payment(chance, size))))
            for one, size in zip(obligations, chance.sample(QR_BYTES, len(obligations)), strict=True)
        )
        yield Bill(Voucher(f"MUESTRA-{number}", obligations), operations)


def _payment(chance: random.Random, size: int) -> str:
    text = "00020101021243650016com.ejemplo.pago0201306" + "".join(chance.choices("0123456789abcdef-", k=size))
    return text[:size]


def codes(look: Look, bill: Bill, name: str) -> Iterator[Seen]:
    """Every code of a bill, where the layout put it."""
    program = template_for(look).digital
    texts = [code.text for one in bill.operations if one for code in one.codes if code.role is Role.QR]
    layout = lay_out(program, bill, dict(zip(texts, qr.encode_many(texts), strict=True)))
    mm = 25.4 / 72
    for number, page in enumerate(layout.pages):
        for item in page.items:
            if isinstance(item, Bars):
                module = item.unit * item.symbol.units_per_module
                width, height, quiet = sum(item.symbol.widths) * item.unit, item.height, LINEAR_QUIET * module
                kind, text = f"{name}, X {module * mm:.3f} mm", item.symbol.text
            elif isinstance(item, Matrix):
                width = height = item.symbol.size * item.module
                quiet = QR_QUIET * item.module
                kind, text = f"QR, version {item.symbol.version}, {item.module * mm:.3f} mm", item.symbol.text
            else:
                continue
            top = program.height - item.y - height
            sides = (item.x - quiet, top - quiet, item.x + width + quiet, top + height + quiet)
            yield Seen(kind, text, number, _grown(tuple(side * mm for side in sides)))


def _grown(place: tuple[float, ...]) -> tuple[float, float, float, float]:
    left, top, right, bottom = place
    return left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN


def on_paper(page: Any, dpi: int) -> Grey:  # noqa: ANN401 - pypdfium2 publishes no types
    """The page as a printer of ``dpi`` puts it down: every dot black or white."""
    seen = page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
    return np.where(seen < 128, 0, 255).astype(np.uint8)


def looked_at(dots: Grey, dpi: int, gain: int, blur: float) -> Grey:
    """Dots whose edges the ink moved by ``gain`` µm, seen at the printer's own resolution through a blurred lens."""
    fine = round(_FINE_DPI / dpi)
    image = Image.fromarray(dots.repeat(fine, axis=0).repeat(fine, axis=1))
    reach = round(abs(gain) / 25_400 * dpi * fine)
    if reach:
        image = image.filter((ImageFilter.MinFilter if gain > 0 else ImageFilter.MaxFilter)(2 * reach + 1))
    image = image.reduce(fine)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(blur)) if blur else image)


def conditions() -> list[tuple[float, int]]:
    """Blur and gain: each by itself, from the usual ones."""
    return [*((blur, 0) for blur in BLURS), *((USUAL[0], gain) for gain in GAINS if gain)]


def measure(count: int, seed: int) -> dict[Sight, Counter[str]]:
    """Looks at ``count`` vouchers of every form and shipped template in every way."""
    found: dict[Sight, Counter[str]] = {}
    for template in names("templates"):
        for name, symbology, make in FORMS:
            look = Look(str(shipped("templates") / template), "Municipalidad de Ejemplo", symbology=symbology)  # type: ignore[arg-type] # one of three
            for bill in bills(make, random.Random(f"{seed} {name}"), count):
                for sight, verdict in _seen(look, bill, template, name):
                    found.setdefault(sight, Counter())[verdict] += 1
    return found


def _seen(look: Look, bill: Bill, template: str, name: str) -> Iterator[tuple[Sight, str]]:
    (made,) = stamp(template_for(look), [bill])
    if isinstance(made, Fault):
        assert made.code == "barcode-too-wide", made
        return
    document = pypdfium2.PdfDocument(made.digital)
    every = list(codes(look, bill, name))
    for dpi in DPIS:
        papers = {number: on_paper(document[number], dpi) for number in {code.page for code in every}}
        for code in every:
            left, top, right, bottom = (round(side / 25.4 * dpi) for side in code.place)
            dots = papers[code.page][max(top, 0) : bottom, max(left, 0) : right]
            for blur, gain in conditions():
                picture = looked_at(dots, dpi, gain, blur)
                for reader, read in READERS.items():
                    yield (
                        Sight(template, code.kind, dpi, blur, gain, reader),
                        _verdict(reader, read(picture), code.text),
                    )


def _verdict(reader: str, answers: list[bytes], text: str) -> str:
    said = gs1.spoken(gs1.parse(text)) if text.startswith("(") else text
    if any(is_right(reader, answer, said) for answer in answers):
        return "read"
    return "misread" if answers else "unread"


def tables(found: dict[Sight, Counter[str]]) -> Iterator[str]:
    """A table for each template and reader: kinds down, printers across."""
    for template, reader in sorted({(sight.template, sight.reader) for sight in found}):
        mine = {sight: seen for sight, seen in found.items() if (sight.template, sight.reader) == (template, reader)}
        yield f"### {template}, read by {reader}\n"
        yield "| Code | Seen | " + " | ".join(f"{dpi} dpi" for dpi in DPIS) + " |"
        yield "|---|---|" + "---|" * len(DPIS)
        for kind in sorted({sight.kind for sight in mine}):
            usual = mine[Sight(template, kind, DPIS[0], *USUAL, reader)]
            cells = [_cell(mine, template, kind, dpi, reader) for dpi in DPIS]
            yield f"| {kind} | {usual.total()} | " + " | ".join(cells) + " |"
        yield ""


def _cell(mine: dict[Sight, Counter[str]], template: str, kind: str, dpi: int, reader: str) -> str:
    """The share that is read in the usual way; where that is all, how far blur and gain may go."""

    def seen(blur: float, gain: int) -> Counter[str]:
        return mine[Sight(template, kind, dpi, blur, gain, reader)]

    usual = seen(*USUAL)
    if usual["read"] < usual.total():
        return f"{100 * usual['read'] / usual.total():.0f} %"
    blur = max(blur for blur in BLURS if seen(blur, 0)["read"] == usual.total())
    gains = [gain for gain in GAINS if seen(USUAL[0], gain)["read"] == usual.total()]
    return f"all; blur {blur}; {min(gains):+} … {max(gains):+} µm"


def misread(found: dict[Sight, Counter[str]]) -> list[str]:
    """A line for each way of looking in which something else was read."""
    return [
        f"{sight.kind}, {sight.dpi} dpi, blur {sight.blur}, gain {sight.gain:+} µm, {sight.reader}: {seen['misread']}"
        for sight, seen in sorted(found.items())
        if seen["misread"]
    ]


def text(found: dict[Sight, Counter[str]], count: int) -> str:
    """The result as it stands in the page."""
    machine = this_machine()
    packages = ", ".join(f"{name} {machine.packages[name]}" for name in ("zxing-cpp", "pillow", "numpy"))
    readings = sum(seen.total() for seen in found.values())
    wrong = misread(found)
    command = f"python -m bench.legibility --vouchers {count} --page"
    made = f"Made by `{command}` on {machine.date[:10]}: {readings:,} readings of random codes"
    lines = [
        f"{made}, {packages}, zbar through pyzbar.",
        "",
        *tables(found),
        "**Read as something else:** " + ("; ".join(wrong) if wrong else "never") + ".",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measures and prints; with ``--page`` writes docs/legibility.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.legibility", description=__doc__)
    parser.add_argument("--vouchers", type=int, default=12, help="of every form (default: 12)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--page", action="store_true", help="write the result into docs/legibility.md")
    arguments = parser.parse_args()
    if arguments.vouchers < 1:
        parser.error("counts begin at 1")
    told = text(measure(arguments.vouchers, arguments.seed), arguments.vouchers)
    print(told)
    if arguments.page:
        begin, end = _MARKS
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
        PAGE.write_text(f"{head}{begin}{told}{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
