"""The invented vouchers on which a designer sees every page of a template: what is payable, and what is not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from emission.design.uses import uses_of
from emission.model import Voucher
from emission.render.look import Look
from emission.render.sample import sample_vouchers

# A column may hold anything; of all texts, a digit is what most expressions can be tried on.
_CELL = "1"


def design_vouchers(look: Look) -> list[Voucher]:
    """The vouchers that templates are proved on, and one that is not payable, with every column that ``look`` reads.

    Raises:
        TemplateError: the layout cannot be read.
    """
    columns = {use.path[-1] for use in uses_of(Path(look.template)) if _is_column(use.path)}
    payable = [_with_columns(voucher, columns) for voucher in sample_vouchers()]
    first = payable[0].obligations[0]
    told = msgspec.structs.replace(first, payable=False, legend="Adherido al débito automático")
    return [*payable, Voucher("MUESTRA-0", (told,))]


def _is_column(path: tuple[str, ...]) -> bool:
    return "extra" in path[:-1]


def _with_columns(voucher: Voucher, columns: Iterable[str]) -> Voucher:
    extra = dict.fromkeys(columns, _CELL)
    obligations = tuple(msgspec.structs.replace(one, extra=extra) for one in voucher.obligations)
    return msgspec.structs.replace(voucher, obligations=obligations)
