"""Which element of the template a compiled thing was made from."""

from __future__ import annotations

from emission.render.markup import Element


class Origins:
    """Nodes and static items by identity; each is kept, so that no other can take its identity over."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, Element]] = {}

    def note(self, made: object, element: Element) -> None:
        """Remembers that ``made`` comes from ``element``."""
        self._known[id(made)] = made, element

    def of(self, made: object) -> Element | None:
        """The element that ``made`` comes from, where it was noted."""
        found = self._known.get(id(made))
        return found[1] if found else None
