"""Words that stand outside of the paper: nobody would miss them but the one who needed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from emission.render.box import Box
from emission.render.faces import Face
from emission.render.items import Item, OnScreen, TurnedWords, Words
from emission.render.markup import Element
from emission.render.nodes import MM
from emission.render.reach import reach


def hold_on_paper(items: Sequence[Item], makers: Sequence[Element], sheet: Box, faces: Mapping[str, Face]) -> None:
    """Refuses words that are the same on every page, and outside of it; ``makers`` are the elements of ``items``.

    Raises:
        TemplateError: names the element.
    """
    for index in strays(items, sheet, faces):
        box = reach(items[index], faces)
        x, y = f"{box.left / MM:.1f}", f"{(sheet.top - box.top) / MM:.1f}"
        makers[index].fail("template-words-off-page", x=x, y=y)


def strays(items: Iterable[Item], sheet: Box, faces: Mapping[str, Face]) -> Iterator[int]:
    """Which of ``items`` are words whose baseline leaves the ``sheet`` (points) somewhere; turned ones with all ink."""
    for index, item in enumerate(items):
        words = item.item if type(item) is OnScreen else item
        if type(words) is Words:
            end = words.x + words.shape.width * words.size / 1000
            if words.x < sheet.left or end > sheet.right or not sheet.bottom <= words.y <= sheet.top:
                yield index
        elif isinstance(words, TurnedWords) and not reach(words, faces).within(sheet):
            yield index
