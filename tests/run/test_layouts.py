"""Files and lots that look otherwise: two layouts of one template, or a template for the files alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emission import config
from emission.preview import sources_of
from tests.run.town import CONFIG, Town, pages, read_codes, row, rows, text_of

TEMPLATES = Path(__file__).parents[2] / "templates"


def own_template(folder: Path, layouts: str, page: str = "") -> Path:
    """A copy of the A4 that says what it is for, in the files that ``layouts`` names."""
    shutil.copytree(TEMPLATES / "municipal-a4", folder)
    settings = folder / "template.toml"
    written = settings.read_text(encoding="utf-8").replace("[page]", f"layouts = {layouts}\n\n[page]", 1)
    settings.write_text(f"{written}{page}", encoding="utf-8")
    both = (folder / "voucher.xml").read_text(encoding="utf-8")
    (folder / "voucher.xml").unlink()
    for use in ("digital", "print"):
        head, banner, tail = both.partition("<banner")
        words = f'<text x="20" y="86" size="7" role="use">Hecho para {use}</text>'
        (folder / f"{use}.xml").write_text(f"{head}{words}{banner}{tail}", encoding="utf-8")
    return folder


def town_with(folder: Path, template: str) -> Town:
    return Town(folder, CONFIG.replace("[output]", f"[template]\n{template}\n[output]"))


def sizes(content: bytes | Path) -> list[tuple[int, int]]:
    return [(round(page.get_width() / 72 * 25.4), round(page.get_height() / 72 * 25.4)) for page in pages(content)]


def test_a_template_has_one_layout_for_files_and_one_for_paper(tmp_path: Path) -> None:
    own_template(tmp_path / "boleta", '["digital", "print"]', "\n[page.digital]\nheight = 320\n")
    town = town_with(tmp_path, 'name = "boleta"')
    town.batch([*rows(2), row(3, channel="digital")])
    run = town.run()
    files, (lot,) = run.digital(), run.lots()
    assert all("Hecho para digital" in text_of(content) for content in files.values())
    assert {size for content in files.values() for size in sizes(content)} == {(210, 320)}
    assert text_of(lot).count("Hecho para print") == 2
    assert "digital" not in text_of(lot)
    assert sizes(lot) == [(210, 297)] * 2
    # Both bear the same codes.
    assert sorted(read_codes(lot)) == sorted(
        code for content in list(files.values())[:2] for code in read_codes(content)
    )
    assert town.call("audit", "lote", "--codes").exit_code == 0
    assert town.call("verify", "lote").exit_code == 0


def test_files_take_another_template_and_are_reprinted_with_it(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES / "digital", tmp_path / "telefono")
    town = town_with(tmp_path, 'name = "municipal-a4"\ndigital = "telefono"')
    town.batch(rows(2))
    run = town.run()
    files, (lot,) = run.digital(), run.lots()
    (narrow,) = {size for content in files.values() for size in sizes(content)}
    assert narrow[0] < 150
    assert sizes(lot) == [(210, 297)] * 2
    printed = lot.read_bytes()
    # The next month's template is another; a bill of this month stays what it was.
    shutil.rmtree(tmp_path / "telefono")
    shutil.copytree(TEMPLATES / "municipal-a4", tmp_path / "telefono")
    refused = town.call("run", "lote.csv")
    assert refused.exit_code == 3
    assert "digital/template/voucher.xml" in " ".join(refused.stderr.split())
    assert town.call("reprint", "--id", "TSG-0001", "--out", "otra").exit_code == 0
    (again,) = (tmp_path / "otra").glob("*.pdf")
    assert again.read_bytes() == files["digital/0001/TSG-0001.pdf"]
    assert town.call("reprint", "--lot", "1", "--batch", "lote", "--out", "otra").exit_code == 0
    assert (tmp_path / "otra" / lot.name).read_bytes() == printed


def test_a_template_that_does_not_print_rejects_what_asks_for_paper(tmp_path: Path) -> None:
    own_template(tmp_path / "boleta", '["digital"]')
    town = town_with(tmp_path, 'name = "boleta"')
    town.batch([row(1), row(2, channel="digital")])
    run = town.run(expect=3)
    assert run.codes_of("TSG-0001") == {"template-prints-nothing"}
    assert list(run.digital()) == ["digital/0001/TSG-0002.pdf"]
    assert len(town.operations()) == 1


@pytest.mark.parametrize("command", ["run", "validate", "proof"])
def test_a_template_for_paper_alone_wants_another_for_files(tmp_path: Path, command: str) -> None:
    own_template(tmp_path / "boleta", '["print"]')
    town = town_with(tmp_path, 'name = "boleta"')
    town.batch(rows(1))
    result = town.call(command, "lote.csv")
    assert result.exit_code == 2
    assert "[template] digital" in " ".join(result.stderr.split())
    assert not (tmp_path / "out" / "lote" / "digital").exists()
    assert town.call("template", "check", "boleta").exit_code == 0
    town.configure(CONFIG.replace("[output]", '[template]\nname = "boleta"\ndigital = "digital"\n[output]'))
    assert len(town.run().lots()) == 1


def test_specimens_show_both(tmp_path: Path) -> None:
    own_template(tmp_path / "boleta", '["digital", "print"]')
    town = town_with(tmp_path, 'name = "boleta"')
    town.batch([row(1), row(2, channel="digital")])
    assert town.call("preview", "lote.csv", "--out", "vistas").exit_code == 0
    found = {path.name: text_of(path) for path in sorted((tmp_path / "vistas").glob("*.pdf"))}
    assert list(found) == ["TSG-0001-print-specimen.pdf", "TSG-0001-specimen.pdf", "TSG-0002-specimen.pdf"]
    assert "Hecho para print" in found["TSG-0001-print-specimen.pdf"]
    assert "Hecho para digital" in found["TSG-0001-specimen.pdf"]
    assert town.call("proof", "lote.csv", "--out", "prueba").exit_code == 0
    (proof,) = (tmp_path / "prueba").glob("*.pdf")
    assert [text_of(proof).count(f"Hecho para {use}") for use in ("digital", "print")] == [2, 1]
    assert town.call("template", "show", "boleta", "--out", "cajas").exit_code == 0
    assert {path.name for path in (tmp_path / "cajas").glob("*.pdf")} == {"boleta-digital.pdf", "boleta-print.pdf"}


def test_a_template_that_is_asked_for_draws_the_files_too_and_both_are_watched(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES / "digital", tmp_path / "telefono")
    town = town_with(tmp_path, 'name = "municipal-a4"\ndigital = "telefono"')
    batch = town.batch(rows(1))
    for asked, width in (((), 105), (("--template", "municipal-a4"), 210)):
        assert town.call("preview", "lote.csv", "--out", "vistas", *asked).exit_code == 0
        assert sizes(tmp_path / "vistas" / "TSG-0001-specimen.pdf")[0][0] == width
    settings = config.load(tmp_path / "emission.toml", batch)
    assert {tmp_path / "telefono", (TEMPLATES / "municipal-a4").resolve()} <= set(sources_of(settings, batch))


def test_what_is_wrong_in_one_layout_is_told_with_its_file(tmp_path: Path) -> None:
    folder = own_template(tmp_path / "boleta", '["digital", "print"]')
    layout = folder / "print.xml"
    layout.write_text(layout.read_text(encoding="utf-8").replace('role="use"', 'rol="use"'), encoding="utf-8")
    town = town_with(tmp_path, 'name = "boleta"')
    town.batch(rows(1))
    for command in (("template", "check", "boleta"), ("run", "lote.csv")):
        result = town.call(*command)
        assert result.exit_code == 2
        said = " ".join((result.stdout + result.stderr).split())
        assert "print.xml, línea" in said.replace("boleta/ ", "boleta/")
