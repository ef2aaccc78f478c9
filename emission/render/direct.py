"""The model's data without a detour: ``obligation.amount`` of a template as Python's own, where it is one of ours.

Jinja2 asks its environment for every name of every value and how to show it, a hundred times a voucher: half of what
an evaluation takes.
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


class Direct(CodeGenerator):
    """Compiles templates for an environment that has :data:`SHOWN` as ``shown``.

    ``value`` is what was looked at last: nothing that is still needed, since the inner is done before the outer.
    """

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("shown = environment.shown")

    def visit_Getattr(self, node: jinja2.nodes.Getattr, frame: Frame) -> None:  # noqa: N802 -- Jinja2's own name
        name = node.attr
        if name not in SHOWN:
            super().visit_Getattr(node, frame)
            return
        self.write(f"(value.{name} if (value := ")
        self.visit(node.node, frame)
        self.write(f").__class__ in shown[{name!r}] else environment.getattr(value, {name!r}))")

    def _output_child_pre(
        self,
        node: jinja2.nodes.Expr,  # noqa: ARG002 -- as Jinja2 calls it
        frame: Frame,  # noqa: ARG002
        finalize: CodeGenerator._FinalizeInfo,  # noqa: ARG002
    ) -> None:
        self.write("(value if (value := ")

    def _output_child_post(self, node: jinja2.nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        """Text is shown as it is; all else as the environment has it."""
        self.write(").__class__ is str else ")
        super()._output_child_pre(node, frame, finalize)
        self.write("value")
        super()._output_child_post(node, frame, finalize)
        self.write(")")
