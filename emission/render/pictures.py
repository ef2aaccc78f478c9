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
# Of an image that came with a palette. Resampling mixes a few hundred more, which nobody sees apart.
_COLOURS = 128


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
            flat, few = _flatten(opened), opened.mode == "P"
    except (OSError, ValueError, SyntaxError) as error:
        raise TemplateError("template-image", file=path, problem=error) from error
    flat.thumbnail((int(box_mm[0] / 25.4 * _DPI), int(box_mm[1] / 25.4 * _DPI)), PIL.Image.Resampling.LANCZOS)
    return _code(flat.quantize(_COLOURS, dither=PIL.Image.Dither.NONE) if few else flat)


def _flatten(opened: PIL.Image.Image) -> PIL.Image.Image:
    grey = opened.mode in {"1", "L"}
    if grey:
        return opened.convert("L")
    layer = opened.convert("RGBA")
    white = PIL.Image.new("RGBA", layer.size, "white")
    return PIL.Image.alpha_composite(white, layer).convert("RGB")


def _code(image: PIL.Image.Image) -> Image:
    """Coded as PNG codes it, or as JPEG where that takes less than half (a photograph)."""
    common = f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/BitsPerComponent 8"
    png, jpeg = io.BytesIO(), io.BytesIO()
    image.save(png, "PNG", optimize=True, bits=8)
    image.convert("L" if image.mode == "L" else "RGB").save(jpeg, "JPEG", quality=90, optimize=True)
    pixels = _png_pixels(png.getvalue())
    if len(jpeg.getvalue()) * 2 < len(pixels):
        space = "/DeviceGray" if image.mode == "L" else "/DeviceRGB"
        dictionary = f"{common}/ColorSpace{space}/Filter/DCTDecode"
        return Image(image.width, image.height, dictionary, jpeg.getvalue())
    colours = 3 if image.mode == "RGB" else 1
    parameters = f"/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors {colours}/Columns {image.width}>>"
    dictionary = f"{common}/ColorSpace{_space(image)}{parameters}"
    return Image(image.width, image.height, dictionary, pixels)


def _space(image: PIL.Image.Image) -> str:
    if image.mode != "P":
        return {"L": "/DeviceGray", "RGB": "/DeviceRGB"}[image.mode]
    palette = bytes(image.getpalette() or ())
    return f"[/Indexed/DeviceRGB {len(palette) // 3 - 1}<{palette.hex()}>]"


def _png_pixels(png: bytes) -> bytes:
    """The data of the IDAT chunks: a PDF reads them as they are (ISO 32000-1, 7.4.4.4)."""
    pixels, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            pixels += png[at + 8 : at + 8 + length]
        at += 12 + length
    return pixels
