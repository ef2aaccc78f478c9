"""The pictures of docs/templates.md, each with what it was drawn from: ``python -m tests.docs.pictures``."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from PIL.Image import Image as Picture

from emission.model import Bill
from emission.render import RENDERER
from emission.render.shared import shared_files
from emission.shipped import names
from tests.render.bills import bill, lines, linked, look, obligation, operation
from tests.render.pages import raster, stamped

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
DPI = 64
_FINER = 4
_GAP = 8
_DESK = 128  # grey between sheets
_MOST = 3  # sheets of a picture
DRAWN_FROM = "drawn-from"

VEHICLE = {
    "MARCA": "FIAT", "MODELO": "CRONOS 1.3 GSE", "ANIO": "2023", "VALUACION": "18.450.000,00", "MOTOR": "552738912345",
    "TITULARIDAD": "100 %",
}  # fmt: skip


def bills(design: str) -> Bill:
    """What a design is shown with: what it is for."""
    many = {"carnet-3up": 6, "patente-a4": 4}.get(design, 1)
    words: dict[str, Any] = {"message": "Evitá recargos: pagá antes del primer vencimiento.", "lines": lines(5)}
    if design == "patente-a4":
        words |= {"concept": "Impuesto al Automotor", "account": "AB 123 CD", "extra": VEHICLE}
    coupons = [
        (obligation(number, label=f"Cuota {number} de {many}" if many > 1 else "", **words), operation(number))
        for number in range(1, many + 1)
    ]
    made = bill(*coupons)
    return linked(made) if design == "carnet-3up" else made


def picture(design: str) -> Picture:
    """The first sheets of a design, beside each other."""
    style = look(template=str(ROOT / "templates" / design), banner="")
    # Letters that are drawn this small stand on whole dots, too near or too far from each other.
    sheets = [sheet.reduce(_FINER) for sheet in raster(stamped(style, bills(design)).digital, _FINER * DPI)[:_MOST]]
    width = sum(sheet.width for sheet in sheets) + _GAP * (len(sheets) + 1)
    desk = Image.new("L", (width, max(sheet.height for sheet in sheets) + 2 * _GAP), _DESK)
    at = _GAP
    for sheet in sheets:
        desk.paste(sheet, (at, _GAP))
        at += sheet.width + _GAP
    return desk


def drawn_from(design: str) -> str:
    """A fingerprint of all that a picture shows."""
    total = hashlib.sha256(f"{RENDERER} {design}".encode())
    folder = ROOT / "templates" / design
    for path in (*sorted(folder.rglob("*")), *shared_files(folder).values()):
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def of_commands(folder: Path) -> Iterator[tuple[str, Picture]]:
    """What a designer sees on the way: the boxes of a design, and the cover of a proof to sign."""
    town = folder / "town"
    _emission(folder, "init", "town")
    _emission(town, "template", "new", "mi-boleta")
    _emission(town, "template", "show", "mi-boleta", "--out", "boxes")
    _emission(town, "proof", "lote.csv", "--template", "mi-boleta", "--out", "proof")
    for name, file in (("boxes", "boxes/mi-boleta.pdf"), ("proof", "proof/lote-proof.pdf")):
        yield name, raster((town / file).read_bytes(), 2 * DPI)[0]


def _emission(folder: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "emission", *words], cwd=folder, check=True, capture_output=True)


def main() -> None:
    """Draws the pictures of all shipped designs, and those of the commands."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, seen in of_commands(Path(folder)):
            seen.convert("L").quantize(16).save(FOLDER / f"{name}.png", optimize=True)
    for design in names("templates"):
        told = PngImagePlugin.PngInfo()
        told.add_text(DRAWN_FROM, drawn_from(design))
        picture(design).quantize(32).save(FOLDER / f"{design}.png", pnginfo=told, optimize=True)


if __name__ == "__main__":
    main()
