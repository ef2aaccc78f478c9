"""Living links: an address of the municipality on the paper, which opens a payment when somebody uses it.

Sessions and vouchers of a payment provider die within minutes or days; paper does not. So the paper carries an address
of our own. Its token is an HMAC of the operation's external id under a secret of the ledger: the same on every
rendering, on any machine that has the ledger, and guessed by nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PORT = 8077  # where ``emission serve`` answers where nothing else is said
TOKEN_BYTES = 13  # 104 bits in 21 characters: letters and digits in a row, which a QR keeps at 5.5 bits each
TOKEN_LENGTH = 21
NOTICES = "avisos"  # under which each provider has a slot of its own


def token(secret: bytes, external_id: str) -> str:
    """21 characters A-Z and 2-7, for the operation of that external id."""
    mac = hmac.digest(secret, b"link\0" + external_id.encode(), hashlib.sha256)
    return base64.b32encode(mac[:TOKEN_BYTES]).decode("ascii").rstrip("=")


def digest(text: str) -> bytes:
    """What a token is looked up by: whoever reads the table, or times a look-up, learns nothing of any token."""
    return hashlib.sha256(b"token\0" + text.upper().encode("utf-8", "surrogatepass")).digest()


def address(base_url: str, name: str, bank: str = "") -> str:
    """The link of a token, or a bank's own: ``https://pagos.ejemplo.gob.ar/K7QM…``, ``…/K7QM…/cl_bci``."""
    return "/".join(filter(None, (base_url.rstrip("/"), name, bank)))


def notices(base_url: str, provider: str) -> str:
    """Where that provider is told to post its notices."""
    return f"{base_url.rstrip('/')}/{NOTICES}/{provider}"


def back(link: str, *, done: bool) -> str:
    """Where a payer comes back to from a provider's pages; it informs, and nothing is ever believed for it."""
    return f"{link}/{'volver' if done else 'cancelado'}"
