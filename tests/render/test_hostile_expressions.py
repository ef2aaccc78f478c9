"""Expressions that lead nowhere: each ends in a sentence with its element's place, and soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.model import Voucher
from emission.render import compile_template, preflight
from emission.wording import explain, reason
from tests.render.bills import look, obligation
from tests.render.designs import design

GIVEN = Voucher("V-1", (obligation(),))


def told(folder: Path, content: str) -> str:
    """Why a page of ``content`` cannot be drawn: as its compiler says, or as a row is told."""
    template = design(folder, content)
    try:
        (check,) = preflight(compile_template(look(template=template)), [GIVEN])
    except TemplateError as error:
        return explain("es", error)
    return " ".join(reason("es", fault) for fault in check.faults)


ENDLESS, LARGE, DEEP, NO_TEXT = "demasiadas vueltas", "más largo que", "una dentro de otra", "una lista o un grupo"
AMOUNT, DATE = "obligation.amount | line.total", "obligation.due_dates[0].date"


@pytest.mark.parametrize("data", ["", "{{ payer.name }}"], ids=["fixed", "of data"])
@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("{{ ''.__class__ }}", "unsafe"),
        ("{% include 'otra' %}", "no loader"),
        ("{{ 1 // 0 }}", "by zero"),
        ("{{ 'a' * 10**9 }}", LARGE),
        ("{{ [1] * 10**9 }}", LARGE),
        ("{{ 9 ** (9 ** 9) }}", LARGE),
        ("{{ 'a'|center(10**9) }}", LARGE),
        ("{{ 'a'.ljust(10**9) }}", LARGE),
        ("{{ '%999999d' % 1 }}", LARGE),
        ("{{ '%*d'|format(999999, 1) }}", LARGE),
        ("{{ '{:999999}'.format(1) }}", LARGE),
        ("{{ range(90000)|join('aaaa') }}", LARGE),
        ("{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}", LARGE),
        ("{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}", ENDLESS),
        ("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}", ENDLESS),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", DEEP),
        ("{{ " + "(" * 400 + "1" + ")" * 400 + " }}", DEEP),
        ("{% for a in 'b' %}" * 30 + "a" + "{% endfor %}" * 30, DEEP),
        ("{{ ['a'] }}", NO_TEXT),
        ("{{ 'a'.upper }}", NO_TEXT),
        ("{{ 'a'|random }}", "No filter named"),
        ("{{ none|date }}", f"date(None): {DATE}"),
        ("{{ 'x'|money }}", f"money('x'): {AMOUNT}"),
        ("{{ 1.5|money }}", f"money(1.5): {AMOUNT}"),
        ("{{ [1]|figures }}", f"figures([1]): {AMOUNT}"),
        ("{{ 'x'|amount_in_words }}", f"amount_in_words('x'): {AMOUNT}"),
        ("{{ none|period }}", "period(None): obligation.period"),
        ("{{ none|digits }}", "digits(None): operation.number"),
    ],
)
def test_an_expression_that_leads_nowhere_ends(tmp_path: Path, expression: str, words: str, data: str) -> None:
    found = told(tmp_path, f'<text x="20" y="30" w="90">{expression}{data}</text>')
    assert words in found
    assert "línea 4, columna 1" in found


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("{{ payer }}", NO_TEXT),
        ("{{ lines }}", NO_TEXT),
        ("{{ payer.name * 10**9 }}", LARGE),
        ("{{ lipsum() }}", "lipsum"),
        ("{{ (obligation.amount / 3)|money }}", AMOUNT),
        ("{{ obligation.amount|money(['MX']) }}", "AR | BO"),
        ("{{ obligation.due_dates[0].date|date(['long']) }}", "long | month"),
    ],
)
def test_what_a_voucher_cannot_show_is_told_of_its_row(tmp_path: Path, expression: str, words: str) -> None:
    assert words in told(tmp_path, f'<text x="20" y="30" w="90">{expression}</text>')


@pytest.mark.parametrize(
    "element",
    [
        '<when test="1 %}{% endif %}{% if payer.id"><text x="20" y="30">a</text></when>',
        '<when test="payer.id %}a{% else"><text x="20" y="30">a</text></when>',
        '<table each="a in lines %}{% endfor %}{% for a in lines" h="9" row="4"><column w="9">a</column></table>',
        '<repeat each="a in lines %}{{ a }}{% endfor %}{% for a in lines" step="5" most="9"/>',
    ],
)
def test_a_test_and_a_loop_s_head_are_one(tmp_path: Path, element: str) -> None:
    assert "termina antes de tiempo" in told(tmp_path, element)


def test_what_one_element_sets_is_nobody_else_s(tmp_path: Path) -> None:
    setting = '<text x="20" y="30">{% set payer = voucher %}{{ payer.voucher_id }}</text>'
    folder = design(tmp_path, f'{setting}<text x="20" y="40">{{{{ payer.name }}}}</text>')
    (check,) = preflight(compile_template(look(template=folder)), [GIVEN])
    assert check.faults == ()


def test_a_list_is_gone_through_once_even_where_it_could_call_itself(tmp_path: Path) -> None:
    head = '<table each="line in lines recursive" x="20" y="30" w="90" h="90" row="4">'
    once, again = (
        f'{head}<column w="90">{{{{ line.concept }}}}{more}</column></table>' for more in ("", "{{ loop(lines) }}")
    )
    assert told(tmp_path / "once", once) == ""
    assert "recursive" in told(tmp_path / "again", again)


@pytest.mark.parametrize("char", ["\x1d", "\x1e", "\x1f"])
def test_a_control_character_moves_no_value_to_another_place(tmp_path: Path, char: str) -> None:
    content = f'<text x="20" y="30">{{{{ "a{ascii(char)[1:-1]}b" }}}}{{{{ payer.name }}}}</text>'
    assert f"U+{ord(char):04X}" in told(tmp_path, content)
