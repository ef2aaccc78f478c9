"""A lot whose vouchers are settled becomes one file for the printer, in the sequence fixed at the start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from emission import store
from emission.codes.control import ControlMark
from emission.errors import Stopped
from emission.render import Look, LotWriter, template_for
from emission.stages.stamp import PartRecord


class Place(msgspec.Struct, frozen=True):
    """Where the print pages of a voucher wait: a part file, the byte at which they begin; and their turn in the lot."""

    sequence: int
    part: str
    offset: int


class Lot(msgspec.Struct, frozen=True):
    """A lot to seal: its number, where its file goes, and where each voucher's pages wait."""

    look: Look
    number: int
    folder: str
    file: str
    places: tuple[Place, ...]


class Sealed(msgspec.Struct, frozen=True):
    """A lot on disk."""

    vouchers: int
    pages: int
    sha256: str


def seal_lot(lot: Lot) -> Sealed:
    """Writes the lot's file from its parts. Runs in a worker; memory does not grow with the lot.

    Raises:
        Stopped: the disk refuses, or a part is gone.
    """
    folder = Path(lot.folder)
    path = folder / lot.file
    count = 0
    with store.writing(path) as stream:
        writer = LotWriter(template_for(lot.look).for_lots, stream)
        for place, record in zip(lot.places, _records(folder, lot.places), strict=True):
            for sheet, page in enumerate(record.pages, 1):
                writer.add(page, ControlMark(lot.number, place.sequence, sheet, len(record.pages)))
                count += 1
        writer.close()
    store.flush([path])
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return Sealed(len(lot.places), count, digest)


def _records(folder: Path, places: Iterable[Place]) -> Iterator[PartRecord]:
    decode = msgspec.msgpack.Decoder(PartRecord).decode
    name, stream = "", None
    try:
        for place in places:
            if place.part != name or stream is None:
                if stream is not None:
                    stream.close()
                name, stream = place.part, (folder / place.part).open("rb")
            stream.seek(place.offset)
            yield decode(stream.read(int.from_bytes(stream.read(4), "big")))
    except OSError as error:
        raise Stopped("part-unreadable", path=folder / name, detail=error.strerror or error) from error
    finally:
        if stream is not None:
            stream.close()
