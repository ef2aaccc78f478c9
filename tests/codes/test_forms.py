"""A form of one's own that no code can have is said before a row fails for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from emission.codes import agreements
from emission.codes.agreements import dates
from emission.errors import UsageError
from emission.wording import explain

HEAD = 'name = "x"\ntitle = "x"\n'
GS1 = HEAD + 'symbology = "gs1-128"\n'


def fields(*each: str) -> str:
    return f"fields = [{', '.join(f'{{ {one} }}' for one in each)}]\n"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (HEAD + fields('name = "a", length = -3', 'name = "b", length = 5'), "agreement-form-length"),
        (HEAD + fields('name = "a", length = 0'), "agreement-form-length"),
        (HEAD + fields('name = "a", length = 99999999999999999999999'), "agreement-form-length"),
        (HEAD + fields('name = "a", length = 2', 'name = "a", length = 3'), "agreement-form-name"),
        (HEAD + fields('name = "\\u001b[31m", length = 2'), "agreement-form-name"),
        ('name = ""\ntitle = "x"\n', "agreement-form-name"),
        (HEAD + 'check = "clabe"\n' + fields('name = "a", length = 5'), "agreement-form-check"),
        (HEAD + 'check = "febraban-boleto"\n' + fields('name = "a", length = 45'), "agreement-form-check"),
        (HEAD + 'check = "ar-1357x2"\n' + fields('name = "a", length = 2'), "agreement-form-check"),
        (HEAD + 'check = "ar-1357"\n', "agreement-form-check"),
        (HEAD + fields('name = "a", length = 5, check = "clabe"'), "agreement-form-check"),
        (GS1 + 'check = "gs1-mod10"\n' + fields('name = "a", length = 13, ai = "415"'), "agreement-form-check"),
        (HEAD + fields('name = "a", length = 13, ai = "415"'), "agreement-form-identifier"),
        (GS1 + fields('name = "a", length = 13'), "agreement-form-identifier"),
        (GS1 + fields('name = "a", length = 13, ai = "zz"'), "agreement-form-identifier"),
        (GS1 + fields('name = "a", length = 13, ai = "41"'), "agreement-form-identifier"),
        (
            GS1 + fields('name = "a", length = 5, ai = "96"', 'name = "b", length = 5, ai = "96"'),
            "agreement-form-ident",
        ),
        (GS1 + fields('name = "a", length = 8, least = 9, ai = "96"'), "agreement-form-least"),
        (HEAD + fields('name = "a", length = 8, least = 2'), "agreement-form-least"),
        (HEAD + fields('name = "a", length = 2, fixed = "123"'), "agreement-form-fixed"),
        (HEAD + fields('name = "a", length = 2, fixed = "AB"'), "agreement-form-fixed"),
        (HEAD + fields('name = "a", length = 5, says = "date"'), "agreement-form-date"),
        (HEAD + fields('name = "a", length = 5, says = "amount", due = 0'), "agreement-form-due"),
        (HEAD + fields('name = "a", length = 5, says = "amount", due = 4'), "agreement-form-due"),
        (HEAD + 'symbology = "itf"\n' + fields('name = "a", length = 7'), "agreement-form-pairs"),
        (HEAD + 'currency = "pesos"\n', "agreement-form-currency"),
        (HEAD + 'country = "Argentina"\n', "agreement-form-country"),
    ],
)
def test_a_form_of_no_code_is_refused_with_its_file(tmp_path: Path, form: str, code: str) -> None:
    (tmp_path / "own.toml").write_text(form, encoding="utf-8")
    with pytest.raises(UsageError, match=code) as caught:
        agreements.load("own.toml", tmp_path)
    for language in ("es", "en"):
        said = explain(language, caught.value)
        assert "own.toml" in said
        assert "{" not in said


@pytest.mark.parametrize("profile", agreements.shipped().values(), ids=lambda profile: profile.name)
def test_the_forms_that_come_with_it_are_sound(profile: agreements.Profile) -> None:
    assert not list(agreements.soundness.problems(profile))


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (dt.date(2000, 7, 3), "1000"),
        (dt.date(2022, 5, 10), "8981"),
        (dt.date(2025, 2, 21), "9999"),
        (dt.date(2025, 2, 22), "1000"),
        (dt.date(2025, 2, 23), "1001"),
        (dt.date(2026, 12, 10), "1656"),
    ],
)
def test_due_factors_go_on_at_1000_after_9999(day: dt.date, factor: str) -> None:
    assert dates.written(day, "BOLETO") == factor
    assert dates.read(factor, "BOLETO", day) == day


@pytest.mark.parametrize("digits", ["0999", "99", "10000", "²²²²"])
def test_what_is_no_due_factor_is_no_day(digits: str) -> None:
    with pytest.raises(ValueError, match=digits):
        dates.read(digits, "BOLETO", dt.date(2026, 1, 1))


def test_a_day_before_the_first_factor_has_none() -> None:
    with pytest.raises(ValueError, match="2000-07-02"):
        dates.written(dt.date(2000, 7, 2), "BOLETO")
