"""What the filters write: exact, in the country's habits, and read back by a reader of its own."""

from __future__ import annotations

import datetime
import re
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emission import money
from emission.render.amount_words import amount_in_words
from emission.render.digits import grouped
from emission.render.fields import FieldError, Fields, environment
from emission.render.markup import Element, Spot
from emission.render.number_words import MOST, portuguese, spanish

DAY = datetime.date(2026, 12, 10)


def shown(expression: str, currency: str = "ARS", **names: Any) -> str:
    return environment().from_string("{{ " + expression + " }}").render(currency=currency, **names)


@pytest.mark.parametrize(
    ("currency", "positive", "negative"),
    [
        ("ARS", "$ 1.234.567,89", "-$ 1.234.567,89"),
        ("BOB", "Bs 1.234.567,89", "-Bs 1.234.567,89"),
        ("BRL", "R$ 1.234.567,89", "-R$ 1.234.567,89"),
        ("CLP", "$123.456.789", "$-123.456.789"),
        ("COP", "$ 1.234.567,89", "-$ 1.234.567,89"),
        ("MXN", "$1,234,567.89", "-$1,234,567.89"),
        ("PEN", "S/ 1,234,567.89", "-S/ 1,234,567.89"),
        ("PYG", "Gs. 123.456.789", "Gs. -123.456.789"),
        ("USD", "USD 1.234.567,89", "-USD 1.234.567,89"),
        ("UYU", "$ 1.234.567,89", "-$ 1.234.567,89"),
    ],
)
def test_money_follows_the_habits_of_the_currencys_country(currency: str, positive: str, negative: str) -> None:
    assert shown("123456789|money", currency) == positive
    assert shown("-123456789|money", currency) == negative
    assert shown("-123456789|figures", currency) == "-" + re.sub(r"^[^\d]+", "", positive)


def test_money_abroad_bears_its_code() -> None:
    assert shown('123456|money("MX")') == "ARS 1,234.56"
    assert shown('123456|money("CL")', "CLP") == "$123.456"
    assert shown('none|figures("MX")') == ""
    assert shown('123456|figures("MX")') == "1,234.56"


@given(
    st.integers(1 - 10**14, 10**14 - 1), st.sampled_from(sorted(money.DECIMALS)), st.sampled_from(["", *money.HABITS])
)
def test_money_keeps_every_digit_and_the_minus(minor: int, currency: str, country: str) -> None:
    text = money.local(minor, currency, country)
    assert int("".join(re.findall(r"\d", text))) == abs(minor)
    assert text.count("-") == (minor < 0)
    assert money.figures(minor, currency, country).removeprefix("-") in text


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ('1|money("XX")', "AR | BO"),
        ('1|amount_in_words("de")', "es | pt"),
        ('day|date("short")', "long | month"),
        ('day|date("long", "de")', "es | pt"),
        ('"1"|digits("0")', "4 4 2"),
        ('"1"|digits("a")', "4 4 2"),
        ("200000000000000|amount_in_words", "10^12"),
    ],
)
def test_what_no_filter_makes_is_named_with_what_it_does(expression: str, told: str) -> None:
    with pytest.raises(jinja2.TemplateRuntimeError, match=re.escape(told)):
        shown(expression, day=DAY)


def test_money_without_a_batch_is_refused() -> None:
    with pytest.raises(jinja2.TemplateRuntimeError):
        environment().from_string("{{ 1|money }}").render()


@pytest.mark.parametrize(
    ("expression", "currency", "text"),
    [
        ("day|date", "ARS", "10/12/2026"),
        ('day|date("long")', "ARS", "10 de diciembre de 2026"),
        ('day|date("month")', "ARS", "diciembre de 2026"),
        ('day|date("long")', "BRL", "10 de dezembro de 2026"),
        ('first|date("long")', "BRL", "1º de março de 2026"),
        ('first|date("long", "es")', "BRL", "1 de marzo de 2026"),
        ('first|date("month", "pt")', "ARS", "março de 2026"),
    ],
)
def test_dates(expression: str, currency: str, text: str) -> None:
    assert shown(expression, currency, day=DAY, first=datetime.date(2026, 3, 1)) == text


SPANISH = {
    0: "cero pesos",
    1: "cero pesos con un centavo",
    50: "cero pesos con cincuenta centavos",
    100: "un peso",
    121: "un peso con veintiún centavos",
    2100: "veintiún pesos",
    3100: "treinta y un pesos",
    10_000: "cien pesos",
    10_100: "ciento un pesos",
    100_000: "mil pesos",
    100_100: "mil un pesos",
    2_100_050: "veintiún mil pesos con cincuenta centavos",
    10_000_000: "cien mil pesos",
    10_100_000: "ciento un mil pesos",
    54_321_00: "cincuenta y cuatro mil trescientos veintiún pesos",
    100_000_000: "un millón de pesos",
    100_000_100: "un millón un pesos",
    120_000_000: "un millón doscientos mil pesos",
    200_000_000: "dos millones de pesos",
    2_100_000_000: "veintiún millones de pesos",
    100_000_000_000: "mil millones de pesos",
    2_100_000_000_000: "veintiún mil millones de pesos",
    10**14: "un billón de pesos",
    -715_09: "menos setecientos quince pesos con nueve centavos",
}
PORTUGUESE = {
    0: "zero reais",
    1: "zero reais e um centavo",
    100: "um real",
    121: "um real e vinte e um centavos",
    10_000: "cem reais",
    10_100: "cento e um reais",
    100_000: "mil reais",
    100_100: "mil e um reais",
    120_000: "mil e duzentos reais",
    123_400: "mil duzentos e trinta e quatro reais",
    100_000_000: "um milhão de reais",
    120_000_000: "um milhão e duzentos mil reais",
    200_000_000: "dois milhões de reais",
    100_000_000_000: "um bilhão de reais",
    10**14: "um trilhão de reais",
    -2_100_050: "menos vinte e um mil reais e cinquenta centavos",
}


@pytest.mark.parametrize(("minor", "text"), SPANISH.items())
def test_amounts_in_spanish(minor: int, text: str) -> None:
    assert shown("minor|amount_in_words", minor=minor) == text


@pytest.mark.parametrize(("minor", "text"), PORTUGUESE.items())
def test_amounts_in_portuguese(minor: int, text: str) -> None:
    assert shown("minor|amount_in_words", "BRL", minor=minor) == text


@pytest.mark.parametrize(
    ("currency", "language", "one", "many"),
    [
        ("ARS", "es", "un peso", "dos pesos con dos centavos"),
        ("BOB", "es", "un boliviano", "dos bolivianos con dos centavos"),
        ("BRL", "es", "un real", "dos reales con dos centavos"),
        ("BRL", "pt", "um real", "dois reais e dois centavos"),
        ("CLP", "es", "un peso", "dos pesos"),
        ("COP", "es", "un peso", "dos pesos con dos centavos"),
        ("MXN", "es", "un peso", "dos pesos con dos centavos"),
        ("PEN", "es", "un sol", "dos soles con dos céntimos"),
        ("PYG", "es", "un guaraní", "dos guaraníes"),
        ("UYU", "es", "un peso uruguayo", "dos pesos uruguayos con dos centésimos"),
    ],
)
def test_each_currency_has_its_names(currency: str, language: str, one: str, many: str) -> None:
    unit = 10 ** money.DECIMALS[currency]
    assert amount_in_words(unit, currency, language) == one
    assert amount_in_words(2 * unit + (2 if unit > 1 else 0), currency, language) == many


# A reader that knows each word's worth and nothing of how numbers are put into words.
WORTH = {
    "es": "un:1 uno:1 dos:2 tres:3 cuatro:4 cinco:5 seis:6 siete:7 ocho:8 nueve:9 diez:10 once:11 doce:12 trece:13 "
    "catorce:14 quince:15 dieciséis:16 diecisiete:17 dieciocho:18 diecinueve:19 veinte:20 veintiún:21 veintidós:22 "
    "veintitrés:23 veinticuatro:24 veinticinco:25 veintiséis:26 veintisiete:27 veintiocho:28 veintinueve:29 "
    "treinta:30 cuarenta:40 cincuenta:50 sesenta:60 setenta:70 ochenta:80 noventa:90 cien:100 ciento:100 "
    "doscientos:200 trescientos:300 cuatrocientos:400 quinientos:500 seiscientos:600 setecientos:700 "
    "ochocientos:800 novecientos:900 cero:0 y:0",
    "pt": "um:1 dois:2 três:3 quatro:4 cinco:5 seis:6 sete:7 oito:8 nove:9 dez:10 onze:11 doze:12 treze:13 "
    "quatorze:14 quinze:15 dezesseis:16 dezessete:17 dezoito:18 dezenove:19 vinte:20 trinta:30 quarenta:40 "
    "cinquenta:50 sessenta:60 setenta:70 oitenta:80 noventa:90 cem:100 cento:100 duzentos:200 trezentos:300 "
    "quatrocentos:400 quinhentos:500 seiscentos:600 setecentos:700 oitocentos:800 novecentos:900 zero:0 e:0",
}
SCALES = {
    "es": [("billón", 10**12), ("millones", 10**6), ("millón", 10**6), ("mil", 10**3)],
    "pt": [
        ("trilhão", 10**12),
        ("bilhões", 10**9),
        ("bilhão", 10**9),
        ("milhões", 10**6),
        ("milhão", 10**6),
        ("mil", 10**3),
    ],
}


def read(words: list[str], language: str) -> int:
    """The number that ``words`` say, by the largest scale among them."""
    for name, scale in SCALES[language]:
        if name in words:
            at = words.index(name)
            before = [word for word in words[:at] if word != "e"]
            return (read(before, language) if before else 1) * scale + read(words[at + 1 :], language)
    worth = {name: int(number) for name, number in (pair.split(":") for pair in WORTH[language].split())}
    return sum(worth[word] for word in words)


WRITERS = {"es": spanish, "pt": portuguese}
numbers = st.one_of(
    st.integers(0, MOST), st.builds(lambda n, zeros: n * 10**zeros, st.integers(0, 999), st.integers(0, 9))
)


@pytest.mark.parametrize("language", WRITERS)
@given(number=numbers)
def test_any_number_reads_back(number: int, language: str) -> None:
    assert read(WRITERS[language](number).split(), language) == number


@pytest.mark.parametrize("language", WRITERS)
def test_numbers_of_up_to_five_digits_read_back_and_none_is_like_another(language: str) -> None:
    few = [*range(10_000), *range(10_000, 100_000, 7)]
    written = [WRITERS[language](number) for number in few]
    assert len(set(written)) == len(written)
    assert all(read(text.split(), language) == number for number, text in zip(few, written, strict=True))


@given(numbers)
def test_spanish_before_a_noun(number: int) -> None:
    text = f" {spanish(number)} "
    assert "uno " not in text
    assert not text.startswith(" un mil ")
    assert not re.search("(millón|millones) un mil ", text)
    assert " ciento  " not in f"{text} "
    assert all(after.startswith(("mil", " ", "millones")) for after in f"{text} ".split(" cien ")[1:])


@given(numbers)
def test_portuguese_before_a_noun(number: int) -> None:
    text = f" {portuguese(number)} "
    assert not text.startswith(" um mil ")
    assert not re.search("(milhão|milhões|bilhão|bilhões) (e )?um mil ", text)
    assert all(after.startswith("e ") for after in f"{text} ".split(" cento ")[1:])


@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(money.DECIMALS)), st.sampled_from(["es", "pt"]))
def test_words_say_the_hundredths_and_the_minus_where_there_are_any(minor: int, currency: str, language: str) -> None:
    text = amount_in_words(minor, currency, language)
    whole, part = divmod(abs(minor), 10 ** money.DECIMALS[currency])
    assert text.startswith("menos ") == (minor < 0)
    assert text.removeprefix("menos ").startswith(WRITERS[language](whole))
    assert bool(re.search(r"(centavo|centésimo|céntimo|cêntimo)s?$", text)) == (part > 0)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"12345678901"|digits', "1234 5678 901"),
        ('"12345678901"|digits(3)', "123 456 789 01"),
        ('"12345678901"|digits("2 8 1")', "12 34567890 1"),
        ('"12345678901"|digits("4 4")', "1234 5678 901"),
        ('"1234 5678 9"|digits("3 3 3")', "123 456 789"),
        ('"12"|digits("4 4 4")', "12"),
        ('""|digits', ""),
    ],
)
def test_digits_in_groups(expression: str, text: str) -> None:
    assert shown(expression) == text


@given(
    st.text("0123456789"),
    st.one_of(st.integers(1, 9), st.lists(st.integers(1, 9), min_size=1).map(lambda s: " ".join(map(str, s)))),
)
def test_groups_lose_no_digit(text: str, sizes: int | str) -> None:
    assert grouped(text, sizes).replace(" ", "") == text


def test_an_expression_that_fails_is_blamed_on_its_own_line_whatever_scopes_come_before() -> None:
    elements = [Element("text", {}, Spot("voucher.xml", line, 1)) for line in (10, 20, 30, 40)]
    fields = Fields({})
    for guards in ((), ("shown",), ("shown", "shown")):
        fields.scope("one in many", guards, elements[0]).field("{{ one }}", elements[0])
    last = fields.scope("", (), elements[1])
    last.field("{{ shown }}", elements[1])
    last.field("{{ one|amount_in_words('de') }}", elements[2])
    last.field("{{ shown }}", elements[3])
    fields.seal()
    with pytest.raises(FieldError) as caught:
        fields.evaluate({"many": [1, 2], "shown": True, "one": 1, "currency": "ARS"})
    assert caught.value.element.line == 30
