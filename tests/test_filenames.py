"""Any text is an id; every file system takes its name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.filenames import distinct_name, safe_name

ids = st.text(min_size=1, max_size=200)


@given(ids)
def test_names_are_plain_short_and_stay_in_their_folder(text: str) -> None:
    for name in (safe_name(text), distinct_name(text)):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name)
        assert len(name) <= 80
        assert not name.endswith(".")


@given(ids, ids)
def test_different_ids_have_different_distinct_names(one: str, other: str) -> None:
    assert (distinct_name(one).casefold() == distinct_name(other).casefold()) == (one == other)


@pytest.mark.parametrize("text", ["TSG-000123", "2026_12.a", "a"])
def test_plain_ids_keep_their_name(text: str) -> None:
    assert safe_name(text) == text


@pytest.mark.parametrize(
    "text", ["CON", "nul.txt", "../../x", "a/b", "a\\b", ".", "..", "x.", "=cmd()", "ñ", " a", "x" * 90]
)
def test_dangerous_ids_do_not(text: str) -> None:
    assert safe_name(text) != text
    assert safe_name(text).split(".")[0].lower() not in ("con", "nul")
