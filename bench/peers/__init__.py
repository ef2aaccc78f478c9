"""Other engines on the page that we draw: one file an engine, each with ``opened(stage)``, which gives its ``Draw``.

Each draws a :class:`~bench.transcript.Transcript` as its own manual teaches it, nothing clever and nothing twice: fonts
and pictures are loaded once; where every text and line stands, its colour and its size are given to it for nothing.
They need the dependency group ``bench`` and, WeasyPrint, the system's Pango; one that is not here is said to be absent.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.transcript import Transcript

Draw = Callable[[Transcript], bytes]

PEERS = {
    "reportlab + qrcode": "with_reportlab",
    "Typst": "with_typst",
    "fpdf2": "with_fpdf2",
    "WeasyPrint": "with_weasyprint",
}


class Stage(msgspec.Struct, frozen=True):
    """What an engine finds when it begins: a folder with the pictures in it, and the files of the faces by name."""

    folder: Path
    faces: dict[str, Path]


def open_peer(name: str, stage: Stage) -> Draw | None:
    """The peer of that name; nothing where it is not installed."""
    try:
        module = importlib.import_module(f"bench.peers.{PEERS[name]}")
    except (ImportError, OSError):  # WeasyPrint raises the latter where Pango is missing
        return None
    draw: Draw = module.opened(stage)
    return draw
