"""The structure of a digital file (ISO 32000-1, 14.7): what a screen reader goes through, from pages' steps.

Most of it is the same for every voucher that has the same parts, down to the numbers of objects: it is made and packed
once for them. Only what names a voucher's own words is left to its writer.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from emission.render.pdf import object_stream, packed_in, placed
from emission.render.program import Program
from emission.render.tagging import CLOSING, EMPTY, FIGURE, OPENING, Steps

_ATTRIBUTES = {
    "TH": "/A<</O/Table/Scope/Column>>",
    "L": "/A<</O/List/ListNumbering/Disc>>",
}
_LINK, _HEADING = "Link", "H"


class Skeleton(msgspec.Struct, frozen=True):
    """What files of one shape share: the numbers of objects, and all that is known of them.

    ``figures`` and ``links`` are numbers with what their dictionaries begin with, in the order of steps; ``packed`` is
    the body of the object stream ``shared``, ``own`` the number of the voucher's; ``entries`` are those of the
    cross-reference from ``catalog`` on, of which ``metadata``, ``contents``, ``shared``, ``own`` and ``reference`` have
    still to be placed.
    """

    catalog: int
    info: int
    metadata: int
    contents: tuple[int, ...]
    links: tuple[tuple[int, str], ...]
    figures: tuple[tuple[int, str], ...]
    packed: bytes
    shared: int
    own: int
    reference: int
    entries: bytes


class _Element(msgspec.Struct):
    """A structure element; ``kids`` are elements, numbers of sequences, and objects of links."""

    name: str
    page: int
    number: int = 0
    parent: int = 0
    kids: list[_Element | int | str] = msgspec.field(default_factory=list)


@functools.lru_cache(maxsize=512)
def skeleton(program: Program, first: int, resources: int, profile: int, pages: tuple[Steps, ...]) -> Skeleton:
    """What files with those ``pages`` share, in objects from ``first`` on.

    ``resources`` and ``profile`` are the numbers of what pages show and of the colour profile.
    """
    return _Bones(program, first, (resources, profile), pages).skeleton()


class _Bones:
    def __init__(self, program: Program, first: int, known: tuple[int, int], pages: Sequence[Steps]) -> None:
        self.program = program
        self.resources, self.profile = known
        self.pages = pages
        self.first = first
        numbers = itertools.count(first)
        self.catalog, self.tree, self.info, self.metadata, self.root = itertools.islice(numbers, 5)
        self.page_numbers = [next(numbers) for _ in pages]
        self.contents = [next(numbers) for _ in pages]
        self.links = [[next(numbers) for step in steps if _is_link(step)] for steps in pages]
        self.document = _Element("Document", 0, next(numbers), self.root)
        self.elements: list[_Element] = []
        # Whose sequences are whose, page by page.
        self.owners: list[list[int]] = []
        self.link_owners: list[int] = []
        self.heading = 0
        for page, steps in enumerate(pages):
            self._read(page, steps, numbers)
        self.shared, self.own, self.reference = itertools.islice(numbers, 3)

    def _read(self, page: int, steps: Steps, numbers: Iterator[int]) -> None:
        """The elements that the steps of a page make."""
        above = [self.document]
        owners: list[int] = []
        links = iter(self.links[page])
        self.owners.append(owners)
        for step in steps:
            if step == CLOSING:
                above.pop()
                continue
            element = above[-1]
            if step:
                element = _Element(self._name(step), page, next(numbers), above[-1].number)
                above[-1].kids.append(element)
                self.elements.append(element)
            if step.startswith(OPENING):
                above.append(element)
            elif not step.endswith(EMPTY):
                element.kids.append(len(owners))
                owners.append(element.number)
            if _is_link(step):
                element.kids.append(f"<</Type/OBJR/Obj {next(links)} 0 R>>")
                self.link_owners.append(element.number)

    def _name(self, step: str) -> str:
        """A step's type; headings go no more than one deeper at a time (ISO 14289-1, 7.4.2)."""
        name = step.removeprefix(OPENING).removesuffix(EMPTY)
        if name[0] != _HEADING or not name[1:].isdigit():
            return name
        self.heading = min(int(name[1:]), self.heading + 1)
        return f"{_HEADING}{self.heading}"

    def skeleton(self) -> Skeleton:
        figures = [element for element in self.elements if element.name == FIGURE]
        links = [number for page in self.links for number in page]
        bodies = self._bodies()
        entries = {number: packed_in(self.shared, place) for place, number in enumerate(bodies)}
        own = [self.info, *links, *(element.number for element in figures)]
        entries |= {number: packed_in(self.own, place) for place, number in enumerate(own)}
        begun = [f"/StructParent {len(self.pages) + place}" for place in range(len(links))]
        return Skeleton(
            catalog=self.catalog,
            info=self.info,
            metadata=self.metadata,
            contents=tuple(self.contents),
            links=tuple(zip(links, begun, strict=True)),
            figures=tuple((element.number, self._inside(element)) for element in figures),
            packed=object_stream(bodies, level=9),
            shared=self.shared,
            own=self.own,
            reference=self.reference,
            entries=b"".join(entries.get(number, placed(0)) for number in range(self.first, self.reference + 1)),
        )

    def _bodies(self) -> dict[int, bytes]:
        kids = " ".join(f"{number} 0 R" for number in self.page_numbers)
        bodies = {
            self.catalog: self._catalog(),
            self.tree: f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>",
            self.root: self._root(),
            self.document.number: f"<<{self._inside(self.document)}>>",
        }
        bodies |= {number: self._page(page) for page, number in enumerate(self.page_numbers)}
        bodies |= {one.number: f"<<{self._inside(one)}>>" for one in self.elements if one.name != FIGURE}
        return {number: body.encode("ascii") for number, body in bodies.items()}

    def _catalog(self) -> str:
        """Its colours, tags, title and language (ISO 19005-2, 6.2.3; ISO 14289-1, 7.1)."""
        return (
            f"<</Type/Catalog/Pages {self.tree} 0 R/Lang({self.program.language})/Metadata {self.metadata} 0 R"
            f"/MarkInfo<</Marked true>>/StructTreeRoot {self.root} 0 R"
            "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>"
            "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
            f"/DestOutputProfile {self.profile} 0 R>>]>>"
        )

    def _page(self, page: int) -> str:
        links = "".join(f" {number} 0 R" for number in self.links[page])
        return (
            f"<</Type/Page/Parent {self.tree} 0 R/MediaBox{self.program.media_box}/Resources {self.resources} 0 R"
            f"/Contents {self.contents[page]} 0 R/StructParents {page}/Tabs/S{f'/Annots[{links}]' if links else ''}>>"
        )

    def _root(self) -> str:
        """The root, and which element each sequence and each link belongs to (14.7.4.4)."""
        parents = [
            f"{page}[{' '.join(f'{number} 0 R' for number in owners)}]" for page, owners in enumerate(self.owners)
        ]
        parents += [f"{len(self.pages) + place} {number} 0 R" for place, number in enumerate(self.link_owners)]
        key = len(self.pages) + len(self.link_owners)
        return (
            f"<</Type/StructTreeRoot/K {self.document.number} 0 R"
            f"/ParentTree<</Nums[{' '.join(parents)}]>>/ParentTreeNextKey {key}>>"
        )

    def _inside(self, element: _Element) -> str:
        """An element's dictionary, without its brackets."""
        kids = [f"{kid.number} 0 R" if isinstance(kid, _Element) else str(kid) for kid in element.kids]
        inside = f"[{' '.join(kids)}]" if len(kids) > 1 else f" {kids[0]}" if kids else ""
        page = "" if element is self.document else f"/Pg {self.page_numbers[element.page]} 0 R"
        return (
            f"/S/{element.name}/P {element.parent} 0 R{page}{f'/K{inside}' if inside else ''}"
            f"{_ATTRIBUTES.get(element.name, '')}"
        )


def _is_link(step: str) -> bool:
    return step in {_LINK, _LINK + EMPTY}
