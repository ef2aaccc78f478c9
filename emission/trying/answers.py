"""What an answer looked like: status, seconds, and the names of its fields; never a value, which may be secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from emission.providers.http import Answer
from emission.providers.telling import plain_text
from emission.trying.finding import Say

MOST_NAMES = 40
LONGEST_NAME = 60
_BARE = {list: "[]", dict: "{}", type(None): "null"}


def answers_to(say: Say) -> Callable[[str, Answer, float], None]:
    """A witness who says the shape of each answer, once."""
    told: set[tuple[str, int, str]] = set()

    def hear(path: str, answer: Answer, seconds: float) -> None:
        seen = (plain_text(path, LONGEST_NAME * 2), answer.status, shape(answer.body))
        if seen not in told:
            told.add(seen)
            say("check-answer", path=seen[0], status=seen[1], seconds=f"{seconds:.2f}", fields=seen[2])

    return hear


def shape(body: bytes) -> str:
    """The names in a JSON body, two levels deep.

    >>> shape(b'{"general": {"project_id": 1}, "errors": [{"code": "3041"}]}')
    'general.project_id, errors[].code'
    >>> shape(b'[{"payment_status": true}]')
    '[].payment_status'
    >>> shape(b"[]"), shape(b"null"), shape(b""), shape(b"<html>")
    ('[]', 'null', '0 bytes', '6 bytes, no JSON')
    """
    try:
        told = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return f"{len(body)} bytes, no JSON" if body else "0 bytes"
    found = list(dict.fromkeys(_paths(told, "", 2)))
    more = ", …" if len(found) > MOST_NAMES else ""
    return ", ".join(found[:MOST_NAMES]) + more


def _paths(told: object, before: str, levels: int) -> Iterator[str]:
    if isinstance(told, dict) and told and levels:
        for key, value in told.items():
            yield from _paths(value, f"{before}.{plain_text(key, LONGEST_NAME)}", levels - 1)
    elif isinstance(told, list) and told:
        yield from _paths(told[0], f"{before}[]", levels)
    else:
        yield before.removeprefix(".") or _BARE.get(type(told), type(told).__name__)
