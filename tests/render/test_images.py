"""Pictures come from the template's own folder."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest

from emission.errors import TemplateError
from emission.render import compile_template
from tests.render.bills import look
from tests.render.designs import design


@pytest.mark.parametrize("kind", ["above", "absolute", "backslash"])
def test_a_picture_outside_of_the_folder_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    PIL.Image.new("L", (20, 20), 0).save(tmp_path / "arms.png")
    source = {"above": "../arms.png", "absolute": str(tmp_path / "arms.png"), "backslash": "..\\arms.png"}[kind]
    folder = design(tmp_path / "prueba", f'<image source="{source}" x="20" y="20" w="20" h="20"/>')
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=folder))
    told = caught.value.params
    assert (caught.value.code, told["value"], told["expected"]) == ("template-value", source, "prueba/…")
    assert (told["line"], told["column"], told["element"]) == ("4", "8", "image")
