"""Digital files are PDF/A-2u and PDF/UA-1, whatever the template and whatever the voucher."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from tests.conformance.cases import LETTERHEADS
from tests.conformance.judging import Verdict
from tests.render.pages import problems


def test_the_judge_finds_nothing_against_any_file(verdicts: dict[tuple[str, str], Verdict]) -> None:
    assert {case: verdict.failed for case, verdict in verdicts.items() if verdict.failed} == {}
    # A judge that looks at nothing finds nothing.
    assert min(verdict.checked for verdict in verdicts.values()) > 100


def test_qpdf_finds_nothing_wrong_with_any_file(made: dict[str, bytes]) -> None:
    assert {name: found for name, pdf in made.items() if (found := problems(pdf))} == {}


def test_a_letterhead_that_might_not_conform_is_a_picture(made: dict[str, bytes]) -> None:
    pictured = []
    for kind in LETTERHEADS:
        with pikepdf.open(io.BytesIO(made[f"letterhead: {kind}"])) as opened:
            shown: Any = opened.pages[0].resources["/XObject"]["/G0"].Resources.get("/XObject", {})
            pictured += [kind] if "/I" in shown else []
    assert pictured == ["CMYK", "words", "layers", "soft mask"]
