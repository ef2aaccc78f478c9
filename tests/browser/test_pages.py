"""The pages behind living links on a telephone, in Chromium, without any script of ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serve.office import BASE, Office

# What is wider than its screen, what is too small for a finger, and words on what they can hardly be told from.
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALLEST = "() => Math.min(...[...document.querySelectorAll('button')].map(one => one.getBoundingClientRect().height))"
FAINT = """() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
    .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
  const ground = one => {
    for (; one; one = one.parentElement) {
      const colour = channels(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter(one => [...one.childNodes].some(
    child => child.nodeType === 3 && child.data.trim())).map(one => {
      const [a, b] = [light(channels(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
      return [one.textContent.trim().slice(0, 40), (a + .05) / (b + .05)];
    }).filter(([, ratio]) => ratio < 4.5);
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office"), "etpay", 4) as office:
        yield office


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[Browser]:
    """Chromium, for which the town's address is this machine's."""
    path = shutil.which("chromium")
    assert path, "make tools"
    port = office.http.base_url.port
    rule = f"--host-resolver-rules=MAP {urlsplit(BASE).hostname}:80 127.0.0.1:{port}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", rule])
        yield chromium
        chromium.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="es-AR")
    yield context.new_page()
    context.close()


def kinds_of_pages(office: Office) -> list[str]:
    """A page of each kind: to be paid, at a bank, back, unknown, expired (by then)."""
    return [office.path(0), f"{office.path(0)}/cl_bch", f"{office.path(0)}/volver", f"{office.path(0)}/cancelado", "/x"]


@pytest.mark.parametrize("width", [360, 180], ids=["telephone", "twice as large"])
def test_nothing_is_clipped_faint_or_too_small(office: Office, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in kinds_of_pages(office):
        page.goto(BASE + path)
        assert page.evaluate(WIDER) <= 0, path
        assert page.evaluate(SMALLEST) >= 44, path
        assert page.evaluate(FAINT) == [], path
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.lang") == "es"
    # A page that is not found is said to be so; no policy is ever broken.
    assert [text for text in said if "404" not in text] == []
    context.close()


def test_what_has_the_focus_is_seen(office: Office, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(BASE + office.path(0))
    for name in ("Pagar $1.000", "BancoEstado"):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.inner_text() == name
        outline = focused.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth")
        assert outline == "solid3px"
    page.close()


def test_a_screen_reader_hears_what_is_owed_and_what_to_do(office: Office, phone: Page) -> None:
    phone.goto(BASE + office.path(0))
    heard = phone.locator("body").aria_snapshot()
    for line in ('heading "TSG" [level=1]', 'button "Pagar $1.000"', 'group "O elegí tu banco"', 'button "Itaú"'):
        assert line in heard
    assert heard.index("$1.000") < heard.index('button "Pagar')


def test_a_payer_pays_at_a_bank_and_comes_back(office: Office, phone: Page) -> None:
    phone.goto(BASE + office.path(1))
    phone.get_by_role("button", name="BCI").click()
    assert phone.url.startswith(office.sandbox)
    assert "cl_bci" in phone.content()
    phone.get_by_role("button", name="Pagar").click()
    assert urlsplit(phone.url).path == f"{office.path(1)}/volver"
    assert "no es un comprobante" in phone.content()
    phone.get_by_role("link", name="Ver la boleta").click()
    phone.get_by_role("button", name="Pagar $1.001").click()
    assert phone.get_by_role("status").inner_text() == "Esta boleta está pagada"
    assert phone.get_by_role("button").count() == 0
    assert len(office.opened(1)) == 1


def test_a_button_that_is_touched_twice_opens_one_session(office: Office, phone: Page) -> None:
    phone.goto(BASE + office.path(2))
    phone.get_by_role("button", name="Pagar $1.002").dblclick(no_wait_after=True)
    expect(phone).to_have_url(re.compile(re.escape(office.sandbox)))  # the first of two navigations is given up
    assert len(office.opened(2)) == 1


def test_whoever_chose_a_bank_may_choose_again(office: Office, phone: Page) -> None:
    phone.goto(f"{BASE}{office.path(3)}/cl_itau")
    phone.get_by_role("link", name="Elegir otra forma de pago").click()
    assert phone.get_by_role("button").count() == 9
    assert office.opened(3) == []
