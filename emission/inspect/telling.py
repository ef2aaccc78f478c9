"""What a code is, on the terminal or as JSON."""

from __future__ import annotations

import msgspec

from emission.console import Console
from emission.inspect.pages import Seen
from emission.inspect.tags import Tag
from emission.inspect.texts import Reading
from emission.wording import Language, known, reason, say
from emission.wording.visible import visible


def tell(console: Console, language: Language, text: str, found: list[Reading], seen: Seen | None = None) -> None:
    """Says every reading of one text; ``seen`` where it was found on a page."""
    if console.json:
        place = {} if seen is None else {"page": seen.page, "symbology": seen.symbology}
        sentences = [[reason(language, fault) for fault in reading.wrong] for reading in found]
        console.emit("code", text=text, **place, readings=msgspec.to_builtins(found), reasons=sentences)
        return
    if seen is not None:
        console.line("inspect-seen", page=seen.page, symbology=seen.symbology, text=visible(text))
    for reading in found:
        _reading(console, language, reading, len(text))


def tell_tag(console: Console, tag: Tag) -> None:
    """Says one element of a PDF's structure, as deep as it stands."""
    if console.json:
        console.emit("tag", **msgspec.to_builtins(tag))
        return
    alt = f"[{visible(tag.alt)}]" if tag.alt and tag.alt != tag.text else ""
    href = f"→ {visible(tag.href)}" if tag.href else ""
    told = " ".join(part for part in (visible(tag.text), alt, href) if part)
    console.line("inspect-tag", indent="  " * tag.depth, role=tag.role, told=f"  {told}" if told else "")


def _reading(console: Console, language: Language, reading: Reading, length: int) -> None:
    console.line(f"inspect-{reading.kind}", title=visible(reading.title), length=length)
    if reading.line:
        console.line("inspect-line", line=reading.line)
    names = [f"{part.name} {_name(language, part.name)}".rstrip() for part in reading.parts]
    width = max(map(len, names), default=0)
    for name, part in zip(names, reading.parts, strict=True):
        told = f"{visible(part.text)}  {part.means}".rstrip()
        console.line("inspect-part", name=f"  {name.ljust(width)}", told=told)
    for fault in reading.wrong:
        console.line("inspect-wrong", reason=reason(language, fault), fault=fault.code)
    if reading.kind in ("barcode", "gs1", "emv", "url") and not reading.wrong:
        console.line("inspect-right")


def _name(language: Language, name: str) -> str:
    """What a tag of an EMV text is called; a field of an agreement has its own name."""
    code = f"emv-tag-{name}"
    return say(language, code) if known(code) else ""
