"""The image of a batch: what its sound rows come to, and how it reaches the disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emission.ledger import Ledger, staging
from emission.ledger.staging import Staged, Sums

RUN = 1


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "emission.db")) as opened:
        yield opened


class Drawn(msgspec.Struct, frozen=True):
    """A voucher to be: whether it is printed, its pages, and its rows (amount, payable, faulty)."""

    printed: bool
    pages: int
    rows: list[tuple[int, bool, bool]]


VOUCHERS = st.lists(
    st.builds(
        Drawn,
        printed=st.booleans(),
        pages=st.integers(1, 3),
        rows=st.lists(st.tuples(st.integers(0, 10**9), st.booleans(), st.booleans()), min_size=1, max_size=3),
    ),
    max_size=6,
)


def staged(vouchers: list[Drawn]) -> Iterator[Staged]:
    position = 0
    for voucher in vouchers:
        bundle = position + 1
        for amount, payable, faulty in voucher.rows:
            position += 1
            yield Staged(
                position=position,
                row=position,
                obligation_id=f"A-{position}",
                voucher_id=f"V-{bundle}",
                bundle=bundle,
                amount=amount,
                content=b"",
                parsed=b"",
                record=None if faulty else b"",
                faulty=faulty,
                payable=payable,
                printed=voucher.printed,
                pages=voucher.pages,
            )


@settings(deadline=None)
@given(VOUCHERS)
def test_sums_are_those_of_the_sound_rows_voucher_by_voucher(vouchers: list[Drawn]) -> None:
    rows = list(staged(vouchers))
    with closing(Ledger(None)) as ledger:
        staging.add(ledger, RUN, rows)
        staging.add(ledger, RUN + 1, [msgspec.structs.replace(row, faulty=False) for row in rows])
        found = staging.sums(ledger, RUN)
    whole: dict[int, list[Staged]] = defaultdict(list)
    for row in rows:
        if not row.faulty:
            whole[row.bundle].append(row)
    sound = [row for group in whole.values() for row in group]
    assert found == Sums(
        vouchers=len(whole),
        obligations=len(sound),
        payable=sum(bool(row.payable) for row in sound),
        printed_pages=sum(group[0].pages for group in whole.values() if group[0].printed),
        amount=sum(row.amount or 0 for row in sound),
    )


def test_a_draft_waits_for_no_disk_and_what_follows_it_does(ledger: Ledger) -> None:
    def waits() -> int:
        with ledger.transaction() as connection:
            return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    normal, full = 1, 2
    rows = list(staged([Drawn(printed=False, pages=1, rows=[(1, True, False)])]))
    with suppress(KeyError), ledger.draft():
        staging.add(ledger, RUN, rows)
        assert waits() == normal
        raise KeyError
    assert waits() == full
    assert staging.tally(ledger, RUN).rows == 1
