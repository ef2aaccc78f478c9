"""What is told of a proof and of previews, on the terminal or in JSON."""

from __future__ import annotations

import msgspec

from emission.console import Console
from emission.signoff import Proof


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
