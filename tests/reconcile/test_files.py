"""Files of payments: taken whole or not at all, each wrong line named, once, and none altered in silence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench.issued import BOOKS, amount, barcode, bill, external, operation_number
from emission.errors import FileError, Refused, UsageError
from emission.ledger import Ledger
from emission.ledger.payment_schema import document, payment, settlement, sighting
from emission.reconcile.filing import Filed, take_file
from emission.reconcile.profiles import load, shipped
from emission.reconcile.statement import read

HEADER = "Numero;Secuencia;Tipo;Codigo_unico_transaccion;Numero_operacion;Monto;Fecha_pago;Fecha_deposito;Forma_pago"


def rendicion(*lines: str) -> str:
    return "\r\n".join([HEADER, *lines]) + "\r\n"


def line(number: int, minor: int | None = None, kind: str = "P") -> str:
    pesos = amount(number) if minor is None else minor
    names = f"{operation_number(number)};{external(number)}"
    return f"77;1;{kind};{names};{pesos / 100:.2f};2026-12-09;2026-12-14;Rapipago"


def fixed(*payments: str, count: int, total: int, kept: tuple[int, int] = (0, 0), deposited: int | None = None) -> str:
    left = total - sum(kept) if deposited is None else deposited
    trailer = f"9{count:08d}{total:014d}{kept[0]:012d}{kept[1]:012d}{left:014d}"
    return "\n".join(["0" + "00000451" + "20261214", *payments, trailer]) + "\n\x1a"


def fixed_line(number: int, reference: int, sign: str = " ") -> str:
    return f"5{barcode(number):<60}{amount(number):012d}{sign}20261209{reference:014d}RAPI"


def padded(text: str) -> str:
    return "\n".join(one.ljust(100) if one[:1] in "059" else one for one in text.split("\n"))


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with closing(Ledger(None)) as ledger:
        bill(ledger, 1, 2, 3)
        yield ledger


def taken(ledger: Ledger, path: Path, profile: str, content: str | bytes) -> Filed:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return take_file(ledger, BOOKS, path, load(profile, path.parent))


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def payments_of(ledger: Ledger) -> list[tuple[object, ...]]:
    columns = ("obligation", "state", "amount", "returned", "settlement", "settled_on")
    with ledger.transaction() as connection:
        query = select(*(payment.c[name] for name in columns)).order_by(payment.c.obligation)
        return [tuple(row) for row in connection.execute(query)]


def empty(ledger: Ledger) -> bool:
    with ledger.transaction() as connection:
        return not any(
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (document, sighting, payment, settlement)
        )


def test_a_rendicion_comes_in_a_zip_beside_its_cover(ledger: Ledger, tmp_path: Path) -> None:
    content = rendicion(line(1), line(2), line(2, kind="D"), "77;1;G;;;35.10;;;commission")
    filed = taken(ledger, tmp_path / "r.zip", "epagos-rendicion", zipped(
        ("caratula.pdf", b"%PDF-1.4"), ("detalle/rendicion.csv", content.encode())
    ))  # fmt: skip
    assert (filed.number, filed.payments, filed.amount) == ("77/1", 3, amount(1))
    assert payments_of(ledger) == [
        (1, "settled", amount(1), 0, "77/1", "2026-12-14"),
        (2, "returned", amount(2), amount(2), "77/1", "2026-12-14"),
    ]
    with ledger.transaction() as connection:
        row = connection.execute(select(settlement.c.gross, settlement.c.deposited, settlement.c.payments)).one()
    assert tuple(row) == (amount(1) + amount(2), amount(1) - 3510, 2)


def test_fixed_width_with_controls(ledger: Ledger, tmp_path: Path) -> None:
    total = amount(1) + amount(2)
    lines = (fixed_line(1, 9001), fixed_line(2, 9002))
    content = padded(fixed(*lines, count=2, total=total, kept=(1000, 210)))
    filed = taken(ledger, tmp_path / "cobros.txt", "collector-fixed", content)
    assert (filed.number, filed.amount) == ("451", total)
    assert [row[:3] for row in payments_of(ledger)] == [(1, "settled", amount(1)), (2, "settled", amount(2))]


def test_a_plain_csv_of_a_bank(ledger: Ledger, tmp_path: Path) -> None:
    content = "Codigo;Importe;Fecha;Comprobante\n" + f"{barcode(3)};1.003,03;09/12/2026;A-1\n"
    taken(ledger, tmp_path / "banco.csv", "collector-csv", content.encode("cp1252"))
    assert payments_of(ledger) == [(3, "paid", amount(3), 0, "", "")]


CSV = "codigo;importe;fecha\n"
WRONG_LINES = [
    ("collector-csv", CSV + "1;12.5;09/12/2026\n", "payments-amount-unreadable", 2, "importe"),
    ("collector-csv", CSV + "1;12,505;09/12/2026\n", "payments-amount-decimals", 2, "importe"),
    ("collector-csv", CSV + "1;0,00;09/12/2026\n", "payments-amount-zero", 2, "importe"),
    ("collector-csv", CSV + "1;1,00;2026-12-09\n", "payments-day", 2, "fecha"),
    ("collector-csv", CSV + "1;1,00;31/02/2026\n", "payments-day", 2, "fecha"),
    ("collector-csv", CSV + ";1,00;09/12/2026\n", "payments-cell-empty", 2, "codigo"),
    ("collector-csv", CSV + "1;1,00\n", "payments-columns-count", 2, "-"),
    ("collector-csv", CSV + '"1;1,00;09/12/2026\n', "payments-line-broken", 2, "-"),
    ("collector-csv", CSV + "1\0;1,00;09/12/2026\n", "payments-cell-unreadable", 2, "codigo"),
    ("collector-csv", "codigo;fecha\n1;09/12/2026\n", "payments-column-missing", 1, "importe"),
    ("epagos-rendicion", rendicion(line(1, kind="Z")), "payments-kind-unknown", 2, "Tipo"),
    ("epagos-rendicion", rendicion("77;1;P;;;1.00;;;"), "payments-name-missing", 2, "-"),
    ("collector-fixed", padded(fixed("7???", count=0, total=0)), "payments-record-unknown", 2, "1"),
    ("collector-fixed", fixed(fixed_line(1, 1), count=1, total=amount(1)), "payments-line-length", 1, "-"),
    ("collector-fixed", padded(fixed(fixed_line(1, 1, "?"), count=1, total=1)), "payments-sign-unknown", 2, "74-74"),
    ("collector-fixed", padded(fixed(fixed_line(1, 1), count=2, total=amount(1))), "payments-control-count", 3, "2-9"),
    ("collector-fixed", padded(fixed(fixed_line(1, 1), count=1, total=1)), "payments-control-total", 3, "10-23"),
    (
        "collector-fixed",
        padded(fixed(fixed_line(1, 1), count=1, total=amount(1), deposited=1)),
        "payments-control-deposited",
        3,
        "48-61",
    ),
    ("collector-fixed", padded("\n".join(["0" + "1" * 16, fixed_line(1, 1)])), "payments-day", 1, "10-17"),
    (
        "collector-fixed",
        padded("\n".join(["00000045120261214", fixed_line(1, 1)])),
        "payments-record-missing",
        2,
        "-",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "content", "code", "where", "column"), WRONG_LINES, ids=lambda value: str(value)[:26]
)
def test_each_wrong_line_is_named_and_nothing_is_taken(
    ledger: Ledger, tmp_path: Path, profile: str, content: str, code: str, where: int, column: str
) -> None:
    with pytest.raises(FileError) as caught:
        taken(ledger, tmp_path / "f.txt", profile, content)
    (first, *_) = caught.value.problems
    assert (first.code, first.params["line"], first.params["column"]) == (code, str(where), column)
    assert first.params["path"] == "f.txt"
    assert empty(ledger)


def test_all_wrong_lines_are_told_at_once(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        taken(ledger, tmp_path / "f.csv", "collector-csv", CSV + "1;x;09/12/2026\n" * 5)
    assert [problem.params["line"] for problem in caught.value.problems] == ["2", "3", "4", "5", "6"]


def _bomb() -> bytes:
    return zipped(("a.csv", b"0" * (40 << 20)))


HOSTILE: list[tuple[bytes, str]] = [
    (b"", "payments-file-empty"),
    (b"\r\n \r\n", "payments-file-empty"),
    (_bomb(), "payments-zip-bursts"),
    (zipped(("../../etc/a.csv", b"x")), "payments-zip-path"),
    (zipped(("/a.csv", b"x")), "payments-zip-path"),
    (zipped(("C:\\a.csv", b"x")), "payments-zip-path"),
    (zipped(("a.csv", b"x"), ("b.csv", b"y")), "payments-zip-several"),
    (zipped(("a.txt", b"x")), "payments-zip-none"),
    (zipped(("a.csv", zipped(("b.csv", b"x")))), "payments-zip-nested"),
    (zipped(*((f"{n}.txt", b"x") for n in range(101))), "payments-zip-members"),
    (zipped(("a.csv", b"x" * 5000))[:-60], "payments-zip-damaged"),
    (CSV.encode() + b"\x81\n", "payments-undecodable"),
]


@pytest.mark.parametrize(("content", "code"), HOSTILE, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_hostile_is_refused(ledger: Ledger, tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        taken(ledger, tmp_path / "f.zip", "collector-csv", content)
    assert empty(ledger)


def test_a_zip_that_lies_about_its_size_is_counted_as_it_comes(ledger: Ledger, tmp_path: Path) -> None:
    content = bytearray(_bomb())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Refused, match=r"payments-zip-(bursts|damaged)"):
        taken(ledger, tmp_path / "f.zip", "collector-csv", bytes(content))


def test_a_file_taken_twice_changes_nothing_under_whatever_name(ledger: Ledger, tmp_path: Path) -> None:
    content = rendicion(line(1), line(2))
    first = taken(ledger, tmp_path / "r.csv", "epagos-rendicion", content)
    before = payments_of(ledger)
    for name in ("r.csv", "copia.csv"):
        again = taken(ledger, tmp_path / name, "epagos-rendicion", content)
        assert (again.before != "", again.first_name) == (True, "r.csv")
    assert first.before == ""
    assert payments_of(ledger) == before


@pytest.mark.parametrize("altered", [2, 3, 4])
def test_a_file_with_one_line_altered_is_told_from_the_one_before(ledger: Ledger, tmp_path: Path, altered: int) -> None:
    lines = [line(1), line(2), line(3)]
    taken(ledger, tmp_path / "r.csv", "epagos-rendicion", rendicion(*lines))
    before = payments_of(ledger)
    lines[altered - 2] = line(altered - 1, amount(altered - 1) + 1)
    with pytest.raises(Refused) as caught:
        taken(ledger, tmp_path / "r2.csv", "epagos-rendicion", rendicion(*lines))
    assert (caught.value.code, caught.value.params["lines"]) == ("payments-file-altered", str(altered))
    assert payments_of(ledger) == before


def test_a_line_left_out_is_noticed(ledger: Ledger, tmp_path: Path) -> None:
    lines: Sequence[str] = [line(1), line(2), line(3)]
    taken(ledger, tmp_path / "r.csv", "epagos-rendicion", rendicion(*lines))
    with pytest.raises(Refused, match="payments-file-altered"):
        taken(ledger, tmp_path / "r.csv", "epagos-rendicion", rendicion(*lines[:2]))


def test_lines_that_say_the_same_are_two_payments(ledger: Ledger, tmp_path: Path) -> None:
    content = CSV + f"{barcode(1)};1.001,01;09/12/2026\n" * 2
    taken(ledger, tmp_path / "a.csv", "collector-csv", content)
    assert len(payments_of(ledger)) == 2
    # The same again in another file of the network is said, and counted once.
    filed = taken(ledger, tmp_path / "b.csv", "collector-csv", content + f"{barcode(2)};1.002,02;09/12/2026\n")
    assert (filed.repeated, len(payments_of(ledger))) == (2, 3)


def test_what_a_kill_cut_short_is_taken_again(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = rendicion(line(1), line(2))
    with monkeypatch.context() as patched:
        patched.setattr("emission.ledger.documents.complete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            taken(ledger, tmp_path / "r.csv", "epagos-rendicion", content)
    assert taken(ledger, tmp_path / "r.csv", "epagos-rendicion", content).before == ""
    assert taken(ledger, tmp_path / "r.csv", "epagos-rendicion", content).before != ""
    assert [row[:2] for row in payments_of(ledger)] == [(1, "settled"), (2, "settled")]
    with ledger.transaction() as connection:
        assert connection.execute(select(func.count()).select_from(settlement)).scalar() == 1


def test_an_office_writes_a_profile_of_its_own(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "link.toml").write_text(
        'name = "link"\ntitle = "Link"\nchannel = "link"\nformat = "delimited"\ndelimiter = "|"\ncolumns = false\n'
        'implied = 2\ndate = "%y%m%d"\nnumber = "EX(\\\\d{4})"\n'
        '[[records]]\nwhat = "payment"\nmarks = ["2"]\nfields = [\n{ says = "code", column = 2, strip_zeros = true },\n'
        '{ says = "amount", column = 3 }, { says = "paid_on", column = 4 } ]\n[[records]]\nwhat = "skip"\n'
    )
    content = f"1|whatever\n2|000{'9' + f'{1:09d}'}1|0000000{amount(1)}|261209\n"
    filed = taken(ledger, tmp_path / "EX1209.txt", "link.toml", content)
    assert (filed.number, payments_of(ledger)) == ("1209", [(1, "paid", amount(1), 0, "", "")])


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("date = ", 'date = "%m" #'), "date"),
        (("decimal = ", 'delimiter = "ab" #'), "delimiter"),
        (('column = "importe"', "at = 3"), "records.0.fields.1"),
        (('"amount"', '"total"'), "records.0.fields"),
    ],
)
def test_a_profile_by_which_nothing_could_be_read_names_its_key(
    tmp_path: Path, change: tuple[str, str], key: str
) -> None:
    own = Path(__file__).parents[2] / "emission/reconcile/profiles/collector-csv.toml"
    (tmp_path / "mine.toml").write_text(own.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load("mine.toml", tmp_path)
    assert (caught.value.code, caught.value.params.get("key")) == ("payments-profile-wrong", key)


def test_an_unknown_profile_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load("epagos-rendicon", tmp_path)
    assert caught.value.params["nearest"] == "epagos-rendicion"
    assert set(shipped()) == {"collector-csv", "collector-fixed", "epagos-rendicion"}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="payments-file-missing"):
        read(tmp_path / "no.csv", load("collector-csv", tmp_path))
