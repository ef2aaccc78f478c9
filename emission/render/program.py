"""A compiled layout: what is the same for every voucher, worked out once a process."""

from __future__ import annotations

import dataclasses
import functools
import math
from pathlib import Path

import msgspec

from emission.render.background import Background
from emission.render.control import Control
from emission.render.declared import Field
from emission.render.faces import Face
from emission.render.fields import Fields
from emission.render.inks import Inks
from emission.render.items import PAGINATION, Mark, Ready
from emission.render.layout import Sheet
from emission.render.look import Look
from emission.render.nodes import MM, Node, Style
from emission.render.origins import Origins
from emission.render.pictures import Image
from emission.render.symbols import Linear, Qr


class Folio(msgspec.Struct, frozen=True):
    """Where and how ``words`` (with %page% and %pages%) stand on every page of several."""

    words: str
    style: Style
    x: float
    y: float
    width: float

    def draw(self, sheet: Sheet, number: int, count: int) -> None:
        """Adds the folio to the page that is current, which is ``number`` of ``count``."""
        shape = self.style.face.shape(self.words.replace("%pages%", str(count)).replace("%page%", str(number)))
        spare = self.width - shape.width * self.style.size / 1000
        at = self.x + {"left": 0.0, "center": spare / 2, "right": spare}[self.style.align]
        first = sheet.next
        sheet.words(self.style.face, shape, self.style.size, at, self.y, self.style.ink, "folio")
        sheet.tag(PAGINATION, first)


class PageKind(msgspec.Struct, frozen=True):
    """One ``<page>``: its nodes, and what the back-ends share between pages of the kind.

    ``fields`` are evaluated for a voucher that has such a page. ``ground`` and ``slogans`` lie beneath
    everything else; ``form`` is the whole shared layer for lots, ``images`` names what it shows;
    ``control`` is where sheets of a lot bear their mark; ``rest`` names the table whose further rows it shows.
    ``side`` of the sheet that it is printed on, ``""`` where either will do.
    ``beneath`` are background and watermarks, under all else; ``base`` is that for lots (nothing where there is none),
    ``shown_beneath`` names what it shows; ``watermarks`` are those of ``beneath``, with how far they reach.
    """

    continues: bool
    fields: Fields
    nodes: tuple[Node, ...]
    ground: tuple[Mark, ...]
    slogans: tuple[Mark, ...]
    form: bytes
    images: tuple[str, ...]
    folio: Folio | None
    control: Control | None = None
    rest: str = ""
    beneath: tuple[Mark, ...] = ()
    base: bytes = b""
    shown_beneath: tuple[str, ...] = ()
    side: str = ""
    watermarks: tuple[Ready, ...] = ()

    def draw(self, sheet: Sheet) -> None:
        """Draws everything but what the back-ends share between pages."""
        values = sheet.scopes[0][0]
        for node in self.nodes:
            node.draw(sheet, values, 0.0, 0.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Program:
    """One layout of a template, compiled for one look; ``file`` is where it is written.

    ``width`` and ``height`` are points, whole dots of 300 dpi; ``codes`` are all elements that a code may stand in,
    ``origins`` where everything stood in the template, ``largest`` the largest size of words (points).
    ``source`` says the template and the fingerprint of all that shapes its pages, for a file's metadata.
    ``spaces`` is what a lot's resources say of spot colours; ``blank`` a side of its sheets that stays empty, nothing
    where sheets are printed on one side alone.
    """

    look: Look
    file: Path
    language: str
    width: float
    height: float
    fields: tuple[Field, ...]
    faces: dict[str, Face]
    images: dict[str, Image]
    pages: tuple[PageKind, ...]
    screen: Inks
    press: Inks
    codes: tuple[Linear | Qr, ...]
    largest: float
    origins: Origins
    source: str = ""
    spaces: str = ""
    blank: PageKind | None = None
    backgrounds: dict[str, Background] = dataclasses.field(default_factory=dict)

    @property
    def sheets(self) -> tuple[PageKind, ...]:
        """All that a page of a lot may be: the template's pages, and behind them the blank side."""
        return self.pages if self.blank is None else (*self.pages, self.blank)

    @functools.cached_property
    def fonts(self) -> dict[str, Face]:
        """All fonts of its faces, by their names: those that stand in for others too."""
        return {font.name: font for face in self.faces.values() for font in face.fonts}

    @functools.cached_property
    def typed(self) -> bool:
        """Whether some column reaches the templates as more than the text that it is, or is optional."""
        return any(field.is_column for field in self.fields)

    @property
    def linear_mm(self) -> float:
        """The room for the widest barcode that some page could carry; no limit where no page shows any."""
        return max((code.width / MM for code in self.codes if isinstance(code, Linear)), default=math.inf)

    @property
    def qr_mm(self) -> float:
        """The side of the largest square for a QR; no limit where no page shows any."""
        return max((code.side / MM for code in self.codes if isinstance(code, Qr)), default=math.inf)

    @property
    def media_box(self) -> str:
        """The sheet as a PDF array. A thousandth of a point less, or rasters round up to a dot too many."""
        return f"[0 0 {self.width - 0.001:.3f} {self.height - 0.001:.3f}]"
