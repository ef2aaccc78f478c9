"""Typst, as one uses it for many documents: one compiler kept, a template, data by ``sys.inputs``, codes as SVG."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import typst
from fontTools.ttLib import TTFont

from bench.peers import Draw, Stage
from bench.peers.symbols import path
from bench.transcript import Symbol, Transcript


def opened(stage: Stage) -> Draw:
    """One file a voucher."""
    book = book_of(stage)
    return lambda page: book([page])


def book_of(stage: Stage) -> Callable[[Sequence[Transcript]], bytes]:
    """One document of many vouchers, a page each."""
    template = shutil.copy(Path(__file__).with_name("voucher.typ"), stage.folder)
    compiler = typst.Compiler(
        str(template),
        root=str(stage.folder),
        font_paths=sorted({str(file.parent) for file in stage.faces.values()}),
        ignore_system_fonts=True,
    )
    faces = msgspec.json.encode({name: _family(file) for name, file in stage.faces.items()}).decode()

    def draw(pages: Sequence[Transcript]) -> bytes:
        vouchers = msgspec.json.encode([_data(page) for page in pages]).decode()
        pdf: bytes = compiler.compile(format="pdf", sys_inputs={"vouchers": vouchers, "faces": faces})
        return pdf

    return draw


def _data(page: Transcript) -> dict[str, object]:
    data: dict[str, object] = msgspec.to_builtins(page)
    return data | {"symbols": [msgspec.to_builtins(one) | {"svg": _svg(one)} for one in page.symbols]}


def _svg(symbol: Symbol) -> str:
    view = f"0 0 {symbol.box.width} {symbol.box.height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"><path d="{path(symbol)}"/></svg>'


def _family(file: Path) -> tuple[str, int]:
    """The family and weight under which Typst knows a face."""
    with TTFont(file) as font:
        names = font["name"]
        return str(names.getDebugName(16) or names.getDebugName(1)), int(font["OS/2"].usWeightClass)
