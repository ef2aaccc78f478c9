"""Images of a page (the logo, above all), once a program: vectors as they are, rasters on white, 300 dpi at most."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import PIL.Image

from emission.render.colours import fainter
from emission.render.vectors import is_svg, read_svg

_MOST_BYTES = 8_000_000
_MOST_PIXELS = 40_000_000
_DPI = 300
# Of an image that came with a palette. Resampling mixes a few hundred more, which nobody sees apart.
_COLOURS = 128


class UnusableImage(Exception):  # noqa: N818 -- what it says of a file, not of the program
    """A file that no page can show, and why."""


class Image(msgspec.Struct, frozen=True):
    """A PDF image or form: how wide and high it is (pixels, or a drawing's own units), dictionary, and coded stream.

    ``press`` is the stream for lots, where that is another one.
    """

    width: float
    height: float
    dictionary: str
    stream: bytes
    press: bytes = b""


def read_image(path: Path, box_mm: tuple[float, float], *, faint: bool = False) -> Image:
    """The SVG at ``path``, or the PNG or JPEG as fine as it can be seen in ``box_mm`` (width, height).

    ``faint``: all but white, to lie beneath words.

    Raises:
        UnusableImage: no such file, none of the three, damaged, or too large.
        TemplateError: an SVG that is damaged or too large, or has something that cannot be drawn.
    """
    if is_vector(path):
        drawn = read_svg(path.read_bytes(), str(path), faint=faint)
        return Image(drawn.width, drawn.height, drawn.dictionary, drawn.screen, drawn.press)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnusableImage(f"> {_MOST_BYTES} bytes")
        with PIL.Image.open(path, formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise UnusableImage(f"{opened.width} × {opened.height}")
            flat, few = _flatten(opened), opened.mode == "P"
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise UnusableImage(str(error)) from error
    if faint:
        flat = flat.point([round(255 * fainter(level / 255)) for level in range(256)] * len(flat.getbands()))
    flat.thumbnail((int(box_mm[0] / 25.4 * _DPI), int(box_mm[1] / 25.4 * _DPI)), PIL.Image.Resampling.LANCZOS)
    return coded(flat.quantize(_COLOURS, dither=PIL.Image.Dither.NONE) if few else flat)


def is_vector(path: Path) -> bool:
    """Whether the file is an SVG, whatever it is called."""
    try:
        with path.open("rb") as opened:
            return is_svg(opened.read(64))
    except OSError:
        return False


def _flatten(opened: PIL.Image.Image) -> PIL.Image.Image:
    grey = opened.mode in {"1", "L"}
    if grey:
        return opened.convert("L")
    layer = opened.convert("RGBA")
    white = PIL.Image.new("RGBA", layer.size, "white")
    return PIL.Image.alpha_composite(white, layer).convert("RGB")


def coded(image: PIL.Image.Image) -> Image:
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
