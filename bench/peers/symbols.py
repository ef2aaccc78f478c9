"""Codes for engines that bring none of their own: by zxing-cpp, the fastest writer that one may install."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import zxingcpp

from bench.transcript import Box, Symbol

_KINDS = {False: zxingcpp.BarcodeFormat.QRCode, True: zxingcpp.BarcodeFormat.Code128}


def dark(symbol: Symbol) -> list[Box]:
    """The dark modules of a symbol in its place, neighbours in a row joined."""
    made = zxingcpp.create_barcode(symbol.text, _KINDS[symbol.linear], **({} if symbol.linear else {"ec_level": "M"}))
    image = np.asarray(made.to_image(scale=1, add_quiet_zones=False))
    rows = [row.tobytes() for row in (image[:1] if symbol.linear else image)]
    width, height = symbol.box.width / len(rows[0]), symbol.box.height / len(rows)
    boxes: list[Box] = []
    for place, row in enumerate(rows):
        at = 0
        for ink, group in groupby(row):
            length = len(list(group))
            if not ink:
                boxes.append(Box(symbol.box.x + at * width, symbol.box.y + place * height, length * width, height))
            at += length
    return boxes


def path(symbol: Symbol) -> str:
    """The same as an SVG path in the symbol's own box."""
    x, y = symbol.box.x, symbol.box.y
    return "".join(
        f"M{box.x - x:.3f} {box.y - y:.3f}h{box.width:.3f}v{box.height:.3f}h{-box.width:.3f}z" for box in dark(symbol)
    )
