"""One QR that lets a payer choose among the operations of a voucher (``generar_qr_vinculado``, SOAP alone).

Nothing payable is created by it. A set of operations is registered once: asked for again (14004), ePagos does not give
its QR a second time, so an answer that is lost is a QR that is lost, and the operations keep their own.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import msgspec

from emission.codes import pictured
from emission.codes.faults import CodeError
from emission.providers.base import Linked, Refusal
from emission.providers.epagos import wire
from emission.providers.epagos.session import Session
from emission.providers.http import NoAnswerError
from emission.providers.reading import UnusableError, decode
from emission.providers.telling import plain_text

MADE = 14001
LONGEST_LABEL = 60  # what a list on a telephone shows; ePagos' own limit is not documented


class Hecho(msgspec.Struct):
    """The answer's own part: a PNG in base64."""

    qr: str | None = None


async def link(session: Session, operations: Sequence[Linked]) -> str | Refusal:
    """What the QR says, or its modules (:mod:`emission.codes.pictured`), or why there is none.

    Raises:
        ProviderError: nothing can be asked.
    """
    wanted = [
        {"id_transaccion": int(one.number), "etiqueta": plain_text(one.label, LONGEST_LABEL)} for one in operations
    ]
    try:
        reply = await session.call(wire.LINKED_QR, {"operaciones_qr": wanted})
        if reply.head.code != MADE:
            return Refusal("linked-qr-not-given", session.words(reply.head))
        return pictured.read(base64.b64decode(decode(reply.body, Hecho).qr or "", validate=True))
    except (NoAnswerError, UnusableError, CodeError, binascii.Error, ValueError):
        return Refusal("linked-qr-not-given", "")
