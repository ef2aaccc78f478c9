"""Tables that are made from the code say what the code says."""

import re

import pytest

from tests.docs.pages import text
from tests.docs.tables import STOPS, TABLES, sentences, with_tables


@pytest.mark.parametrize("page", TABLES)
def test_the_tables_are_those_of_the_code(page: str) -> None:
    written = text(page)
    assert with_tables(written, TABLES[page]) == written, "run: python -m tests.docs.tables"


def test_every_reason_code_stands_in_the_clerks_page_with_its_spanish_sentence() -> None:
    written = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", text("docs/clerk.md"), flags=re.MULTILINE))
    for code, sentence in sentences().items():
        assert written[code].replace("&lt;", "<") == sentence


def test_what_stops_a_command_is_told_apart_from_what_rejects_a_row() -> None:
    for code in ("missing", "code-page", "control-character", "provider-refused", "template-failed", "qr-missing"):
        assert not STOPS.fullmatch(code)
    for code in ("batch-missing", "control-rows", "credentials-missing", "ledger-newer", "template-xml", "key-wrong"):
        assert STOPS.fullmatch(code)
