"""``python -m tests.conformance.many --count 300``: random vouchers of every design before every judge that there is.

A voucher is refused before anybody is asked for codes (told by its reason), or it is drawn, and then
veraPDF finds it PDF/A-2u and PDF/UA-1, qpdf finds nothing wrong, and two readers that share no code
find its words in the order in which the file's tags say them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from emission import money
from emission.batched import batched
from emission.inspect.tags import tags
from emission.model import Bill, Fault, Role
from emission.render import preflight, stamp, template_for
from tests.conformance.judging import judged
from tests.conformance.vouchers import vouchers
from tests.render.bills import look
from tests.render.pages import text_of
from tests.render.test_designs import DESIGNS, TEMPLATES

# Files for one start of Java; their paths make its command.
PILE = 500


class Drawn(msgspec.Struct, frozen=True):
    """A voucher that was drawn."""

    bill: Bill
    pdf: bytes


def drawn(count: int, seed: int, designs: Sequence[str] = DESIGNS) -> tuple[dict[str, Drawn], Counter[str]]:
    """Those of ``count`` vouchers that were drawn, by their names, and those that were not, by why."""
    made: dict[str, Drawn] = {}
    refused: Counter[str] = Counter()
    for name, design, bill in vouchers(tuple(designs), count, seed):
        pdf = _drawn(design, bill)
        if isinstance(pdf, bytes):
            made[name] = Drawn(bill, pdf)
        else:
            refused[pdf] += 1
    return made, refused


def _drawn(design: str, given: Bill) -> bytes | str:
    """The file, or why there is none; what passed preflight is drawn, or that is a fault of ours."""
    template = template_for(look(template=str(TEMPLATES / design)))
    (check,) = preflight(template, [given.voucher])
    if check.faults:
        return check.faults[0].code
    (made,) = stamp(template, [given])
    if isinstance(made, Fault):
        # A code may be too wide for its place: only the provider's answer tells.
        return f"{made.code}, once its codes were there"
    assert made.pages == check.pages
    return made.digital


def misread(path: Path, one: Drawn) -> Iterator[str]:
    """What qpdf and the readers of text have to say against a file, which is written to ``path``."""
    path.write_bytes(one.pdf)
    checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
    if checked.returncode:
        yield f"qpdf: {checked.stdout}{checked.stderr}"
    told = tags(path)
    spoken = _words(" ".join(tag.text for tag in told))
    said = " ".join(_words(" ".join(f"{tag.text} {tag.alt}" for tag in told)))
    for value in _values(one.bill):
        if "".join(_words(value)) not in said.replace(" ", ""):
            yield f"nobody is told {value!r}"
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"]
    poppler = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for reader, text in (("poppler", poppler), ("PDFium", text_of(one.pdf))):
        if lost := _first_lost(spoken, _words(text)):
            yield f"{reader} does not find {lost!r} where the tags have it"


def _values(given: Bill) -> Iterator[str]:
    """What every design says."""
    yield given.voucher.payer.name
    for one, operation in zip(given.voucher.obligations, given.operations, strict=True):
        # Beside others to be paid one that is not may say so instead of its amount.
        if one.payable:
            yield money.local(one.amount, one.currency)
        # Digits stand in groups; one code of each kind is said, whichever a design shows.
        if operation is not None and operation.text(Role.BARCODE):
            yield operation.text(Role.BARCODE)


def _words(text: str) -> list[str]:
    """Characters that are put together of others compare alike; so do words that a reader breaks at other places."""
    return unicodedata.normalize("NFKC", text.replace("\u00ad", "")).split()


def _first_lost(spoken: Sequence[str], read: Sequence[str]) -> str:
    """The first of the characters spoken that do not come in that order among those read; artifacts stand between."""
    text, at = "".join(read), 0
    for word in spoken:
        found = text.find(word, at)
        if found < 0:
            return word
        at = found + len(word)
    return ""


def main() -> None:
    """Tells what came of it; exit code 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.many", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--design", action="append", choices=DESIGNS, help="only this one; several are allowed")
    arguments = parser.parse_args()
    made, refused = drawn(arguments.count, arguments.seed, arguments.design or DESIGNS)
    with tempfile.TemporaryDirectory() as folder:
        wrong = {name: list(misread(Path(folder) / "file.pdf", one)) for name, one in made.items()}
        for pile in batched(made.items(), PILE):
            for (name, standard), verdict in judged(Path(folder), {name: one.pdf for name, one in pile}).items():
                wrong[name] += [f"{standard}: {failed}" for failed in verdict.failed]
                wrong[name] += [] if verdict.checked else [f"{standard}: nothing was looked at"]
    wrong = {name: found for name, found in wrong.items() if found}
    print(f"{len(made)} drawn, {refused.total()} refused, {len(wrong)} wrong")  # noqa: T201
    for reason, times in refused.most_common():
        print(f"  refused {times:>4}  {reason}")  # noqa: T201
    for name, found in wrong.items():
        print(name, *found, sep="\n    ")  # noqa: T201
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
