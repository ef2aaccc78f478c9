"""``[provider]`` and ``[links]`` of ``emission.toml``. What one provider alone needs has a table of its own name."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from emission.links import PORT

Environment = Literal["sandbox", "test", "production"]
Kind = Literal["epagos", "bind", "etpay", "ecommpay", "supplied"]
# ETpay's page on buttons for banks (Person Payment flow); its test bank is offered by the sandbox alone.
Bank = Literal["cl_estado", "cl_santander", "cl_bch", "cl_bci", "cl_itau", "cl_scotiabank", "cl_falabella"]
BANKS: tuple[Bank, ...] = get_args(Bank)
ADDRESS = r"^(https?://\S+)?$"
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]


class Table(BaseModel):
    """A table of the configuration: strict, frozen, and nothing in it that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Pace(Table):
    """How fast, and when, a provider is asked.

    ``calls_a_second``: 0 is no limit; ``longest_wait``: seconds that a ``Retry-After`` is obeyed; ``failures``: calls
    that fail in a row and stop the run; ``window``: local times between which calls may leave, ``""`` is always.
    """

    calls_a_second: float = Field(default=0, ge=0, le=1000)
    longest_wait: float = Field(default=120, ge=0, le=3600)
    failures: int = Field(default=10, ge=1, le=1000)
    window: str = Field(default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$")
    outside: Literal["wait", "stop"] = "wait"
    zone: str = "America/Argentina/Buenos_Aires"


class Report(Table):
    """How payments of a closed ecosystem are told, where BIND's page contradicts itself: as its example does.

    ``keys``: the example's capitals (CUIT, MCC) or the table's small letters; ``amount``: a number or a text;
    ``business_date``: ``offset`` says its zone (-03:00), ``z`` writes local time as if it were UTC.
    """

    accredited: str = "ACREDITADO"
    returned: str = "DEVUELTA"
    rejected: str = "RECHAZADA"
    keys: Literal["upper", "lower"] = "upper"
    amount: Literal["number", "text"] = "number"
    business_date: Literal["offset", "z"] = "offset"
    processor: str = ""
    wallet_id: str = "1"


class Bind(Table):
    """What BIND PSP alone needs, and what its pages leave open, with the most careful answer (docs/providers/bind.md).

    ``states``: what becomes of a debt by its ``estado``, as far as one knows; ``exists``: HTTP statuses by which a
    debt is refused because it is there already; ``absent``: those by which a look-up says that there is none.
    """

    tenant: str = Field(default="", pattern=r"^[A-Za-z0-9.-]*$")
    token_url: str = Field(default="", pattern=ADDRESS)
    scope: str = ""
    comercio: str = ""
    sucursal: str = ""
    caja: str = ""
    due_time: str = Field(default="23:59:59", pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$")
    offset: str = Field(default="-03:00", pattern=r"^([+-]\d\d:\d\d|Z)?$")
    states: dict[str, Literal["alive", "paid", "dead"]] = Field(default={"2": "alive"})
    exists: list[int] = Field(default=[409])
    absent: list[int] = Field(default=[404])
    report: Report = Report()


Numbers = list[Annotated[int, Field(gt=0)]]


class Epagos(Table):
    """What only ePagos has: the words of its SOAP service where an installation has others, and choices of each order.

    ``debt_type`` 0 goes by the name of the tax. ``linked_qr`` asks for one QR for all
    obligations of a voucher; ``further_barcodes`` says what ``barras_adicionales`` are.
    """

    soap_namespace: str = Field(default="", pattern=r"^((https?://|urn:)[!-~]+)?$")
    soap_action: str = Field(default="", pattern=r"^[!#-~]*$")
    allowed_forms: Numbers = Field(default_factory=list)
    excluded_forms: Numbers = Field(default_factory=list)
    excluded_form_types: Numbers = Field(default_factory=list)
    debt_type: int = Field(default=0, ge=0, le=20)
    publication_code: int = Field(default=0, ge=0, le=99_999_999)
    bill_url: str = Field(default="", pattern=r"^(https://([^{}\s]|\{(external_id|obligation_id|tax|period)\})+)?$")
    linked_qr: bool = False
    further_barcodes: Literal["due_dates", "ignore"] = "due_dates"
    t30_closed: bool = True
    t30_reusable: bool = False
    t30_needs_order: bool = False


class Etpay(Table):
    """What ETpay alone needs; its page in ``docs/providers`` says what of it is not known for certain.

    ``payment_url`` is its ``pmt_url``; ``bank_codes`` how its API wants them spelt; ``session_minutes`` how long a
    session may still be paid, so that no second one is opened; ``after_failure`` whether a failed attempt ends it.
    """

    payment_url: str = Field(default="", pattern=ADDRESS)
    banks: list[Bank] = Field(default_factory=lambda: [*BANKS])
    bank_codes: Literal["lower", "upper"] = "lower"
    session_minutes: float = Field(default=20, gt=0, le=24 * 60)
    after_failure: Literal["wait", "again"] = "wait"


class Ecommpay(Table):
    """What ecommpay alone needs; its page in ``docs/providers`` says what of it is not known for certain.

    ``way``: the Payment Page (an address that is signed here) or Gate (a call); ``sale_days`` how long a voucher may
    still be paid, so that no second one is opened; ``customer``: whose id the payment bears; ``whole_amounts``: the
    account takes no cents.
    """

    way: Literal["page", "gate"] = "page"
    page_url: str = Field(default="", pattern=ADDRESS)
    sale_days: float = Field(default=30, gt=0, le=366)
    customer: Literal["obligation", "payer"] = "obligation"
    whole_amounts: bool = False


class Provider(Table):
    """Who is asked for operations. Credentials stand in the environment, never here."""

    kind: Kind = "epagos"
    environment: Environment = "sandbox"
    transport: Literal["rest", "soap"] = "rest"
    base_url: str = Field(default="", pattern=ADDRESS)
    convenio: int = Field(default=31047, gt=0)
    payment_form: int = Field(default=34, gt=0)
    batch_size: int = Field(default=50, ge=1, le=50)
    concurrency: int = Field(default=8, ge=1, le=64)
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    settle_seconds: float = Field(default=45, ge=0, le=3600)
    fallback_email: str = ""
    credentials_env: str = Field(default="", pattern=r"^([A-Z][A-Z0-9_]*)?$")
    pace: Pace = Pace()
    bind: Bind = Bind()
    epagos: Epagos = Epagos()
    etpay: Etpay = Etpay()
    ecommpay: Ecommpay = Ecommpay()

    @property
    def credentials_prefix(self) -> str:
        """What the names of the variables begin with: the kind in capitals where nothing else is said."""
        return self.credentials_env or self.kind.upper()


class Links(Table):
    """Living links, and ``emission serve``, which answers them.

    ``hosts``: where a payer may be sent beside the provider's own address; ``proxies``: whose word is taken for where a
    visitor comes from; ``visits`` a minute of one visitor, behind whose address many telephones may be; ``openings`` a
    minute of one link; each server counts for itself.
    """

    base_url: str = Field(default="", pattern=ADDRESS)
    hosts: list[HostName] = Field(default_factory=list)
    proxies: list[str] = Field(default_factory=list)
    visits: int = Field(default=600, ge=1)
    openings: int = Field(default=12, ge=1)

    @property
    def address(self) -> str:
        """Where the links lead; on this machine where nothing is said."""
        return (self.base_url or f"http://127.0.0.1:{PORT}").rstrip("/")
