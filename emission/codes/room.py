"""The least room that a design has to give to codes, whatever comes: below it no voucher could carry them.

All lengths are millimetres.
"""

from __future__ import annotations

import functools
import math

from emission.codes.geometry import DOT_MM, QR_LEAST_DOTS, QR_QUIET

# What an EMV payload of about 150 characters takes at level M; 49 modules a side.
USUAL_QR_VERSION = 8
_USUAL_QR = 17 + 4 * USUAL_QR_VERSION
LEAST_QR_MM = (_USUAL_QR + 2 * QR_QUIET) * QR_LEAST_DOTS * DOT_MM  # 19.3
# A laser drawn by hand has to cross all bars: ISO/IEC 15417 recommends 5 mm, which leaves no room for a slanting hand.
LEAST_BARS_MM = 10.0
LEAST_SHARED_BARS_MM = 5.0  # of each, where two or three symbols share a box that was made for one


@functools.lru_cache(maxsize=64)
def usual_qr_mm(side_mm: float) -> float:
    """The side of the modules of a usual QR in a square of ``side_mm``, without its quiet zone."""
    dots = math.floor(side_mm / DOT_MM / (_USUAL_QR + 2 * QR_QUIET) + 1e-6)
    return _USUAL_QR * max(dots, QR_LEAST_DOTS) * DOT_MM
