"""``template.toml``: a template's layouts, paper, faces, sizes, styles, colours and the fields that it needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal, cast, get_args

import msgspec

from emission.errors import TemplateError
from emission.render import paper
from emission.render.colours import FORMS, Colour, read_colour
from emission.render.declared import KINDS, MODEL, Field, Kind
from emission.render.fitting import HOW
from emission.render.inks import NAMES
from emission.render.keys import Table
from emission.render.nearest import nearest

SCHEMA = 1
LEAST_SIZE, MOST_SIZE = 1, 500  # points, of words

# What a template draws: files, and the pages of a lot. One layout may serve for both.
Use = Literal["digital", "print"]
USES: tuple[Use, ...] = get_args(Use)
BOTH = "voucher"

_KEYS = ("schema", "name", "language", "layouts", "page", "faces", "sizes", "styles", "colours", "fields")
_PAGE = ("size", "width", "height")
STYLE = ("size", "lead", "weight", "ink", "align", "fit", "lines")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TONGUE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")  # BCP 47
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


class PageSize(msgspec.Struct, frozen=True):
    """Millimetres."""

    width: float = 210
    height: float = 297


class TemplateSettings(msgspec.Struct, frozen=True):
    """``layouts``: what each ``NAME.xml`` is drawn on; ``faces``: weight → face; ``sizes``: name → pt.

    ``styles``: name → attributes, as a designer writes them; ``fields`` are what vouchers have to bring.
    """

    name: str
    language: str
    faces: dict[str, str]
    sizes: dict[str, float]
    styles: dict[str, dict[str, str]]
    colours: dict[str, Colour]
    fields: tuple[Field, ...]
    layouts: dict[str, PageSize]

    def layout(self, use: Use) -> str:
        """The name of the layout for ``use``; nothing where the template has none."""
        return next((name for name in (use, BOTH) if name in self.layouts), "")


def read_settings(folder: Path) -> TemplateSettings:
    """Reads ``folder/template.toml``.

    Raises:
        TemplateError: no such file, not TOML, of another version, or a key that is missing, unknown or of the wrong
            type; ``params`` name file, line, column and key.
    """
    root = _read(folder / "template.toml")
    # A later version may have keys that this one does not know: its number is told first.
    if root.values.get("schema", SCHEMA) != SCHEMA or isinstance(root.values.get("schema"), bool):
        root.fail("template-schema", "schema", value=root.values["schema"], known=SCHEMA)
    root.only(_KEYS)
    faces = _faces(root.table("faces"))
    sizes = {"label": 7.5, "text": 9.0}
    sizes |= {name: root.table("sizes").number(name, LEAST_SIZE, MOST_SIZE) for name in root.table("sizes").values}
    colours = _colours(root.table("colours"))
    return TemplateSettings(
        name=root.text("name"),
        language=_language(root),
        faces=faces,
        sizes=sizes,
        styles=_styles(root.table("styles"), (*NAMES, *colours), faces, sizes),
        colours=colours,
        fields=_fields(root.table("fields")),
        layouts=_layouts(root),
    )


def _read(path: Path) -> Table:
    try:
        source = path.read_text(encoding="utf-8-sig")
        return Table(path, source, (), tomllib.loads(source))
    except OSError as error:
        raise TemplateError("template-missing", file=path) from error
    except (ValueError, RecursionError) as error:
        at = _AT.search(str(error))
        line, column = at.groups() if at else ("1", "1")
        raise TemplateError("template-settings", file=path, line=line, column=column, problem=error) from error


def _faces(table: Table) -> dict[str, str]:
    """Weight → face; weights are names in the content of pages too."""
    table.text("regular")
    for name in table.values:
        if not _NAME.fullmatch(name):
            table.fail("template-face-name", name)
    return {name: table.text(name) for name in table.values}


def _language(root: Table) -> str:
    language = root.text("language", "es-AR")
    if not _TONGUE.fullmatch(language):
        root.wrong("language", "es-AR | pt-BR | en …")
    return language


def _layouts(root: Table) -> dict[str, PageSize]:
    """Each layout and its paper: that of ``[page]``, or of a table of its own beneath."""
    named = _uses(root)
    page = root.table("page")
    page.only((*_PAGE, *named))
    usual = _page(page, PageSize())
    if not named:
        return {BOTH: usual}
    for name in named:
        page.table(name).only(_PAGE)
    return {name: _page(page.table(name), usual) for name in named}


def _uses(root: Table) -> tuple[str, ...]:
    """The layouts that have a file of their own; none where one is for both."""
    if "layouts" not in root.values:
        return ()
    named = root.values["layouts"]
    if not isinstance(named, list) or not named or any(name not in USES or named.count(name) > 1 for name in named):
        root.wrong("layouts", '["digital", "print"] | ["digital"] | ["print"]')
    return tuple(named)


def _page(table: Table, usual: PageSize) -> PageSize:
    """The paper that a table says, by name or by its sides."""
    if "size" in table.values:
        for side in ("width", "height"):
            if side in table.values:
                table.fail("template-key-beside", side, other="size")
        return PageSize(*paper.SIZES[table.choice("size", paper.SIZES)])
    width, height = (
        table.number(side, paper.LEAST_MM, paper.LONG_MM, default)
        for side, default in (("width", usual.width), ("height", usual.height))
    )
    if min(width, height) > paper.SHORT_MM:
        table.wrong("width" if "width" in table.values else "height", f"<= {paper.SHORT_MM} × {paper.LONG_MM} (A3)")
    return PageSize(width, height)


def _colours(table: Table) -> dict[str, Colour]:
    colours: dict[str, Colour] = {}
    spots: dict[str, Colour] = {}
    for name in table.values:
        if name in NAMES or not _NAME.fullmatch(name):
            table.fail("template-key-name", name, taken=" | ".join(NAMES))
        colour = read_colour(table.text(name))
        if colour is None:
            table.wrong(name, FORMS)
        if colour.spot and spots.setdefault(colour.spot, colour) != colour:
            table.wrong(name, "cmyk " + " ".join(f"{100 * part:g}" for part in spots[colour.spot].plates))
        colours[name] = colour
    return colours


def _styles(
    table: Table, inks: tuple[str, ...], faces: dict[str, str], sizes: dict[str, float]
) -> dict[str, dict[str, str]]:
    return {name: _style(table.table(name), inks, faces, sizes) for name in table.values}


def _style(table: Table, inks: tuple[str, ...], faces: dict[str, str], sizes: dict[str, float]) -> dict[str, str]:
    """The attributes that a style stands for, each checked, as an element would write them."""
    table.only(STYLE)
    choices = {"weight": tuple(faces), "ink": inks, "align": ("left", "right", "center"), "fit": HOW}
    found = {key: table.choice(key, allowed) for key, allowed in choices.items() if key in table.values}
    size = table.values.get("size")
    if isinstance(size, str):
        found["size"] = table.choice("size", sizes)
    elif size is not None:
        found["size"] = f"{table.number('size', LEAST_SIZE, MOST_SIZE):g}"
    if "lead" in table.values:
        found["lead"] = f"{table.number('lead', LEAST_SIZE, MOST_SIZE):g}"
    if "lines" in table.values:
        lines = table.number("lines", 1, 100)
        if lines != int(lines):
            table.wrong("lines", "1, 2, 3 … 100")
        found["lines"] = f"{lines:.0f}"
    return found


def _fields(table: Table) -> tuple[Field, ...]:
    return tuple(_field(table, name) for name in table.values)


def _field(table: Table, name: str) -> Field:
    column = name.removeprefix("extra.")
    if column != name or (name not in MODEL and name.partition(".")[0] in ("payer", "postal")):
        near = column if column != name else nearest(name, MODEL)
        table.fail("template-key-unknown", name, nearest=near or "-", known=" | ".join(sorted(MODEL)))
    if not isinstance(table.values[name], dict):
        return Field(name, cast("Kind", table.choice(name, KINDS)))
    own = table.table(name)
    own.only(("type", "optional"))
    optional = own.values.get("optional", False)
    if not isinstance(optional, bool):
        own.wrong("optional", "true | false")
    return Field(name, cast("Kind", own.choice("type", KINDS)), optional)
