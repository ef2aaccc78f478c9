"""What the pages of a template show of files, each read once: pictures, and pages of other PDFs."""

from __future__ import annotations

from pathlib import Path

from emission.render.background import Background, read_background
from emission.render.markup import Element
from emission.render.pictures import Image, UnusableImage, is_vector, read_image
from emission.render.sources import source_path

Size = tuple[float, float]


class Gallery:
    """Images and backgrounds by the names that content streams know them by; ``logo`` is the look's, or ``""``."""

    def __init__(self, logo: str) -> None:
        self._logo = logo
        self._image_names: dict[tuple[str, Size, bool], str] = {}
        self._background_names: dict[tuple[Path, int], str] = {}
        self.images: dict[str, Image] = {}
        self.backgrounds: dict[str, Background] = {}

    def path(self, element: Element, source: str) -> str:
        """The file of a picture; nothing where it is the logo and there is none.

        Raises:
            TemplateError: it is no file of the template's folder.
        """
        return self._logo if source == "logo" else str(source_path(element, source))

    def picture(self, element: Element, path: str, box: Size, *, faint: bool = False) -> tuple[str, Image]:
        """The image at ``path`` for a box of (width, height) millimetres, and its name.

        Raises:
            TemplateError: it cannot be used.
        """
        # A raster is as fine as its box needs; a drawing is one for all.
        seen = (0.0, 0.0) if is_vector(Path(path)) else box
        name = self._image_names.setdefault((path, seen, faint), f"I{len(self._image_names)}")
        if name not in self.images:
            try:
                self.images[name] = read_image(Path(path), box, faint=faint)
            except UnusableImage as error:
                element.fail("template-image", source=path, problem=error)
        return name, self.images[name]

    def background(self, element: Element, page: Size) -> str:
        """The name of the PDF page that ``element`` asks for, beneath a page of (width, height) points.

        Raises:
            TemplateError: there is no such page, or it cannot be used.
        """
        path, number = source_path(element, element.attributes["source"]), element.whole("page")
        name = self._background_names.setdefault((path, number), f"G{len(self._background_names)}")
        if name not in self.backgrounds:
            self.backgrounds[name] = read_background(element, path, number, *page)
        return name
