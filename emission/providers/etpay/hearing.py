"""What a notice of ETpay comes to: a payment of the session whose key signed it, or a question where we have no key.

A notice of a session whose creation was never answered cannot be verified; ETpay is asked about its order then.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from emission.payment import Happening, Notice, Sighting
from emission.providers.etpay import notice as notices
from emission.providers.etpay.notice import Session, Told
from emission.providers.living import Found, Standing
from emission.providers.noticing import Heard, Opening, Openings

HOW = "jwt-hs256"
CURRENCY = "CLP"  # ISO 4217 gives it no decimals, and ETpay takes whole pesos
_CHILE = ZoneInfo("America/Santiago")


def hear(notice: Notice, openings: Openings, after_failure: str) -> Heard:
    """See :class:`emission.providers.noticing.Noticing`; ``after_failure`` is the key of the configuration."""
    token = notices.token_of(notice.body)
    opening = openings.by_token(notices.names(token))
    if opening is None:
        return Heard("", operations=(("", notices.order_of(token)),))
    session = Session(opening.token, opening.signing, opening.reference, opening.amount, CURRENCY)
    told = notices.read(token, session)
    if not isinstance(told, Told):
        return Heard(HOW)
    standing = _standing(told, after_failure)
    if not told.paid:
        return Heard(HOW, found=((opening.key, Found(standing)),))
    return Heard(HOW, (_sighting(told, opening),), found=((opening.key, Found(standing)),))


def _standing(told: Told, after_failure: str) -> Standing:
    """Whether a failed attempt ends its session is not documented: the town says so."""
    if told.paid:
        return Standing.PAID if told.agrees else Standing.MISPAID
    return Standing.OVER if after_failure == "again" else Standing.UNSAID


def _sighting(told: Told, opening: Opening) -> Sighting:
    """``iat`` is when the notice was signed, which is the payment's day as near as ETpay tells it."""
    day = dt.datetime.fromtimestamp(told.at, _CHILE).date()
    return Sighting(
        Happening.CREDITED,
        told.amount,
        CURRENCY,
        external_id=opening.external_id,
        reference=told.payment_token,
        paid_on=day,
        on=day,
        means=told.bank,
    )
