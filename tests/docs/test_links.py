"""Every relative link and every path of this repository that a page names is there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, pages

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# A path of ours as pages write it: `emission/…`, `stages/…`, `docs/…`; the walk leaves `emission/` out.
PATH = re.compile(r"`((?:[a-z_]+/)*[a-z_0-9]+\.(?:py|md|toml|xml)|(?:[a-z_]+/)+[a-z0-9_-]*)`")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_relative_links_resolve(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    for link in links:
        assert (page.parent / link).exists(), link
    assert page.name not in {"README.md", "README.es.md"} or len(links) > 5


@pytest.mark.parametrize("name", ["docs/walk.md", "docs/integrator.md"])
def test_files_of_the_code_that_are_named_exist(name: str) -> None:
    known = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if ".venv" not in path.parts}
    named = [path.rstrip("/") for path in PATH.findall((ROOT / name).read_text(encoding="utf-8"))]
    outputs = ("out", "print", "digital", "emission.toml")
    for path in named:
        ours = path.startswith(outputs) or any(other == path or other.endswith(f"/{path}") for other in known)
        assert ours, path
    assert len(named) > 5


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_page_names_a_place_that_only_one_machine_has(page: Path) -> None:
    assert not re.search(r"/(?:tmp|work|home|root|Users)/", page.read_text(encoding="utf-8"))
