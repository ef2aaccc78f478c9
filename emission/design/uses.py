"""The fields that a template uses: each name once, with every place where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path as File

import jinja2
import msgspec

from emission.design.naming import paths_of
from emission.design.nouns import Path, Unknown, noun, shown
from emission.errors import TemplateError
from emission.render import declared
from emission.render.fields import environment
from emission.render.markup import Element
from emission.render.settings import read_settings
from emission.render.shared import read_layout


class Use(msgspec.Struct, frozen=True):
    """One place where a path is read; ``spared``: an absence is provided for there."""

    path: Path
    file: str
    line: int
    spared: bool


class Field(msgspec.Struct, frozen=True):
    """A name that a template uses. ``kind``: text, date, amount, yes-no, list, group, column, or empty where not known.

    ``need``: ``always`` (no obligation is without it), ``required`` (a row without it is rejected), ``optional``.
    """

    name: str
    kind: str
    need: str
    places: tuple[str, ...]


def fields_of(folder: File) -> list[Field]:
    """The fields of the template in ``folder``, in the order of their names.

    Raises:
        TemplateError: its settings or its layout cannot be read.
    """
    known = {_path(field): field for field in read_settings(folder).fields}
    places: dict[Path, dict[str, bool]] = {}
    for use in uses_of(folder):
        place = f"{File(use.file).name}:{use.line}"
        spared = places.setdefault(use.path, {})
        spared[place] = spared.get(place, True) and use.spared
    found = []
    for path in sorted(places):
        kind, need = _judged(path, known, spared=all(places[path].values()))
        found.append(Field(shown(path), kind, need, tuple(places[path])))
    return found


def unknown_names(folder: File) -> list[TemplateError]:
    """A problem for every place where the template uses a name that does not exist.

    Raises:
        TemplateError: as :func:`fields_of`.
    """
    problems: list[TemplateError] = []
    for use in uses_of(folder):
        try:
            noun(use.path)
        except Unknown as error:
            params = {"name": shown(use.path), "step": error.step, "nearest": error.nearest}
            problems.append(TemplateError("template-name-unknown", file=use.file, line=use.line, **params))
    return problems


def uses_of(folder: File) -> Iterator[Use]:
    """Every use of a name in layouts and e-mail texts, in reading order; what is no Jinja2 is passed over.

    Raises:
        TemplateError: the settings or a layout cannot be read.
    """
    for name in read_settings(folder).layouts:
        for element in read_layout(folder, name).walk():
            for source in _sources(element):
                yield from _found(source, element.file, element.line)
    for text in sorted(folder.glob("*.j2")):
        yield from _found(text.read_text(encoding="utf-8"), str(text), 0)


def _found(source: str, file: str, line: int) -> Iterator[Use]:
    """``line`` is the element's, or 0 where the source's own lines count."""
    try:
        tree = environment().parse(source)
    except (jinja2.TemplateError, RecursionError):
        return
    for path, own_line, spared in paths_of(tree):
        yield Use(path, file, line or own_line, spared)


def _sources(element: Element) -> Iterator[str]:
    yield _within_loops(element, element.text)
    for name, value in element.attributes.items():
        if name == "test":
            yield _within_loops(element, f"{{% if {value} %}}{{% endif %}}")
        elif name == "each":
            yield _within_loops(element, f"{{% for {value} %}}{{% endfor %}}")
        elif "{{" in value or "{%" in value:
            yield _within_loops(element, value)


def _within_loops(element: Element, source: str) -> str:
    """The source where every loop around its element has its names."""
    around = element.parent
    while around is not None:
        if loop := around.attributes.get("each"):
            source = f"{{% for {loop} %}}{source}{{% endfor %}}"
        around = around.parent
    return source


def _path(field: declared.Field) -> Path:
    return ("extra", field.name) if field.is_column else tuple(field.name.split("."))


def _judged(path: Path, known: Mapping[Path, declared.Field], *, spared: bool) -> tuple[str, str]:
    """Kind and need: as the template declares them, else as the model has them."""
    own = path[1:] if path[0] == "obligation" else path
    if own in known:
        field = known[own]
        return field.kind, "optional" if field.optional else "required"
    try:
        meant = noun(path)
    except Unknown:
        return "", "required"
    if meant.kind == "column" and not spared:
        # A batch without the column has every row rejected, whether the cell may be empty or not.
        return meant.kind, "required"
    return meant.kind, "always" if meant.always else "optional"
