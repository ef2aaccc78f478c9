"""Whether a run's artefacts, its ledger and its input say the same: every fact is held against another place of it."""

from emission.audit.checks import audit
from emission.audit.finding import Audit, Difference, Finding, Remark, Where

__all__ = ["Audit", "Difference", "Finding", "Remark", "Where", "audit"]
