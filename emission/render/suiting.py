"""Whether a letterhead's page may stand in an archive's file as it is: all that is known to be allowed, and no more.

ISO 19005-2, 6.2 (graphics), with sRGB as what device colours mean. What is not on these lists may conform too; who
finds out would have to know all of PDF. Words are not: whether a font's widths and characters are right, only the
font's program says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pikepdf


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPERATORS = _names(
    "m l c v y h re S s f F f* B B* b b* n W W* q Q cm w J j M d i ri gs g G rg RG cs CS sc SC scn SCN sh Do"
    " BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T*"  # programs begin a text and show none
)
# They only say what something is; a letterhead is passed over as a whole.
MARKS = _names("BMC BDC EMC MP DP")
_SPACES = _names("/DeviceGray /DeviceRGB")
_FILTERS = _names("/FlateDecode /DCTDecode /RunLengthDecode /ASCIIHexDecode /ASCII85Decode /CCITTFaxDecode")
_INTENTS = _names("/Perceptual /Saturation /RelativeColorimetric /AbsoluteColorimetric")
_BLENDS = _names(
    "/Normal /Compatible /Multiply /Screen /Overlay /Darken /Lighten /ColorDodge /ColorBurn /HardLight /SoftLight"
    " /Difference /Exclusion /Hue /Saturation /Color /Luminosity"
)
_STATES = _names("/Type /LW /LC /LJ /ML /D /RI /CA /ca /BM /AIS /SA /FL /SM /OP /op /OPM /SMask")
_IMAGE = _names(
    "/Type /Subtype /Width /Height /ColorSpace /BitsPerComponent /Intent /ImageMask /Mask /Decode /SMask /Name /Length"
    " /Filter /DecodeParms /Matte /Metadata /StructParent"
)
_FORM = _names(
    "/Type /Subtype /FormType /BBox /Matrix /Resources /Group /Name /Length /Filter /DecodeParms /Metadata /PieceInfo"
    " /LastModified /StructParent /StructParents"
)
_RESOURCES = _names("/ColorSpace /ExtGState /Font /Pattern /ProcSet /Properties /Shading /XObject")
_DEEPEST = 20
_MOST_STATES = 27  # within each other; one more is ours (6.1.13)


class _MisfitError(Exception):
    """Its text names what is not on the lists."""


def misfit(page: pikepdf.Page, resources: Any) -> str:  # noqa: ANN401 -- pikepdf's objects are of one type
    """The first thing of a page that is not known to be allowed; empty where all of it is."""
    try:
        _group(page.obj.get("/Group"))
        _content(page, resources, 0)
    except _MisfitError as error:
        return str(error)
    return ""


def _hold(value: object, allowed: Iterable[str]) -> None:
    if str(value) not in allowed:
        raise _MisfitError(str(value).lstrip("/")[:60])


def _only(node: Any, allowed: Iterable[str]) -> None:  # noqa: ANN401 -- as above
    for key in node.keys():  # noqa: SIM118 -- pikepdf's dictionaries are no mappings
        _hold(key, allowed)


def _content(holder: Any, resources: Any, depth: int) -> None:  # noqa: ANN401 -- as above
    """A content stream and all that it shows; marks are taken out of the page's own alone."""
    if depth > _DEEPEST:
        raise _MisfitError("nested too deep")
    known = resources if resources is not None else pikepdf.Dictionary()
    _only(known, _RESOURCES)
    allowed, level = _OPERATORS | (frozenset() if depth else MARKS), 0
    for said in pikepdf.parse_content_stream(holder):
        operator = str(said.operator)
        _hold(operator, allowed)
        level += {"q": 1, "Q": -1}.get(operator, 0)
        if not 0 <= level <= _MOST_STATES:
            raise _MisfitError("q")
        _operands(operator, list(said.operands), known, depth)


def _operands(operator: str, operands: list[Any], resources: Any, depth: int) -> None:  # noqa: ANN401 -- as above
    """What an operator names among the resources."""
    if operator == "Do":
        _shown(_named(resources, "/XObject", operands[0]), depth)
    elif operator == "gs":
        _state(_named(resources, "/ExtGState", operands[0]))
    elif operator == "ri":
        _hold(operands[0], _INTENTS)
    elif operator == "sh":
        _shading(_named(resources, "/Shading", operands[0]))
    elif operator in {"cs", "CS"} and str(operands[0]) != "/Pattern":
        direct = str(operands[0]) in _SPACES
        _space(operands[0] if direct else _named(resources, "/ColorSpace", operands[0]))
    elif operator in {"scn", "SCN"} and isinstance(operands[-1], pikepdf.Name):
        _pattern(_named(resources, "/Pattern", operands[-1]), depth)
    elif operator in {"BDC", "DP"} and str(operands[0]) == "/OC":
        raise _MisfitError("OC")


def _named(resources: Any, kind: str, name: Any) -> Any:  # noqa: ANN401 -- as above
    found = resources.get(kind, pikepdf.Dictionary()).get(str(name))
    if found is None:
        raise _MisfitError(str(name))
    return found


def _shown(node: Any, depth: int) -> None:  # noqa: ANN401 -- as above
    if str(node.get("/Subtype")) == "/Form":
        _only(node, _FORM)
        _filters(node)
        _group(node.get("/Group"))
        _content(node, node.get("/Resources"), depth + 1)
    else:
        _hold(node.get("/Subtype"), {"/Image"})
        _image(node, depth)


def _image(node: Any, depth: int) -> None:  # noqa: ANN401 -- as above
    if depth > _DEEPEST:
        raise _MisfitError("nested too deep")
    _only(node, _IMAGE)
    _filters(node)
    if "/Intent" in node:
        _hold(node.Intent, _INTENTS)
    if not node.get("/ImageMask", False):
        _space(node.get("/ColorSpace"))
    for mask in ("/SMask", "/Mask"):
        if isinstance(node.get(mask), pikepdf.Stream):
            _image(node[mask], depth + 1)


def _filters(node: Any) -> None:  # noqa: ANN401 -- as above
    filters = node.get("/Filter", ())
    for one in filters if isinstance(filters, (pikepdf.Array, tuple)) else (filters,):
        _hold(one, _FILTERS)


def _state(node: Any) -> None:  # noqa: ANN401 -- as above
    _only(node, _STATES)
    if "/SMask" in node:
        _hold(node.SMask, {"/None"})
    if "/BM" in node:
        _hold(node.BM, _BLENDS)
    if "/RI" in node:
        _hold(node.RI, _INTENTS)


def _space(node: Any) -> None:  # noqa: ANN401 -- as above
    """A colour space; what a profile says is nobody's to vouch for."""
    if isinstance(node, pikepdf.Array) and str(node[0]) == "/Indexed":
        node = node[1]
    _hold(node, _SPACES)


def _group(node: Any) -> None:  # noqa: ANN401 -- as above
    """A transparency group, whose colours are blended as ours are (6.2.10)."""
    if node is not None and "/CS" in node:
        _space(node.CS)


def _shading(node: Any) -> None:  # noqa: ANN401 -- as above
    _hold(node.get("/ShadingType"), {"1", "2", "3"})
    _space(node.get("/ColorSpace"))


def _pattern(node: Any, depth: int) -> None:  # noqa: ANN401 -- as above
    if int(node.get("/PatternType", 0)) == 1:
        _filters(node)
        _content(node, node.get("/Resources"), depth + 1)
    else:
        _shading(node.get("/Shading", pikepdf.Dictionary()))
        if "/ExtGState" in node:
            _state(node.ExtGState)
