"""The tables of the pages that must not drift: ``python -m tests.docs.tables`` writes them anew."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from emission.codes.agreements import Field, shipped
from emission.render.vocabulary import ELEMENTS

ROOT = Path(__file__).parents[2]
WORDING = ROOT / "emission" / "wording"

# Rooms in the order of a row's way; the terminal's own phrases are no reasons.
ROOMS = ("intake", "run", "providers", "codes", "render", "config", "reliability")

# What stops a command, not a row.
STOPS = re.compile(
    r"(batch|column|header|disk|ledger|key|configuration|credentials|lookup|sandbox)-.*"
    r"|control-(rows|amount)"
    r"|agreement-(unknown|unreadable|value-wrong)"
    r"|provider-(no|address|not|token|unreachable|http|misconfigured|throttled|failing|scope).*"
    r"|(window|faults)-.*"
    r"|datamatrix-.*"
    r"|template-(?!field-missing$|failed$).*"
    r"|.*-key|configuration|identity-missing|file-cut-short|encoding-unknown|date-format|too-many-rejected"
    r"|links-.*|serve-.*|notice-.*|access-refused|etpay-no-payment-url"
    r"|not-conserved|worker-(died|hung)|out-of-memory|nested-too-deep|output-closed|file-not-written|part-unreadable|logo-missing"
)


def sentences() -> dict[str, str]:
    """Every reason with its Spanish sentence."""
    found: dict[str, str] = {}
    for room in ROOMS:
        texts = tomllib.loads((WORDING / f"{room}.toml").read_text(encoding="utf-8"))
        found |= {code: text["es"] for code, text in texts.items()}
    return found


def reasons(*, stops: bool) -> str:
    """The reasons of rows, or those that stop a command, sorted by code."""
    chosen = {code: text for code, text in sentences().items() if bool(STOPS.fullmatch(code)) is stops}
    return _table(("Code", "Sentence"), ((f"`{code}`", chosen[code]) for code in sorted(chosen)))


def elements() -> str:
    """The elements of voucher.xml, their attributes, and what may stand inside them."""
    rows = (
        (
            f"`{name}`",
            _names(shape.required),
            _names(shape.optional),
            "text" if shape.text else _names(shape.children) or "nothing",
        )
        for name, shape in ELEMENTS.items()
        if name
    )
    return _table(("Element", "Required", "Optional", "Inside"), rows)


def findings() -> str:
    """What an audit finds, by the code without its prefix."""
    texts = tomllib.loads((WORDING / "audit.toml").read_text(encoding="utf-8"))
    own = ("title", "counted", "agrees", "differs", "more", "line", "row")
    found = {code.removeprefix("audit-"): text["en"] for code, text in texts.items() if code.startswith("audit-")}
    return _table(("Code", "Says"), ((f"`{code}`", found[code]) for code in sorted(found) if code not in own))


def agreements() -> str:
    """The shipped profiles: what they are, how they are checked, what they say."""
    rows = (
        (
            f"`{profile.name}`",
            profile.title,
            profile.symbology,
            f"`{profile.check}`" if profile.check else "",
            " ".join(f"`{field.name}` {_length(field)}" for field in profile.fields),
        )
        for profile in shipped().values()
    )
    return _table(("Name", "What", "Symbology", "Check", "Fields and their length"), rows)


def _length(field: Field) -> str:
    least = f"{field.least}-" if field.least else ""
    return f"{least}{field.length}{f' ({field.ai})' if field.ai else ''}"


# Page → mark → what stands between the marks.
TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "docs/agreements.md": {"agreements": agreements},
    "docs/clerk.md": {"rows": lambda: reasons(stops=False), "stops": lambda: reasons(stops=True)},
    "docs/designer.md": {"elements": elements},
    "docs/operator.md": {"audit": findings},
}


def with_tables(text: str, tables: dict[str, Callable[[], str]]) -> str:
    """``text`` with each table between its marks."""
    for name, make in tables.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
        head, _, rest = text.partition(begin)
        _, mark, tail = rest.partition(end)
        assert mark, f"the marks of {name} are not there"
        text = f"{head}{begin}{make()}{end}{tail}"
    return text


def _names(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in sorted(names))


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(map(_cell, line)) + " |" for line in (header, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    for name, tables in TABLES.items():
        page = ROOT / name
        page.write_text(with_tables(page.read_text(encoding="utf-8"), tables), encoding="utf-8")
