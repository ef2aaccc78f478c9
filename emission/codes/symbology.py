"""The linear symbologies by their names: who configures one, or asks which it is, loads nothing that draws them."""

from __future__ import annotations

from typing import Literal

Symbology = Literal["code128", "gs1-128", "itf"]

# Readers at their usual settings take no fewer: a short ITF may be part of a longer symbol.
ITF_LEAST_DIGITS = 6
