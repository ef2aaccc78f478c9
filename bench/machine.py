"""Where figures were taken: a figure without its machine is none."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

PACKAGES = (
    "emission", "reportlab", "qrcode", "segno", "zxing-cpp", "python-barcode", "pillow", "numpy", "jinja2", "fonttools",
    "sqlalchemy", "httpx", "uvicorn", "msgspec", "typst", "fpdf2", "weasyprint",
)  # fmt: skip


class Machine(msgspec.Struct, frozen=True):
    """``load`` is the load average of the last minute when the measurement began, where the system keeps one."""

    date: str
    cores: int
    processor: str
    system: str
    python: str
    load: float | None
    packages: dict[str, str]


def this_machine() -> Machine:
    """The machine that this runs on, now."""
    return Machine(
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        cores=os.cpu_count() or 1,
        processor=_processor(),
        system=platform.platform(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        packages=dict(_versions()),
    )


def _versions() -> Iterator[tuple[str, str]]:
    """Of what is installed; peers need not be."""
    for name in PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            yield name, importlib.metadata.version(name)


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
