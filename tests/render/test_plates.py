"""Pages struck from plates are those that would be laid out: byte by byte, whoever came before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from emission.codes import qr
from emission.codes.faults import CodeError
from emission.model import Bill, Fault, Line, Obligation, Payer
from emission.render import Stamped, Template, compile_template, preflight, presswork, stamp, template_for
from emission.render.digital import write_digital
from emission.render.layout import lay_out
from emission.render.naming import clash_faults, stray_faults
from emission.render.plates import Struck, whole
from emission.render.program import Program
from emission.render.slips import slips_of
from tests.conformance.vouchers import WORDS, vouchers
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import shown
from tests.render.test_designs import DESIGNS, TEMPLATES

COUNT = 14  # bills of each design, and as many neighbours of each
NEIGHBOURS = 3


def neighbours(given: Bill, chance: random.Random) -> Iterator[Bill]:
    """Bills that have the same parts and say other things in them, some of them longer than there is room for."""
    for _ in range(NEIGHBOURS):
        obligations = tuple(_other(one, chance) for one in given.voucher.obligations)
        payer = Payer(_words(chance, 9), id_type="DNI", id=str(chance.randrange(10**8)))
        obligations = tuple(msgspec.structs.replace(one, payer=payer) for one in obligations)
        yield msgspec.structs.replace(given, voucher=msgspec.structs.replace(given.voucher, obligations=obligations))


def _other(one: Obligation, chance: random.Random) -> Obligation:
    return msgspec.structs.replace(
        one,
        obligation_id=f"TSG-{chance.randrange(10**9)}",
        due_dates=tuple(
            msgspec.structs.replace(due, amount=due.amount + chance.randrange(10**5)) for due in one.due_dates
        ),
        account=one.account and str(chance.randrange(10**12)),
        concept=_words(chance, 8),
        property_address=one.property_address and _words(chance, 5),
        message=one.message and _words(chance, 25),
        lines=tuple(_line(line, chance) for line in one.lines),
    )


def _line(line: Line, chance: random.Random) -> Line:
    return msgspec.structs.replace(line, concept=_words(chance, 7), total=line.total + chance.randrange(10**6))


def _words(chance: random.Random, most: int) -> str:
    words = WORDS if chance.random() < 0.1 else WORDS[:12]
    return " ".join(chance.choices(words, k=chance.randint(1, most)))


def laid_out(program: Program, given: Bill) -> list[Struck] | Fault:
    """The pages of a bill that no plate had a part in."""
    slips = [one for one in slips_of(given, program.look) if not one.specimen]
    texts = {text for one in slips for text in (one.qr, one.linked_qr) if text}
    try:
        layout = lay_out(program, given, {text: qr.encode(text) for text in texts})
    except CodeError as error:
        return error.fault
    return layout.faults[0] if layout.faults else [whole(program, page) for page in layout.pages]


def alone(template: Template, given: Bill) -> Stamped | Fault:
    """The bill as if it were the first one."""
    presswork._plates.cache_clear()
    (made,) = stamp(template, [given])
    return made


def assert_alike(template: Template, given: Bill) -> None:
    """Whoever came before: the same bytes, and what is shown is what would be laid out."""
    (made,) = stamp(template, [given])
    pages = laid_out(template.digital, given)
    if isinstance(pages, Fault) or isinstance(made, Fault):
        assert made == pages
        return
    as_laid_out = write_digital(template.digital, given, pages)
    assert [*shown(made.digital)] == [*shown(as_laid_out)]


def assert_checked_alike(program: Program, given: Bill) -> None:
    (check,) = preflight(Template(program, program), [given.voucher])
    asked = Bill(given.voucher, (None,) * len(given.operations))
    layout = lay_out(program, asked, {}, reserving=True)
    faults = layout.faults or [*clash_faults(program, asked, layout, {}), *stray_faults(program, asked, layout, {})]
    # Those of fields that a template declares are no matter of pages.
    assert [fault for fault in check.faults if not fault.code.startswith("field-")] == list(faults)


@pytest.mark.parametrize("name", DESIGNS)
def test_pages_from_plates_are_those_that_would_be_laid_out(name: str) -> None:
    template = template_for(look(template=str(TEMPLATES / name)))
    for _, _, given in vouchers((name,), COUNT, 12):
        chance = random.Random(given.voucher.voucher_id)  # noqa: S311 -- the same neighbours every time
        bills = (given, *neighbours(given, chance))
        for one in bills:
            assert_alike(template, one)
            for program in template.programs:
                assert_checked_alike(program, one)
        made = stamp(template, bills)
        assert made == [alone(template, one) for one in bills]


def simple(number: int, name: str, **changes: Any) -> Bill:
    """A bill with the parts that all simple ones have."""
    return bill((obligation(number, name=name, **changes), operation(number)))


def unlike(*_: object) -> None:
    raise AssertionError("was laid out")


def test_a_shape_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    template = template_for(look(name="Una vez"))
    assert_alike(template, simple(1, "Ana Paz"))
    monkeypatch.setattr(presswork.Press, "_new", unlike)
    # Narrow, wide, smaller to have room, escaped, from another font.
    for number, name in enumerate(("Iñigo", "W" * 20, "Ñ" * 26, "Paz (h) \\", "Łukasz Žižek"), 2):
        (made,) = stamp(template, [simple(number, name)])
        assert isinstance(made, Stamped)
    with pytest.raises(AssertionError, match="laid out"):
        stamp(template, [simple(9, "Ana Paz", message="")])


def test_what_takes_more_lines_has_a_plate_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    template = template_for(look(name="Dos veces"))
    long = " ".join(["Peñaloza"] * 9)
    for number, name in enumerate(("Ana Paz", long, "Ana", long, "Eva"), 1):
        assert_alike(template, simple(number, name))
    monkeypatch.setattr(presswork.Press, "_new", unlike)
    for number, name in enumerate((long, "Luz", long), 6):
        (made,) = stamp(template, [simple(number, name)])
        assert isinstance(made, Stamped)


def test_codes_of_another_size_are_never_put_where_others_stood() -> None:
    template = template_for(look(name="Otro tamaño"))
    for number, digits in enumerate((60, 20, 60, 44), 1):
        assert_alike(template, bill((obligation(number), operation(number, barcodes=("7" * digits,)))))


def test_words_that_overflow_are_told_of_whoever_came_before() -> None:
    template = template_for(look(name="Demasiado"))
    fine, over = simple(1, "Ana Paz"), simple(2, "W" * 400)
    assert [check.faults for check in preflight(template, [fine.voucher, fine.voucher])] == [(), ()]
    (check,) = preflight(template, [over.voucher])
    assert {fault.code for fault in check.faults} == {"does-not-fit"}
    (made,) = stamp(template, [over])
    assert isinstance(made, Fault)
    assert made.code == "does-not-fit"


def test_only_so_many_plates_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presswork, "_MOST", 2)
    template = template_for(look(name="Pocas"))
    for number in (1, 2, 3, 4, 3, 2, 1):
        assert_alike(template, bill((obligation(number, dues=1 + number % 3, lines=()), operation(number))))
        assert_alike(template, bill((obligation(number), operation(number))))
    assert len(presswork._plates(template.digital, reserving=False)._kept) == 2


@pytest.mark.parametrize(
    ("box", "code"),
    [('x="20" y="50" w="120"', "code-covered"), ('x="150" y="120" w="100"', "words-off-page")],
    ids=["over a code", "over the edge"],
)
def test_words_of_a_box_that_reaches_too_far_are_looked_at_each_time(tmp_path: Path, box: str, code: str) -> None:
    qr_there = '<stack take="12" row="1"><qr x="90" y="30" side="40"/></stack>'
    template = compile_template(look(template=design(tmp_path, f"{qr_there}<text {box}>{{{{ payer.name }}}}</text>")))
    asked = [simple(number, name).voucher for number, name in enumerate(("Ana", "W" * 40, "Eva", "W" * 41, "Luz"), 1)]
    found = [[fault.code for fault in check.faults] for check in preflight(template, asked)]
    assert found == [[], [code], [], [code], []]
