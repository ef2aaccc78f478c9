"""Each provider's sandbox is a room of its own, with a memory of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from emission.errors import UsageError
from emission.sandbox.memory import Kept, Memory
from emission.sandbox.rooms import ROOMS, open_room
from emission.sandbox.serve import serve


def test_an_unknown_provider_is_a_plain_error_that_names_those_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        serve("epago", 0, None)
    assert caught.value.code == "sandbox-unknown"
    assert set(caught.value.params["known"].split(", ")) == set(ROOMS)


@pytest.mark.parametrize("provider", ROOMS)
def test_a_memory_that_is_anothers_is_refused_and_left_as_it_is(tmp_path: Path, provider: str) -> None:
    path = tmp_path / "sandbox.db"
    other = Memory(path, "somebody", Kept)
    other.keep([(0, Kept("A", "1"))])
    other.close()
    with pytest.raises(UsageError) as caught:
        open_room(provider, path)
    assert caught.value.code == "sandbox-state-of-another"
    with closing(Memory(path, "somebody", Kept)) as memory:
        assert memory.under("A") == [Kept("A", "1")]


def test_an_operation_is_found_and_changed_by_its_number_be_it_text_or_not() -> None:
    with closing(Memory(None, "somebody", Kept)) as memory:
        memory.keep([(0, Kept("A", 7)), (0, Kept("B", "7"))])
        memory.change(msgspec.structs.replace(Kept("B", "7"), external_id="C"))
        assert (memory.of(7), memory.of("7"), memory.of(8)) == (Kept("A", 7), Kept("C", "7"), None)
