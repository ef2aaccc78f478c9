"""Templates of a few elements, as a designer would try them out."""

from __future__ import annotations

from pathlib import Path

SETTINGS = """
name = "prueba"
[faces]
regular = "SourceSansPro-Regular"
semibold = "SourceSansPro-Semibold"
{faces}
[sizes]
label = 7
text = 9
large = 13
"""
BANNER = '<banner x="20" y="60" w="170" h="150"/>'
STACK = '<stack take="12" row="1"/>'


def design(folder: Path, *pages: str, faces: str = "", parts: str = "") -> str:
    """A template of ``pages`` (attributes and content of each, as ``(continues="a") <text…/>`` or content alone)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "template.toml").write_text(SETTINGS.format(faces=faces), encoding="utf-8")
    markup = "\n".join(_page(number, page) for number, page in enumerate(pages))
    (folder / "voucher.xml").write_text(f"<voucher>\n{parts}{markup}\n</voucher>\n", encoding="utf-8")
    return str(folder)


def _page(number: int, page: str) -> str:
    attributes, content = "", page
    if page.startswith("("):
        attributes, _, content = page[1:].partition(")")
    return f"<page {attributes}>\n{'' if number or '<stack' in content else STACK}{BANNER}\n{content}\n</page>"
