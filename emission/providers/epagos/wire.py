"""How questions travel to ePagos: one seam, two transports. Whatever comes back is told in REST's JSON.

Questions bear the names of the SOAP methods, which are those of ePagos' developer pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from emission.providers.http import Answer

ACCESS = "obtener_token"
SINGLE = "solicitud_pago"
LOTE = "solicitud_pago_lote"
PAYMENTS = "obtener_pagos"
SETTLEMENTS = "obtener_rendiciones"
CHARGEBACKS = "obtener_contracargos"
FURTHER_PAYMENTS = "obtener_pagos_adicionales"
MEANS = "obtener_entidades_pago"
LINKED_QR = "generar_qr_vinculado"

Content = Mapping[str, object]


class FaultError(Exception):
    """The server's machinery said no, not ePagos' application. ``words`` are its own.

    ``ours`` where it faults the message itself, which then went no further (SOAP 1.1, 4.4.1: ``Client``,
    ``VersionMismatch``, ``MustUnderstand``); otherwise nobody knows what was carried out.
    """

    def __init__(self, words: str, *, ours: bool) -> None:
        super().__init__(words)
        self.words = words
        self.ours = ours


class Wire(Protocol):
    """A transport; safe for concurrent calls."""

    host: str

    async def ask(self, question: str, who: Content, content: Content) -> Answer:
        """The HTTP status, and the body as JSON. ``who`` are credentials or the token that stands for them.

        Raises:
            NotSentError: nothing was sent.
            NoAnswerError: sent, and no whole answer came back.
            UnusableError: answered, in no form of ePagos' own.
            FaultError: see there.
        """
        ...

    async def aclose(self) -> None:
        """Releases connections."""
        ...
