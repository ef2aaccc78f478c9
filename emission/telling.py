"""What is told of a proof and of previews, on the terminal or in JSON."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import msgspec

from emission.cases import Cases
from emission.console import Console
from emission.preview import Preview
from emission.signoff import Proof, case_said
from emission.wording import Language, reason


def tell_proof(console: Console, proof: Proof) -> None:
    """The cases of a proof, and where it is."""
    if console.json:
        console.emit("proof", **msgspec.to_builtins(proof))
        return
    rows = [
        (case.said, case.voucher_id, "–" if case.page is None else str(case.page), case.reason) for case in proof.cases
    ]
    console.table("", ("proof-case", "proof-voucher", "proof-page", ""), rows)
    console.line("proof-written", path=proof.path)


def tell_previews(console: Console, language: Language, cases: Cases, previews: Sequence[Preview]) -> None:
    """Every case, the voucher that shows it, and its PDF, or why there is none."""
    found = {one.voucher_id: one for one in previews}
    rows = []
    for extreme in cases.extremes.cases:
        one = found[extreme.voucher_id]
        shown = reason(language, one.fault) if one.fault else str(one.paths[0])
        rows.append((case_said(language, extreme, cases.currency), extreme.voucher_id, shown))
    console.table("", ("proof-case", "proof-voucher", "preview-file"), rows)


def tell_redrawn(console: Console) -> None:
    """When it was drawn last, and how to end."""
    console.remark("preview-watching", time=f"{datetime.datetime.now().astimezone():%H:%M:%S}")
