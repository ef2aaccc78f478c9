"""Where our time goes, and below what no engine could go: what it takes to deflate and to write the same bytes.

The processor's own time is sampled, by the innermost function that says what it is for, so that neither other
processes nor the looking itself weigh; a profiler that counts calls would make small functions look slow.
"""

from __future__ import annotations

import io
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import msgspec
import pikepdf

from bench.page import Contested, Drawn
from bench.rendering import ours
from emission import store
from emission.model import Channel
from emission.render.pdf import compressed

SECONDS_A_SAMPLE = 0.001
DEFLATE, WRITE, REST = "deflate", "write", "pages, tags, metadata"
# From the inside out, the first that fits a frame: a part of its file's path, its function ("" is any), what it is for.
_KINDS = (
    ("render/pdf.py", "compressed", DEFLATE),
    ("emission/store.py", "", WRITE),
    ("emission/codes/", "", "codes"),
    ("render/symbols.py", "", "codes"),
    ("/jinja2/", "", "values"),
    ("<template>", "", "values"),
    ("render/fields.py", "", "values"),
    ("render/filters.py", "", "values"),
    ("render/number_words.py", "", "values"),
    ("emission/money.py", "", "values"),
    ("render/nodes.py", "", "text"),
    ("render/paragraph.py", "", "text"),
    ("render/table.py", "", "text"),
    ("render/fitting.py", "", "text"),
    ("render/layout.py", "", "text"),
    ("render/program.py", "", "text"),
    ("render/faces.py", "", "text"),
    ("render/operators.py", "", "text"),
    ("render/continuing.py", "", "text"),
    ("render/plates.py", "", "text"),
    ("render/presswork.py", "", "text"),
    ("render/slots.py", "", "text"),
    ("render/subsets.py", "", "fonts"),
    ("render/cff.py", "", "fonts"),
    ("render/charstrings.py", "", "fonts"),
    ("render/blocks.py", "", "fonts"),
    ("render/fonts.py", "", "fonts"),
    ("emission/render/", "", REST),
)


class Spending(msgspec.Struct, frozen=True):
    """Milliseconds of processor for a file: in all, by what for, and of that floor."""

    milliseconds: float
    by_kind: dict[str, float]
    floor: dict[str, float]


def spending(contested: Contested, folder: Path) -> Spending:
    """Of one file a voucher, checked, drawn and written."""
    folder.mkdir()
    ours(contested, Channel.DIGITAL, contested.drawn)
    began = time.process_time()
    with _sampled() as samples:
        made = _written(contested, contested.drawn, folder)
    milliseconds = (time.process_time() - began) * 1000 / len(made)
    total = sum(samples.values()) or 1
    by_kind = {kind: round(milliseconds * count / total, 3) for kind, count in samples.most_common()}
    return Spending(round(milliseconds, 3), by_kind, _floor(made, folder))


def _written(contested: Contested, drawn: Sequence[Drawn], folder: Path) -> list[bytes]:
    """As a worker does: by chunks, each file put in its place whole."""
    made: list[bytes] = []
    for start in range(0, len(drawn), 100):
        for stamped in ours(contested, Channel.DIGITAL, drawn[start : start + 100]):
            store.write(folder / f"{len(made)}.pdf", stamped.digital)
            made.append(stamped.digital)
    return made


def _floor(files: Sequence[bytes], folder: Path) -> dict[str, float]:
    """Milliseconds a file to deflate all that differs from file to file, and to write the file."""
    contents = [_own(file) for file in files]
    began = time.process_time()
    for streams in contents:
        for content in streams:
            compressed(content)
    deflated = time.process_time()
    for number, file in enumerate(files):
        store.write(folder / f"again-{number}.pdf", file)
    ended = time.process_time()
    deflate, write = ((end - start) * 1000 / len(files) for start, end in ((began, deflated), (deflated, ended)))
    return {DEFLATE: round(deflate, 3), WRITE: round(write, 3)}


def _own(file: bytes) -> list[bytes]:
    """What a file deflates anew for itself: its pages' content and its metadata; fonts and pictures are made once."""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        contents = [page.obj["/Contents"] for page in pdf.pages]
        parts = [part for found in contents for part in (found if isinstance(found, pikepdf.Array) else [found])]
        return [part.read_bytes() for part in parts] + [pdf.Root.Metadata.read_bytes()]


@contextmanager
def _sampled() -> Iterator[Counter[str]]:
    """Counts, for every millisecond of processor that the block takes, what it was for."""
    counts: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        counts[_kind(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_SAMPLE, SECONDS_A_SAMPLE)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _kind(frame: FrameType | None) -> str:
    while frame is not None:
        code = frame.f_code
        for path, function, kind in _KINDS:
            if path in code.co_filename and function in ("", code.co_name):
                return kind
        frame = frame.f_back
    return REST
