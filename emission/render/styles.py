"""Named styles of a template: attributes that elements share, each of which an element may say otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from emission.render.markup import Element
from emission.render.vocabulary import ELEMENTS


def styled(root: Element, styles: Mapping[str, Mapping[str, str]]) -> Element:
    """``root``, where each element with a ``style`` has the attributes of it that it may carry and has not itself.

    Raises:
        TemplateError: there is no style of that name.
    """
    for element in root.walk():
        if "style" in element.attributes:
            style = styles[element.choice("style", styles, "")]
            allowed = ELEMENTS[element.name].optional
            given = {name: value for name, value in style.items() if name in allowed}
            element.attributes = given | element.attributes
    return root
