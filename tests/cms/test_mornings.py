"""A curator's morning in a real browser: the inbox, an application, a category, a doubtful pair, a reported offer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from wagtail.users.models import UserProfile

from catalog.models import Offer
from core.models import AuditEntry
from notifications.models import Notification
from price_lists.models import CategoryLink
from tests.cms.inbox.conftest import application, doubtful, path, reported
from tests.factories.accounts import PASSWORD, OperatorFactory
from tests.factories.catalog import CategoryFactory
from vendors.enums import VendorState
from vendors.models import Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, page: Page, require_part):
    require_part("node_modules")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.set_default_timeout(15_000)
    yield live_server.url
    assert troubles == []


def open_item(page: Page, site: str, title: str) -> None:
    page.goto(f"{site}/operators/inbox/")
    page.click(f"[data-inbox-row] a:has-text('{title}')")


def done(page: Page, text: str) -> None:
    expect(page.locator(".messages")).to_contain_text(text)


def test_a_curators_morning(site, page):
    curator = OperatorFactory(language="en")
    UserProfile.objects.create(user=curator, preferred_language="en")
    vendor = application(name="Канцлер", tax_id="14360570")
    link, phones = path("Електроніка / Телефони"), CategoryFactory(name="Телефони")
    pair, case = doubtful(), reported(title="Степлер за одну копійку")
    seller = vendor.memberships.get().user

    page.goto(f"{site}/en/accounts/login/?next=/operators/inbox/")
    page.fill("input[name=login]", curator.email)
    page.fill("main input[name=password]", PASSWORD)
    page.click("main form[action*=login] button[type=submit]")
    page.wait_for_url("**/operators/inbox/")
    # The oldest first: the pair is of January. Keys lead through the list.
    page.keyboard.press("j")
    expect(page.locator("[data-inbox-row] a").first).to_be_focused()
    page.click(f"button[value='claim:vendor:{vendor.pk}']")
    done(page, "It is yours now.")

    # The application: what blocks it is said; a point is verified, the rest waived with a reason.
    open_item(page, site, "Канцлер")
    page.click("#decision button[value=approve]")
    done(page, "Points of the checklist are still open")
    page.fill("input[name=text-documents]", "Виписка від сьогодні")
    page.click("button[value='met:documents']")
    done(page, "Noted.")
    for key in ("email", "right_to_sell", "returns"):
        page.fill(f"input[name=text-{key}]", "Знаємо їх десять років")
        page.click(f"button[value='waive:{key}']")
        done(page, "1 point is waived.")
    page.fill("#decision textarea", "Ласкаво просимо")
    page.click("#decision button[value=approve]")
    done(page, "Done: Approve.")

    # A category for all vendors' goods under one path.
    open_item(page, site, "Електроніка / Телефони")
    page.fill("#category", str(phones.pk))
    page.click("#decision button[value=map]")
    done(page, "Done: Into this category.")

    # Two goods that only look alike.
    open_item(page, site, "Ручка синя")
    page.click("#decision button[value=apart]")
    done(page, "Done: Different goods.")

    # A reported offer: no decision without a reason.
    open_item(page, site, "Степлер за одну копійку")
    page.click("#decision button[value=hide]")
    done(page, "Say why")
    page.fill("#decision textarea", "Ціна не справжня")
    page.click("#decision button[value=hide]")
    done(page, "Done: Hide the offer.")
    page.goto(f"{site}/operators/inbox/")
    expect(page.locator("main")).to_contain_text("Nothing waits here.")

    assert Vendor.objects.get(pk=vendor.pk).state == VendorState.APPROVED
    assert CategoryLink.objects.get(pk=link.pk).category_id == phones.pk
    pair.refresh_from_db()
    assert pair.state == "different"
    assert Offer.objects.get(pk=case.offer_id).hidden_reason == "Ціна не справжня"
    # What is in the trace, and what the vendors got.
    traced = list(
        AuditEntry.objects.filter(actor=curator.typed_id).order_by("pk").values_list("action", "subject")
    )
    assert traced == [
        ("inbox.claim_item", f"vendor:{vendor.pk}"),
        ("vendors.verify_point", f"vendor:{vendor.pk}"),
        *[("vendors.waive_point", f"vendor:{vendor.pk}")] * 3,
        ("vendors.approve", f"vendor:{vendor.pk}"),
        ("price_lists.decide_paths", f"category_link:{link.pk}"),
        ("goods.answer_pair", f"offer:{pair.left_id}"),
        ("catalog.decide_flags", f"offer:{case.offer_id}"),
    ]
    assert Notification.objects.get(user=seller).params["reason"] == "Ласкаво просимо"
    hidden_from = case.offer.vendor.memberships.get().user
    told = Notification.objects.get(user=hidden_from, kind="decision.taken")
    page.context.clear_cookies()
    page.goto(f"{site}/en/accounts/login/?next={told.url.partition('#')[0]}")
    page.fill("input[name=login]", hidden_from.email)
    page.fill("main input[name=password]", PASSWORD)
    page.click("main form[action*=login] button[type=submit]")
    expect(page.locator("main")).to_contain_text("Ціна не справжня")
    page.fill("main textarea", "Це розпродаж")
    page.click("main form[action$='/appeal/'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("Це розпродаж")
