"""EMVCo merchant-presented QR texts: tag, length, value; CRC at the end.

EMV QRCPS Merchant-Presented Mode 1.1, 3.2 and 4.7.3. Lengths count characters, the CRC runs over
UTF-8 bytes (EMVCo's own sample with Chinese names shows both).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from emission.codes.faults import CodeError
from emission.model import Fault

CRC_TAG = "63"
CURRENCY_TAG, AMOUNT_TAG, COUNTRY_TAG = "53", "54", "58"
_CRC_HEAD = f"{CRC_TAG}04"
_HEAD = "000201"
# As tags and lengths are written.
_NUMBERS = {f"{number:02}": number for number in range(100)}
# Also a text whose first field was spoilt is an EMV text, and a wrong one, if it still ends like one.
_LOOKS = re.compile(r"0002.*|[0-9]{4}.*6304[0-9A-Fa-f]{4}", re.DOTALL)
_URL = re.compile(r"https?:", re.IGNORECASE)


def classify(text: str) -> Literal["emv", "url", "other"]:
    """What kind of QR text this is, right or wrong in itself."""
    if _LOOKS.fullmatch(text):
        return "emv"
    return "url" if _URL.match(text) else "other"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF (``123456789`` gives 0x29B1)."""
    return binascii.crc_hqx(data, 0xFFFF)


def parse(text: str) -> tuple[tuple[str, str], ...]:
    """The fields (tag, value) of ``text`` in their order, the CRC last.

    Templates stay one value: what they hold is the acceptor's.

    Raises:
        CodeError: ``emv-field`` (at a position, from 1), ``emv-frame`` (does not begin with
            ``000201`` or does not end with the CRC), ``emv-crc``.
    """
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, start = text[at : at + 2], at + 4
        end = start + _NUMBERS.get(text[at + 2 : start], 0)
        if tag not in _NUMBERS or not start < end <= len(text) or tag in fields:
            raise _fault("emv-field", text, position=str(at + 1), tag=tag)
        fields[tag] = text[start:end]
        at = end
    found = fields.get(CRC_TAG, "")
    if not text.startswith(_HEAD) or [*fields][-1] != CRC_TAG or len(found) != 4:
        raise _fault("emv-frame", text)
    right = _crc(text[:-4])
    if found != right:
        raise _fault("emv-crc", text, found=found, right=right)
    return tuple(fields.items())


def walk(text: str) -> Iterator[tuple[str, str]]:
    """The fields (tag, value) from the left, as far as tag and length can be read."""
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            return
        end = at + 4 + int(head[2:])
        if end > len(text):
            return
        yield head[:2], text[at + 4 : end]
        at = end


def compose(fields: Sequence[tuple[str, str]]) -> str:
    """The text of ``fields`` (tag, value), with the CRC appended.

    Raises:
        CodeError: as :func:`parse`, or ``emv-too-long`` (a value over 99 characters).
    """
    for tag, value in fields:
        if len(value) > 99:
            raise _fault("emv-too-long", value, tag=tag, length=str(len(value)))
    text = "".join(f"{tag}{len(value):02d}{value}" for tag, value in fields) + _CRC_HEAD
    text += _crc(text)
    parse(text)
    return text


def _crc(text: str) -> str:
    try:
        return f"{crc16(text.encode()):04X}"
    except UnicodeEncodeError:
        raise _fault("qr-characters", text) from None


def _fault(code: str, text: str, **params: str) -> CodeError:
    return CodeError(Fault(code, field="qr", value=text, params=params))
