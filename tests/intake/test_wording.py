"""Whoever made the file reads a whole sentence, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emission.errors import BatchError, ConfigurationError
from emission.wording import Language, explain, reason
from tests.intake.files import HEADER, opened, rows

FAULTY = (
    f"{HEADER},amount_2,due_date_2,payable,channel,currency,payer_id,payer_email,message\n"
    ",MU¥OZ,1e3,2026-02-30,abc,,quizas,fax,EUR,999,nada,\x01\n"
    "A,Ana,-1,2026-11-01,-2,2026-10-01,,email,USD,,,\n"
    "B,Mu\ufffdoz,1.234,2062-12-01,1,2062-12-02,no,,,,,\n"
    f"C,{'x' * 1001},1,2026-12-10,,,,,,,,\n"
    "D,\n"
    'E,"x\n'
)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_fault_has_a_sentence_with_nothing_left_open(language: Language) -> None:
    faults = [fault for row in rows(FAULTY) for fault in row.faults]
    assert len({fault.code for fault in faults}) >= 20
    for fault in faults:
        sentence = reason(language, fault)
        assert sentence != fault.code
        assert not re.search(r"\{\w+\}", sentence)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "batch",
    [
        {"columns": {"nro": "X"}}, {"columns": {"account": "X"}}, {"currency": "X"}, {"date_format": "x"},
        {"encoding": "x"}, {"delimiter": "x"}, {"delimiter": ";"}, {"tax": ""}, {"encoding": "cp850"},
    ],
)  # fmt: skip
def test_every_refusal_has_a_sentence_with_nothing_left_open(language: Language, batch: dict[str, Any]) -> None:
    content = f"{HEADER}\nA,Núñez Agüero Peñaloza,1,2026-12-10\n"
    with pytest.raises((BatchError, ConfigurationError)) as caught:
        opened(content, **batch)
    error = caught.value
    for problem in error.problems if isinstance(error, ConfigurationError) else [error]:
        assert explain(language, problem) != problem.code
        assert not re.search(r"\{\w+\}", explain(language, problem))
