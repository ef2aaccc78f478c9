"""Links, in a QR or printed: complete https addresses, of hosts that are expected where the office says which."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from emission.model import Fault


def host_of(text: str) -> str:
    """The host of ``text``, in small letters; empty where it is no address that all readers take alike.

    Names and passwords before the host, backslashes and white space are read differently by different programs, which
    is how a link looks as if it led to somebody else.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    strange = "@" in parts.netloc or "\\" in text or text.split() != [text] or port == 0
    return "" if strange else host.rstrip(".")


def faults(text: str, hosts: Sequence[str] = (), schemes: Sequence[str] = ("https",)) -> list[Fault]:
    """What is wrong with a link. ``hosts`` stand for themselves and for what is beneath them; none: any host."""
    host = host_of(text)
    if not host or text.partition(":")[0].lower() not in schemes:
        return [Fault("url-refused", value=text)]
    if hosts and not any(host == known or host.endswith(f".{known}") for known in map(str.lower, hosts)):
        return [Fault("url-host", value=text, params={"host": host, "known": ", ".join(hosts)})]
    return []
