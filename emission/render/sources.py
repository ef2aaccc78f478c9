"""The files that a template names: beside the markup that names them, never elsewhere."""

from __future__ import annotations

from pathlib import Path

from emission.render.markup import Element


def source_path(element: Element, name: str) -> Path:
    """The file called ``name`` in the folder of the element's own file.

    Raises:
        TemplateError: the name leads out of that folder.
    """
    folder = Path(element.file).resolve().parent
    path = folder / name
    if Path(name).is_absolute() or "\\" in name or not path.resolve().is_relative_to(folder):
        element.fail("template-value", attribute="source", value=name, expected=f"{folder.name}/…")
    return path
