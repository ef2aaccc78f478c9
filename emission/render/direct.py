"""The model's data without a detour: ``obligation.amount`` of a template as Python's own, where it is one of ours.

Jinja2 asks its environment for every name of every value, a hundred times a voucher: half of what an evaluation takes.
"""

from __future__ import annotations

import jinja2.nodes
import msgspec
from jinja2.compiler import CodeGenerator, Frame

from emission import model
from emission.render import slips

_OURS = tuple(
    one
    for room in (model, slips)
    for one in vars(room).values()
    if isinstance(one, type) and issubclass(one, msgspec.Struct)
)


def _data(struct: type[msgspec.Struct]) -> set[str]:
    """The names of its fields and properties that everybody may see."""
    properties = {name for name, value in vars(struct).items() if isinstance(value, property)}
    return {name for name in properties.union(struct.__struct_fields__) if not name.startswith("_")}


# Which of our structs have something of that name.
SHOWN = {name: frozenset(one for one in _OURS if name in _data(one)) for name in set().union(*map(_data, _OURS))}


class Code(CodeGenerator):
    """Compiles templates for an environment that has :data:`SHOWN` as ``shown``."""

    def visit_Getattr(self, node: jinja2.nodes.Getattr, frame: Frame) -> None:  # noqa: N802 -- Jinja2's own name
        name = node.attr
        if name not in SHOWN:
            super().visit_Getattr(node, frame)
            return
        value = self.temporary_identifier()
        self.write(f"({value}.{name} if ({value} := ")
        self.visit(node.node, frame)
        self.write(f").__class__ in environment.shown[{name!r}] else environment.getattr({value}, {name!r}))")
