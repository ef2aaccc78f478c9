"""What BIND PSP accepts, as the sandbox checks it: the names, types and rules of its page *Crear una deuda*.

Written from the contract and not from our client, so that each keeps the other honest. Unknown fields pass.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

Needed = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
MOST = Decimal(10**9)


class Externo(msgspec.Struct):
    """``codigoExterno``."""

    codigoDeuda: Needed  # noqa: N815 - the provider's spelling, here and below
    codigoAuxiliar1: str = ""  # noqa: N815
    codigoAuxiliar2: str = ""  # noqa: N815


class Medio(msgspec.Struct):
    """A means of payment; 1 is the QR."""

    nombre: str
    formaPago: int  # noqa: N815


class Pedido(msgspec.Struct):
    """A debt that is asked for."""

    codigoExterno: Externo  # noqa: N815
    codigoComercio: Needed  # noqa: N815
    codigoSucursal: Needed  # noqa: N815
    codigoCaja: Needed  # noqa: N815
    moneda: Literal[0]
    motivo: Needed
    tipoOrden: Literal[0]  # noqa: N815
    fechaVencimiento1: dt.datetime  # noqa: N815
    montoVencimiento1: Decimal  # noqa: N815
    fechaVencimiento2: dt.datetime | None = None  # noqa: N815
    montoVencimiento2: Decimal | None = None  # noqa: N815
    fechaVencimiento3: dt.datetime | None = None  # noqa: N815
    montoVencimiento3: Decimal | None = None  # noqa: N815
    medioPagoDisponibles: list[Medio] = []  # noqa: N815

    def __post_init__(self) -> None:
        """Raises :class:`ValueError` for due dates that are not one after the other, and for amounts that are none."""
        dates = [self.fechaVencimiento1, self.fechaVencimiento2, self.fechaVencimiento3]
        amounts = [self.montoVencimiento1, self.montoVencimiento2, self.montoVencimiento3]
        last: dt.datetime | None = None
        for number, (date, amount) in enumerate(zip(dates, amounts, strict=True), start=1):
            if (date is None) != (amount is None) or (date is not None and number > 1 and last is None):
                raise ValueError(f"fechaVencimiento{number}, montoVencimiento{number}")
            if date is not None and last is not None and date <= last:
                raise ValueError(f"fechaVencimiento{number}")
            if amount is not None and not (0 < amount < MOST and amount * 100 == int(amount * 100)):
                raise ValueError(f"montoVencimiento{number}")
            last = date
