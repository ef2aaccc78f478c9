"""Words outside of the paper are a mistake of the template where it makes them, and of the row where that does."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.render import compile_template, preflight, proved_template
from emission.wording import explain, reason
from tests.render.bills import bill, lines, look, obligation, operation
from tests.render.designs import design


@pytest.mark.parametrize(
    "content",
    [
        '<text x="20" y="900">Fijo</text>',
        '<text x="20" y="-1">Fijo</text>',
        '<zone x="0" y="200"><text\n x="20" y="120">{{ obligation.account }}</text></zone>',
        '<text x="190" y="50" w="90" rotate="90">Largo como para salirse de la hoja por arriba, bien largo</text>',
        '<text x="-30" y="50" w="60">Fijo</text>',
    ],
)
def test_a_design_that_writes_beside_the_paper_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(TemplateError) as caught:
        proved_template(look(template=design(tmp_path, content)))
    assert caught.value.code == "template-words-off-page"
    assert "<text" in explain("es", caught.value)
    assert "fuera del papel" in explain("es", caught.value)


def test_a_row_that_pushes_words_off_the_paper_is_told(tmp_path: Path) -> None:
    content = (
        '<repeat each="line in obligation.lines" step="20" most="40" x="20" y="20">'
        '<text x="0" y="0" w="100" role="line">{{ line.concept }}</text></repeat>'
    )
    template = compile_template(look(template=design(tmp_path, content)))
    fits, strays = preflight(
        template, [bill((obligation(lines=lines(count)), operation())).voucher for count in (3, 30)]
    )
    assert not fits.faults
    (fault,) = strays.faults
    assert (fault.code, fault.field) == ("words-off-page", "line")
    assert "hoja 1" in reason("es", fault)
    assert "voucher.xml" in reason("es", fault)
