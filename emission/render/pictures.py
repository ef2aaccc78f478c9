"""Images of a page (the logo, above all): checked, flattened on white, no finer than 300 dpi, once a program."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import PIL.Image

from emission.errors import TemplateError

_MOST_BYTES = 8_000_000
_MOST_PIXELS = 40_000_000
_DPI = 300


class Image(msgspec.Struct, frozen=True):
    """A PDF image: its pixels, the dictionary that says how they are coded, and the coded stream."""

    width: int
    height: int
    dictionary: str
    stream: bytes


def read_image(path: Path, box_mm: tuple[float, float]) -> Image:
    """The PNG or JPEG at ``path``, made as fine as it can be seen in ``box_mm`` (width, height).

    Raises:
        TemplateError: no such file, neither PNG nor JPEG, damaged, or too large.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TemplateError("template-image", file=path, problem=f"> {_MOST_BYTES} bytes")
        with PIL.Image.open(path, formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise TemplateError("template-image", file=path, problem=f"{opened.width} x {opened.height}")
            flat = _flatten(opened)
    except (OSError, ValueError, SyntaxError) as error:
        raise TemplateError("template-image", file=path, problem=error) from error
    flat.thumbnail((int(box_mm[0] / 25.4 * _DPI), int(box_mm[1] / 25.4 * _DPI)), PIL.Image.Resampling.LANCZOS)
    return _code(flat)


def _flatten(opened: PIL.Image.Image) -> PIL.Image.Image:
    grey = opened.mode in {"1", "L"}
    if grey:
        return opened.convert("L")
    layer = opened.convert("RGBA")
    white = PIL.Image.new("RGBA", layer.size, "white")
    return PIL.Image.alpha_composite(white, layer).convert("RGB")


def _code(image: PIL.Image.Image) -> Image:
    """Coded as PNG codes it, or as JPEG where that takes less than half (a photograph)."""
    space, colours = ("/DeviceGray", 1) if image.mode == "L" else ("/DeviceRGB", 3)
    common = (
        f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/BitsPerComponent 8/ColorSpace{space}"
    )
    png, jpeg = io.BytesIO(), io.BytesIO()
    image.save(png, "PNG", optimize=True)
    image.save(jpeg, "JPEG", quality=90, optimize=True)
    pixels = _png_pixels(png.getvalue())
    if len(jpeg.getvalue()) * 2 < len(pixels):
        return Image(image.width, image.height, f"{common}/Filter/DCTDecode", jpeg.getvalue())
    parameters = f"/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors {colours}/Columns {image.width}>>"
    return Image(image.width, image.height, common + parameters, pixels)


def _png_pixels(png: bytes) -> bytes:
    """The data of the IDAT chunks: a PDF reads them as they are (ISO 32000-1, 7.4.4.4)."""
    pixels, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            pixels += png[at + 8 : at + 8 + length]
        at += 12 + length
    return pixels
