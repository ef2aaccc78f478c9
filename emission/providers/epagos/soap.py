"""ePagos' SOAP API 2.5: one address, a method a question.

Order of the parts, ``version`` and ``op_pago``: ePagos' Python and PHP SDKs. Namespace and SOAPAction: its developer
pages (WEAK; older installations have ``https://api.epagos.com.ar/``), so both are configuration.
"""

from __future__ import annotations

from emission.providers.epagos import envelope, wire
from emission.providers.epagos.wire import Content
from emission.providers.http import Answer, Client
from emission.providers.reading import UnusableError

VERSION = "2.0"  # of the protocol, for 2.1, 2.4 and 2.5 too
NAMESPACES = {
    "sandbox": "https://sandbox.epagos.net/",
    "test": "https://sandbox.epagos.net/",
    "production": "https://api.epagos.net/",
}

_PAYMENT = {"tipo_operacion": "op_pago"}
# What stands before and after ``credenciales``: rpc servers of this kind go by position.
_PARTS: dict[str, tuple[Content, tuple[str, ...]]] = {
    wire.ACCESS: ({}, ()),
    wire.SINGLE: (_PAYMENT, ("operacion", "fp", "convenio")),
    wire.LOTE: (_PAYMENT, ("lote",)),
    wire.PAYMENTS: ({}, ("pago",)),
    wire.SETTLEMENTS: ({}, ("rendicion",)),
    wire.CHARGEBACKS: ({}, ("contracargos",)),
    wire.FURTHER_PAYMENTS: ({}, ("pagos",)),
    wire.MEANS: ({}, ("fp",)),
    wire.LINKED_QR: ({}, ("operaciones_qr",)),
}


class Soap:
    """The transport ``soap``; see :class:`emission.providers.epagos.wire.Wire`.

    ``action`` is the SOAPAction before the method's name.
    """

    def __init__(self, client: Client, *, path: str, namespace: str, action: str) -> None:
        self.host = client.host
        self._client = client
        self._path = path
        self._namespace = namespace
        self._action = action

    async def ask(self, question: str, who: Content, content: Content) -> Answer:
        before, names = _PARTS[question]
        given = {name: content[name] for name in names if name in content}
        parts = {"version": VERSION, **before, "credenciales": _credentials(who), **given}
        headers = {
            "Accept": "text/xml",
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{self._action}{question}"',
        }
        body = envelope.write(question, self._namespace, parts)
        answer = await self._client.send("POST", self._path, body, headers)
        try:
            return answer._replace(body=envelope.read(answer.body))
        except UnusableError:
            if 200 <= answer.status < 300:
                raise
            return answer._replace(body=b"")  # HTTP's own refusal, in HTML or nothing

    async def aclose(self) -> None:
        await self._client.aclose()


def _credentials(who: Content) -> Content:
    """The user's number is text here, the organism's is not (ePagos' Python SDK)."""
    return {**who, "id_usuario": str(who["id_usuario"])} if "id_usuario" in who else who
