"""The page that ours is compared with must be the same page, or the comparison is worth nothing."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from bench import endtoend, qrs
from bench.bills import BARCODE_DIGITS, LINES, QR_CHARACTERS, bills
from bench.page import PAGE, Contested, contested
from bench.peers import PEERS, Draw, open_peer
from bench.peers.symbols import dark
from bench.rendering import lot, ours
from emission.model import Channel, Role
from tests.run.town import read_codes


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> Contested:
    return contested(tmp_path_factory.mktemp("bench"), PAGE, 4)


def words(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return sorted(" ".join(page.get_textpage().get_text_range() for page in document).split())


def peers(about: Contested) -> dict[str, Draw]:
    """Those that are installed: reportlab always is, the group ``bench`` need not be."""
    opened = {name: open_peer(name, about.stage) for name in PEERS}
    return {name: draw for name, draw in opened.items() if draw is not None}


def test_bills_are_as_the_contest_says_and_no_value_stands_twice() -> None:
    made = bills(50)
    assert all(len(bill.voucher.obligations[0].lines) == LINES for bill in made)
    for role, length in ((Role.BARCODE, BARCODE_DIGITS), (Role.QR, QR_CHARACTERS)):
        codes = [operation.text(role) for bill in made for operation in bill.operations if operation is not None]
        assert {len(code) for code in codes} == {length}
        assert len(set(codes)) == len(made)


def test_a_transcript_says_all_that_our_page_says(about: Contested) -> None:
    for made, one in zip(ours(about, Channel.DIGITAL, about.drawn), about.drawn, strict=True):
        assert sorted(" ".join(text.words for text in one.page.texts).split()) == words(made.digital)
        assert [symbol.linear for symbol in sorted(one.page.symbols, key=lambda symbol: symbol.linear)] == [False, True]
        assert {text.face for text in one.page.texts} == set(about.stage.faces)
        assert all((about.stage.folder / picture.name).is_file() for picture in one.page.pictures)


def test_every_peer_says_what_ours_says_and_a_scanner_reads_the_same_from_it(about: Contested) -> None:
    drawing = peers(about)
    assert "reportlab + qrcode" in drawing
    for name, draw in drawing.items():
        for one in about.drawn[:2]:
            (mine,) = ours(about, Channel.DIGITAL, [one])
            theirs = draw(one.page)
            assert words(theirs) == words(mine.digital), name
            assert sorted(read_codes(theirs)) == sorted(read_codes(mine.digital)), name
            assert len(read_codes(theirs)) == 2


def test_a_code_for_engines_that_have_none_fills_its_place(about: Contested) -> None:
    for symbol in about.drawn[0].page.symbols:
        boxes = dark(symbol)
        assert min(box.x for box in boxes) == pytest.approx(symbol.box.x)
        assert max(box.x + box.width for box in boxes) == pytest.approx(symbol.box.x + symbol.box.width)


def test_the_lot_has_a_page_for_each_bill(about: Contested) -> None:
    with pypdfium2.PdfDocument(lot(about, about.drawn)) as document:
        assert len(document) == len(about.drawn)


def test_the_encoder_that_ours_is_held_against_makes_symbols_of_the_same_size() -> None:
    texts = [operation.text(Role.QR) for bill in bills(3) for operation in bill.operations if operation is not None]
    assert qrs.ours(texts) == qrs.with_qrcode(texts)


def test_a_batch_has_the_vouchers_that_were_asked_for(tmp_path: Path) -> None:
    batch = endtoend.make_project(tmp_path, 47)
    ids = [line.split(",")[1] for line in batch.read_text(encoding="utf-8").splitlines()[1:]]
    assert (len(set(ids)), len(ids)) == (47, 51)
