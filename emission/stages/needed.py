"""What the template needs of a batch, held against the columns that it has."""

from __future__ import annotations

import difflib

from emission.config import Settings
from emission.errors import BatchError
from emission.intake import BatchReader
from emission.render import read_settings
from emission.stages.look import template_folders

# These are worked out, or said by the configuration, where the batch has no column for them.
_GIVEN = frozenset(("tax", "period", "payer_id_type"))


def hold_columns(settings: Settings, batch: BatchReader, file: str) -> None:
    """Lets the batch pass that has a column for every field that its template cannot do without.

    Raises:
        BatchError: names the columns that it lacks, and the template that needs them.
        UsageError: there is no such template, or its settings are not right.
    """
    there = {*batch.columns_mapped, *batch.further, *_GIVEN}
    for template in map(read_settings, template_folders(settings)):
        lacking = [field.column for field in template.fields if not field.optional and field.column not in there]
        if not lacking:
            continue
        near = [difflib.get_close_matches(name, batch.header, n=1, cutoff=0.5) for name in lacking]
        raise BatchError(
            "column-of-template-missing",
            path=file,
            columns=", ".join(lacking),
            template=template.name,
            found=", ".join(name[:40] for name in batch.header if name) or "—",
            nearest=", ".join(found[0] if found else "—" for found in near),
        )
