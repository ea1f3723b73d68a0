"""The main job in a real browser, on the row as `make run` starts it.

A newcomer signs up and applies, an operator approves, the newcomer's messy price list goes live, a buyer searches
with a ceiling and a vendor filter, publishes a request, the vendor is told and bids, the buyer awards.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import Person, Row
from tests.parts import ROOT

pytestmark = pytest.mark.browser

VENDOR_MAIL, VENDOR_PASSWORD = "newcomer@example.com", "a long sentence of words 7"
#: As vendors send them: a letterhead, merged cells, category and brand rows, homoglyphs, totals.
PRICE_LIST = ROOT / "marketplace" / "demo" / "price_lists" / "kancelyarskyi-dvir.xlsx"


def test_the_whole_journey(row: Row, somebody: Callable[[], Person]):
    vendor, operator, buyer = somebody(), somebody(), somebody()
    slug = _open_a_company(row, vendor, operator)
    _bring_a_price_list(vendor, slug)
    _search_with_limits(buyer, slug)
    _publish_a_request(buyer)
    request_url = buyer.page.url
    _answer_with_the_prepared_bid(vendor, slug)
    _award(buyer, request_url)
    vendor.go("/en/inbox/")
    expect(vendor.page.locator("main")).to_contain_text("Your bid is accepted: Для нового офісу")


def _open_a_company(row: Row, vendor: Person, operator: Person) -> str:
    page = vendor.page
    vendor.go("/en/accounts/signup/")
    page.fill("main input[name=email]", VENDOR_MAIL)
    page.fill("main input[name=password1]", VENDOR_PASSWORD)
    page.click("main form[action*=signup] button[type=submit]")
    page.wait_for_load_state()
    vendor.go(row.letter_link(VENDOR_MAIL, r"http://\S+confirm-email\S+"))
    page.click("main form[action*=confirm-email] button[type=submit]")
    page.wait_for_load_state()
    vendor.sign_in(VENDOR_MAIL, VENDOR_PASSWORD)
    vendor.go("/en/desk/apply/")
    page.fill("main input[name=name]", "Papirus Test")
    page.fill("main input[name=city]", "Kyiv")
    page.fill("main input[name=email]", VENDOR_MAIL)
    page.check("main form input[type=checkbox][required]")
    page.click("main form[action$='/apply/'] button[type=submit]")
    page.wait_for_url(re.compile("/desk/(?!apply)"))

    operator.sign_in("operator@ryad.example")
    operator.go("/operators/vendors/")
    operator.page.click("a:has-text('Papirus Test')")
    operator.page.fill("input[name=text]", "Known for years")
    operator.page.click("button[value='waive-all:']")
    operator.page.wait_for_url(re.compile("#checklist"))
    operator.page.click("button[name=decision][value=approve]")
    operator.page.wait_for_url(re.compile("/operators/vendors/(#|$)"))

    vendor.go("/en/desk/")
    slug = re.search(r"/desk/([a-z0-9-]*papirus[a-z0-9-]*)/", page.url + " " + page.content())
    assert slug is not None
    return slug.group(1)


def _bring_a_price_list(vendor: Person, slug: str) -> None:
    page = vendor.page
    vendor.go(f"/en/desk/{slug}/price-lists/upload/")
    page.set_input_files("main input[type=file]", PRICE_LIST)
    page.click("main form[enctype] button[type=submit]")
    apply = page.locator("form[action$='/apply/'] button").first
    columns = page.locator("main form[action$='/columns/'] button[type=submit]").first
    expect(apply.or_(columns).first).to_be_visible(timeout=60_000)
    if not apply.is_visible():  # the columns were guessed; the vendor says yes
        columns.click()
    apply.click(timeout=60_000)
    expect(page.locator("a[href$='report.xlsx']")).to_be_visible(timeout=60_000)


def _search_with_limits(buyer: Person, slug: str) -> None:
    page = buyer.page
    buyer.sign_in("buyer@ryad.example")
    # The index follows the import within seconds; the page is asked again until it has.
    for _attempt in range(30):
        buyer.go(f"/en/search/?q=бумага+а4&max_price=215&vendor={slug}")
        if page.locator(".offer-card").count():
            break
        page.wait_for_timeout(1000)
    cards = page.locator(".offers .offer-card")
    assert cards.count() >= 1
    assert page.locator(".offers .offer-vendor").all_inner_texts() != []
    for text in page.locator(".offers:not(.alternatives *) .offer-vendor").all_inner_texts():
        assert "Papirus Test" in text
    for text in page.locator(".offers:not(.alternatives *) .offer-card .offer-deal .price").all_inner_texts():
        assert float(re.sub(r"[^\d,.]", "", text.split("/")[0]).replace(",", ".").rstrip(".")) <= 215


def _publish_a_request(buyer: Person) -> None:
    page = buyer.page
    buyer.go("/en/requests/new/")
    page.fill("main textarea", "Папір А4 — 10 пач до 260 грн\nСтеплер 24/6 2 шт\nКрісло офісне 3 шт")
    page.click("main form[data-list-form] button[type=submit]:not([name]):not([aria-hidden])")
    page.wait_for_url(re.compile("/edit/"))
    page.fill("main input[name$=title]", "Для нового офісу")
    page.fill("main input[name$=deadline_day]", str(timezone.localdate() + dt.timedelta(days=3)))
    page.click("main form[novalidate] button[type=submit]:not([name]):not([aria-hidden])")
    page.wait_for_url(re.compile("/check/"))
    page.click("form[action$='/publish/'] button[type=submit]")
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/$"))


def _answer_with_the_prepared_bid(vendor: Person, slug: str) -> None:
    page = vendor.page
    for _attempt in range(60):  # matching runs in the worker
        vendor.go("/en/inbox/")
        if "You can supply: Для нового офісу" in page.inner_text("main"):
            break
        page.wait_for_timeout(1000)
    expect(page.locator("main")).to_contain_text("You can supply: Для нового офісу")
    vendor.go(f"/en/desk/{slug}/requests/")
    page.locator("main a", has_text="Для нового офісу").first.click()
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/"))
    filled = [
        value
        for value in page.locator("[data-bid-form] input[name$=price]").evaluate_all(
            "all => all.map(x => x.value)"
        )
        if value
    ]
    assert filled, "the bid came without prices"
    page.click("[data-bid-form] button[name=send]")
    expect(page.locator("form[action$='/withdraw/']")).to_be_visible()


def _award(buyer: Person, request_url: str) -> None:
    page = buyer.page
    buyer.go(request_url)
    page.click("main button[name=mode][value^='bid:']")
    page.wait_for_url(re.compile("/award/"))
    page.click("main form button[name=confirm]")
    page.wait_for_url(re.compile(r"/requests/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text(VENDOR_MAIL)
