"""A PDF as pictures, a PNG a page: for eyes that have no reader of PDFs at hand."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2

from emission import store


def pictures(content: bytes, stem: Path, dpi: int) -> list[Path]:
    """Writes ``STEM.png``, or ``STEM-1.png`` and so on where there are several pages; ``dpi`` dots an inch.

    Raises:
        Stopped: the disk refuses.
    """
    paths: list[Path] = []
    with pypdfium2.PdfDocument(content) as document:
        for number, page in enumerate(document, 1):
            picture = io.BytesIO()
            page.render(scale=dpi / 72).to_pil().save(picture, "PNG")
            suffix = "" if len(document) == 1 else f"-{number}"
            paths.append(stem.with_name(f"{stem.name}{suffix}.png"))
            store.write(paths[-1], picture.getvalue())
    return paths
