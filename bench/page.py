"""The page of the contests: one design, bills of it, and the same pages for engines that know nothing of it."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
from fontTools.ttLib import TTFont

from bench import endtoend
from bench.bills import bills
from bench.peers import Stage
from bench.transcript import Reader, Transcript
from emission import config
from emission.codes.received import Agreement
from emission.model import Bill, Channel, Fault
from emission.render import Look, files_of, stamp, template_for
from emission.stages.agreement import agreement_of
from emission.stages.look import look_of

PAGE = "municipal-a4"
_CHANNELS = (Channel.DIGITAL, Channel.PRINT, Channel.BOTH)


class Drawn(msgspec.Struct, frozen=True):
    """A bill for each way that payers get it, and its page as others get it."""

    bills: dict[Channel, Bill]
    page: Transcript

    @property
    def bill(self) -> Bill:
        """The one of which there is a file alone."""
        return self.bills[Channel.DIGITAL]


class Contested(msgspec.Struct, frozen=True):
    """What the contests are about."""

    look: Look
    agreement: Agreement
    stage: Stage
    drawn: tuple[Drawn, ...]


def contested(folder: Path, name: str, count: int) -> Contested:
    """``count`` bills of the design ``name``, shipped or a folder; its faces and pictures go into ``folder``.

    Raises:
        SystemExit: a bill does not fit the design, or takes more than one page of it.
    """
    batch = endtoend.make_project(folder, 1)
    settings = config.load(
        None, batch, {"template": {"name": str(Path(name).resolve()) if Path(name).is_dir() else name}}
    )
    look = look_of(settings)
    # Codes are invented for the contest, so that they follow no agreement; all else is looked at as in a run.
    agreement = msgspec.structs.replace(agreement_of(settings), profile=None)
    reader, drawn = Reader(), []
    chosen = bills(count, Channel.DIGITAL)
    for bill, made in zip(chosen, stamp(template_for(look), chosen), strict=True):
        if isinstance(made, Fault):
            raise SystemExit(f"{name} does not take the bills of the bench: {made.code} {made.field}")
        if made.pages != 1:
            raise SystemExit(f"{name} draws the bills of the bench on {made.pages} pages; contests are about one")
        spoken = [code.text for operation in bill.operations if operation for code in operation.codes]
        bills_of_it = {channel: by_channel(bill, channel) for channel in _CHANNELS}
        drawn.append(Drawn(bills_of_it, reader.read(made.digital, spoken)))
    stage = _stage(folder / "stage", look, reader.pictures)
    return Contested(look, agreement, stage, tuple(drawn))


def by_channel(bill: Bill, channel: Channel) -> Bill:
    """The bill for a payer who gets it that way."""
    obligations = tuple(msgspec.structs.replace(one, channel=channel) for one in bill.voucher.obligations)
    return msgspec.structs.replace(bill, voucher=msgspec.structs.replace(bill.voucher, obligations=obligations))


def _stage(folder: Path, look: Look, pictures: dict[str, bytes]) -> Stage:
    folder.mkdir()
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    faces: dict[str, Path] = {}
    for name, content in files_of(look).items():
        if name.startswith("faces/") and name.endswith(".ttf"):
            with TTFont(io.BytesIO(content)) as font:
                face = str(font["name"].getDebugName(6))
            faces[face] = folder / f"{face}.ttf"
            faces[face].write_bytes(content)
    return Stage(folder, faces)
