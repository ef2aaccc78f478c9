"""Which names the expressions of a template use, found in Jinja2's own tree of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jinja2 import nodes

from emission.design.nouns import ITEM, UNPACKED, Path

# A name of the template's own making leads to no noun of ours.
_OWN: Path = ()
Aliases = Mapping[str, Path]


def paths_of(tree: nodes.Node, aliases: Aliases | None = None) -> Iterator[tuple[Path, int, bool]]:
    """Every path that ``tree`` reads: where it leads, its line, and whether an absence is provided for."""
    known = dict(aliases or {})
    for child in tree.iter_child_nodes():
        yield from _visit(child, known)


def _visit(node: nodes.Node, aliases: dict[str, Path]) -> Iterator[tuple[Path, int, bool]]:
    if isinstance(node, nodes.For):
        yield from _visit(node.iter, aliases)
        inside = aliases | _targets(node.target, _path(node.iter, aliases)) | {"loop": _OWN}
        for part in (*node.body, *node.else_, *([node.test] if node.test else [])):
            yield from _visit(part, inside)
    elif isinstance(node, nodes.Assign):
        yield from _visit(node.node, aliases)
        aliases.update(dict.fromkeys(_names(node.target), _path(node.node, aliases) or _OWN))
    elif isinstance(node, nodes.Call):
        yield from _call(node, aliases)
    elif isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
        yield from _chain(node, aliases)
    else:
        for child in node.iter_child_nodes():
            yield from _visit(child, aliases)


def _call(node: nodes.Call, aliases: dict[str, Path]) -> Iterator[tuple[Path, int, bool]]:
    """``extra.get("X")`` is a name that may be absent; any other method belongs to the value before it."""
    method = node.node
    if isinstance(method, nodes.Getattr):
        before = _path(method.node, aliases)
        key = node.args[0] if node.args else None
        if method.attr == "get" and before and isinstance(key, nodes.Const):
            yield (*before, str(key.value)), node.lineno, True
        else:
            yield from _visit(method.node, aliases)
    for part in (*node.args, *(keyword.value for keyword in node.kwargs)):
        yield from _visit(part, aliases)


def _chain(
    node: nodes.Name | nodes.Getattr | nodes.Getitem, aliases: dict[str, Path]
) -> Iterator[tuple[Path, int, bool]]:
    path = _path(node, aliases)
    if path:
        yield path, node.lineno, False
    if isinstance(node, nodes.Name):
        return
    if path is None:
        yield from _visit(node.node, aliases)
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        yield from _visit(node.arg, aliases)


def _path(node: nodes.Node, aliases: Aliases) -> Path | None:
    """Where a chain of names leads; nothing where it begins with something else, ``_OWN`` with a name of its own."""
    if isinstance(node, nodes.Name):
        return aliases.get(node.name, (node.name,))
    if isinstance(node, nodes.Getattr):
        return _on(_path(node.node, aliases), node.attr)
    if isinstance(node, nodes.Getitem):
        before = _path(node.node, aliases)
        if isinstance(node.arg, nodes.Slice):
            return before
        key = node.arg.value if isinstance(node.arg, nodes.Const) else 0
        return _on(before, key if isinstance(key, str) else ITEM)
    return None


def _on(before: Path | None, step: str) -> Path | None:
    if not before:
        return before
    path = (*before, step)
    return ("obligation",) if path == ("obligations", ITEM) else path


def _targets(target: nodes.Node, over: Path | None) -> dict[str, Path]:
    names = list(_names(target))
    item = _on(over, ITEM) or _OWN
    if isinstance(target, nodes.Name):
        return {target.name: item}
    parts = UNPACKED.get(item, ())
    return dict(zip(names, parts, strict=True)) if len(parts) == len(names) else dict.fromkeys(names, _OWN)


def _names(target: nodes.Node) -> Iterator[str]:
    if isinstance(target, nodes.Name):
        yield target.name
    for child in target.iter_child_nodes():
        yield from _names(child)
