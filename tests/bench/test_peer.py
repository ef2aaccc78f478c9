"""The page that ours is compared with must be the same page, or the comparison is worth nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from bench import endtoend, plain, qrs, rendering
from emission.model import Bill, Channel, Role
from emission.render import Look, Stamped, stamp, template_for
from emission.stages.look import look_of

DPI = 300


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Look, list[Bill]]:
    batch = endtoend.make_project(tmp_path_factory.mktemp("bench"), 14)
    endtoend.run(batch)
    settings, bills = rendering.bills_of(batch)
    return look_of(settings), bills


def words(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return sorted(" ".join(page.get_textpage().get_text_range() for page in document).split())


def codes(pdf: bytes) -> set[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        images = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    return {code.text for image in images for code in zxingcpp.read_barcodes(image)}


def our_page(look: Look, bill: Bill) -> bytes:
    (done,) = stamp(template_for(look), [rendering.by_channel(bill, Channel.DIGITAL)])
    assert isinstance(done, Stamped)
    return done.digital


@pytest.mark.parametrize("peer", [plain.with_same_faces, plain.with_standard_faces])
def test_the_plain_page_says_what_ours_says(made: tuple[Look, list[Bill]], peer: Callable[[Look], plain.Peer]) -> None:
    look, bills = made
    other = peer(look)
    assert len(bills) > 10
    for bill in bills:
        assert words(plain.page(other, bill)) == words(our_page(look, bill))


def test_scanners_read_the_same_codes_from_both(made: tuple[Look, list[Bill]]) -> None:
    look, bills = made
    peer = plain.with_same_faces(look)
    for bill in bills[:4]:
        operation = bill.operations[0]
        assert operation is not None
        expected = {operation.text(Role.BARCODE), operation.text(Role.QR)}
        assert codes(plain.page(peer, bill)) == codes(our_page(look, bill)) == expected


def test_the_encoder_that_ours_is_held_against_makes_symbols_of_the_same_size(made: tuple[Look, list[Bill]]) -> None:
    _, bills = made
    texts = [operation.text(Role.QR) for bill in bills for operation in bill.operations if operation is not None]
    assert qrs.ours(texts) == qrs.with_qrcode(texts)


def test_a_batch_has_the_vouchers_that_were_asked_for(tmp_path: Path) -> None:
    batch = endtoend.make_project(tmp_path, 47)
    ids = [line.split(",")[1] for line in batch.read_text(encoding="utf-8").splitlines()[1:]]
    assert (len(set(ids)), len(ids)) == (47, 51)
