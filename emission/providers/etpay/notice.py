"""What ETpay's notices are worth: a JWT under the key of its own session, HS256 and nothing else.

Source: ETpay's integration pages and its SDK. First :func:`names` says which session a notice claims to be of; whoever
keeps the sessions finds that one's key; only then does :func:`read` believe anything. The same JWT comes with a payer
who returns, where it is not read: it informs nobody but the payer.
"""

from __future__ import annotations

import re
import warnings
from typing import Any, NamedTuple

import jwt
import msgspec
from jwt.warnings import InsecureKeyLengthWarning

from emission.errors import NoticeError

LARGEST = 16 * 1024  # bytes; real ones have one
LONGEST = 1024  # characters of a claim
MOST = 10**15  # of any figure; pesos, or seconds since 1970
LEEWAY = 300  # seconds that ETpay's clock may be ahead of ours
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_DECODER = jwt.PyJWT()


class Session(NamedTuple):
    """What we know of the session: its token, the key of its notices, our id, and what was to be paid."""

    token: str
    signing: str
    reference: str
    amount: int
    currency: str


class Told(msgspec.Struct, frozen=True):
    """What ETpay says of an attempt to pay. ``payment_token`` is the attempt's own, and comes once only.

    ``agrees``: the amount (minor units of the session's currency) is the one that was to be paid.
    """

    session_token: str
    payment_token: str
    reference: str
    paid: bool
    amount: int
    agrees: bool
    at: int
    bank: str


class Broken(msgspec.Struct, frozen=True):
    """ETpay itself broke down in that session; nothing was paid in it, as far as it knows."""

    session_token: str
    at: int


def token_of(body: bytes) -> str:
    """The JWT in a notice: under ``jwt`` or ``token`` of JSON or a form (which is UNKNOWN), or the body itself.

    Raises:
        NoticeError: ``notice-unreadable``: there is none, or far too much.
    """
    if len(body) > LARGEST:
        raise NoticeError("notice-unreadable")
    text = body.decode("ascii", "replace").strip()
    if text.startswith("{"):
        try:
            fields = msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError):
            raise NoticeError("notice-unreadable") from None
        text = next((fields[name] for name in ("jwt", "token") if isinstance(fields.get(name), str)), "")
    elif text.startswith(("jwt=", "token=")):
        text = text.partition("=")[2].partition("&")[0]
    text = text.strip('"')
    if not _SHAPE.fullmatch(text):
        raise NoticeError("notice-unreadable")
    return text


def names(token: str) -> str:
    """The session that a notice claims to be of. Nothing of this is true yet: it is what a key is looked for by.

    Raises:
        NoticeError: ``notice-unreadable``.
    """
    return _text(_claimed(token), "session_token")


def order_of(token: str) -> str:
    """Our id of what a notice claims to be of; as true as what :func:`names` says.

    Raises:
        NoticeError: ``notice-unreadable``.
    """
    return _text(_claimed(token), "merchant_order_id")


def read(token: str, session: Session) -> Told | Broken:
    """What a notice says, once its signature was found to be that of the session.

    Raises:
        NoticeError: ``notice-forged``, or ``notice-of-another``: signed for this session, but of another bill.
    """
    claims = _verified(token, session.signing)
    if claims is None:
        return _breakdown(token, session)
    of_another = NoticeError("notice-of-another", external_id=session.reference)
    if _text(claims, "session_token") != session.token or _text(claims, "merchant_order_id") != session.reference:
        raise of_another
    currency, paid = claims.get("merchant_currency"), claims.get("payment_status")
    if currency != session.currency or not isinstance(paid, bool):
        raise of_another
    amount = _whole(claims, "merchant_amount")
    return Told(
        session_token=session.token,
        payment_token=_text(claims, "payment_token"),
        reference=session.reference,
        paid=paid,
        amount=amount,
        agrees=amount == session.amount,
        at=_whole(claims, "iat"),
        bank=_text(claims, "user_bank") if claims.get("user_bank") else "",
    )


def _claimed(token: str) -> dict[str, Any]:
    try:
        return _DECODER.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, RecursionError):
        raise NoticeError("notice-unreadable") from None


def _breakdown(token: str, session: Session) -> Broken:
    """ETpay's own error is signed with the session's token, which the payer's browser knows: it never says *paid*."""
    claims = _verified(token, session.token)
    if claims is None or claims.get("system_error") is not True or claims.get("session_token") != session.token:
        raise NoticeError("notice-forged")
    return Broken(session.token, _whole(claims, "iat"))


def _verified(token: str, key: str) -> dict[str, Any] | None:
    if not key:
        return None
    try:
        with warnings.catch_warnings():
            # How long ETpay's keys are is ETpay's to say.
            warnings.simplefilter("ignore", InsecureKeyLengthWarning)
            return _DECODER.decode(
                token, key, algorithms=["HS256"], leeway=LEEWAY, options={"require": ["session_token", "iat"]}
            )
    except (jwt.InvalidTokenError, jwt.InvalidKeyError, RecursionError):
        return None


def _text(claims: dict[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST or not found.isprintable():
        raise NoticeError("notice-unreadable")
    return found


def _whole(claims: dict[str, Any], name: str) -> int:
    found = claims.get(name)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 15:
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < MOST:
        raise NoticeError("notice-unreadable")
    return found
