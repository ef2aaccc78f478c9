"""Templates that nobody would write on purpose: each is refused with its place, and soon."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest

from emission.errors import TemplateError
from emission.render import compile_template, preflight
from emission.render.markup import read_markup
from emission.wording import explain
from tests.render.bills import bill, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import stamped

WHOLE = '<voucher><page><banner x="20" y="20" w="90" h="90"/><stack take="12"/>{}</page></voucher>'


def refused(folder: str) -> tuple[str, str]:
    with pytest.raises(TemplateError) as caught:
        compile_template(look(template=folder))
    sentence = explain("es", caught.value)
    assert "{" not in sentence
    return caught.value.code, sentence


@pytest.mark.parametrize(
    ("element", "code", "told"),
    [
        ('<text x="1e9" y="9">a</text>', "template-value", "-1000 … 1000"),
        ('<text x="1_0" y="9">a</text>', "template-value", "-1000 … 1000"),
        ('<text x="٣" y="9">a</text>', "template-value", "-1000 … 1000"),
        ('<text x="5mm" y="9">a</text>', "template-value", "columna 7"),
        ('<text y="9" size="0">{{ payer.name }}</text>', "template-value", "1 … 500"),
        ('<text y="9" size="-3">a</text>', "template-value", "large | 1 … 500"),
        ('<text y="9" size="lage">a</text>', "template-value", "large?"),
        ('<text y="9" w="-5">a</text>', "template-value", "> 0"),
        ('<text y="9" lead="-5">a</text>', "template-value", "> 0"),
        ('<text y="9" lines="1.5">a</text>', "template-value", "1, 2, 3"),
        ('<text y="9" style="nada">a</text>', "template-value-none", "no define ninguno"),
        ('<text y="9" role="r"><b>a</b></text>', "template-nesting", "<b> no puede estar dentro de <text>"),
        ('<panel x="5" y="5" w="0" h="5"/>', "template-value", "> 0"),
        ('<box x="5" y="5" w="5" h="-5"/>', "template-value", "> 0"),
        ('<rule y="5" weight="-1"/>', "template-value", "> 0"),
        ('<rule y="5" dash="1] 0 d 0 0 m 9 9 l S ["/>', "template-value", "se espera 2.5 2"),
        ('<rule y="5" dash="0 0"/>', "template-value", "se espera 2.5 2"),
        ('<banner x="5" y="5" w="3" h="3"/>', "template-value", "30 …"),
        ('<banner x="500" y="5" w="90" h="90"/>', "template-value", "30 …"),
        ('<control x="205" y="5" side="9"/>', "template-value", "0 … 201.0"),
        ('<table each="line in lines" h="50" row="5"/>', "template-columns", "<column>"),
        ('<table each="line in lines" h="50" row="0"><column w="9">a</column></table>', "template-value", "> 0"),
        (
            '<table each="a in lines" h="9" row="3" least="4"><column w="9">a</column></table>',
            "template-value",
            "<= 3",
        ),
        ('<repeat each="line in lines" step="5" most="2.5"/>', "template-value", "1, 2, 3"),
        ("<zone x='0' y='0'>" * 500 + "</zone>" * 500, "template-deep", "más de 100"),
        ("<panel x='1' y='1' w='1' h='1'/>" * 5_001, "template-too-many", "más de 5000"),
        ('<use part="p0"/>', "template-too-many", "más de 5000"),
        ('<use part="q0"/>', "template-deep", "más de 100"),
        ('<text y="9" role="' + "r" * 5_000 + '" ink="' + "i" * 5_000 + '">a</text>', "template-value", "…"),
    ],
    ids=range(29),
)
def test_what_no_page_can_have_is_refused(tmp_path: Path, element: str, code: str, told: str) -> None:
    doubling = "".join(f'<part name="p{n}"><use part="p{n + 1}"/><use part="p{n + 1}"/></part>' for n in range(40))
    chain = "".join(f'<part name="q{n}"><use part="q{n + 1}"/></part>' for n in range(500))
    end = '<part name="p40"><gap h="1"/></part><part name="q500"><gap h="1"/></part>'
    parts = f"{doubling if 'p0' in element else ''}{chain if 'q0' in element else ''}{end}"
    found, sentence = refused(design(tmp_path, element, parts=parts))
    assert (found, told in sentence) == (code, True), sentence
    assert "línea" in sentence
    assert len(sentence) < 600


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ('"a b/(" = "SourceSansPro-It"', "template-face-name"),
        ('"ñ" = "SourceSansPro-It"', "template-face-name"),
        ('"strong" = "a\\u0000.ttf"', "template-face-file"),
        ("[styles.a]\nlines = 1.5", "template-key-value"),
        ("[colours]\na = " + "9" * 5_000, "template-settings"),
    ],
)
def test_settings_that_no_pdf_can_name_are_refused(tmp_path: Path, settings: str, code: str) -> None:
    assert refused(design(tmp_path, "", faces=settings))[0] == code


@pytest.mark.parametrize("language", ["es)/X(y", "ñ", "es_AR", "a"])
def test_a_language_is_one_that_readers_know(tmp_path: Path, language: str) -> None:
    folder = design(tmp_path, "")
    path = tmp_path / "template.toml"
    path.write_text(f'language = "{language}"\n{path.read_text(encoding="utf-8")}', encoding="utf-8")
    code, sentence = refused(folder)
    assert (code, "es-AR" in sentence) == ("template-key-value", True)


@pytest.mark.parametrize("encoding", ["KOI-99", "utf-7", "shift_jis", "cp037"])
def test_an_encoding_that_nobody_reads_is_told(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "voucher.xml"
    path.write_text(f'<?xml version="1.0" encoding="{encoding}"?>{WHOLE}', encoding="ascii")
    with pytest.raises(TemplateError) as caught:
        read_markup(path)
    assert caught.value.code == "template-xml"
    assert "{" not in explain("es", caught.value)


def test_two_parts_of_one_name_are_told(tmp_path: Path) -> None:
    part = '<part name="a"><text x="5" y="5">1</text></part>'
    code, sentence = refused(design(tmp_path, "", parts=f"{part}\n{part}"))
    assert code == "template-part-twice"
    assert "línea 3" in sentence


def test_a_box_that_is_narrower_than_a_letter_holds_nothing(tmp_path: Path) -> None:
    folder = design(tmp_path, '<text x="20" y="30" w="0.5" lines="40">{{ payer.name }}</text>')
    (check,) = preflight(compile_template(look(template=folder)), [bill((obligation(), None)).voucher])
    assert [fault.code for fault in check.faults] == ["does-not-fit"]


def test_a_picture_of_too_many_dots_is_told_before_it_is_unpacked(tmp_path: Path) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    folder = design(tmp_path, '<image source="a.png" x="5" y="5" w="9" h="9"/>')
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    code, sentence = refused(folder)
    assert code == "template-image"
    assert "línea 4, columna 1" in sentence


def test_an_address_is_written_in_ascii_whatever_the_row_says(tmp_path: Path) -> None:
    folder = design(tmp_path, '<link x="5" y="5" w="50" h="20" href="https://a.b/?q=1&amp;n={{ payer.name }}"/>')
    given = bill((obligation(name="Ñu (1) \\ <a>%20"), operation()))
    with pikepdf.open(io.BytesIO(stamped(look(template=folder), given).digital)) as opened:
        (link,) = opened.pages[0].Annots
        assert str(link.A.URI) == "https://a.b/?q=1&n=%C3%91u%20(1)%20%5C%20%3Ca%3E%20"
