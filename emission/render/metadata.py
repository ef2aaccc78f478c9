"""What a digital file says of itself: XMP, readable without a PDF reader (ISO 19005-2, 6.6.2; ISO 14289-1, 5).

Dublin Core has a place for all of it. Only ``pdfuaid`` has to be described, since PDF/A does not know it (6.6.2.3.3).
"""

from __future__ import annotations

import msgspec

_PURL = "http://purl.org/dc/elements/1.1/"
_AIIM = "http://www.aiim.org/"
_HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    f'<rdf:Description rdf:about="" xmlns:dc="{_PURL}" xmlns:pdfaid="{_AIIM}pdfa/ns/id/"'
    f' xmlns:pdfuaid="{_AIIM}pdfua/ns/id/" pdfaid:part="2" pdfaid:conformance="U" pdfuaid:part="1"'
)
_TAIL = (
    f'<pdfaExtension:schemas xmlns:pdfaExtension="{_AIIM}pdfa/ns/extension/"'
    f' xmlns:pdfaSchema="{_AIIM}pdfa/ns/schema#" xmlns:pdfaProperty="{_AIIM}pdfa/ns/property#"><rdf:Bag>'
    f'<rdf:li><rdf:Description pdfaSchema:schema="PDF/UA" pdfaSchema:namespaceURI="{_AIIM}pdfua/ns/id/"'
    ' pdfaSchema:prefix="pdfuaid"><pdfaSchema:property><rdf:Seq>'
    '<rdf:li pdfaProperty:name="part" pdfaProperty:valueType="Integer"'
    ' pdfaProperty:category="internal" pdfaProperty:description="part"/>'
    "</rdf:Seq></pdfaSchema:property></rdf:Description></rdf:li>"
    "</rdf:Bag></pdfaExtension:schemas>\n"
    '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
)


class About(msgspec.Struct, frozen=True):
    """What is said: ``identifier`` are the obligations, ``source`` the template and its fingerprint."""

    title: str
    creator: str
    identifier: str
    period: str
    source: str


def packet(about: About) -> bytes:
    """The packet, in UTF-8, without room for others to write in."""
    said = {"identifier": about.identifier, "coverage": about.period, "source": about.source}
    entries = "".join(f'\n dc:{name}="{_text(value)}"' for name, value in said.items() if value)
    title = f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{_text(about.title)}</rdf:li></rdf:Alt></dc:title>'
    creator = f"<dc:creator><rdf:Seq><rdf:li>{_text(about.creator)}</rdf:li></rdf:Seq></dc:creator>"
    return f"{_HEAD}{entries}>\n{title}\n{creator}\n{_TAIL}".encode()


def _text(value: str) -> str:
    """A text as XML; what XML 1.0 cannot say is left out (2.2)."""
    if not value.isprintable():
        value = "".join(char if char.isprintable() else " " for char in value)
    # By far the quickest of the ways: translating takes ten times as long where one letter is not ASCII.
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
