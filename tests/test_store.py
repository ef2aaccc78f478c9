"""Files are there whole or not at all, however many write the same one at once."""

from __future__ import annotations

import threading
from pathlib import Path

from emission import store


def test_two_threads_that_write_one_file_leave_one_of_both_whole(tmp_path: Path) -> None:
    path, inside = tmp_path / "a" / "b.csv", threading.Barrier(2)

    def write(content: bytes) -> None:
        with store.writing(path) as stream:
            stream.write(content[:10])
            inside.wait(10)
            stream.write(content[10:])

    contents = (b"1" * 100, b"2" * 200)
    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    for one in writers:
        one.start()
    for one in writers:
        one.join(10)
    assert path.read_bytes() in contents
    assert [found.name for found in path.parent.iterdir()] == ["b.csv"]
