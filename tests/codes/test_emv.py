from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emission.codes import emv
from emission.codes.faults import CodeError

FIELDS = (("00", "01"), ("01", "12"), ("53", "032"), ("54", "1234.56"), ("58", "AR"), ("59", "Peña"), ("60", "Azul"))
TAGS = st.integers(2, 99).filter(lambda tag: tag != 63).map("{:02d}".format)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=99)


@given(st.lists(st.tuples(TAGS, VALUES), unique_by=lambda field: field[0], max_size=12))
def test_fields_come_back_as_they_were_composed(fields: list[tuple[str, str]]) -> None:
    whole = [("00", "01"), *fields]
    *back, crc = emv.parse(emv.compose(whole))
    assert back == whole
    assert crc[0] == "63"


@given(st.data())
def test_any_one_character_changed_is_noticed(data: st.DataObject) -> None:
    text = emv.compose(FIELDS)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    assume(other != text[at])
    with pytest.raises(CodeError):
        emv.parse(text[:at] + other + text[at + 1 :])


@given(st.integers(0, 200))
def test_a_text_cut_short_is_noticed(length: int) -> None:
    text = emv.compose(FIELDS)
    assume(length < len(text))
    with pytest.raises(CodeError):
        emv.parse(text[:length])


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "emv-frame", None),
        ("000201", "emv-frame", None),
        ("00020153033", "emv-field", "7"),
        ("000201530A032", "emv-field", "7"),
        ("00020153\u0660\u0663032", "emv-field", "7"),
        ("0002015300", "emv-field", "7"),
        ("000201000201", "emv-field", "7"),
    ],
)
def test_damage_is_located(text: str, code: str, position: str | None) -> None:
    with pytest.raises(CodeError) as caught:
        emv.parse(text)
    assert caught.value.fault.code == code
    assert caught.value.fault.params.get("position") == position


def test_a_value_too_long_for_its_length_is_refused() -> None:
    with pytest.raises(CodeError, match="emv-too-long"):
        emv.compose([("00", "01"), ("62", "x" * 100)])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (emv.compose(FIELDS), "emv"),
        ("1" + emv.compose(FIELDS)[1:], "emv"),
        ("0002", "emv"),
        ("https://mpago.la/pos/123", "url"),
        ("HTTP://example.org", "url"),
        ("0" * 300, "other"),
        ("hola", "other"),
        ("", "other"),
    ],
)
def test_classes_of_texts(text: str, kind: str) -> None:
    assert emv.classify(text) == kind
