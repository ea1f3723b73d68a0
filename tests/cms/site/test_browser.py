"""Home, landing and help pages in a real browser: what axe-core says, narrow screens, both themes."""

from __future__ import annotations

import json

import pytest

from cms.models import HomePage, LandingPage
from cms.services import ensure_pages
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
PATHS = ("/", "/school/", "/en/school/", "/help/", "/help/?q=зебра", "/help/requests/")


@pytest.fixture
def site(live_server, index, require_part):
    """First pages, and a landing page with a block of every kind."""
    require_part("node_modules")
    ensure_pages()
    vendor = VendorFactory(slug="one", name="Канцелярськоприладдєвопідставковий двір", city="Київ")
    category = CategoryFactory(slug="office", name_uk="Канцелярія", name_en="Office")
    offers = [
        OfferFactory(title=f"Степлер металевий {n}", vendor=vendor, category=category) for n in range(4)
    ]
    index()
    home = HomePage.objects.get(locale__language_code="uk")
    link = {"label": "До добірки", "page": None, "address": "/vendors/"}
    goods = [{"type": "item", "value": offer.pk, "id": f"g{offer.pk}"} for offer in offers]
    pair = [
        {"type": "item", "value": {"title": "Перше", "text": "<p>Слова</p>"}, "id": f"p{n}"} for n in range(2)
    ]
    asked = [{"type": "item", "value": {"question": "Чи можна?", "answer": "<p>Так.</p>"}, "id": "q"}]
    blocks = [
        ("banner", {"title": "Офіс за один раз", "text": "Папір, ручки, техніка.", "link": link}),
        ("picked", {"title": "Вибране", "goods": goods, "link": {}}),
        ("goods", {"title": "Степлери", "words": "степлер", "count": 6}),
        ("categories", {"title": "Категорії", "count": 8, "categories": []}),
        (
            "vendor",
            {"title": "Постачальник тижня", "vendor": vendor.pk, "text": "Двадцять років.", "count": 3},
        ),
        ("lists", {"title": "Свіжі прайси", "count": 4}),
        ("columns", {"title": "Колонки", "columns": pair}),
        ("steps", {"title": "Кроки", "steps": pair}),
        ("quote", {"text": "Добре.", "author": "Покупець"}),
        ("faq", {"title": "Питання", "questions": asked}),
        ("call", {"title": "Не знайшли?", "text": "Опублікуйте запит."}),
    ]
    raw = [{"type": kind, "value": value, "id": f"b{number}"} for number, (kind, value) in enumerate(blocks)]
    home.add_child(
        instance=LandingPage(title="До школи", slug="school", locale=home.locale, body=json.dumps(raw))
    )
    return live_server.url


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    chromium, site, require_part, theme, width
):
    axe = (require_part("node_modules") / "axe-core" / "axe.min.js").read_text()
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found = []
    for path in PATHS:
        answer = page.goto(site + path)
        assert (path, answer.status) == (path, 200)
        page.evaluate(axe)
        report = page.evaluate("tags => axe.run(document, {runOnly: tags})", AXE_TAGS)
        found += [
            (path, rule["id"], rule["nodes"][0]["html"][:120])
            for rule in report["violations"]
            if rule["impact"] in {"serious", "critical"}
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "wide", ""))
    context.close()
    assert found == []


def test_the_browser_refuses_nothing_and_a_vote_counts(page, site):
    heard = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/school/")
    page.goto(f"{site}/help/requests/")
    page.click(".help-useful button[value=yes]")
    page.wait_for_url("**#useful")
    assert page.locator(".help-useful [role=status]").is_visible()
    page.goto(f"{site}/help/")
    page.fill("#help-words", "аукціонів")
    page.press("#help-words", "Enter")
    page.wait_for_url("**q=**")
    assert page.locator(".help-list a").first.inner_text() == "Аукціони на зниження"
    assert heard == []
