"""Batches of invented people, as large as a measurement wants: ``python -m bench.batches DIR --vouchers N``.

The sample ``tasas-2026-12`` is what this writes with its defaults. Nobody in it exists: names are
drawn from lists, identity numbers lie in a range that is not given out (DNI from 99.000.000).
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from pathlib import Path

FIRST = (
    "Ángela", "Begoña", "César", "Dolores", "Ezequiel", "Fermín", "Graciela", "Hernán", "Inés", "Joaquín", "Karina",
    "Lucía", "Martín", "Nélida", "Óscar", "Pía", "Quimey", "Ramón", "Sofía", "Tomás", "Úrsula", "Verónica", "Ximena",
)  # fmt: skip
LAST = (
    "Ñandubay", "Peñaloza", "Güemes", "Núñez", "Ibáñez", "Quiroga", "Yrigoyen", "Zárate", "Muñoz", "Agüero", "Lobos",
    "Cáceres", "Domínguez", "Etcheverry", "Ferreyra", "Galíndez", "Herrera", "Juárez", "Krüger", "Leguizamón",
)  # fmt: skip
FIRMS = (
    "Ñandubay & Hijos S.R.L.",
    "Almacén «El Ombú»",
    "Panadería La Espiga S.A.",
    "Cooperativa de Agua 25 de Mayo Ltda.",
)
STREETS = ("Av. San Martín", "Belgrano", "9 de Julio", "Güemes", "Ing. Núñez", "Los Álamos", "Pje. Ñuble", "Bv. Oroño")
TOWN = ("Villa Ejemplo", "B9999ZZZ", "Buenos Aires")
SERVICES = ("Barrido y limpieza", "Recolección de residuos", "Alumbrado público", "Conservación de la vía pública")

BATCH = (
    "obligation_id", "voucher_id", "label", "account", "payer_name", "payer_id_type", "payer_id", "payer_email",
    "postal_street", "postal_number", "postal_extra", "postal_city", "postal_code", "postal_province",
    "property_address", "concept", "amount", "due_date", "amount_2", "due_date_2", "payable", "legend", "channel",
    "message",
)  # fmt: skip
LINES = ("obligation_id", "concept", "period", "amount", "surcharge", "total")
MESSAGE = "Si adhiere al débito automático antes del 31/12/2026 obtiene un 10 % de descuento en la cuota siguiente."


def write(folder: Path, vouchers: int, seed: int = 2026, *, stem: str = "tasas-2026-12") -> int:
    """Writes ``STEM.csv`` and ``detalle.csv``; how many obligations they hold."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (
        (folder / f"{stem}.csv").open("w", encoding="utf-8", newline="") as batch_file,
        (folder / "detalle.csv").open("w", encoding="utf-8", newline="") as lines_file,
    ):
        batch = csv.DictWriter(batch_file, BATCH, restval="", lineterminator="\n")
        lines = csv.DictWriter(lines_file, LINES, restval="", lineterminator="\n")
        batch.writeheader()
        lines.writeheader()
        for number in range(1, vouchers + 1):
            for row, details in _voucher(chance, number):
                batch.writerow(row)
                lines.writerows(details)
                count += 1
    return count


def _voucher(chance: random.Random, number: int) -> Iterator[tuple[dict[str, str], list[dict[str, str]]]]:
    payer = person(chance, number)
    cents = chance.randrange(350_000, 6_500_000)
    if number % 40 == 7:
        # Month, half-year and year side by side: three obligations on one paper.
        for suffix, label, months in (("M", "Cuota diciembre", 1), ("S", "Semestre", 6), ("A", "Año 2027", 12)):
            discount = {1: 0, 6: 5, 12: 10}[months]
            yield _obligation(chance, payer, f"TSG-{number:06d}-{suffix}", label, cents * months, discount)
        return
    row, details = _obligation(chance, payer, f"TSG-{number:06d}", "", cents, 0)
    if number % 50 == 11:
        row |= {"payable": "no", "legend": "Adherido a débito automático: no abonar", "amount_2": "", "due_date_2": ""}
    yield row, details


def person(chance: random.Random, number: int) -> dict[str, str]:
    """Who pays the bill of that number, and where: the cells of a row by column."""
    name = f"{chance.choice(LAST)} {chance.choice(LAST)}, {chance.choice(FIRST)} {chance.choice(FIRST)}"
    if number % 25 == 3:
        name = chance.choice(FIRMS)
    street, house = chance.choice(STREETS), str(chance.randrange(1, 4000))
    email = f"contribuyente{number}@example.com" if chance.random() < 0.5 else ""
    return {
        "voucher_id": f"TSG-{number:06d}",
        "account": f"{number:07d}/{number % 10}",
        "payer_name": name,
        "payer_id_type": "DNI",
        "payer_id": str(99_000_000 + number % 900_000),
        "payer_email": email,
        "postal_street": street,
        "postal_number": house,
        "postal_extra": chance.choice(("", "", "", "Piso 2 Dto. B", "Casa 4")),
        "postal_city": TOWN[0],
        "postal_code": TOWN[1],
        "postal_province": TOWN[2],
        "property_address": f"{street} {house}",
        "channel": chance.choice(("email", "both", "both", "digital")) if email else chance.choice(("print", "")),
        "message": MESSAGE if number % 3 == 0 else "",
    }


def _obligation(
    chance: random.Random, person: dict[str, str], obligation_id: str, label: str, cents: int, discount: int
) -> tuple[dict[str, str], list[dict[str, str]]]:
    parts = _split(chance, cents, chance.randrange(2, len(SERVICES) + 1))
    totals = [(SERVICES[index], part) for index, part in enumerate(parts)]
    if discount:
        totals.append((f"Bonificación por pago anticipado ({discount} %)", -(cents * discount // 100)))
    amount = sum(total for _, total in totals)
    row = {
        **person,
        "obligation_id": obligation_id,
        "label": label,
        "concept": "Tasa por Servicios Generales",
        "amount": _money(amount),
        "due_date": "2026-12-10",
        "amount_2": _money(amount + amount * 3 // 100),
        "due_date_2": "2026-12-21",
    }
    details = [
        {
            "obligation_id": obligation_id,
            "concept": concept,
            "period": "12/2026",
            "amount": _money(total),
            "total": _money(total),
        }
        for concept, total in totals
    ]
    return row, details


def _split(chance: random.Random, cents: int, parts: int) -> list[int]:
    cuts = sorted(chance.sample(range(1, cents), parts - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, cents], strict=True)]


def _money(cents: int) -> str:
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def main() -> None:
    """Writes a batch where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vouchers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--stem", default="tasas-2026-12")
    arguments = parser.parse_args()
    count = write(arguments.folder, arguments.vouchers, arguments.seed, stem=arguments.stem)
    print(f"{arguments.vouchers} vouchers, {count} obligations in {arguments.folder}")


if __name__ == "__main__":
    main()
