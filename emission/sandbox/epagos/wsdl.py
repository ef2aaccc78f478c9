"""The WSDL that the sandbox serves: ePagos' methods and their structures, as far as they are known.

Names that clients use (methods, parts, the types that they make values of): ePagos' Python SDK. Members: that SDK,
ePagos' Java SDK and its developer pages. Names of types that only answers have, and of arrays, are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

NAMESPACE = "https://sandbox.epagos.net/"

Members = Mapping[str, str]  # name → xsd:…, or a structure or array of this file

TYPES: dict[str, Members] = {
    "DatosCredenciales": {
        "id_organismo": "xsd:int", "id_usuario": "xsd:string", "password": "xsd:string", "hash": "xsd:string",
    },
    "DatosCredencialesPago": {"id_organismo": "xsd:int", "token": "xsd:string"},
    "DetalleOperacion": {
        "id_item": "xsd:int", "desc_item": "xsd:string", "monto_item": "xsd:decimal", "cantidad_item": "xsd:int",
    },
    "IdentificacionPagador": {
        "tipo_doc_pagador": "xsd:int", "numero_doc_pagador": "xsd:long", "cuit_doc_pagador": "xsd:long",
    },
    "DireccionPagador": {
        "calle_dom_pagador": "xsd:string", "numero_dom_pagador": "xsd:string", "adicional_dom_pagador": "xsd:string",
        "cp_dom_pagador": "xsd:string", "ciudad_dom_pagador": "xsd:string", "provincia_dom_pagador": "xsd:int",
        "pais_dom_pagador": "xsd:int",
    },
    "TelefonoPagador": {"codigo_telef_pagador": "xsd:int", "numero_telef_pagador": "xsd:long"},
    "Pagador": {
        "nombre_pagador": "xsd:string", "apellido_pagador": "xsd:string", "fechanac_pagador": "xsd:date",
        "email_pagador": "xsd:string", "identificacion_pagador": "IdentificacionPagador",
        "domicilio_pagador": "DireccionPagador", "telefono_pagador": "TelefonoPagador", "cbu_pagador": "xsd:string",
    },
    "OperacionLote": {"id_operacion": "xsd:long"},
    "DatosOperacionPago": {
        "numero_operacion": "xsd:string", "identificador_externo_2": "xsd:string",
        "identificador_externo_3": "xsd:string", "identificador_externo_4": "xsd:string",
        "identificador_cliente": "xsd:string", "id_moneda_operacion": "xsd:int", "monto_operacion": "xsd:decimal",
        "opc_pdf": "xsd:boolean", "opc_fecha_vencimiento": "xsd:date", "opc_devolver_qr": "xsd:boolean",
        "opc_devolver_codbarras": "xsd:boolean", "opc_generar_pdf": "xsd:boolean",
        "opc_operaciones_lote": "OperacionLoteArray", "opc_fp_excluidas": "xsd:string",
        "opc_tp_excluidos": "xsd:string", "opc_fp_permitidas": "xsd:string",
        "detalle_operacion": "DetalleOperacionArray", "pagador": "Pagador", "fecha_2do_venc": "xsd:date",
        "monto_operacion_2do_venc": "xsd:decimal", "tipo_operacion": "xsd:int", "codigo_publicacion": "xsd:int",
        "url_boleta": "xsd:string", "url_ok": "xsd:string", "url_error": "xsd:string",
        "opc_T30_cerrado": "xsd:boolean", "opc_T30_reutilizable": "xsd:boolean",
        "opc_T30_requiere_orden": "xsd:boolean", "opc_T30_require_orden": "xsd:boolean",
    },
    "DatosFormaPago": {"id_fp": "xsd:int", "monto_fp": "xsd:decimal"},
    "TipoLote": {"fp": "DatosFormaPagoArray", "operacion": "DatosOperacionPago", "convenio": "xsd:int"},
    "DatosPago": {
        "CodigoUnicoTransaccion": "xsd:long", "ExternoId": "xsd:string", "ExternoId_2": "xsd:string",
        "ExternoId_3": "xsd:string", "Estado": "xsd:string", "CodBarras": "xsd:string", "Implementador": "xsd:int",
        "FechaPagoDesde": "xsd:string", "FechaPagoHasta": "xsd:string", "FechaAcreditacionDesde": "xsd:string",
        "FechaAcreditacionHasta": "xsd:string", "FechaNovedadAcreditacionDesde": "xsd:string",
        "FechaNovedadAcreditacionHasta": "xsd:string", "DevolverID4": "xsd:boolean", "Pagina": "xsd:int",
    },
    "DatosRendicion": {
        "Numero": "xsd:int", "Secuencia": "xsd:int", "Fecha_desde": "xsd:string", "Fecha_hasta": "xsd:string",
        "Fecha_deposito_desde": "xsd:string", "Fecha_deposito_hasta": "xsd:string", "numero": "xsd:int",
        "secuencia": "xsd:int", "fecha_deposito_desde": "xsd:string", "fecha_deposito_hasta": "xsd:string",
    },
    "DatosContracargo": {
        "Numero": "xsd:string", "Estado": "xsd:string", "Fecha_desde": "xsd:string", "Fecha_hasta": "xsd:string",
    },
    "DatosPagosAdicionales": {"Fecha_desde": "xsd:string", "Fecha_hasta": "xsd:string"},
    "OperacionQR": {"id_transaccion": "xsd:long", "etiqueta": "xsd:string"},
    "BarraAdicional": {
        "codigo_barra": "xsd:string", "codigo_pago": "xsd:string", "fechavenc": "xsd:date", "importe": "xsd:decimal",
    },
    "RespuestaFormaPago": {
        "codigo_pago_fp": "xsd:string", "codigo_barras_fp": "xsd:string", "fechavenc_fp": "xsd:date",
        "importe_fp": "xsd:decimal", "qr_texto_T30": "xsd:string", "codigo_pmc": "xsd:string",
        "codigo_link": "xsd:string", "url_qr": "xsd:string", "barras_adicionales": "BarraAdicionalArray",
    },
    "RespuestaLote": {
        "id_transaccion": "xsd:long", "numero_operacion": "xsd:string", "convenio": "xsd:int",
        "respuesta_forma_pago_array": "RespuestaFormaPagoArray",
    },
    "RespuestaPagoFormaPago": {
        "Identificador": "xsd:int", "Importe": "xsd:decimal", "CodigoPago": "xsd:string", "CodigoBarras": "xsd:string",
        "FechaVencimiento": "xsd:dateTime",
    },
    "RespuestaPagoAdicional": {
        "CodigoUnicoTransaccion": "xsd:long", "FormaPago": "xsd:string", "Monto": "xsd:decimal",
        "FechaPago": "xsd:date", "FechaNovedad": "xsd:date", "IdPago": "xsd:long",
    },
    "RespuestaPago": {
        "CodigoUnicoTransaccion": "xsd:long", "Externa": "xsd:string", "Externa_2": "xsd:string",
        "Externa_3": "xsd:string", "Convenio": "xsd:int", "Importe": "xsd:decimal", "Estado": "xsd:string",
        "FechaPago": "xsd:dateTime", "FechaAcreditacion": "xsd:dateTime", "FechaNovedadAcreditacion": "xsd:dateTime",
        "FormaPago": "RespuestaPagoFormaPagoArray", "PagosAdicionales": "RespuestaPagoAdicionalArray",
        "Url_QR": "xsd:string",
    },
    "DetalleRendicion": {
        "Codigo_unico_transaccion": "xsd:long", "Monto": "xsd:decimal", "Numero_operacion": "xsd:string",
        "Depositable": "xsd:boolean",
    },
    "DetalleContracargo": {
        "Codigo_unico_transaccion": "xsd:long", "Monto": "xsd:decimal", "Numero_rendicion": "xsd:int",
    },
    "RespuestaRendicion": {
        "Numero": "xsd:int", "Secuencia": "xsd:int", "Convenio": "xsd:int", "Estado": "xsd:string",
        "Fecha_desde": "xsd:date", "Fecha_hasta": "xsd:date", "Fecha_estimada_deposito": "xsd:date",
        "Fecha_deposito": "xsd:date", "Monto": "xsd:decimal", "Monto_depositado": "xsd:decimal",
        "Monto_comision": "xsd:decimal", "Monto_IVA": "xsd:decimal", "Monto_IIBB": "xsd:decimal",
        "Monto_CC": "xsd:decimal", "Monto_ND": "xsd:decimal", "Cantidad": "xsd:int",
        "Detalles": "DetalleRendicionArray", "Contracargos": "DetalleContracargoArray",
        "Devoluciones": "DetalleContracargoArray", "Contenido": "xsd:string",
    },
    "RespuestaContracargo": {
        "Numero": "xsd:int", "Estado": "xsd:string", "Medio": "xsd:string", "Transaccion": "xsd:long",
        "Monto": "xsd:decimal", "Tarjeta": "xsd:string", "Fecha": "xsd:date",
    },
    "EntidadPago": {
        "id_fp": "xsd:int", "nombre_fp": "xsd:string", "tipo_fp": "xsd:string", "estado_fp": "xsd:string",
    },
}  # fmt: skip

ARRAYS: dict[str, str] = {
    f"{item}Array": item
    for item in (
        "OperacionLote", "DetalleOperacion", "DatosFormaPago", "TipoLote", "OperacionQR", "BarraAdicional",
        "RespuestaFormaPago", "RespuestaLote", "RespuestaPagoFormaPago", "RespuestaPagoAdicional", "RespuestaPago",
        "DetalleRendicion", "DetalleContracargo", "RespuestaRendicion", "RespuestaContracargo", "EntidadPago",
    )
} | {"EnteroArray": "xsd:int"}  # fmt: skip

_VERSION: Members = {"version": "xsd:string"}
_PAYMENT: Members = {**_VERSION, "tipo_operacion": "xsd:string", "credenciales": "DatosCredencialesPago"}
_QUESTION: Members = {**_VERSION, "credenciales": "DatosCredencialesPago"}
_HEAD: Members = {"id_resp": "xsd:int", "respuesta": "xsd:string"}
_TOKEN: Members = {**_HEAD, "token": "xsd:string", "id_organismo": "xsd:int"}

# Method → the parts that it takes, and those that it answers with.
METHODS: dict[str, tuple[Members, Members]] = {
    "obtener_token": ({**_VERSION, "credenciales": "DatosCredenciales"}, _TOKEN),
    "solicitud_pago": (
        {**_PAYMENT, "operacion": "DatosOperacionPago", "fp": "DatosFormaPagoArray", "convenio": "xsd:int"},
        {
            **_HEAD, "token": "xsd:string", "id_transaccion": "xsd:long", "id_organismo": "xsd:int",
            "convenio": "xsd:int", "numero_operacion": "xsd:string", "fp": "RespuestaFormaPagoArray",
        },
    ),
    "solicitud_pago_lote": ({**_PAYMENT, "lote": "TipoLoteArray"}, {**_TOKEN, "lote": "RespuestaLoteArray"}),
    "obtener_pagos": (
        {**_QUESTION, "pago": "DatosPago"},
        {**_TOKEN, "cantidadTotal": "xsd:int", "pagina": "xsd:int", "pago": "RespuestaPagoArray"},
    ),
    "obtener_rendiciones": (
        {**_QUESTION, "rendicion": "DatosRendicion"}, {**_TOKEN, "rendicion": "RespuestaRendicionArray"},
    ),
    "obtener_contracargos": (
        {**_QUESTION, "contracargos": "DatosContracargo"}, {**_TOKEN, "contracargos": "RespuestaContracargoArray"},
    ),
    "obtener_pagos_adicionales": (
        {**_QUESTION, "pagos": "DatosPagosAdicionales"}, {**_TOKEN, "pagos_adicionales": "RespuestaPagoAdicionalArray"},
    ),
    "obtener_entidades_pago": ({**_QUESTION, "fp": "EnteroArray"}, {**_TOKEN, "fp": "EntidadPagoArray"}),
    "generar_qr_vinculado": (
        {**_QUESTION, "operaciones_qr": "OperacionQRArray"}, {**_HEAD, "qr": "xsd:base64Binary"},
    ),
}  # fmt: skip


# What is used of SOAP 1.1's own schema (section 5.4.2): some clients would fetch all of it from its home.
ENCODING = (
    b'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    b'targetNamespace="http://schemas.xmlsoap.org/soap/encoding/"><xsd:attribute name="arrayType" type="xsd:string"/>'
    b'<xsd:complexType name="Array"><xsd:sequence>'
    b'<xsd:any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xsd:sequence>'
    b'<xsd:anyAttribute namespace="##any" processContents="lax"/></xsd:complexType></xsd:schema>\n'
)


def document(location: str) -> bytes:
    """The WSDL of the service at ``location``."""
    return "".join(_lines(location)).encode()


def _lines(location: str) -> Iterator[str]:
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions name="EPagos" targetNamespace="{NAMESPACE}" '
        f'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="{NAMESPACE}" '
        'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" '
        'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">\n'
        f'<types><xsd:schema targetNamespace="{NAMESPACE}">\n'
        '<xsd:import namespace="http://schemas.xmlsoap.org/soap/encoding/" schemaLocation="encoding.xsd"/>\n'
    )
    for name, members in TYPES.items():
        elements = (
            f'<xsd:element name="{member}" type="{_qualified(kind)}" minOccurs="0" nillable="true"/>'
            for member, kind in members.items()
        )
        yield f'<xsd:complexType name="{name}"><xsd:all>{"".join(elements)}</xsd:all></xsd:complexType>\n'
    for name, item in ARRAYS.items():
        yield (
            f'<xsd:complexType name="{name}"><xsd:complexContent><xsd:restriction base="SOAP-ENC:Array">'
            f'<xsd:attribute ref="SOAP-ENC:arrayType" wsdl:arrayType="{_qualified(item)}[]"/>'
            "</xsd:restriction></xsd:complexContent></xsd:complexType>\n"
        )
    yield "</xsd:schema></types>\n"
    for name, (taken, told) in METHODS.items():
        yield from _message(f"{name}Request", taken)
        yield from _message(f"{name}Response", told)
    yield '<portType name="EPagosPortType">\n'
    for name in METHODS:
        yield (
            f'<operation name="{name}"><input message="tns:{name}Request"/>'
            f'<output message="tns:{name}Response"/></operation>\n'
        )
    yield (
        '</portType>\n<binding name="EPagosBinding" type="tns:EPagosPortType">'
        '<soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>\n'
    )
    body = (
        f'<soap:body use="encoded" namespace="{NAMESPACE}" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>'
    )
    for name in METHODS:
        yield (
            f'<operation name="{name}"><soap:operation soapAction="{NAMESPACE}{name}" style="rpc"/>'
            f"<input>{body}</input><output>{body}</output></operation>\n"
        )
    yield (
        '</binding>\n<service name="EPagos"><port name="EPagosPort" binding="tns:EPagosBinding">'
        f"<soap:address location={quoteattr(location)}/></port></service>\n</definitions>\n"
    )


def _message(name: str, parts: Members) -> Iterator[str]:
    inside = "".join(f'<part name="{part}" type="{_qualified(kind)}"/>' for part, kind in parts.items())
    yield f'<message name="{name}">{inside}</message>\n'


def _qualified(kind: str) -> str:
    return kind if kind.startswith("xsd:") else f"tns:{kind}"
