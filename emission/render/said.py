"""The words that a template itself puts on pages, whatever the voucher."""

from __future__ import annotations

import re

from emission.render.look import Look
from emission.render.markup import Element
from emission.render.paragraph import BULLET

# Attributes whose words are printed, in the regular face.
_SAID = ("label", "title", "empty", "carry", "carried")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def said_in(weight: str, root: Element, look: Look) -> str:
    """What the layout ``root`` says in that weight, near enough: what is missed is added to the files that need it."""
    words = [look.banner, look.name, look.office, look.address, look.website]
    for element in root.walk():
        if element.attributes.get("weight", "regular") == weight:
            words.append(element.text)
        if weight == "regular":
            words += [element.attributes.get(name, "") for name in _SAID]
        if element.name == "item":
            words.append(BULLET)
    return "".join(_EXPRESSION.sub("", text) for text in words)
