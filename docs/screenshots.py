# ruff: noqa: INP001  a script, no package
"""Takes the pictures of the main pages from the running demo: `make run`, then `.venv/bin/python docs/screenshots.py`.

Writes docs/screenshots/<page>-<width>.webp in light at 390 and 1280 px, and the search results in dark. Pages with
ids are found as a person finds them: by following links. So that there is something to see, the demo's vendors send
the bids that are filled in for them, and one sends a small price list (never applied); doing it again changes nothing
more. A page that cannot be reached is named, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

HERE = Path(__file__).resolve().parent
PEOPLE = json.loads((HERE.parent / "marketplace" / "demo" / "people.json").read_text(encoding="utf-8"))
TARGET = HERE / "screenshots"
SIZES = {390: 844, 1280: 860}
QUALITY = 78
BUYER = "buyer@ryad.example"
VENDOR = "kanc@ryad.example"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True)
class Shot:
    """A page: how to get there (from the home page), as whom, and in which theme."""

    name: str
    go: Callable[[Page], None]
    person: str = ""
    theme: str = "light"
    taller: float = 1.0


def opened(page: Page, path: str) -> None:
    answer = page.goto(path)
    if answer is not None and answer.status >= 400:
        raise BrowserError(f"{path} answers {answer.status}")


def address(path: str) -> Callable[[Page], None]:
    return lambda page: opened(page, path)


def through(path: str, *links: str) -> Callable[[Page], None]:
    """Opens `path`, then follows the first link that matches each selector."""

    def go(page: Page) -> None:
        opened(page, path)
        for link in links:
            opened(page, page.locator(link).first.get_attribute("href", timeout=5000) or "/")

    return go


DESK = next(vendor["slug"] for vendor in PEOPLE["vendors"] if vendor["owner"] == VENDOR.partition("@")[0])
#: As a vendor's file looks: a letterhead, a heading below it, a category row, prices with the currency in them.
FILE_NAME = "Прайс_грудень.csv"
FILE = """ТОВ «Канцелярський двір»;;;;;
Прайс-лист від 01.12;;тел. +380 44 000-00-10;;;
;;;;;
Код;Найменування товару;Од.;Ціна з ПДВ;Залишок;Штрихкод
;Папір;;;;
ZM-EX;Папір Zoom Extra А4, 80 г/м², 500 арк.;пач;229,00 грн;120;6416764652388
MS-ST;Папір Maestro Standard+ А4, 80 г/м², 500 арк.;пач;185,50 грн;>100;9003974459523
;Степлери;;;;
354111;Степлер Maped Essentials Mini, №24/6, синій;шт;141,20 грн;35;3154143541116
354112;Степлер Maped Essentials Mini, №24/6, рожевий;шт;дог.;2;3154143541123
"""


def columns(page: Page) -> None:
    """Sends the file (the same one leads to its first import) and opens the step that names the columns."""
    opened(page, f"/desk/{DESK}/price-lists/upload/")
    page.set_input_files(
        "input[type=file]",
        {"name": FILE_NAME, "mimeType": "text/csv", "buffer": FILE.encode("cp1251", "replace")},
    )
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/price-lists/\d+/"))
    for _attempt in range(60):  # the worker reads it meanwhile
        if page.locator("main table select").count():
            page.reload()  # takes the message about the same file away
            return
        page.wait_for_timeout(500)
        page.reload()
    raise BrowserError("the price list was not read within half a minute: does the worker run?")


SHOTS = [
    Shot("home", address("/")),
    Shot("search", address("/search/?q=степлери&max_price=150")),
    Shot("search-dark", address("/search/?q=папір+А4"), theme="dark"),
    Shot("nothing-found", address("/search/?q=гіперболоїд+інженера")),
    Shot("offer", through("/search/?q=папір+А4", ".offer-card:has(.more-offers) .offer-title a")),
    Shot("category", through("/categories/", ".category-block h2 a")),
    Shot("vendor", address(f"/vendors/{DESK}/")),
    Shot("sign-in", address("/accounts/login/")),
    Shot("request-new", address("/requests/new/?lines=Папір А4 — 10 пач до 250 грн"), BUYER),
    Shot("requests", address("/requests/"), BUYER),
    Shot(
        "request",
        through("/requests/", "main .rows a[href*='/requests/'], main .tile a[href*='/requests/']"),
        BUYER,
        taller=1.6,
    ),
    Shot("inbox", address("/inbox/"), VENDOR),
    Shot("desk-columns", columns, VENDOR),
    Shot(
        "desk-preview",
        through(f"/desk/{DESK}/price-lists/", ".rows li:has(.badge-good) a[href*='/price-lists/']"),
        VENDOR,
    ),
    Shot("desk", address(f"/desk/{DESK}/"), VENDOR),
    Shot("desk-price-lists", address(f"/desk/{DESK}/price-lists/"), VENDOR),
    Shot("desk-requests", address(f"/desk/{DESK}/requests/"), VENDOR),
    Shot("desk-bid", through(f"/desk/{DESK}/requests/", f".rows a[href*='/desk/{DESK}/requests/']"), VENDOR),
]


def send_bids(browser: Browser, base: str, state: dict[str, dict[str, object]]) -> None:
    """Each vendor of the demo sends the bids that are filled in for it, unless it has."""
    for vendor in PEOPLE["vendors"]:
        person = f"{vendor['owner']}@ryad.example"
        context = browser.new_context(base_url=base, locale="uk-UA", storage_state=state.get(person))
        page = context.new_page()
        sign_in(page, person)
        state[person] = context.storage_state()
        opened(page, f"/desk/{vendor['slug']}/requests/")
        links = [link.get_attribute("href") for link in page.locator(".rows a[href*='/requests/']").all()]
        for link in links:
            opened(page, link or "/")
            if page.locator("button[name=draft]").count():  # a bid that was sent cannot become a draft again
                page.click("button[name=send]")
                page.wait_for_load_state()
        context.close()


def sign_in(page: Page, person: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PEOPLE["password"])
    page.click("form[action$='/accounts/login/'] button[type=submit]")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.goto("/categories/")  # takes the welcome message away


def take(browser: Browser, base: str, shot: Shot, width: int, state: dict[str, dict[str, object]]) -> str:
    """Writes one picture; returns what went wrong, if anything did."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": round(SIZES[width] * shot.taller)},
        color_scheme=shot.theme,
        locale="uk-UA",
        reduced_motion="reduce",
        storage_state=state.get(shot.person),
    )
    page = context.new_page()
    try:
        if shot.person and shot.person not in state:
            sign_in(page, shot.person)
            state[shot.person] = context.storage_state()
        shot.go(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        wide = page.evaluate("document.documentElement.scrollWidth") - width
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.save(TARGET / f"{shot.name}-{width}.webp", quality=QUALITY, method=6)
    except BrowserError as error:
        return str(error).splitlines()[0]
    else:
        return f"{wide} px too wide" if wide > 0 else ""
    finally:
        context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--only", default="", help="names, separated by commas")
    options = parser.parse_args()
    wanted = set(options.only.split(",")) - {""}
    TARGET.mkdir(exist_ok=True)
    failures = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
        state: dict[str, dict[str, object]] = {}
        send_bids(browser, options.address, state)
        for shot in SHOTS:
            if wanted and shot.name not in wanted:
                continue
            for width in SIZES:
                trouble = take(browser, options.address, shot, width, state)
                failures += bool(trouble)
                sys.stdout.write(f"{shot.name}-{width}: {trouble or 'taken'}\n")
        browser.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
