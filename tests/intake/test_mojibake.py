from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.errors import BatchError
from emission.intake import mojibake
from tests.intake.files import HEADER, accepted, codes, opened, rows

SPANISH = ("MUÑOZ", "AGÜERO", "NUÑEZ", "PEÑALOZA", "CASTAÑEDA", "IBAÑEZ", "Ñandubay")
# The letters beyond ASCII of alphabets whose names stand in our registers (CLDR exemplars).
ALPHABETS = {
    "es": "áéíóúüñ", "pt": "àáâãçéêíóôõú", "fr": "àâæçèéêëîïôœùûüÿ", "it": "àèéìòù", "de": "äöüß", "ca": "àçèéíïòóúü",
    "pl": "ąćęłńóśźż", "tr": "çğıöşü", "hr": "čćđšž", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž",
    "ro": "ăâîșț", "hu": "áéíóöőúüű", "sv": "åäö", "et": "äõöüšž", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž",
    "is": "áðéíóúýþæö", "cy": "âêîôûŵŷ", "vi": "ăâđêôơưáàảãạ",
}  # fmt: skip
BASES = {"is": "abdefghijklmnoprstuvxy", "hr": "abcdefghijklmnoprstuvz"}


@pytest.mark.parametrize(
    ("text", "read_as", "likely", "meant"),
    [
        ("MU¥OZ", "cp1252", "cp850", "MUÑOZ"),
        ("AGšERO", "cp1252", "cp850", "AGÜERO"),
        ("AG\x9aERO", "latin-1", "cp850", "AGÜERO"),
        ("JOS\x90", "latin-1", "cp850", "JOSÉ"),
        ("Garc¡a", "cp1252", "cp850", "García"),
        ("MUÃ\u2018OZ", "cp1252", "utf-8", "MUÑOZ"),
        ("MUÃ\x91OZ", "latin-1", "utf-8", "MUÑOZ"),
        ("NuÃ±ez", "cp1252", "utf-8", "Nuñez"),
        ("RAÃšL", "cp1252", "utf-8", "RAÚL"),
        ("├æandubay", "cp850", "utf-8", "Ñandubay"),
        ("MUÐOZ", "cp850", "cp1252", "MUÑOZ"),
        ("P╔REZ", "cp850", "cp1252", "PÉREZ"),
        ("D\x92Angelo", "latin-1", "cp1252", "D\u2019Angelo"),
    ],
)
def test_the_marks_of_a_wrong_page_name_the_page_that_mends_them(
    text: str, read_as: str, likely: str, meant: str
) -> None:
    found = mojibake.find(f"calle {text} 123")
    assert found is not None
    assert (found.read_as, found.likely, found.meant) == (read_as, likely, meant)


@pytest.mark.parametrize("text", ["NU±EZ", "PI┴ERO", "L¾pez", "MarÝa", "Jos‚", "LàPEZ", "HERNµNDEZ", "Le\x9fn"])  # noqa: RUF001  what a wrong page shows
def test_other_marks_are_refused_too(text: str) -> None:
    assert mojibake.find(text) is not None


@pytest.mark.parametrize("name", SPANISH)
@pytest.mark.parametrize(
    ("written", "read"), [("utf-8", "cp1252"), ("utf-8", "latin-1"), ("utf-8", "cp850"), ("utf-8", "cp437")]
)
def test_utf8_read_as_anything_else_is_always_seen(name: str, written: str, read: str) -> None:
    garbled = name.encode(written).decode(read, "replace")
    found = mojibake.find(garbled)
    assert "\ufffd" in garbled or (found is not None and found.likely == "utf-8" and found.meant == name)


@pytest.mark.parametrize(
    "name",
    [
        "Şahin", "Łukasz", "São", "Ðorđević", "Müller", "Škoda", "GUÐRÚN", "HEIÐA", "MÍŠEK", "TOMÁŠ", "JOÃO",
        "Œuvre", "Strauß", "Gal·la", "D\u2019Angelo", "Nº 5", "MUñOZ", "GARCíA", "¿Quién?", "300 m³", "20 °C", "½",
        "«IRMû", "IRMÃ DULCE", "Nguyễn Văn", "Þórður", "Čapek", "Åström", "U$S 5 \u2013 10", "€ 20",
    ],
)  # fmt: skip
def test_a_foreign_name_is_simply_a_name(name: str) -> None:
    assert mojibake.find(name) is None
    [row] = rows(f"{HEADER}\nA,{name},1,2026-12-10\n")
    assert accepted(row).payer.name == name


@given(data=st.data(), language=st.sampled_from(sorted(ALPHABETS)))
def test_no_word_of_a_real_alphabet_is_an_alarm(data: st.DataObject, language: str) -> None:
    letters = BASES.get(language, "abcdefghijklmnopqrstuvwxyz") + ALPHABETS[language] * 3
    word = data.draw(st.text(st.sampled_from(letters), min_size=2, max_size=12))
    for form in (word, word.title(), word.upper()):
        assert mojibake.find(form) is None, form


def test_a_garbled_name_costs_its_row_and_no_other() -> None:
    found = rows(f"{HEADER}\nA,MU¥OZ,1,2026-12-10\nB,Ñandubay,1,2026-12-10\nC,MUÃ\u2018OZ,1,2026-12-10\n")
    assert [codes(row) for row in found] == [["code-page"], [], ["code-page"]]
    assert found[0].faults[0].params["likely"] == "cp850"
    assert found[0].payer_name == "MU¥OZ"


def _batch(names: tuple[str, ...]) -> str:
    return f"{HEADER}\n" + "".join(f"{name}-{i},{name},1,2026-12-10\n" for i, name in enumerate(names))


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("cp850", "latin-1"), ("cp850", "cp1252"), ("cp437", "cp1252"), ("utf-8", "latin-1"), ("utf-8", "cp850"),
        ("cp1252", "cp850"), ("cp1252", "cp437"),
    ],
)  # fmt: skip
def test_a_file_declared_wrongly_as_a_whole_is_refused_with_the_right_page(written: str, declared: str) -> None:
    with pytest.raises(BatchError) as caught:
        opened(_batch(SPANISH), written, encoding=declared)
    assert caught.value.code == "batch-code-page"
    assert caught.value.params["likely"].replace("437", "850") == written.replace("437", "850")


@pytest.mark.parametrize("encoding", ["latin-1", "cp850"])
@pytest.mark.parametrize("name", SPANISH)
def test_one_name_is_enough_to_tell_the_page(encoding: str, name: str) -> None:
    reader = opened(_batch((name,)), encoding)
    [row] = reader
    assert accepted(row).payer.name == name
    assert not reader.dialect.encoding_declared


@pytest.mark.parametrize("declared", ["utf-8", ""])
def test_a_byte_that_does_not_decode_is_named_with_its_line(declared: str) -> None:
    content = _batch(SPANISH).encode() + b"X,Mu\xf1oz,1,2026-12-10\n"
    with pytest.raises(BatchError) as caught:
        opened(content, encoding=declared)
    assert caught.value.code == "batch-undecodable"
    assert (caught.value.params["line"], caught.value.params["byte"]) == ("9", "F1")


def test_whatever_bears_a_mark_is_held_against_the_marks() -> None:
    """Texts of letters that are in no mark are let by at once: none of them may bear one, among whatever neighbours."""
    passing = [char for char in map(chr, range(0x20, 0x2600)) if not mojibake.SUSPECT.search(char)]
    around = [("", ""), ("A", "A"), ("a", "a"), ("e", "o"), ("C", "E")]
    texts = [f"{before}{char}{after}" for char in passing for before, after in around]
    assert not [text for text in texts if any(marks.search(text) for marks, _ in mojibake.MISTAKES)]
