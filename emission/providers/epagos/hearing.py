"""ePagos' notices: unsigned, as a form or as JSON (its page does not say which), so nothing in them is believed.

Field names: ePagos' developer page on webhooks, as copied by third parties (WEAK).
"""

from __future__ import annotations

import urllib.parse
from typing import Any

import msgspec

from emission.errors import NoticeError
from emission.payment import Notice
from emission.providers.noticing import Heard
from emission.providers.reading import Scalar, UnusableError, text, whole_number

MOST_FIELDS = 100


class Aviso(msgspec.Struct):
    """What names the operation; the rest of a notice counts for nothing."""

    id_transaccion: Scalar = None
    numero_operacion: Scalar = None


def hear(notice: Notice) -> Heard:
    """The operation that a notice names, to be asked about.

    Raises:
        NoticeError: it names none, or is neither a form nor JSON.
    """
    try:
        aviso = msgspec.convert(_fields(notice), Aviso)
        named = text(aviso.id_transaccion).strip()
        number = str(whole_number(named)) if named else ""
        external_id = text(aviso.numero_operacion).strip()
    except (UnusableError, msgspec.ValidationError):
        raise NoticeError("notice-unreadable") from None
    if not number and not external_id:
        raise NoticeError("notice-of-nothing")
    return Heard("", operations=((number, external_id),))


def _fields(notice: Notice) -> dict[str, Any]:
    body = notice.body.strip()
    try:
        if body.startswith(b"{"):
            return msgspec.json.decode(body, type=dict[str, Any])
        pairs = urllib.parse.parse_qsl(body.decode(), strict_parsing=True, max_num_fields=MOST_FIELDS)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise NoticeError("notice-unreadable") from None
    return dict(pairs)
