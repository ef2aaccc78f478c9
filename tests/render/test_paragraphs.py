"""Paragraphs wrap over strong and slanted runs, and values are never read as markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from emission.errors import TemplateError
from emission.model import Bill
from emission.render import compile_template, preflight, template_for
from emission.render.items import Words
from emission.render.layout import lay_out
from emission.wording import explain
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import lot_of, problems, stamped, text_of

ITALIC = 'italic = "SourceSansPro-It"'
NOTICE = """<paragraph x="20" y="30" w="80" align="{align}" role="notice">
  Estimado/a <b>{{{{ payer.name }}}}</b>: la deuda de la cuenta <i>{{{{ obligation.account }}}}</i>, al día de hoy,
  asciende a <b>{{{{ obligation.amount|money }}}}</b>(sin intereses).<br/>Puede pagarla:
  <item>en <b>cualquier</b> banco de la ciudad, de lunes a viernes por la mañana,
  antes del vencimiento que figura arriba</item>
  <item>por Internet</item>
  <item>{{{{ obligation.legend }}}}</item>
  Muchas gracias.
</paragraph>"""


def words_of(folder: Path, content: str, given: Bill) -> list[Words]:
    (page,) = lay_out(template_for(look(template=design(folder, content, faces=ITALIC))).digital, given, {}).pages
    return [item for item in page.items if isinstance(item, Words)]


def one(**changes: object) -> Bill:
    return bill((obligation(**changes), operation()))  # type: ignore[arg-type]  # fields of an obligation


@pytest.mark.parametrize("align", ["left", "right", "center", "justify"])
def test_a_notice_reads_in_order_whatever_its_alignment(tmp_path: Path, align: str) -> None:
    style = look(template=design(tmp_path, NOTICE.format(align=align), faces=ITALIC), banner="")
    result = stamped(style, one(name="Ana Paz"))
    assert problems(result.digital) == problems(lot_of(style, result)) == []
    text = " ".join(text_of(result.digital).split())
    assert text == (
        "Estimado/a Ana Paz: la deuda de la cuenta 0012-345/9, al día de hoy, asciende a $ 12.345,67(sin intereses). "
        "Puede pagarla: • en cualquier banco de la ciudad, de lunes a viernes por la mañana, antes del vencimiento que "
        "figura arriba • por Internet Muchas gracias."
    )


def test_runs_have_their_faces_and_bullets_their_indent(tmp_path: Path) -> None:
    words = words_of(tmp_path, NOTICE.format(align="left"), one(name="Ana Paz"))
    faces = {word.shape.text.strip(): word.face for word in words}
    assert (faces["Ana Paz"], faces["0012-345/9"], faces["cualquier"]) == ("semibold", "italic", "semibold")
    bullets = [place for place, word in enumerate(words) if word.shape.text == "•"]
    assert len(bullets) == 2
    assert words[bullets[0] + 1].x - words[bullets[0]].x == pytest.approx(1.2 * 9)


@pytest.mark.parametrize("align", ["left", "justify", "right"])
def test_no_line_leaves_the_box(tmp_path: Path, align: str) -> None:
    words = words_of(tmp_path, NOTICE.format(align=align), one(name="Ana " * 12))
    left, right = 20 / 25.4 * 72, 100 / 25.4 * 72
    by_line: dict[float, list[Words]] = {}
    for word in words:
        by_line.setdefault(word.y, []).append(word)
    ends = []
    for line in by_line.values():
        last = line[-1]
        ends.append(last.x + last.shape.width * last.size / 1000)
        assert left - 0.01 <= line[0].x
        assert ends[-1] <= right + 0.01
    if align != "left":
        assert sum(end == pytest.approx(right) for end in ends) >= 3


def test_values_are_never_markup(tmp_path: Path) -> None:
    name = "<b>X</b> {{ issuer.name }} & <item>"
    text = text_of(
        stamped(look(template=design(tmp_path, NOTICE.format(align="left"), faces=ITALIC)), one(name=name)).digital
    )
    assert name in " ".join(text.split())


def test_a_word_wider_than_the_box_is_cut_where_lines_end(tmp_path: Path) -> None:
    content = '<paragraph x="20" y="30" w="20">{{ payer.name }}<b>{{ payer.name }}</b></paragraph>'
    words = words_of(tmp_path, content, one(name="A" * 40))
    assert "".join(word.shape.text for word in words) == "A" * 80
    assert all(word.x + word.shape.width * word.size / 1000 <= 40 / 25.4 * 72 + 0.01 for word in words)


def test_too_many_lines_are_refused_before_any_call(tmp_path: Path) -> None:
    content = '<paragraph x="20" y="30" w="40" lines="2" role="aviso">{{ payer.name }}</paragraph>'
    program = compile_template(look(template=design(tmp_path, content)))
    short, long = preflight(program, [one(name="Ana Paz").voucher, one(name="Ana Paz " * 12).voucher])
    assert short.faults == ()
    assert [(fault.code, fault.field) for fault in long.faults] == [("does-not-fit", "aviso")]
    (strange,) = preflight(program, [one(name="Ana ✂").voucher])
    assert [fault.code for fault in strange.faults] == ["glyph-missing"]


def test_in_a_flow_it_takes_its_room_and_an_empty_one_none(tmp_path: Path) -> None:
    content = """<flow x="20" y="20" w="60"><paragraph>{{ obligation.legend }}</paragraph>
<paragraph>uno<br/><br/>tres</paragraph><text>final {{ payer.name }}</text></flow>"""
    first, third, final = words_of(tmp_path, content, one())
    assert [first.y - third.y, third.y - final.y] == pytest.approx([2 * 10.98, 10.98])


def test_what_never_changes_joins_the_shared_layer(tmp_path: Path) -> None:
    content = '<paragraph x="20" y="20" w="60">Pague <b>antes</b> <item>ya</item></paragraph>'
    style = look(template=design(tmp_path, content))
    (kind,) = template_for(style).digital.pages
    assert kind.form.count(b"Tj") == 5
    assert "Pague antes" in text_of(lot_of(style, stamped(style, one())))


@pytest.mark.parametrize(
    ("content", "code", "element"),
    [
        ("<paragraph><i>a</i></paragraph>", "template-face-missing", "i"),
        ("<paragraph><u>a</u></paragraph>", "template-element-unknown", "u"),
        ("<paragraph><b>{{ payer.name </b></paragraph>", "template-expression", "b"),
        ("<paragraph>a <b>✂</b></paragraph>", "template-glyph", "b"),
        ('<paragraph align="both">a</paragraph>', "template-value", "paragraph"),
    ],
)
def test_a_slip_is_named_with_its_run(tmp_path: Path, content: str, code: str, element: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=design(tmp_path, content)))
    assert (caught.value.code, caught.value.params["element"]) == (code, element)
    assert caught.value.params["file"] in explain("es", caught.value)
