"""A layout of a template folder and a look → a :class:`Program`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from emission.codes.geometry import DOT_MM
from emission.render import symbols
from emission.render.banner import hold_seen, slogan
from emission.render.box import Box
from emission.render.columns import as_table
from emission.render.continuing import continued, rest_of, whole_table
from emission.render.control import control_of
from emission.render.cutting import hold_whole
from emission.render.faces import Face
from emission.render.fields import Fields, Scope
from emission.render.frames import frame
from emission.render.gallery import Gallery
from emission.render.inks import digital_inks, press_inks, spot_spaces
from emission.render.items import Mark, Ready
from emission.render.layout import Sheet
from emission.render.look import Look, fingerprint
from emission.render.markup import DEEPEST, Element
from emission.render.nodes import (
    MM,
    Banner,
    Cut,
    Fixed,
    Flow,
    Gap,
    Ground,
    Node,
    Pair,
    Photo,
    Row,
    Rule,
    Source,
    Stack,
    Style,
    Text,
    When,
    Zone,
)
from emission.render.operators import marks, ready
from emission.render.origins import Origins
from emission.render.painting import content
from emission.render.paragraph import ALIGNMENTS, Paragraph, as_paragraph, blocks
from emission.render.placing import PageParts, Place, still, unconditional
from emission.render.program import Folio, PageKind, Program
from emission.render.repeat import repeated
from emission.render.said import said_in
from emission.render.settings import TemplateSettings, read_settings
from emission.render.shared import layout_file, read_layout
from emission.render.slips import NOTHING
from emission.render.straying import hold_on_paper
from emission.render.styles import styled
from emission.render.tapping import button, tapped
from emission.render.tracing import Trace
from emission.render.turning import turned
from emission.render.typography import Typography, cover, drop
from emission.render.watermark import Area, area_of, faint_picture, faint_words, ink_of

_LENGTH = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?")
_MOST_ELEMENTS = 5_000
# What a QR is to a screen reader where its element does not say.
_QR = "Código QR para pagar: {{ obligation.concept or obligation.tax }}, {{ obligation.amount|money }}"
_SELECTOR = "Código QR para elegir qué pagar de esta boleta"
_ISSUER = ("name", "tax_id", "office", "address", "website", "logo")


def compile_layout(look: Look, folder: Path, layout: str) -> Program:
    """Compiles ``layout`` of the template in ``folder`` for ``look``; takes a fifth of a second.

    Raises:
        TemplateError: anything about the template, its images or faces; ``params`` names file, line, element.
    """
    return _Compiler(look, folder, layout).program()


class _Compiler:
    def __init__(self, look: Look, folder: Path, layout: str) -> None:
        self.look = look
        self.file = layout_file(folder, layout)
        self.settings: TemplateSettings = read_settings(folder)
        self.root = styled(read_layout(folder, layout), self.settings.styles)
        self.fields = self._no_fields()
        self.type = Typography(self.settings, folder, lambda weight: said_in(weight, self.root, look))
        self.gallery = Gallery(look.logo)
        paper = self.settings.layouts[layout]
        self.width, self.height = _whole_dots(paper.width), _whole_dots(paper.height)
        self.screen = digital_inks(look.accent, self.settings.colours)
        self.press = press_inks(look.accent, self.settings.colours)
        self.count, self.depth = 0, 0
        self.page = PageParts()
        self.codes: list[symbols.Linear | symbols.Qr] = []
        self.origins = Origins()

    def program(self) -> Program:
        pages = tuple(self._page(element) for element in self.root.children if element.name == "page")
        if not pages:
            self.root.fail("template-pages")
        if len({page.control is None for page in pages}) > 1:
            self.root.fail("template-control")
        return Program(
            look=self.look,
            file=self.file,
            language=self.settings.language,
            width=self.width,
            height=self.height,
            fields=self.settings.fields,
            faces=self.type.faces,
            images=self.gallery.images,
            pages=pages,
            screen=self.screen,
            press=self.press,
            spaces=spot_spaces(self.settings.colours),
            codes=tuple(self.codes),
            largest=self.type.largest,
            origins=self.origins,
            source=f"{self.settings.name} sha256:{fingerprint(self.look)}",
            backgrounds=self.gallery.backgrounds,
            blank=self._blank(pages) if any(page.side for page in pages) else None,
        )

    def _blank(self, pages: Sequence[PageKind]) -> PageKind:
        """The side of a sheet that stays empty but for the mark that all sides bear."""
        if pages[0].side == "back":
            first = next(element for element in self.root.children if element.name == "page")
            first.fail("template-value", attribute="side", value="back", expected="front")
        fields = self._no_fields()
        fields.seal()
        return PageKind(
            continues=False,
            fields=fields,
            nodes=(),
            ground=(),
            slogans=(),
            form=b"",
            images=(),
            folio=None,
            control=pages[0].control,
        )

    def _no_fields(self) -> Fields:
        return Fields({"issuer": {name: getattr(self.look, name) for name in _ISSUER}})

    # Pages

    def _page(self, element: Element) -> PageKind:
        self.page, self.fields = parts, fields = PageParts(), self._no_fields()
        place = Place(fields.scope("", (), element), self.width)
        names = [child.name for child in element.walk()]
        rest = rest_of(element, self.root)
        continues = not rest and element.choice("continues", ("yes", "no"), "no") == "yes"
        if "banner" not in names:
            element.fail("template-banner")
        if continues and not any(child.name == "stack" for child in unconditional(element)):
            element.fail("template-continues")
        nodes = self._children(element, place)
        fields.seal()
        ground, slogans = marks(parts.ground), marks(parts.slogans)
        beneath = (*([parts.background] if parts.background else []), *marks(parts.watermarks))
        kind = PageKind(
            continues=continues,
            fields=fields,
            nodes=nodes,
            ground=tuple(ground),
            slogans=tuple(slogans),
            form=content([*ground, *slogans, *marks(parts.static)], self.press),
            images=tuple(sorted(parts.images)),
            folio=parts.folio,
            control=parts.control,
            rest=rest,
            beneath=beneath,
            base=content(beneath, self.press),
            shown_beneath=tuple(sorted(parts.beneath)),
            side=element.choice("side", ("front", "back"), "") if "side" in element.attributes else "",
            watermarks=tuple(parts.watermarks),
        )
        self.origins.note(kind, element)
        return kind

    def _children(self, element: Element, place: Place) -> tuple[Node, ...]:
        nodes: list[Node] = []
        self.depth += 1
        for child in element.children:
            self._count(child)
            if child.name == "use":
                nodes += self._children(self._part(child), place)
                continue
            node = getattr(self, f"_{child.name}")(child, place)
            if node is None:
                continue
            self.origins.note(node, child)
            settled = self._settle(child, node, place)
            self.origins.note(settled, child)
            nodes.append(settled)
        self.depth -= 1
        return tuple(nodes)

    def _count(self, element: Element) -> None:
        """Refuses more elements, or deeper ones, than a page can have: parts within parts double quickly."""
        self.count += 1
        if self.count > _MOST_ELEMENTS:
            element.fail("template-too-many", most=_MOST_ELEMENTS)
        if self.depth > DEEPEST:
            element.fail("template-deep", most=DEEPEST)

    def _part(self, element: Element) -> Element:
        parts = {part.attributes["name"]: part for part in self.root.children if part.name == "part"}
        return parts[element.choice("part", parts, "")]

    def _settle(self, element: Element, node: Node, place: Place) -> Node:
        """A node that never changes becomes the items it draws, and joins the shared layer."""
        if not place.shared or not still(node):
            return node
        sheet = Sheet(self.height, (NOTHING,), {})
        sheet.open_page(0)
        trace = Trace(self.origins)
        trace.wrapped(node).draw(sheet, (), place.x, place.y)
        for fault in sheet.faults:
            element.fail("template-does-not-fit", value=fault.value, field=fault.field)
        makers = trace.makers(sheet.page).items
        hold_on_paper(sheet.page.items, makers, Box(0.0, 0.0, self.width, self.height), self.type.faces)
        self.page.ground += sheet.page.ground
        self.page.static += sheet.page.items
        items = tuple(ready(item, self.type.faces) for item in sheet.page.items)
        for item, maker in zip(items, makers, strict=True):
            self.origins.note(item, maker)
        return Fixed(items, tuple(sheet.page.tags))

    # Containers

    def _zone(self, element: Element, place: Place) -> Node:
        x, y = element.number("x") * MM, element.number("y") * MM
        width = element.number("w") * MM or place.width - x
        return Zone(x, y, self._children(element, place.moved(x, y, width)))

    def _flow(self, element: Element, place: Place) -> Node:
        x, y, width = (element.number(name) * MM for name in "xyw")
        inside = msgspec.structs.replace(place, width=width, shared=False, flowing=True)
        height = element.number("h", 1000) * MM
        return Flow(x, y, height, element.attributes.get("role", ""), self._children(element, inside))

    def _when(self, element: Element, place: Place) -> Node | None:
        test = element.attributes["test"]
        known = self.fields.test(test, element)
        if known is False:
            return None
        if known:
            children = self._children(element, place)
            return self._group(children, place)
        mark = place.scope.open_when(test, element)
        inside = msgspec.structs.replace(place, shared=False, guards=(*place.guards, test))
        children = self._children(element, inside)
        return When(place.scope.close_when(mark, element), self._group(children, place))

    @staticmethod
    def _group(children: tuple[Node, ...], place: Place) -> Node:
        return Flow(0, 0, 1000 * MM, "", children) if place.flowing else Zone(0, 0, children)

    def _row(self, element: Element, place: Place) -> Node:
        """Its words share the lowest baseline among them."""
        children = self._children(element, place)
        lowest = max((child.drop for child in children if isinstance(child, Text)), default=0.0)
        return Row(tuple(self._level(child, lowest) for child in children))

    def _level(self, node: Node, lowest: float) -> Node:
        if not isinstance(node, Text):
            return node
        level = msgspec.structs.replace(node, drop=lowest)
        element = self.origins.of(node)
        if element:
            self.origins.note(level, element)
        return level

    def _stack(self, element: Element, place: Place) -> Node:
        _alone(element, place)
        scope = self.fields.scope("obligation, operation, extra in coupons", place.guards, element)
        x, y = element.number("x") * MM, element.number("y") * MM
        inside = Place(scope, place.width - x, shared=False, stacked=True)
        take = element.whole("take")
        children = self._children(element, inside)
        return Stack(scope.index, take, x, y, element.number("row") * MM, children)

    def _table(self, element: Element, place: Place) -> Node:
        _alone(element, place)
        element = whole_table(element, self.root)
        scope = self.fields.scope(element.attributes["each"], place.guards, element)
        for column in element.children:
            # A column's expression is told by itself: the joined program names a line alone.
            self.fields.constant(column.text.strip(), column)
        empty = self._said(element, "empty", place.scope)
        table = as_table(element, scope, self.type, empty, lambda column, text: self._source(column, text, place.scope))
        words = [self._said(element, name, place.scope) for name in ("carry", "carried")]
        return continued(table, element, *words)

    def _said(self, element: Element, name: str, scope: Scope) -> Source:
        """The words of an attribute, in the regular face."""
        return self._source(element, element.attributes.get(name, ""), scope, self.type.regular)

    def _repeat(self, element: Element, place: Place) -> Node:
        if place.repeated:
            element.fail("template-nesting", parent="repeat")
        outer = place.scope if place.stacked else None
        scope = self.fields.scope(element.attributes["each"], place.guards, element, outer)
        inside = Place(scope, place.width - element.number("x") * MM, shared=False, repeated=True)
        return repeated(element, scope, self._children(element, inside))

    # Words

    def _text(self, element: Element, place: Place) -> Node:
        x = element.number("x") * MM
        width = element.number("w") * MM or place.width - x
        style = self.type.style(element, "text")
        text = Text(
            source=self._words(element, place.scope, style),
            style=style,
            x=x,
            drop=drop(style) if place.flowing else element.number("y") * MM,
            width=width,
            href=self._href(element, place.scope),
        )
        return turned(element, text, flowing=place.flowing) if "rotate" in element.attributes else text

    def _words(self, element: Element, scope: Scope, style: Style) -> Source:
        if style.fit == "ellipsis":
            hold_whole(element, self.settings.fields)
        return self._source(element, element.text, scope, style.face)

    def _href(self, element: Element, scope: Scope) -> Source | None:
        written = element.attributes.get("href")
        return self._source(element, written, scope) if written else None

    def _pair(self, element: Element, place: Place) -> Node:
        x, indent = element.number("x") * MM, element.number("indent") * MM
        width = element.number("w") * MM or place.width - x
        style = self.type.style(element, "text")
        quiet = self.type.label("left" if indent else style.align)
        href = self._href(element, place.scope)
        label = self._source(element, element.attributes["label"], place.scope, self.type.regular)
        value = self._words(element, place.scope, style)
        top = element.number("y") * MM
        if indent:
            baseline = drop(style) if place.flowing else top
            beside = Text(value, style, x + indent, baseline, width - indent, href)
            return Pair(Text(label, quiet, x, baseline, indent), beside, 0.0)
        label_drop, value_drop = (drop(quiet), drop(style)) if place.flowing else (top, top)
        step = quiet.lead if place.flowing else style.lead
        return Pair(Text(label, quiet, x, label_drop, width), Text(value, style, x, value_drop, width, href), step)

    def _folio(self, element: Element, place: Place) -> None:
        x = element.number("x") * MM
        width = element.number("w") * MM or place.width - x
        style = self.type.style(element, "label")
        cover(element, style.face, element.text.strip())
        self.page.folio = Folio(element.text.strip(), style, place.x + x, place.y + element.number("y") * MM, width)
        self.origins.note(self.page.folio, element)

    def _source(self, element: Element, text: str, scope: Scope, face: Face | None = None) -> Source:
        text = text.strip()
        fixed = self.fields.constant(text, element)
        if fixed is None:
            return Source(None, scope.field(text, element))
        if face:
            cover(element, face, fixed)
        return Source(fixed)

    # Lines, areas, pictures

    def _gap(self, element: Element, place: Place) -> Node:  # noqa: ARG002 -- every element compiles alike
        return Gap(element.number("h") * MM)

    def _rule(self, element: Element, place: Place) -> Node:
        x, height = element.number("x") * MM, element.number("h") * MM
        return Rule(
            x=x,
            y=element.number("y") * MM,
            width=0.0 if height else element.number("w") * MM or place.width - x,
            height=height,
            weight=element.number("weight", 0.4),
            ink=self.type.ink(element, "black"),
            dash=_dash(element),
            gap=element.number("gap") * MM,
        )

    def _panel(self, element: Element, place: Place) -> Node:  # noqa: ARG002 -- every element compiles alike
        x, y, width, height = (element.number(name) * MM for name in "xywh")
        return Ground(x, y, width, height, self.type.ink(element, "zebra"))

    def _box(self, element: Element, place: Place) -> Node:  # noqa: ARG002 -- every element compiles alike
        return frame(element, self.type.inks)

    def _link(self, element: Element, place: Place) -> Node:
        return tapped(element, self._source(element, element.attributes["href"], place.scope))

    def _button(self, element: Element, place: Place) -> Node:
        style = self.type.style(element, "text")
        label = self._source(element, element.text, place.scope, style.face)
        href = self._source(element, element.attributes["href"], place.scope)
        return button(element, label, style, href, self.type.inks)

    def _paragraph(self, element: Element, place: Place) -> Node:
        style = as_paragraph(element, self.type.style(element, "text", ALIGNMENTS))
        x = element.number("x") * MM
        return Paragraph(
            blocks=blocks(element, self.type.faces, lambda one, text, face: self._source(one, text, place.scope, face)),
            style=style,
            x=x,
            drop=drop(style) if place.flowing else element.number("y") * MM,
            width=element.number("w") * MM or place.width - x,
        )

    def _cut(self, element: Element, place: Place) -> Node:  # noqa: ARG002 -- every element compiles alike
        x, y, width = (element.number(name) * MM for name in "xyw")
        return Cut(x, y, width, self.type.ink(element, "grey"))

    def _image(self, element: Element, place: Place) -> Node | None:  # noqa: ARG002 -- every element compiles alike
        path = self.gallery.path(element, element.attributes.get("source", "logo"))
        if not path:
            return None
        box = (element.number("w"), element.number("h"))
        name, image = self.gallery.picture(element, path, box)
        self.page.images.add(name)
        scale = min(box[0] * MM / image.width, box[1] * MM / image.height)
        width, height = image.width * scale, image.height * scale
        top = element.number("y") * MM + (box[1] * MM - height) / 2
        return Photo(name, element.number("x") * MM, top, width, height, element.attributes.get("alt", ""))

    def _banner(self, element: Element, place: Place) -> Node | None:
        """The banner rises along the diagonal of its box, four fifths of it long."""
        if not self.look.banner:
            return None
        x, y, width, height = (element.number(name) * MM for name in "xywh")
        hold_seen(element, (place.x + x, place.y + y, width, height), (self.width, self.height))
        cover(element, self.type.strong, self.look.banner)
        across = slogan(self.type.strong, self.look.banner, (x, y, width, height), self.height)
        if not place.shared:
            return Banner(across)
        self.page.slogans.append(msgspec.structs.replace(across, x=across.x + place.x, y=across.y - place.y))
        return None

    def _background(self, element: Element, place: Place) -> None:
        if not place.shared or self.page.background is not None:
            element.fail("template-beneath")
        name = self.gallery.background(element, (self.width, self.height))
        self.page.beneath.add(name)
        self.page.background = Mark("", f"q /{name} Do Q\n")

    def _watermark(self, element: Element, place: Place) -> None:
        if not place.shared or place.x or place.y:
            element.fail("template-beneath")
        source, text = element.attributes.get("source", ""), " ".join(element.text.split())
        if bool(source) is bool(text):
            element.fail("template-watermark")
        area = area_of(element, self.width, self.height)
        made = self._faint_picture(element, source, area) if source else self._faint_words(element, text, area)
        if made:
            self.page.watermarks.append(made)
            self.origins.note(made, element)

    def _faint_words(self, element: Element, text: str, area: Area) -> Ready | None:
        words = self.fields.constant(text, element)
        if words is None:
            element.fail("template-watermark-varies")
        face = self.type.faces[element.choice("weight", self.type.faces, "regular")]
        cover(element, face, words)
        ink = ink_of(element, self.settings.colours)
        size = self.type.points(element, "text") if "size" in element.attributes else 0.0
        return faint_words(element, area, face, words, size=size, ink=ink) if words else None

    def _faint_picture(self, element: Element, source: str, area: Area) -> Ready | None:
        path = self.gallery.path(element, source)
        if not path:
            return None
        name, image = self.gallery.picture(element, path, (area.width / MM, area.height / MM), faint=True)
        self.page.beneath.add(name)
        return faint_picture(element, area, name, image)

    # Codes

    def _linear(self, element: Element, place: Place) -> Node:
        self._in_stack(element, place)
        x, y, width, height = (element.number(name) * MM for name in "xywh")
        tall = element.number("height", 14) * MM
        look, size = self.look, self.type.size(element, "text")
        bearers = look.bearers == "yes"
        code = symbols.Linear(look.symbology, bearers, self.type.regular, size, x, y, width, height, tall)
        self.codes.append(code)
        return code

    def _qr(self, element: Element, place: Place) -> Node:
        self._in_stack(element, place)
        return self._square(element, place, _QR, linked=False)

    def _selector(self, element: Element, place: Place) -> Node:
        return self._square(element, place, _SELECTOR, linked=True)

    def _square(self, element: Element, place: Place, said: str, *, linked: bool) -> Node:
        x, y, side = element.number("x") * MM, element.number("y") * MM, element.number("side") * MM
        shown = linked or self.look.qr == "required"
        alt = self._source(element, element.attributes.get("alt", "").strip() or said, place.scope)
        code = symbols.Qr(self.type.regular, x, y, side, alt, in_specimen=shown, linked=linked)
        self.codes.append(code)
        return code

    def _control(self, element: Element, place: Place) -> None:
        """Only the lot's writer knows what it says: it leaves its place alone."""
        if not place.shared or self.page.control is not None:
            element.fail("template-control-place")
        self.page.control = control_of(element, (place.x, place.y), (self.width, self.height))
        self.origins.note(self.page.control, element)

    @staticmethod
    def _in_stack(element: Element, place: Place) -> None:
        if not place.stacked:
            element.fail("template-outside", parent="stack")


def _alone(element: Element, place: Place) -> None:
    """Refuses a list within a list, whose records nothing tells apart."""
    if place.stacked or place.repeated:
        element.fail("template-nesting", parent="stack" if place.stacked else "repeat")


def _dash(element: Element) -> str:
    """The inside of a PDF dash array: lengths in points, not all of them 0."""
    written = element.attributes.get("dash", "")
    parts = written.split()
    if parts and not (len(parts) <= 8 and all(map(_LENGTH.fullmatch, parts)) and any(map(float, parts))):
        element.fail("template-value", attribute="dash", value=written, expected="2.5 2")
    return " ".join(parts)


def _whole_dots(mm: float) -> float:
    """Points of a page side as whole dots at 300 dpi, so that a raster of it has every module exact."""
    return round(mm / DOT_MM) * 0.24
