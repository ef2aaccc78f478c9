"""The proof that an office signs before it issues: a cover, then the worst cases of the batch as specimens."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2

from emission import money, store
from emission.cases import Cases, cases_of, drawn
from emission.config import Settings
from emission.filenames import safe_name
from emission.model import Fault
from emission.outputs.cover import Cover, cover_pdf
from emission.render import Stamped, fingerprint
from emission.render.dates import written_date
from emission.stages.extremes import Extreme
from emission.stages.look import look_of
from emission.wording import Language, reason, say

SHORT = 12  # characters of a fingerprint that people compare


class Shown(msgspec.Struct, frozen=True):
    """A case of a proof: ``said`` for people; its page in the PDF, or ``None`` and the reason why there is none."""

    case: str
    said: str
    voucher_id: str
    page: int | None
    reason: str


class Proof(msgspec.Struct, frozen=True):
    """A proof that was written; ``amount`` is decimal text over the sound rows, ``template_sha256`` of the look."""

    path: str
    batch: str
    issuer: str
    template: str
    template_sha256: str
    issue_date: str
    vouchers: int
    obligations: int
    rejected: int
    amount: str
    currency: str
    pages: int
    cases: tuple[Shown, ...]

    @property
    def whole(self) -> bool:
        """Whether every case could be drawn."""
        return all(case.page is not None for case in self.cases)


def prove(settings: Settings, batch: Path, folder: Path) -> Proof:
    """Writes ``BATCH-proof.pdf`` into ``folder``; nobody is asked for codes, and none of it can be paid.

    Raises:
        UsageError: the batch cannot be read or has no sound row; the template is not right.
        Refused: the file is cut short.
        Stopped: the disk refuses.
    """
    cases = cases_of(settings, batch)
    results = drawn(settings, cases)
    # A cover of more pages moves all others; it has as many as before once their numbers are right.
    proof, cover = _bound(settings, cases, results, 1)
    count = _pages(cover)
    if count > 1:
        proof, cover = _bound(settings, cases, results, count)
    parts = [cover, *(one.digital for result in results if not isinstance(result, Fault) for one in result)]
    path = folder / f"{safe_name(cases.batch)}-proof.pdf"
    store.write(path, _joined(parts))
    return msgspec.structs.replace(proof, path=str(path))


def case_said(language: Language, extreme: Extreme, currency: str) -> str:
    """``Nombre más largo (54 caracteres)``."""
    value = money.local(extreme.value, currency) if extreme.case == "largest-amount" else str(extreme.value)
    return say(language, f"case-{extreme.case}", value=value, text=extreme.text)


def _bound(
    settings: Settings, cases: Cases, results: Sequence[tuple[Stamped, ...] | Fault], before: int
) -> tuple[Proof, bytes]:
    """The proof and its cover, where ``before`` pages come before the first voucher."""
    places: dict[str, int | str] = {}
    page = before + 1
    for voucher, result in zip(cases.vouchers, results, strict=True):
        places[voucher.voucher_id] = reason(settings.language, result) if isinstance(result, Fault) else page
        page += 0 if isinstance(result, Fault) else sum(one.pages for one in result)
    shown = tuple(_shown(settings, extreme, cases.currency, places) for extreme in cases.extremes.cases)
    proof = Proof(
        path="",
        batch=cases.batch,
        issuer=settings.issuer.name,
        template=" + ".join(filter(None, (settings.template.name, settings.template.digital))),
        # The look that a run keeps and goes on with, not that of its specimens.
        template_sha256=fingerprint(look_of(settings)),
        issue_date=cases.issue_date,
        vouchers=cases.extremes.vouchers,
        obligations=cases.extremes.obligations,
        rejected=cases.extremes.rejected,
        amount=money.plain(cases.extremes.amount, cases.currency),
        currency=cases.currency,
        pages=page - 1,
        cases=shown,
    )
    return proof, cover_pdf(_cover(settings.language, proof))


def _shown(settings: Settings, extreme: Extreme, currency: str, places: dict[str, int | str]) -> Shown:
    place = places[extreme.voucher_id]
    page, why = (place, "") if isinstance(place, int) else (None, place)
    return Shown(extreme.case, case_said(settings.language, extreme, currency), extreme.voucher_id, page, why)


def _cover(language: Language, proof: Proof) -> Cover:
    amount = money.local(money.parse(proof.amount, proof.currency), proof.currency)
    facts = {
        "batch": proof.batch,
        "template": f"{proof.template} · {proof.template_sha256[:SHORT]}",
        "issue-date": written_date(datetime.date.fromisoformat(proof.issue_date), "", "es"),
        "vouchers": str(proof.vouchers),
        "obligations": str(proof.obligations),
        "amount": amount,
        "rejected": str(proof.rejected),
    }
    return Cover(
        title=say(language, "proof-title"),
        issuer=proof.issuer,
        note=say(language, "proof-note"),
        facts=[(say(language, f"proof-{name}"), value) for name, value in facts.items()],
        headings=(say(language, "proof-case"), say(language, "proof-voucher"), say(language, "proof-page")),
        rows=[_row(language, case) for case in proof.cases],
        approval=say(language, "proof-approval", template=proof.template_sha256[:SHORT]),
        lines=tuple(say(language, f"proof-{name}") for name in ("approved-by", "signature", "date")),
    )


def _row(language: Language, case: Shown) -> tuple[str, str, str]:
    if case.page is None:
        return case.said, say(language, "proof-undrawn", id=case.voucher_id, reason=case.reason), "–"
    return case.said, case.voucher_id, str(case.page)


def _pages(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return len(document)


def _joined(parts: Sequence[bytes]) -> bytes:
    with pikepdf.Pdf.new() as whole:
        for part in parts:
            with pikepdf.Pdf.open(io.BytesIO(part)) as document:
                whole.pages.extend(document.pages)
        stream = io.BytesIO()
        # The same proof is the same bytes: no clock, and a number made of the content.
        whole.save(stream, min_version="1.7", deterministic_id=True)
    return stream.getvalue()
