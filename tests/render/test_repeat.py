"""Stubs, due dates, instalments: drawn once for each, with their own values."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.model import Bill
from emission.render import compile_template, preflight
from emission.wording import reason
from tests.render.bills import bill, coupons, lines, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import problems, stamped, text_of

STUBS = """<repeat each="line in lines" x="20" y="30" step="30" most="6" role="stubs">
<zone x="0" y="0" w="80"><rule x="0" y="0" w="80"/>
<text y="6" weight="semibold">{{ loop.index }}/{{ loop.length }} {{ line.concept }}</text>
<when test="loop.first"><text y="12">primera</text></when><when test="loop.last"><text y="12">última</text></when>
<flow x="0" y="14" w="80"><pair label="Importe">{{ line.total|money }}</pair></flow></zone></repeat>"""


def drawn(folder: Path, content: str, given: Bill) -> str:
    result = stamped(look(template=design(folder, content)), given)
    assert problems(result.digital) == []
    return text_of(result.digital)


def test_each_item_has_its_own_values_and_knows_its_turn(tmp_path: Path) -> None:
    text = drawn(tmp_path, STUBS, bill((obligation(lines=lines(4)), operation())))
    places = [text.index(f"{number + 1}/4 Servicio número {number}") for number in range(4)]
    assert places == sorted(places)
    assert (text.count("primera"), text.count("última"), text.count("Importe")) == (1, 1, 4)


@pytest.mark.parametrize(("direction", "moved"), [("down", (0, -1)), ("across", (1, 0))])
def test_items_stand_a_step_apart(tmp_path: Path, direction: str, moved: tuple[int, int]) -> None:
    from emission.render.items import Words  # noqa: PLC0415 -- one case looks beneath the files
    from emission.render.layout import lay_out  # noqa: PLC0415

    content = f"""<repeat each="due in obligation.due_dates" x="20" y="30" step="25" most="3" direction="{direction}">
<text y="5">{{{{ due.date|date }}}}</text></repeat>"""
    program = compile_template(look(template=design(tmp_path, content)))
    (page,) = lay_out(program.digital, bill((obligation(dues=3), operation())), {}).pages
    words = [item for item in page.items if isinstance(item, Words)]
    assert len(words) == 3
    for before, after in itertools.pairwise(words):
        step = ((after.x - before.x) / 72 * 25.4, (after.y - before.y) / 72 * 25.4)
        assert step == pytest.approx((25 * moved[0], 25 * moved[1]))


def test_a_list_of_nothing_draws_nothing(tmp_path: Path) -> None:
    content = STUBS.replace("in lines", "in obligation.lines")
    assert "Importe" not in drawn(tmp_path, content, bill((obligation(lines=()), operation())))


def test_too_many_are_refused_before_any_call(tmp_path: Path) -> None:
    program = compile_template(look(template=design(tmp_path, STUBS)))
    (check,) = preflight(program, [bill((obligation(lines=lines(7)), None)).voucher])
    (fault,) = check.faults
    assert (fault.code, fault.field, fault.params) == ("repeat-too-many", "stubs", {"count": "7", "most": "6"})
    assert "{" not in reason("es", fault)


def test_within_a_stack_each_obligation_has_its_own_list(tmp_path: Path) -> None:
    content = """<when test="obligations"><stack take="3" row="60" x="20" y="20">
<text y="5">{{ obligation.label }}</text><when test="obligation.payable">
<repeat each="due in obligation.due_dates" y="8" step="5" most="3"><when test="due.amount">
<text y="4">{{ obligation.label }}: {{ due.date|date }} ({{ loop.index }})</text></when></repeat></when>
</stack></when>"""
    folder = design(tmp_path, content)
    given = bill(
        (obligation(1, label="Cuota 1", dues=1), operation(1)),
        (obligation(2, label="Cuota 2", payable=False, dues=2), None),
        (obligation(3, label="Cuota 3", dues=3), operation(3)),
    )
    text = text_of(stamped(look(template=folder), given).digital)
    assert [text.count(f"Cuota {number}: ") for number in (1, 2, 3)] == [1, 0, 3]
    assert "Cuota 3: 20/12/2026 (3)" in text


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ('<qr x="0" y="0" side="30"/>', "template-outside"),
        ('<stack take="1"/>', "template-nesting"),
        ('<repeat each="b in lines" step="1" most="2"/>', "template-nesting"),
        ('<table each="b in lines" h="9" row="3"/>', "template-nesting"),
    ],
)
def test_what_belongs_to_obligations_is_not_repeated(tmp_path: Path, inside: str, code: str) -> None:
    content = f'<repeat each="a in lines" step="9" most="3">{inside}</repeat>'
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, content)))
    assert caught.value.code == code


def test_a_failing_value_names_its_line(tmp_path: Path) -> None:
    content = '<repeat each="a in lines" step="9" most="9">\n<text y="5">{{ a.total // 0 }}</text></repeat>'
    program = compile_template(look(template=design(tmp_path, content)))
    (check,) = preflight(program, [coupons(1).voucher])
    (fault,) = check.faults
    assert (fault.code, fault.params["line"], fault.params["element"]) == ("template-failed", "5", "text")
