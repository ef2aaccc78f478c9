"""What docs/templates.md tells a designer to write is a template that works."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from emission.model import Voucher
from emission.render import preflight
from emission.render.proof import proved_template
from tests.docs.pages import blocks, text
from tests.render.bills import look, obligation

ROOT = Path(__file__).parents[2]


def test_every_piece_of_the_page_fits_into_a_design_of_ones_own(tmp_path: Path) -> None:
    page = text("docs/templates.md")
    folder = tmp_path / "mi-boleta"
    shutil.copytree(ROOT / "templates" / "municipal-a4", folder)
    fields, *others = blocks(page, "toml")
    settings = folder / "template.toml"
    own = re.sub(r"\[fields\].*", "", settings.read_text(encoding="utf-8"), flags=re.DOTALL)
    settings.write_text(own + "\n".join((fields, *others)), encoding="utf-8")
    layout = folder / "voucher.xml"
    pieces = [
        piece if "<text" in piece else f'<flow x="20" y="182" w="80">{piece}</flow>' for piece in blocks(page, "xml")
    ]
    assert len(pieces) == 4
    written = layout.read_text(encoding="utf-8").replace("<!-- Message -->", "\n".join(pieces), 1)
    layout.write_text(written, encoding="utf-8")
    program = proved_template(look(template=str(folder)))
    given = Voucher("1", (obligation(lines=(), legend="Aviso", extra={"NOMENCLATURA": "01-02-003"}),))
    (check,) = preflight(program, [given])
    assert check.faults == ()
