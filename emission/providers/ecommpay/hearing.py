"""What a callback of ecommpay comes to: money, and what became of the sale that it is of.

A payment of the project that nobody here opened is money too: it is kept under its own id, and belongs to no bill.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from emission.errors import NoticeError
from emission.payment import Happening, Notice, Sighting
from emission.providers.ecommpay import notice as notices
from emission.providers.ecommpay.notice import Told
from emission.providers.living import Found, Standing
from emission.providers.noticing import Heard, Opening, Openings

HOW = "hmac-sha512"
IN_PART = "partially refunded"
_MOMENT = "%Y-%m-%dT%H:%M:%S%z"
_TOWN = ZoneInfo("America/Argentina/Buenos_Aires")


def hear(notice: Notice, openings: Openings, secret: str, project_id: int, currency: str) -> Heard:
    """See :class:`emission.providers.noticing.Noticing`; ``currency`` is the town's, in which all its money is."""
    told = notices.hear(notice.body, secret, project_id)
    opening = openings.by_reference(told.payment_id)
    found = ((opening.key, _standing(told, opening)),) if opening else ()
    if not told.paid and not told.given_back:
        return Heard(HOW, found=found)
    owner = opening.external_id if opening else told.payment_id
    said = sighting_of(told, owner, (opening.currency if opening else "") or currency)
    return Heard(HOW, (said,), found=found)


def sighting_of(told: Told, external_id: str, currency: str) -> Sighting:
    """The sale's payment, or what was given back of it: each part under the id of its own operation.

    Raises:
        NoticeError: ``notice-of-another``: in another ``currency``; ``notice-unreadable``: without its amount.
    """
    if told.currency != currency:
        raise NoticeError("notice-of-another", external_id=told.payment_id)
    given_back = told.given_back
    whole = 0 if told.status == IN_PART else told.amount
    amount = (told.operation_amount or whole) if given_back else told.amount
    if not amount:
        raise NoticeError("notice-unreadable")
    day = _day(told.at)
    return Sighting(
        Happening.RETURNED if given_back else Happening.CREDITED,
        amount,
        told.currency,
        external_id=external_id,
        reference=told.payment_id,
        part=told.operation_id if given_back else "",
        paid_on=None if given_back else day,
        on=day,
    )


def _standing(told: Told, opening: Opening) -> Found:
    """What became of the sale: one that was refunded whole may be paid again, under another id."""
    if told.status == IN_PART:
        return Found(Standing.PAID)
    if told.paid:
        return Found(Standing.PAID if told.amount == opening.amount else Standing.MISPAID)
    if told.final:
        return Found(Standing.OVER)
    return Found(Standing.ALIVE, told.redirect_url, told.redirect_form)


def _day(moment: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(moment, _MOMENT).astimezone(_TOWN).date()
    except (ValueError, OverflowError):
        return None
