"""Suggestions in a real browser: keys, mouse, touch, a narrow screen, what is remembered, and what axe-core says."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from tests.parts import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, index, require_part):
    require_part("node_modules")
    pens = CategoryFactory(slug="pens", name_uk="Ручки", name_en="Pens")
    vendor = VendorFactory(slug="ruch", name="Ручний двір")
    for number in range(3):
        OfferFactory(
            title=f"Ручка кулькова Канцелярськоприладдєвопідставкова {number}", category=pens, vendor=vendor
        )
    index()
    return live_server.url


@pytest.fixture
def complaints(page):
    heard = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def active(page):
    chosen = page.get_attribute("#search-words", "aria-activedescendant")
    return page.locator(f"#{chosen}") if chosen else None


def test_keys_choose_and_escape_and_enter_do_what_they_say(page, site, complaints):
    page.goto(f"{site}/en/vendors/")
    field = page.locator("#search-words")
    field.press_sequentially("руч")
    options = page.locator("#suggestions [role=option]")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert active(page) is None  # nothing is chosen by itself
    field.press("ArrowDown")
    assert active(page).get_attribute("aria-selected") == "true"
    assert field.input_value() == "руч"
    field.press("ArrowUp")
    field.press("ArrowUp")
    assert active(page).get_attribute("id") == f"suggestion-{options.count() - 2}"
    field.press("End")
    assert active(page) is None
    field.press("Escape")
    assert (field.input_value(), page.locator("#suggest").is_visible()) == ("руч", False)
    field.press("ArrowDown")
    options.first.wait_for()
    expect(page.locator("#suggest-status")).to_contain_text("suggestions")
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/en/search/?q=**")
    assert page.input_value("#search-words") == "ручка"
    assert complaints == []


def test_enter_without_a_choice_searches_as_typed_and_is_remembered_here_until_cleared(
    page, site, complaints
):
    page.goto(f"{site}/en/vendors/")
    page.locator("#search-words").press_sequentially("Ручка кул")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?*q=**")
    assert page.input_value("#search-words") == "Ручка кул"
    page.fill("#search-words", "олена 067 123 45 67")
    page.keyboard.press("Enter")
    page.wait_for_url("**067**")
    page.goto(f"{site}/en/vendors/")
    page.focus("#search-words")
    options = page.locator("#suggestions [role=option]")
    options.first.wait_for()
    assert options.all_inner_texts() == ["Ручка кул"]
    with page.expect_navigation():
        options.first.click()
    assert page.input_value("#search-words") == "Ручка кул"
    page.goto(f"{site}/en/vendors/")
    page.focus("#search-words")
    options.first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the form's own button
    page.keyboard.press("Enter")
    assert page.evaluate("localStorage.getItem('ryad.searches')") is None
    assert page.locator("#suggest").is_hidden()
    assert complaints == []


def test_an_answer_that_comes_too_late_is_dropped(page, site, complaints):
    page.goto(f"{site}/en/vendors/")
    held = []
    page.route("**/suggestions/**", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wraps only functions
    field = page.locator("#search-words")
    field.press_sequentially("руч")
    page.wait_for_timeout(250)
    typed = [route for route in held if not route.request.url.endswith("q=")]  # the empty field asks, too
    assert len(typed) == 1  # one question for three keys
    field.fill("")
    page.wait_for_timeout(200)
    for route in held:
        with suppress(PlaywrightError):  # the page gave the question up
            route.continue_()
    page.wait_for_timeout(300)
    assert page.locator("#suggest").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_list_is_as_wide_as_the_screen_and_easy_to_hit(page, site, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/vendors/")
    before = page.evaluate("document.querySelector('main').getBoundingClientRect().top")
    page.locator("#search-words").press_sequentially("руч")
    options = page.locator("#suggestions [role=option]")
    options.first.wait_for()
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().top") == before
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    box = page.locator("#suggest").bounding_box()
    assert (box["x"], box["width"]) == (0, 360)
    assert all(option.bounding_box()["height"] >= 44 for option in options.all())
    page.keyboard.press("ArrowDown")
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate(
        "axe.run('header', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
        ".then(result => result.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join()))"
    )
    assert found == []


def test_without_scripts_the_form_is_a_form(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/vendors/")
    assert page.locator("#suggest").is_hidden()
    page.fill("#search-words", "ручка")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?*q=**")
    assert page.locator("#results .offer-card").count() > 0
    context.close()
