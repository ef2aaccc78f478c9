"""A page of a PDF as a picture: for files that may not show it as it is."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from emission.render.pictures import Image, coded

# As fine as print where that weighs little, less where it does not: every file carries it.
_DPIS = (300, 200, 150)
_LIGHT = 150_000  # bytes


def rastered(path: Path, page: int, width: float) -> Image:
    """Page ``page`` (from 1) of the PDF at ``path``, on white, ``width`` points wide.

    Raises:
        PdfiumError: it cannot be drawn.
    """
    with pypdfium2.PdfDocument(path) as opened:
        drawn = opened[page - 1]
        for dpi in _DPIS:
            picture = drawn.render(scale=width / drawn.get_width() * dpi / 72).to_pil().convert("RGB")
            red, green, blue = picture.split()
            plain = red.tobytes() == green.tobytes() == blue.tobytes()
            image = coded(red if plain else picture)
            if len(image.stream) <= _LIGHT:
                break
    return image
