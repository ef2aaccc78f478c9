"""Files as they should be, in qpdf's normal form: ``python -m tests.conformance.golden`` writes them anew.

Look at a new one by eye before it is kept. What is no text (fonts, colours) is there as its hash, what follows from
every byte of a template (its fingerprint, /ID) not at all.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pikepdf

from emission.model import Bill
from emission.render import Look
from tests.conformance.cases import PAGES
from tests.render.bills import TEMPLATE, bill, coupons, linked, look, obligation, operation
from tests.render.designs import design
from tests.render.pages import stamped

FOLDER = Path(__file__).with_name("golden")
_STREAM = re.compile(rb"(?<=\nstream\n).*?(?=\nendstream\n)", re.DOTALL)
_CHANGING = (
    (re.compile(rb"sha256:[0-9a-f]{64}"), b"sha256:-"),
    (re.compile(rb"/ID \[.*?\]"), b"/ID [-]"),
    (re.compile(rb"(?<=\nxref\n).*", re.DOTALL), b""),
)


def _voucher(_folder: Path) -> tuple[Look, Bill]:
    return look(), bill((obligation(), operation(url="https://pagos.ejemplo.test/1")))


def _booklet(_folder: Path) -> tuple[Look, Bill]:
    return look(template=str(TEMPLATE.with_name("carnet-3up")), linked_qr="yes"), linked(coupons(2))


def _links(folder: Path) -> tuple[Look, Bill]:
    return look(template=design(folder, PAGES["links"]), banner=""), bill((obligation(), operation()))


def _words(folder: Path) -> tuple[Look, Bill]:
    faces = 'italic = "SourceSansPro-It"'
    return look(template=design(folder, PAGES["words"], faces=faces), banner=""), bill((obligation(), operation()))


GOLDEN: dict[str, Callable[[Path], tuple[Look, Bill]]] = {
    "municipal-a4": _voucher,
    "linked-qr": _booklet,
    "links": _links,
    "words": _words,
}


def made(name: str, folder: Path) -> bytes:
    """The file of that name; ``folder`` takes its template."""
    return stamped(*GOLDEN[name](folder)).digital


def normal(pdf: bytes) -> bytes:
    """The normal form of a file."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(written, qdf=True, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    text = _STREAM.sub(_readable, written.getvalue().replace(b"\n%QDF-1.0\n%\xbf\xf7\xa2\xfe", b""))
    for changing, instead in _CHANGING:
        text = changing.sub(instead, text)
    return text


def _readable(found: re.Match[bytes]) -> bytes:
    content = found[0]
    return b"sha256 " + hashlib.sha256(content).hexdigest().encode() if b"\0" in content[:600] else content


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in GOLDEN:
        with tempfile.TemporaryDirectory() as place:
            (FOLDER / f"{one}.qdf").write_bytes(normal(made(one, Path(place))))
