"""The pictures of the designs are of the designs as they are: ``python -m tests.docs.pictures`` draws them anew."""

from __future__ import annotations

import pytest
from PIL import Image

from emission.shipped import names
from tests.docs import pictures
from tests.docs.pages import text


@pytest.mark.parametrize("design", names("templates"))
def test_a_design_has_its_picture_and_is_shown(design: str) -> None:
    with Image.open(pictures.FOLDER / f"{design}.png") as picture:
        assert picture.info[pictures.DRAWN_FROM] == pictures.drawn_from(design)
    assert f"pictures/{design}.png" in text("docs/templates.md")
