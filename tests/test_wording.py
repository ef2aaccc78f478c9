"""Every sentence exists in both languages and asks for the same facts."""

from __future__ import annotations

import string

import pytest

from emission.model import Fault
from emission.wording import catalogue, reason


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_both_languages_say_the_same(code: str) -> None:
    texts = catalogue()[code]
    assert set(texts) == {"es", "en"}
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts.values()]
    assert fields[0] == fields[1]
    assert all(text.strip() == text and text for text in texts.values())


def test_values_are_shown_and_cut() -> None:
    assert "answer-late" not in reason("es", Fault("outcome-unknown", params={"cause": "answer-late"}))
    assert "aaa" in reason("es", Fault("voucher-returns", "voucher_id", "a" * 500))
    assert len(reason("es", Fault("voucher-returns", "voucher_id", "a" * 500))) < 300


def test_a_fault_without_sentence_shows_its_code() -> None:
    assert reason("en", Fault("never-written")) == "never-written"
