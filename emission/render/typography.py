"""Sizes, weights and styles as a designer writes them → :class:`Style`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from emission.render.faces import Face, load_face
from emission.render.fitting import HOW
from emission.render.inks import NAMES
from emission.render.markup import Element
from emission.render.nearest import nearest
from emission.render.nodes import Style
from emission.render.settings import LEAST_SIZE, MOST_SIZE, TemplateSettings

_FALLBACK = "fallback"
LEAD = 1.22  # of the size, where a designer says nothing
# Small words in a colour of the template's own keep this from the paper (WCAG 2.2, 1.4.3) ...
SMALL, CONTRAST = 9.0, 4.5
# ... but for what is all but white: that is there to stand on a ground.
_PAPER = 1.1
# What words are to a screen reader: a heading, one beneath it, one beneath that.
_HEADINGS = {"no": "P", "yes": "H1", "2": "H2", "3": "H3"}
_ENGINE = 9.0  # points: the largest words that no designer asked for


class Typography:
    """The faces and named sizes of one template; ``words_of`` gives the text that its pages have in a weight.

    ``largest`` is the largest size (points) asked for so far.
    """

    def __init__(self, settings: TemplateSettings, folder: Path, words_of: Callable[[str], str]) -> None:
        self.faces = _faces({weight: load_face(name, folder) for weight, name in settings.faces.items()}, words_of)
        self.regular = self.faces["regular"]
        self.strong = self.faces.get("semibold", self.regular)
        self._sizes = settings.sizes
        self._colours = settings.colours
        self.inks = (*NAMES, *settings.colours)
        self.largest = max([_ENGINE, *settings.sizes.values()])

    def size(self, element: Element, default: str) -> float:
        """The element's ``size`` in points, by name or number; what codes are held against knows of it."""
        points = self.points(element, default)
        self.largest = max(self.largest, points)
        return points

    def points(self, element: Element, default: str) -> float:
        """The element's ``size`` in points, by name or number."""
        written = element.attributes.get("size", default)
        if written in self._sizes:
            return self._sizes[written]
        points = element.number("size") if written[:1].isdigit() else 0.0
        if not LEAST_SIZE <= points <= MOST_SIZE:
            known = " | ".join((*self._sizes, f"{LEAST_SIZE} … {MOST_SIZE}"))
            near = nearest(written, self._sizes)
            expected = f"{near}? ({known})" if near else f"({known})"
            element.fail("template-value", attribute="size", value=written, expected=expected)
        return points

    def style(self, element: Element, size: str, alignments: Sequence[str] = ("left", "right", "center")) -> Style:
        """How the element's words look; ``size`` names its default."""
        points = self.size(element, size)
        ink = self.ink(element, "black")
        colour = self._colours.get(ink)
        if colour and points < SMALL and _PAPER < colour.contrast < CONTRAST:
            contrast = {"contrast": f"{colour.contrast:.1f}", "least": CONTRAST, "points": SMALL}
            element.fail("template-contrast", attribute="ink", value=ink, **contrast)
        return Style(
            face=self.faces[element.choice("weight", self.faces, "regular")],
            size=points,
            lead=element.number("lead") or round(points * LEAD, 2),
            align=element.choice("align", alignments, "left"),
            ink=ink,
            lines=element.whole("lines"),
            role=element.attributes.get("role", ""),
            tag=_HEADINGS[element.choice("heading", _HEADINGS, "no")],
            fit=element.choice("fit", HOW, "shrink"),
        )

    def ink(self, element: Element, default: str) -> str:
        """The element's ``ink``: one of the engine's, or a colour of the template's."""
        return element.choice("ink", self.inks, default)

    def label(self, align: str) -> Style:
        """How the small grey labels of pairs look."""
        size = self._sizes["label"]
        return Style(self.regular, size, round(size * 1.2, 2), align=align, ink="grey")


def _faces(loaded: dict[str, Face], words_of: Callable[[str], str]) -> dict[str, Face]:
    """The faces of a template under their names; the one called ``fallback`` stands in for glyphs of the others."""
    others = {weight: face for weight, face in loaded.items() if weight != _FALLBACK}
    spare = loaded.get(_FALLBACK)
    words = "".join(map(words_of, others))
    fallback = spare.standing_in(_FALLBACK, words, others.values()) if spare else None
    faces = {weight: face.covering(weight, words_of(weight), fallback) for weight, face in others.items()}
    return faces | {_FALLBACK: fallback} if fallback else faces


def drop(style: Style) -> float:
    """From the top of a line to its baseline: the capitals stand in the middle of the lead."""
    return (style.lead + style.size * style.face.cap_height / 1000) / 2


def cover(element: Element, face: Face, text: str) -> None:
    """Refuses fixed text that the face cannot draw; what it can is in every file and lot from here on.

    Raises:
        TemplateError: a glyph is missing.
    """
    for char in face.missing(text.replace("\n", "")):
        element.fail("template-glyph", character=char, codepoint=f"U+{ord(char):04X}")
    face.always(text)
