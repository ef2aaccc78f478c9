from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission.errors import BatchError
from emission.intake import open_batch
from tests.intake.files import HEADER, ISSUE_DATE, accepted, codes, opened, rows, settings

ROW = "{},Ana Paz,1.00,2026-12-10"


def _rows(*identifiers: str, end: str = "\n") -> str:
    return HEADER + end + end.join(ROW.format(identifier) for identifier in identifiers) + end


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    header = delimiter.join((*HEADER.split(","), "message", "concept"))
    message, concept = ("a;b,c|d\te".replace(delimiter, " "), f'"uno{delimiter}dos"')
    fields = delimiter.join(("A", "Ana", "1.00", "2026-12-10", message, concept))
    reader = opened(f"{header}\n{fields}\n")
    [row] = reader
    assert (reader.dialect.delimiter, reader.dialect.delimiter_declared) == (delimiter, False)
    # A tab within a text becomes a space.
    assert accepted(row).concept == f"uno{delimiter}dos".replace("\t", " ")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end: str, mark: str) -> None:
    found = rows(mark + _rows("A", "B", end=end))
    assert [(row.obligation_id, row.row, row.line) for row in found] == [("A", 1, 2), ("B", 2, 3)]
    assert all(row.obligation for row in found)


def test_lines_of_separators_alone_are_no_rows() -> None:
    found = rows(f"{HEADER}\n{ROW.format('A')}\n{',' * HEADER.count(',')}\n , ,\n")
    assert [row.obligation_id for row in found] == ["A"]


def test_blank_lines_are_skipped_and_rows_keep_their_lines() -> None:
    found = rows(f"\n{HEADER}\n\n{ROW.format('A')}\n   \n\n{ROW.format('B')}\n\n\x1a")
    assert [(row.obligation_id, row.row, row.line) for row in found] == [("A", 1, 4), ("B", 2, 7)]


def test_a_quoted_text_may_run_over_lines() -> None:
    found = rows(f'{HEADER},message\n{ROW.format("A")},"uno\r\ndos ""y"" tres"\n{ROW.format("B")},\n')
    assert accepted(found[0]).message == 'uno dos "y" tres'
    assert found[0].original[-1] == 'uno\r\ndos "y" tres'
    assert (found[1].row, found[1].line) == (2, 4)


def test_a_quote_left_open_costs_its_row_and_no_other() -> None:
    lines = [ROW.format(f"R{i}") for i in range(200)]
    lines[3] = 'R3,"Ana Paz,1.00,2026-12-10'
    lines[120] = 'R120,"Ana "La Flaca" Paz",1.00,2026-12-10'
    reader = opened("\n".join([HEADER, *lines]) + "\n")
    found = list(reader)
    assert len(found) == 200
    assert [(row.obligation_id, codes(row)) for row in found if row.faults] == [
        ("R3", ["quote-unbalanced"]),
        ("R120", ["quote-unbalanced"]),
    ]
    assert found[3].faults[0].params["line"] == "5"
    assert reader.cut_short is None


def test_rows_between_two_stray_quotes_are_not_taken_for_a_text() -> None:
    rest = [f"{ROW.format(identifier)},hola" for identifier in "BC"]
    found = rows("\n".join([f"{HEADER},message", f'{ROW.format("A")},"hola', *rest, f'{ROW.format("D")},chau"']) + "\n")
    assert [(row.obligation_id, codes(row)) for row in found] == [
        ("A", ["quote-unbalanced"]), ("B", []), ("C", []), ("D", []),
    ]  # fmt: skip


@given(st.lists(st.text(st.sampled_from('",\nA1é'), max_size=12), max_size=8))
def test_whatever_stands_between_two_rows_neither_is_lost(rubbish: list[str]) -> None:
    found = rows("\n".join([HEADER, ROW.format("FIRST"), *rubbish, ROW.format("LAST")]) + "\n")
    assert (found[0].obligation_id, found[-1].obligation_id) == ("FIRST", "LAST")
    assert accepted(found[-1])
    assert [row.row for row in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("fields", ["B,Ana,1.00", "B,Ana,1.00,2026-12-10,more", "B,Ana;1.00;2026-12-10"])
def test_a_row_with_another_number_of_fields_is_rejected_and_shown(fields: str) -> None:
    reader = opened(f"{_rows('A')}{fields}\n{ROW.format('C')}\n")
    found = list(reader)
    assert [codes(row) for row in found] == [[], ["columns-count"], []]
    assert ",".join(found[1].original) == fields
    assert (found[1].obligation_id, found[1].amount) == ("B", None)
    assert reader.cut_short is None


@pytest.mark.parametrize("tail", ["B,Ana,1.0", "B", 'B,"Ana', 'B,Ana,1.00,2026-12-10,"x\nC,"An'])
def test_a_file_cut_short_is_noticed(tail: str) -> None:
    reader = opened(_rows("A") + tail)
    assert reader.cut_short is None
    found = list(reader)
    assert reader.cut_short is not None
    assert reader.cut_short.code == "file-cut-short"
    assert reader.cut_short.params["line"] == str(found[-1].line)


def test_a_file_without_a_last_line_end_is_whole() -> None:
    reader = opened(_rows("A", "B").rstrip("\n"))
    assert all(row.obligation for row in reader)
    assert reader.cut_short is None


def test_looking_for_the_delimiter_leaves_no_trace() -> None:
    reader = opened(f'{HEADER},message\n{ROW.format("A")},"uno; ""dos"""\n'.replace(",", ";").replace("uno;", "uno,"))
    assert [codes(row) for row in reader] == [[]]
    assert reader.cut_short is None


def test_an_endless_line_is_a_fault_and_not_a_crash() -> None:
    found = rows(f"{_rows('A')}B,{'x' * 300_000},1.00,2026-12-10\n{ROW.format('C')}\n")
    assert [codes(row) for row in found] == [[], ["line-too-long"], []]
    assert [row.line for row in found] == [2, 3, 4]
    assert len(found[1].faults[0].value) <= 200


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "batch-empty"),
        (b"\n\n", "batch-empty"),
        (b"PK\x03\x04 a workbook", "batch-no-text"),
        (b"A,Ana,1.00,2026-12-10\n", "header-missing"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(BatchError) as caught:
        opened(content)
    assert caught.value.code == code
    assert caught.value.exit_code == 2


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "nada.csv", "batch-missing"), (tmp_path, "batch-unreadable")):
        with pytest.raises(BatchError) as caught:
            open_batch(path, settings(), issue_date=ISSUE_DATE)
        assert caught.value.code == code


def test_a_wrong_delimiter_or_decimal_mark_of_the_whole_file_is_said_at_once() -> None:
    with pytest.raises(BatchError) as caught:
        opened(_rows("A"), delimiter=";")
    assert (caught.value.code, caught.value.params["likely"]) == ("batch-delimiter", ",")
    amounts = "".join(f'{i},Ana,"{i}.000,50",2026-12-10\n' for i in range(1, 5))
    with pytest.raises(BatchError) as caught:
        opened(f"{HEADER}\n{amounts}")
    assert (caught.value.code, caught.value.params["likely"]) == ("batch-decimal", ",")
    assert len(rows(f"{HEADER}\n{amounts}", decimal=",")) == 4


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for count in (500, 5_000):
        reader = opened(_rows(*map(str, range(count))))
        tracemalloc.start()
        assert sum(row.obligation is not None for row in reader) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "latin-1", "cp1252", "cp850", "cp437", "utf-16"]))
def test_whatever_the_bytes_they_are_rows_or_a_refusal(content: bytes, encoding: str) -> None:
    for start in (b"", f"{HEADER}\n".encode(), _rows("A").encode()):
        try:
            found = rows(start + content, encoding=encoding)
        except BatchError:
            continue
        assert [row.row for row in found] == list(range(1, len(found) + 1))
        assert all(row.faults or row.obligation for row in found)
