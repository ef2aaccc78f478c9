"""The pages, and what stands in them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.es.md")


def pages() -> list[Path]:
    """Every page that this repository shows its readers."""
    return [*(ROOT / name for name in READMES), *sorted((ROOT / "docs").glob("*.md"))]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language (empty: of none), in order, without their indent."""
    fences = re.compile(r"^( *)```([a-z]*)\n(.*?)^ *```$", flags=re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(found[3]) for found in fences.finditer(page) if found[2] == language]


def commands(page: str) -> list[str]:
    """Every line that a reader would type."""
    return [line for block in blocks(page, "sh") for line in block.splitlines() if line.strip()]


def rows(page: str) -> list[list[str]]:
    """The cells of every line of a table."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
