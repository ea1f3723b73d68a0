"""The storefront in a real browser: filters, keys, themes, narrow screens, and what axe-core says of it."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.conf import settings
from playwright.sync_api import expect

from buyer_requests.changing.content import content_of
from buyer_requests.changing.services import publish_change, save_change
from catalog.enums import Availability
from catalog.models import Offer
from tests.factories.buyer_requests import make_bid, make_draft, make_open
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.models import Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Канцелярськоприладдєвопідставковий"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@pytest.fixture
def site(live_server, index, require_part):
    """A small row with an index, and its address."""
    require_part("node_modules")
    office = CategoryFactory(slug="office", name_uk="Канцелярія", name_en="Office")
    one, other = VendorFactory(slug="one", name="Перший"), VendorFactory(slug="other", name="Другий " + LONG)
    for number in range(3):
        OfferFactory(
            title=f"Степлер {LONG} модель {number}", vendor=one, category=office, brand="Eagle", gtin="04820000000017",
            price_amount=1_000_000 + number, old_price_amount=2_000_000, article="ST-1", attributes={"Колір": "синій"},
        )  # fmt: skip
    OfferFactory(title="Степлер дорогий", vendor=other, category=office, price_amount=9_000_000,
                 availability=Availability.TO_ORDER)  # fmt: skip
    index()
    return live_server.url


@pytest.fixture
def complaints(page):
    """What the browser's console complained of, refused scripts and styles included."""
    heard = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def side_by_side():
    return "/compare/?" + "&".join(f"good={pk}" for pk in Offer.objects.values_list("pk", flat=True))


def shown(page):
    return [text.strip() for text in page.locator("#results > .offers .offer-title").all_inner_texts()]


def test_a_filter_changes_results_address_and_counts_without_a_reload(page, site, complaints):
    page.goto(f"{site}/search/?q=степлер")
    page.evaluate("window.stays = true")
    assert page.locator("#results .offer-card").count() == 2  # three offers of one good are one card
    page.check("#f-v-other")
    page.wait_for_url("**vendor=other**")
    assert shown(page) == ["Степлер дорогий"]
    assert page.evaluate("window.stays") is True
    assert page.evaluate("document.activeElement.id") == "f-v-other"
    assert page.locator("#result-status").inner_text() != ""
    page.fill("#f-max", "150")
    page.press("#f-max", "Enter")
    page.wait_for_url("**max_price=150**")
    page.locator("#results .empty, #results .alternatives").first.wait_for()
    page.go_back()
    page.wait_for_url(lambda url: "max_price" not in url)
    page.locator("#results .offer-card").first.wait_for()
    assert shown(page) == ["Степлер дорогий"]
    page.click(".chips a >> nth=0")
    page.wait_for_url(lambda url: "vendor" not in url)
    assert page.locator("#results .offer-card").count() == 2
    assert complaints == []


def test_the_order_is_chosen_like_a_filter(page, site, complaints):
    page.goto(f"{site}/search/?q=степлер")
    page.select_option("#sort", "price_desc")
    page.wait_for_url("**sort=price_desc**")
    assert shown(page)[0] == "Степлер дорогий"
    assert complaints == []


def test_goods_are_chosen_and_compared_from_the_keyboard_without_a_reload(page, site, complaints):
    page.goto(f"{site}/en/search/?q=степлер")
    page.evaluate("window.stays = true")
    for place in (0, 1):
        page.locator("#results .compare-button").nth(place).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#results .compare-button.is-chosen")).to_have_count(place + 1)
    assert page.evaluate("window.stays") is True
    assert page.evaluate("document.activeElement.classList.contains('is-chosen')") is True
    page.click("#compare-tray a")
    page.wait_for_url("**/en/compare/?good=**")
    assert page.locator(".compare-table thead th").count() == 2
    page.click(".compare-table [name=drop] >> nth=0")
    expect(page.locator(".compare-table thead th")).to_have_count(1)
    page.goto(f"{site}/en/offers/{Offer.objects.order_by('pk').first().pk}/")
    page.evaluate("window.stays = true")
    page.click("#order-fresh")
    page.wait_for_url("**sort=fresh**")
    expect(page.locator("#order-fresh[aria-current]")).to_have_count(1)
    assert page.evaluate("window.stays") is True
    assert complaints == []


def test_filters_are_a_drawer_on_a_phone(page, site, complaints):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/search/?q=степлер")
    assert not page.locator("#filters").is_visible()
    page.click("#facets-button")
    page.locator("#filters").wait_for(state="visible")
    assert page.locator("#filters").get_attribute("aria-modal") == "true"
    expect(page.locator("#filters :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#filters").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "facets-button"
    page.click("#facets-button")
    page.check("#f-v-other")
    page.wait_for_url("**vendor=other**")
    assert page.locator("#filters").is_visible()  # one may go on choosing
    page.click("#filters [type=submit]")
    page.locator("#filters").wait_for(state="hidden")
    assert complaints == []


def test_a_slash_goes_to_the_search_field_but_not_while_typing(page, site):
    page.goto(f"{site}/search/?q=степлер")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search-words"
    page.fill("#f-max", "")
    page.locator("#f-max").press_sequentially("1/2")
    assert page.input_value("#f-max") == "1/2"


def test_the_theme_is_remembered(page, site, complaints):
    page.goto(f"{site}/vendors/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click(".site-nav [data-theme-switch]")
    dark = page.evaluate(ground)
    assert dark != light
    page.goto(f"{site}/categories/")
    assert page.evaluate(ground) == dark
    assert page.locator(".site-nav [data-theme-switch]").get_attribute("aria-pressed") == "true"
    assert complaints == []


def test_the_menu_opens_by_keyboard_and_closes_by_escape(page, site):
    page.goto(f"{site}/vendors/")
    page.focus(".header-actions summary")
    page.keyboard.press("Enter")
    assert page.locator(".menu-panel").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".menu-panel").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_nothing_is_wider_than_the_screen(page, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/search/?q=степлер&max_price=100", "/en/categories/office/", "/vendors/other/", "/vendors/",
                 "/accounts/signup/", "/search/?q=" + LONG * 3):  # fmt: skip
        page.goto(site + path)
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, width)
    page.goto(f"{site}/search/?q=степлер")
    page.click("#results .offer-title a >> nth=0")
    page.wait_for_url("**/offers/**")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.goto(site + side_by_side())
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_scripts_the_filters_are_an_ordinary_form(chromium, site):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}/search/?q=степлер")
    page.check("#f-v-other")
    page.click("#filters [type=submit]")
    assert "vendor=other" in page.url
    assert shown(page) == ["Степлер дорогий"]
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(chromium, site, require_part, theme, width):
    axe = (require_part("node_modules") / "axe-core" / "axe.min.js").read_text()
    # Past the policy only for the checker's own script.
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for path in ("/search/?q=степлер&max_price=105", "/search/?q=степлер&min_price=x", "/search/?q=йцйцйц",
                 "/en/categories/office/", "/categories/", "/vendors/", "/vendors/one/", "/accounts/login/",
                 "/accounts/signup/", "/nothing/", side_by_side(), f"/offers/{Offer.objects.first().pk}/"):  # fmt: skip
        page.goto(site + path)
        page.evaluate(axe)
        report = page.evaluate("tags => axe.run(document, {runOnly: tags})", AXE_TAGS)
        found += [
            (path, rule["id"], rule["nodes"][0]["html"][:120])
            for rule in report["violations"]
            if rule["impact"] in {"serious", "critical"}
        ]
    context.close()
    assert found == []


def test_axe_finds_nothing_serious_on_requests(chromium, site, require_part, client):
    """Dark and narrow, where most goes wrong: a request that was changed after a bid, on both sides."""
    axe = (require_part("node_modules") / "axe-core" / "axe.min.js").read_text()
    request, vendor = make_open(), Vendor.objects.get(slug="one")
    bid, draft = make_bid(request, vendor, {1: 100, 2: 200}), make_draft(request.buyer)
    for quantity in ("20.000", "30.000"):
        content = content_of(request)
        content["lines"][0] |= {"quantity": quantity}
        save_change(buyer=request.buyer, request=request, content=content)
        if request.version == 1:
            publish_change(buyer=request.buyer, request=request, base=1)
            request.refresh_from_db()
    here, desk = f"/requests/{request.public_id}/", "/desk/one/requests/"
    seller = vendor.memberships.first().user
    found = []
    for user, paths in (
        (request.buyer, ["/requests/", "/requests/new/", "/requests/keys/", f"/requests/{draft.public_id}/edit/",
                         f"/requests/{draft.public_id}/check/", here, f"{here}change/", f"{here}change/check/",
                         f"{here}versions/", f"{here}bids/{bid.public_id}/"]),
        (seller, [f"{desk}bids/", f"{desk}{request.public_id}/", f"{desk}rules/", f"{desk}rules/new/"]),
    ):  # fmt: skip
        client.force_login(user)
        context = chromium.new_context(
            viewport={"width": 360, "height": 800},
            color_scheme="dark",
            bypass_csp=True,
            reduced_motion="reduce",
        )
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
        page = context.new_page()
        for path in paths:
            if page.goto(site + path).status != HTTPStatus.OK:
                found.append((path, "status", page.url))
                continue
            page.evaluate(axe)
            report = page.evaluate("tags => axe.run(document, {runOnly: tags})", AXE_TAGS)
            found += [
                (path, rule["id"], rule["nodes"][0]["html"][:120])
                for rule in report["violations"]
                if rule["impact"] in {"serious", "critical"}
            ]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((path, "wide", ""))
        context.close()
    assert found == []
