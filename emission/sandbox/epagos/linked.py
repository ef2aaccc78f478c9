"""``generar_qr_vinculado``: one QR that lets a payer choose among several operations."""

from __future__ import annotations

import base64
import hashlib
import io

import msgspec
from PIL import Image

from emission.codes import qr
from emission.sandbox.control import Fields
from emission.sandbox.epagos.answer import told
from emission.sandbox.epagos.operations import LINKS, Kept
from emission.sandbox.memory import Memory

MODULE, QUIET = 4, 4  # dots a module, modules around the symbol


class Wanted(msgspec.Struct):
    """One operation, and what it is called in the list that the payer chooses from."""

    id_transaccion: int
    etiqueta: str


class Body(msgspec.Struct):
    """The operations of one QR."""

    operaciones_qr: list[Wanted]


def link(memory: Memory[Kept], body: bytes) -> Fields:
    """The QR as a PNG in base64, or why there is none."""
    try:
        wanted = msgspec.json.decode(body, type=Body).operaciones_qr
    except msgspec.MsgspecError:
        wanted = []
    numbers = [one.id_transaccion for one in wanted]
    if not numbers:
        return told(14002, "Error al registrar la operación vinculada")
    if len(set(numbers)) < len(numbers):
        return told(14005, "Hay operaciones duplicadas en el envío")
    held = [memory.of(number) for number in numbers]
    first = held[0]
    for number, kept in zip(numbers, held, strict=True):
        if kept is None or first is None:
            return told(14003, f"La Operación: #{number} no pertenece al organismo")
    assert first is not None
    name = hashlib.blake2b(repr(sorted(numbers)).encode(), digest_size=8).hexdigest()
    if any(kept is not None and name in kept.linked for kept in held):
        return told(14004, f"El hash {name} ya se encuentra registrado")
    memory.change(msgspec.structs.replace(first, linked=(*first.linked, name)))
    return told(14001, "Codigo QR generado con exito", qr=base64.b64encode(picture(address(name))).decode())


def address(name: str) -> str:
    """What the QR says."""
    return f"{LINKS}v/{name}"


def picture(text: str) -> bytes:
    """The QR of ``text`` as a PNG, black on white, with its quiet zone."""
    symbol = qr.encode(text)
    side = (symbol.size + 2 * QUIET) * MODULE
    drawn = Image.new("1", (side, side), 1)
    for row, column, length in symbol.runs():
        left, top = (QUIET + column) * MODULE, (QUIET + row) * MODULE
        drawn.paste(0, (left, top, left + length * MODULE, top + MODULE))
    stream = io.BytesIO()
    drawn.save(stream, "PNG")
    return stream.getvalue()
