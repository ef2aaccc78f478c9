"""Parts that templates share: found beside them or in the package, nowhere else, and kept with the look."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.render import compile_template, files_of, fingerprint, restore
from emission.shipped import names, shipped
from emission.wording import explain
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import drawn, stamped, text_of

USE = '<flow x="20" y="30" w="100"><use part="shared:{}"/></flow>'
_USED = re.compile(r'<use part="shared:([a-z0-9-]+)"/>')


def part(folder: Path, name: str, content: str) -> Path:
    path = folder / "shared" / f"{name}.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<part name="{name}">\n  {content}\n</part>\n', encoding="utf-8")
    return path


def test_the_folder_beside_goes_before_the_package(tmp_path: Path) -> None:
    style = look(template=design(tmp_path / "a", USE.format("wallets")))
    given = bill((obligation(), operation()))
    shipped_words = text_of(stamped(style, given).digital)
    before = fingerprint(style)
    part(tmp_path, "wallets", "<text>Nuestra caja</text>")
    own = look(template=design(tmp_path / "a", USE.format("wallets")), name="Otra")
    assert "Nuestra caja" not in shipped_words
    assert "Nuestra caja" in text_of(stamped(own, given).digital)
    assert fingerprint(style) != before


def test_a_look_takes_its_shared_parts_along(tmp_path: Path) -> None:
    path = part(tmp_path, "mark", '<use part="shared:inner"/>')
    inner = part(tmp_path, "inner", "<text>De su día</text>")
    style = look(template=design(tmp_path / "a", USE.format("mark")))
    files, before = files_of(style), fingerprint(style)
    assert {"shared/mark.xml", "shared/inner.xml"} <= files.keys()
    path.unlink()
    inner.write_text('<part name="inner"/>', encoding="utf-8")
    again = restore(files, tmp_path / "kept")
    assert fingerprint(again) == before
    assert "De su día" in text_of(stamped(again, bill((obligation(), operation()))).digital)


def test_a_mistake_is_told_where_it_stands(tmp_path: Path) -> None:
    path = part(tmp_path, "mark", '<text role="a" colour="red">A</text>')
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path / "a", USE.format("mark"))))
    told = caught.value.params
    assert (told["file"], told["line"], told["column"]) == (str(path), "2", "18")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("../mark", "<gap h='1'/>", "template-value"),
        ("Mark", "<gap h='1'/>", "template-value"),
        ("none", "<gap h='1'/>", "template-shared-missing"),
        ("mark", '<use part="shared:mark"/>', "template-part-circle"),
        ("mark", '<use part="own"/>', "template-value"),
        ("mark", '<image source="logo.png" x="0" y="0" w="9" h="9"/>', "template-value"),
        ("mark", "<page/>", "template-element-unknown"),
    ],
)
def test_what_no_shared_part_may_be(tmp_path: Path, name: str, content: str, code: str) -> None:
    part(tmp_path, "mark", content)
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path / "a", USE.format(name))))
    assert caught.value.code == code
    for language in ("es", "en"):
        assert "{" not in explain(language, caught.value)


def test_parts_of_one_template_that_use_each_other_are_refused(tmp_path: Path) -> None:
    parts = '<part name="a"><use part="b"/></part><part name="b"><use part="a"/></part>'
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, '<use part="a"/>', parts=parts)))
    assert caught.value.params["parts"] == "a → b → a"


def test_shared_parts_are_no_design() -> None:
    assert "shared" not in names("templates")


@pytest.mark.parametrize("name", ["carnet-3up", "municipal-a4", "patente-a4", "self-mailer"])
def test_a_design_shows_what_it_would_with_parts_of_its_own(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    shutil.copytree(shipped("templates") / name, folder)
    layout = folder / "voucher.xml"
    text = layout.read_text(encoding="utf-8")
    used = sorted(set(_USED.findall(text)))
    assert used
    own = "".join(
        re.sub(r"<\?.*?\?>", "", (shipped("templates") / "shared" / f"{one}.xml").read_text(encoding="utf-8"))
        for one in used
    )
    given = bill((obligation(), operation()))
    shared = stamped(look(template=str(shipped("templates") / name)), given).digital
    layout.write_text(_USED.sub(r'<use part="\1"/>', text).replace("<voucher>", f"<voucher>{own}"), encoding="utf-8")
    assert drawn(stamped(look(template=str(folder)), given).digital) == drawn(shared)
