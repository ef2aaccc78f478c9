from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from emission.guard import guard
from tests.intake.files import HEADER, accepted, opened


def test_a_corrected_rejected_file_reads_as_the_batch_it_came_from() -> None:
    reader = opened(
        f"{HEADER},ZONA,row,fields,reasons\n'=cmd(),Ana,1.00,2026-12-10,-5,17,amount,está mal\n"
        "NUEVA,Ana,1.00,2026-12-10,,,,\n",
    )
    assert reader.is_correction
    assert reader.header == (*HEADER.split(","), "ZONA")
    corrected, new = reader
    assert (corrected.row, corrected.corrects, corrected.obligation_id) == (1, 17, "=cmd()")
    assert corrected.original == ("=cmd()", "Ana", "1.00", "2026-12-10", "-5")
    assert accepted(corrected).extra == {"ZONA": "-5"}
    assert new.corrects is None
    assert accepted(new)


def test_its_delimiter_and_encoding_are_its_own() -> None:
    content = f"{HEADER},row,fields,reasons\nA,Núñez,1.00,2026-12-10,3,x,y\n"
    [row] = opened(content, "utf-8-sig", delimiter=";", encoding="latin-1")
    assert accepted(row).payer.name == "Núñez"


def test_an_apostrophe_of_the_office_itself_stays() -> None:
    [row] = opened(f"{HEADER}\n'=1,Ana,1.00,2026-12-10\n")
    assert row.obligation_id == "'=1"
    assert row.corrects is None


@given(st.text(st.sampled_from("'=+-@aé 1"), min_size=1, max_size=8))
def test_reading_back_is_the_exact_inverse_of_the_guard(cell: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([*HEADER.split(","), "ZONA", "row", "fields", "reasons"])
    writer.writerow(["A", "Ana", "1.00", "2026-12-10", guard(cell), "1", "", ""])
    [row] = opened(file.getvalue())
    assert row.original[-1] == cell
