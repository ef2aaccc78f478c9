"""The page that is laid over stationery: true to the millimetre, with the places of the template and no data."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from emission.design.gauge import Gauge, Place, gauges_pdf
from emission.render.box import Box
from emission.render.nodes import MM
from tests.run.town import Town, rows, text_of

DPI = 100


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.batch(rows(2))
    return town


def ink(pdf: bytes | Path, page: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which dots of a page are not white, by row and column."""
    with pypdfium2.PdfDocument(pdf) as document:
        return np.asarray(document[page].render(scale=DPI / 72, grayscale=True).to_pil()) < 200


def at(mm: float) -> int:
    return int(mm * DPI / 25.4)


def test_every_place_of_the_form_stands_on_it_with_its_name_and_corner(town: Town) -> None:
    result = town.call("template", "calibrate", "preprinted", "--out", "hojas")
    assert result.exit_code == 0, result.stderr
    path = town.folder / "hojas" / "preprinted-calibration.pdf"
    assert result.stdout.split() == ["hojas/preprinted-calibration.pdf"]
    text = " ".join(text_of(path).split())
    for told in (
        *("control x 6.0 y 9.4", "head x 126.0 y 12.0", "postal_street x 24.0 y 36.0", "facts x 146.0 y 34.0"),
        *("due_dates x 146.0 y 62.0", "lines x 20.0 y 92.0", "total x 146.0 y 164.0", "message x 20.0 y 172.0"),
        *("stub x 10.0 y 212.0", "qr x 68.0 y 206.0", "payment x 117.0 y 206.0", "linear x 67.0 y 260.0"),
        *("Esta barra mide 100 mm", "al 100 %", "trasluz", "hoja 1 de 1", "voucher.xml"),
    ):
        assert told in text
    for data in ("Ejemplo", "MUESTRA", "SPECIMEN", "$"):
        assert data not in text
    dots = ink(path)
    assert dots.shape == pytest.approx((at(297), at(210)), abs=1)
    # The sides of the QR's place, 42 mm long; nothing beside them.
    left, top = at(68), at(206)
    assert dots[top : top + at(42), left - 1 : left + 2].any(axis=1).mean() > 0.5
    assert not dots[top + 30 : top + at(40), left + 6 : left + at(40)].any()


def test_every_kind_of_page_has_one_in_the_language_of_the_office(town: Town) -> None:
    config = town.folder / "emission.toml"
    config.write_text('language = "en"\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    assert town.call("template", "calibrate", "municipal-a4").exit_code == 0
    path = town.folder / "municipal-a4-calibration.pdf"
    with pypdfium2.PdfDocument(path) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    assert [next(line for line in text.splitlines() if "page" in line).partition(" · ")[2] for text in texts] == [
        "page 1 of 4",
        "page 2 of 4",
        "page 3 of 4",
        "page 4 of 4",
    ]
    assert all("against the light" in " ".join(text.split()) for text in texts)
    assert all("table x 20.0 y 36.0" in " ".join(text.split()) for text in texts[1:3]), "the tables that go on"


def test_the_bar_the_rulers_and_the_crosses_are_true() -> None:
    gauge = Gauge(210 * MM, 297 * MM, [Place("a", Box(80 * MM, 140 * MM, 130 * MM, 150 * MM))], "T", ["S"], "%d mm")
    pdf = gauges_pdf([gauge], "T")
    assert pdf == gauges_pdf([gauge], "T")
    dots = ink(pdf)
    longest = max(_longest(line) for line in dots[at(20) :])
    assert longest == pytest.approx(100 / 25.4 * DPI, abs=2)
    for x, y in ((10, 10), (200, 10), (10, 287), (200, 287)):
        assert dots[at(y) - 1 : at(y) + 2, at(x - 1.4) : at(x + 1.4)].any(axis=0).all()
    ticks = [line for line in range(at(16), at(294)) if dots[line, : at(2.4)].all()]
    millimetres = 1 + sum(later - earlier > 1 for earlier, later in itertools.pairwise(ticks))
    assert millimetres == pytest.approx(278, abs=1)


def test_a_name_has_its_room_where_places_lie_within_each_other_and_on_a_small_page() -> None:
    sides = ((0, 0, 60, 45), (2, 2, 9, 43), (30, 2, 58, 43))
    boxes = [Box(*(side * MM for side in box)) for box in sides]
    places = [Place(f"(n{number}) \\ ñ\u4e2d", box) for number, box in enumerate(boxes)]
    gauge = Gauge(60 * MM, 45 * MM, places, "T", ["S"], "%d mm")
    with pypdfium2.PdfDocument(gauges_pdf([gauge], "T")) as document:
        page = document[0].get_textpage()
        text = " ".join(page.get_text_bounded().split())
        found = [page.get_rect(number) for number in range(page.count_rects())]
    assert all(f"(n{n}) \\ ñ x" in text for n in range(3))
    assert "20 mm" in text
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            assert not Box(*one).meets(Box(*other)), (one, other)


def test_a_template_that_prints_nothing_has_none(town: Town) -> None:
    assert town.call("template", "new", "mia").exit_code == 0
    settings = town.folder / "mia" / "template.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("[page]", 'layouts = ["digital"]\n[page]', 1))
    (town.folder / "mia" / "voucher.xml").rename(town.folder / "mia" / "digital.xml")
    result = town.call("template", "calibrate", "mia")
    assert result.exit_code == 2
    assert "no tiene diseño para imprimir" in " ".join(result.stderr.split())


def _longest(line: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """The longest run of ink in a row of dots."""
    longest = run = 0
    for dot in line:
        run = run + 1 if dot else 0
        longest = max(longest, run)
    return longest
