"""ecommpay's signature: the whole message as one text, HMAC-SHA512 under the project's secret, base64.

Rules: ecommpay's authentication pages and its SDKs (``paymentpage-sdk-*``). Those SDKs sort in three ways, which
differ only from the eleventh item of a list on, or between keys of which one begins with the other. So we send no such
message, and accept each of the three. Numbers are signed as they stand in the JSON: :func:`read` keeps them as text.

>>> text_to_sign({"payment": {"id": "11", "status": "success"}, "frame_mode": "popup"})
'payment:id:11;payment:status:success'
>>> sign({"payment": {"id": "11", "status": "success"}}, "secret")[:8]
'DNsVSnom'
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

UNSIGNED = "frame_mode"  # wherever it stands
SIGNATURE = "signature"
DEEPEST = 32  # levels of a message from outside; real ones have five

_Line = tuple[str, str]
_DIGITS = "0123456789"
_RUNS = re.compile(r"[0-9]+|[^0-9]+")


class SignatureError(Exception):
    """A message that is not ecommpay's word; ``code`` is ``not-json``, ``signature-missing`` or ``signature-wrong``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text_to_sign(message: Mapping[str, Any]) -> str:
    """``path:value`` for each leaf but ``frame_mode``, by path in byte order, joined with ``;``.

    Raises:
        TypeError: a float, whose digits every implementation writes in another way.
    """
    return _joined(sorted(_lines(message), key=_by_path))


def sign(message: Mapping[str, Any], secret: str) -> str:
    """88 characters. ``message`` as it is sent, before any URL encoding, without its signature.

    Raises:
        TypeError: as :func:`text_to_sign`.
    """
    return _mac(text_to_sign(message), secret)


def read(body: bytes, secret: str) -> dict[str, Any]:
    """A message from outside once its signature, at the top or under ``general``, was found to be right.

    Numbers are texts, as they stood. The message comes without its signature.

    Raises:
        SignatureError: it is no JSON object, unsigned, or signed by somebody else.
    """
    message = _decoded(body)
    holders = [
        holder for holder in (message, message.get("general")) if isinstance(holder, dict) and SIGNATURE in holder
    ]
    given = [holder.pop(SIGNATURE) for holder in holders]
    if not given or not isinstance(given[0], str):
        raise SignatureError("signature-missing")
    lines = list(_lines(message))
    expected = [_mac(_joined(sorted(lines, key=order)), secret) for order in _ORDERS]
    # All three are compared, so that the time tells nothing.
    if not sum(hmac.compare_digest(one.encode(), given[0].encode("utf-8", "surrogatepass")) for one in expected):
        raise SignatureError("signature-wrong")
    return message


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body, parse_int=str, parse_float=str, parse_constant=_refused, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise SignatureError("not-json") from None
    if not isinstance(message, dict) or _depth(message) > DEEPEST:
        raise SignatureError("not-json")
    return message


def _refused(constant: str) -> None:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice says one thing to us and another to whoever signed."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("repeated key")
    return found


def _depth(value: Any) -> int:  # noqa: ANN401 - JSON of any shape
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        level = [child for holder in level for child in _children(holder)]
        depth += 1
    return depth


def _children(value: Any) -> Iterable[Any]:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _lines(message: Mapping[str, Any], path: str = "") -> Iterator[_Line]:
    """Path and ``path:value`` of each leaf. Empty lists and objects have none."""
    for key, value in message.items():
        if key == UNSIGNED:
            continue
        here = f"{path}:{_escaped(key)}" if path else _escaped(key)
        if isinstance(value, Mapping):
            yield from _lines(value, here)
        elif isinstance(value, (list, tuple)):
            yield from _lines({str(index): item for index, item in enumerate(value)}, here)
        else:
            yield here, f"{here}:{_text(value)}"


def _escaped(key: str) -> str:
    return key.replace(":", "::")


def _text(value: str | int | bool | None) -> str:  # noqa: FBT001 - a value of JSON
    if isinstance(value, float):
        raise TypeError("floats are written differently everywhere")
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _joined(lines: Iterable[_Line]) -> str:
    return ";".join(line for _, line in lines)


def _mac(text: str, secret: str) -> str:
    # Half of a surrogate pair is no text and was signed by nobody, but it must not stop us either.
    digest = hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha512)
    return base64.b64encode(digest).decode("ascii")


def _by_path(line: _Line) -> bytes:
    return line[0].encode("utf-8", "surrogatepass")


def _by_line(line: _Line) -> bytes:
    return line[1].encode("utf-8", "surrogatepass")


def _naturally(line: _Line) -> list[tuple[bool, int, str]]:
    """Runs of digits as numbers (the longer one is larger), before other characters."""
    parts = ((part[0] in _DIGITS, part) for part in _RUNS.findall(line[0]))
    return [(False, len(part.lstrip("0")), part.lstrip("0")) if number else (True, 0, part) for number, part in parts]


# Python's and JavaScript's SDKs; Go's, Java's and .NET's; PHP's.
_ORDERS: tuple[Callable[[_Line], Any], ...] = (_by_path, _by_line, _naturally)
