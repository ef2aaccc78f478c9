"""The characters of simple fonts, a byte each: WinAnsiEncoding (ISO 32000-1, annex D.2), which needs no ToUnicode.

An archive knows what its codes mean (ISO 19005-2, 6.2.11.7.2), so that a file has no tables to say it.
"""

from __future__ import annotations

# What would end a literal string, or be read as another byte (7.3.4.2).
_ESCAPED = {"(": "\\(", ")": "\\)", "\\": "\\\\"}
# Two codes have the name of another one's glyph: the no-break space, and the soft hyphen.
_UNSURE = (0xA0, 0xAD)
# Codes that Windows-1252 leaves open are bullets there.
_OPEN = (0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D)

CODES = {
    bytes([code]).decode("cp1252"): code for code in range(0x20, 0x100) if code not in _UNSURE and code not in _OPEN
}
FIRST = 0x20

NO_BREAK_SPACE = "\u00a0"
# A character within a literal string; a no-break space is a space there.
SAID = {char: _ESCAPED.get(char, chr(code)) for char, code in CODES.items()} | {NO_BREAK_SPACE: " "}
