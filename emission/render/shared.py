"""Parts that several templates share: ``use part="shared:NAME"`` reads ``NAME.xml`` of a folder called ``shared``.

That folder stands beside the template's own; what it does not have comes with the package.
"""

from __future__ import annotations

import re
from pathlib import Path

from emission.render.markup import DEEPEST, Element, read_markup, read_part
from emission.render.settings import BOTH, read_settings
from emission.shipped import shipped

PREFIX = "shared:"
FOLDER = "shared"
_NAME = re.compile(r"[a-z0-9-]+")


def layout_file(folder: Path, name: str) -> Path:
    """Where the layout ``name`` of the template in ``folder`` is written."""
    return folder / f"{name}.xml"


def read_layout(folder: Path, name: str = BOTH) -> Element:
    """The root element of a layout of the template in ``folder``, with each shared part that it uses among its parts.

    Raises:
        TemplateError: as :func:`read_markup`; a part is not there, has another name, a picture or a part of one
            template's own, or parts use each other in a circle.
    """
    root = read_markup(layout_file(folder, name))
    known = {part.attributes["name"]: part for part in root.children if part.name == "part"}
    waiting = [root]
    while waiting:
        for element in list(waiting.pop().walk()):
            name = element.attributes["part"] if element.name == "use" else ""
            if name.startswith(PREFIX) and name not in known:
                part = _shared(element, folder, name)
                known[name] = part
                root.children.append(part)
                waiting.append(part)
    seen: set[str] = set()
    for part in root.children:
        if part.name == "part" and part.attributes["name"] in seen:
            part.fail("template-part-twice", attribute="name", part=part.attributes["name"])
        seen.add(part.attributes.get("name", ""))
    whole: set[str] = set()
    for part in known.values():
        _check_circle(part, known, (), whole)
    return root


def shared_files(folder: Path) -> dict[str, Path]:
    """The files of the shared parts that the template in ``folder`` uses, by their names in a look.

    Raises:
        TemplateError: as :func:`read_layout` and :func:`read_settings`.
        OSError: a layout cannot be read.
    """
    paths = {
        Path(part.file)
        for name in read_settings(folder).layouts
        if PREFIX.encode() in layout_file(folder, name).read_bytes()
        for part in read_layout(folder, name).children
        if part.attributes.get("name", "").startswith(PREFIX)
    }
    return {f"{FOLDER}/{path.name}": path for path in sorted(paths, key=lambda path: path.name)}


def _shared(element: Element, folder: Path, name: str) -> Element:
    plain = name.removeprefix(PREFIX)
    if _NAME.fullmatch(plain) is None:
        element.fail("template-value", attribute="part", value=name, expected=f"{PREFIX}[a-z0-9-]+")
    own = folder.resolve().parent / FOLDER
    places = [place / f"{plain}.xml" for place in (own, shipped("templates") / FOLDER)]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        element.fail("template-shared-missing", attribute="part", part=name, path=places[0])
    part = read_part(path)
    if part.attributes["name"] != plain:
        part.fail("template-value", attribute="name", value=part.attributes["name"], expected=plain)
    part.attributes = {"name": name}
    for one in part.walk():
        # Files of theirs would belong to no template, and parts of a template's own to one alone.
        for attribute, allowed in (("source", "logo"), ("part", PREFIX)):
            value = one.attributes.get(attribute, allowed)
            if not value.startswith(allowed) or (attribute == "source" and value != allowed):
                one.fail("template-value", attribute=attribute, value=value, expected=allowed)
    return part


def _check_circle(part: Element, known: dict[str, Element], around: tuple[str, ...], whole: set[str]) -> None:
    """Refuses a part that shows itself; those that were looked at already are ``whole``."""
    name = part.attributes["name"]
    if name in whole:
        return
    if len(around) > DEEPEST:
        part.fail("template-deep", most=DEEPEST)
    if name in around:
        part.fail("template-part-circle", parts=" → ".join((*around[around.index(name) :], name)))
    for element in part.walk():
        used = known.get(element.attributes.get("part", ""))
        if element.name == "use" and used is not None:
            _check_circle(used, known, (*around, name), whole)
    whole.add(name)
