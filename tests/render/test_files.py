"""Files are sound, small, and the same whatever stands beside them."""

from __future__ import annotations

import io
import pickle
import random
import shutil
from pathlib import Path

import msgspec
import PIL.Image
import pytest

from emission.codes.control import ControlMark
from emission.model import Bill, Channel
from emission.render import LotPage, LotWriter, Stamped, compile_template, fingerprint, stamp, template_for
from tests.render.bills import TEMPLATE, bill, coupons, look, obligation, operation
from tests.render.pages import addresses, lot_of, problems, stamped, text_of


@pytest.fixture
def logo(tmp_path: Path) -> str:
    path = tmp_path / "logo.png"
    PIL.Image.effect_mandelbrot((300, 200), (-2, -1.5, 1, 1.5), 60).convert("RGBA").save(path)
    return str(path)


def chunk() -> list[Bill]:
    names = ["Ana Paz", "Łukasz Şahin", "Ñandubay & Hijos <S.R.L.>", "Đorđe", "Zoë"]
    bills = [
        bill((obligation(number, name=name), operation(number)), voucher_id=f"V-{number}")
        for number, name in enumerate(names)
    ]
    return [*bills, coupons(4), bill((obligation(payable=False, legend="Exento"), None))]


def test_a_voucher_is_the_same_bytes_in_any_company_and_order() -> None:
    bills = chunk()
    program = template_for(look())
    together = stamp(program, bills)
    alone = [stamp(compile_template(look()), [one])[0] for one in bills]
    order = list(range(len(bills)))
    random.Random(7).shuffle(order)  # noqa: S311 -- any order will do, the same each time
    shuffled = dict(zip(order, stamp(program, [bills[place] for place in order]), strict=True))
    assert together == alone == [shuffled[place] for place in range(len(bills))]


@pytest.mark.parametrize("banner", ["", "PRUEBA – SIN VALOR"])
def test_qpdf_finds_nothing_wrong_with_digital_files_and_lots(banner: str, logo: str) -> None:
    style = look(banner=banner, logo=logo)
    results = [stamped(style, one) for one in chunk()]
    for result in results:
        assert problems(result.digital) == []
    assert problems(lot_of(style, *results)) == []


def test_a_digital_file_is_small() -> None:
    assert len(stamped(look(), bill((obligation(), operation()))).digital) < 35_000


def test_a_lot_of_many_pages_shares_fonts_form_and_images(logo: str) -> None:
    style = look(logo=logo)
    result = stamped(style, bill((obligation(), operation())))
    one, hundred = lot_of(style, result), lot_of(style, *[result] * 100)
    assert (len(hundred) - len(one)) / 99 < 6_000
    assert "Łukasz" in text_of(lot_of(style, result, stamped(style, chunk()[1])))


MARK = ControlMark(1, 1, 1, 1)


def test_lot_pages_survive_a_part_file() -> None:
    style = look()
    results = [stamped(style, one) for one in chunk()]
    direct, stored = io.BytesIO(), io.BytesIO()
    first, second = LotWriter(template_for(style).for_lots, direct), LotWriter(template_for(style).for_lots, stored)
    for page in (page for result in results for page in result.lot_pages):
        first.add(page, MARK)
        second.add(msgspec.msgpack.decode(msgspec.msgpack.encode(page), type=LotPage), MARK)
    first.close()
    second.close()
    assert direct.getvalue() == stored.getvalue()


def test_what_is_not_printed_has_no_lot_pages() -> None:
    result = stamped(look(), bill((obligation(channel=Channel.EMAIL), operation())))
    assert isinstance(result, Stamped)
    assert result.lot_pages == ()


def test_a_link_can_be_tapped_only_where_it_is_https() -> None:
    good = stamped(look(), bill((obligation(), operation(url="https://pagos.ejemplo.test/a(b)"))))
    bad = stamped(look(), bill((obligation(), operation(url="javascript:alert(1)"))))
    assert addresses(good.digital) == ["https://pagos.ejemplo.test/a(b)"]
    assert addresses(bad.digital) == []


def test_the_fingerprint_follows_whatever_shapes_the_page(tmp_path: Path, logo: str) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(TEMPLATE, copy)
    base = fingerprint(look())
    assert fingerprint(look(template=str(copy))) == base
    assert fingerprint(look(name="Otra")) != base
    assert fingerprint(look(logo=logo)) != base
    with (copy / "voucher.xml").open("a", encoding="utf-8") as file:
        file.write("\n<!-- another -->\n")
    assert fingerprint(look(template=str(copy))) != base


def test_a_look_crosses_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(look())) == look()  # noqa: S301 -- our own bytes
