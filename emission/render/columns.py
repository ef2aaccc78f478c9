"""A ``table`` as a designer writes it → the node that draws it."""

from __future__ import annotations

from collections.abc import Callable

from emission.render.continuing import carried_in
from emission.render.fields import Scope
from emission.render.markup import Element
from emission.render.nodes import MM, Source
from emission.render.table import Column, Table
from emission.render.typography import Typography, cover

# What an element's attribute says, in the regular face where it is to be drawn in that.
Said = Callable[[Element, str], Source]


def as_table(element: Element, scope: Scope, faces: Typography, empty: Source, foot: Said) -> Table:
    """The table of ``element``, whose records are those of ``scope``; expressions are known to be Jinja2.

    Raises:
        TemplateError: it has no columns, or a value that it cannot have.
    """
    columns: list[Column] = []
    at = 0.0
    for column in element.children:
        width = column.number("w") * MM
        cover(column, faces.regular, column.attributes.get("title", ""))
        columns.append(
            Column(
                title=column.attributes.get("title", ""),
                x=at,
                width=width,
                align=column.choice("align", ("left", "right", "center"), "left"),
                cell=Source(None, scope.field(column.text.strip(), column)),
                foot=foot(column, column.attributes.get("foot", "")),
                lines=column.whole("lines"),
                carry=carried_in(column, scope),
            )
        )
        at += width
    if not columns:
        element.fail("template-columns")
    row = element.number("row") * MM
    if element.number("least") * MM > row:
        value, most = element.attributes["least"], element.attributes["row"]
        element.fail("template-value", attribute="least", value=value, expected=f"<= {most}")
    return Table(
        scope=scope.index,
        columns=tuple(columns),
        face=faces.regular,
        strong=faces.strong,
        size=faces.size(element, "text"),
        x=element.number("x") * MM,
        y=element.number("y") * MM,
        width=at,
        height=element.number("h") * MM,
        row=row,
        least=element.number("least") * MM or row,
        zebra=element.choice("zebra", ("yes", "no"), "no") == "yes",
        role=element.attributes.get("role", "lines"),
        empty=empty,
    )
