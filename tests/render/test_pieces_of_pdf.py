"""The pieces that files are put together from say what they should, read by others."""

from __future__ import annotations

import io

import pikepdf
import PIL.ImageCms
import pytest

from emission.render import fingerprint, srgb
from emission.render.metadata import About, packet
from emission.render.pdf import text_string
from tests.render.bills import bill, look, obligation, operation
from tests.render.pages import stamped


def test_the_colour_profile_is_srgb_to_a_colour_engine() -> None:
    ours = PIL.ImageCms.ImageCmsProfile(io.BytesIO(srgb.profile()))
    theirs = PIL.ImageCms.createProfile("sRGB")
    change = PIL.ImageCms.buildTransform(ours, theirs, "RGB", "RGB")
    shades = [(0, 0, 0), (255, 255, 255), (31, 92, 139), (200, 30, 30), (5, 250, 90), (128, 128, 128)]
    picture = PIL.Image.new("RGB", (len(shades), 1))
    picture.putdata(shades)
    changed = PIL.ImageCms.applyTransform(picture, change)
    assert changed is not None
    for place, shade in enumerate(shades):
        pixel = changed.getpixel((place, 0))
        assert isinstance(pixel, tuple)
        assert max(abs(one - other) for one, other in zip(pixel, shade, strict=True)) <= 1


def test_whatever_a_name_is_the_metadata_is_xml() -> None:
    about = About('<a> & "b" \x00\ud800', "Ñ\u2028", "T<1>", "2026-12", "x")
    with pikepdf.new() as pdf:
        pdf.Root.Metadata = pikepdf.Stream(pdf, packet(about))
        metadata = pdf.open_metadata()
        assert str(metadata["dc:title"]).split() == ["<a>", "&", '"b"']
        assert metadata["dc:identifier"] == "T<1>"


@pytest.mark.parametrize("title", ["12(3)\\4", "ﬁ–Ł", "€", "a\tb", "año ¡·ÿ\u00a0\u00ad"])
def test_a_text_string_is_told_as_it_is(title: str) -> None:
    assert str(pikepdf.Object.parse(text_string(title))) == title


def test_a_file_says_whose_it_is_and_what_drew_it() -> None:
    style = look()
    with pikepdf.open(io.BytesIO(stamped(style, bill((obligation(), operation()))).digital)) as opened:
        metadata = opened.open_metadata()
        assert metadata["dc:creator"] == [style.name]
        assert (metadata["dc:identifier"], metadata["dc:coverage"]) == ("TSG-1", "2026-12")
        assert metadata["dc:source"] == f"municipal-a4 sha256:{fingerprint(style)}"
