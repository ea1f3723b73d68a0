"""Blocks show live goods and never break when one is gone; operators see what to mend."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from catalog.models import Category, Offer
from cms.blocks.choosers import CategoryChooserBlock
from cms.blocks.plain import BannerBlock, LinkBlock
from cms.selectors.lacking import lacks_of, pages_with_blocks
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def page_of(client, url="/"):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def codes(pages=None):
    return [lack.code for lack in lacks_of(pages or pages_with_blocks())]


def picked(*offers):
    goods = [{"type": "item", "value": pk, "id": f"i{pk}"} for pk in offers]
    return ("picked", {"title": "Обране", "goods": goods, "link": {"label": "", "page": None, "address": ""}})


def row(**told):
    return ("goods", {"title": "Рядок", "words": "", "category": None, "vendor": None, "count": 6} | told)


def test_picked_goods_stand_in_their_order(client, put):
    offers = [OfferFactory(title=f"Товар {number}") for number in (1, 2, 3)]
    put(picked(offers[2].pk, offers[0].pk))
    page = page_of(client)
    assert page.index("Товар 3") < page.index("Товар 1")
    assert "Товар 2" not in page
    assert codes() == []


def withdraw(offer):
    Offer.objects.filter(pk=offer.pk).update(withdrawn_at=timezone.now())


def hide(offer):
    Offer.objects.filter(pk=offer.pk).update(hidden_at=timezone.now())


def suspend(offer):
    Vendor.objects.filter(pk=offer.vendor_id).update(state=VendorState.SUSPENDED)


def delete(offer):
    Offer.objects.filter(pk=offer.pk).delete()


@pytest.mark.parametrize(
    ("go", "code"), [(withdraw, "offer"), (hide, "offer"), (suspend, "offer"), (delete, "deleted")]
)
def test_a_picked_good_that_is_gone_leaves_the_others(client, put, go, code):
    gone, stays = OfferFactory(title="Піде"), OfferFactory(title="Лишиться")
    put(picked(gone.pk, stays.pk))
    go(gone)
    page = page_of(client)
    assert "Лишиться" in page
    assert "Піде" not in page
    assert codes() == [code]


def test_a_block_of_which_all_is_gone_hides_itself(client, put):
    gone = OfferFactory(title="Піде")
    put(picked(gone.pk))
    assert "Обране" in page_of(client)
    withdraw(gone)
    assert "Обране" not in page_of(client)


def test_another_vendors_offer_of_the_same_good_stands_in(client, put):
    gone = OfferFactory(title="Піде", gtin="04820000000017")
    OfferFactory(title="Те саме дорожче", gtin="04820000000017", price_amount=9_000_000)
    OfferFactory(title="Те саме дешевше", gtin="04820000000017", price_amount=1_000_000)
    put(picked(gone.pk))
    withdraw(gone)
    page = page_of(client)
    assert "Те саме дешевше" in page
    assert "Те саме дорожче" not in page
    with translation.override("en"):
        [lack] = lacks_of(pages_with_blocks())
    assert lack.what == "“Піде” was withdrawn by its vendor. The same good of another vendor is shown."


def test_two_goods_that_were_joined_are_one(client, put):
    one, other = OfferFactory(title="Один"), OfferFactory(title="Другий")
    put(picked(one.pk, other.pk))
    Offer.objects.all().update(gtin="04820000000017")
    page = page_of(client)
    assert "Один" in page
    assert "Другий" not in page


def test_a_row_shows_what_its_words_category_vendor_and_ceiling_find(client, put, index):
    office = CategoryFactory(slug="office")
    one, other = VendorFactory(slug="one"), VendorFactory(slug="other")
    OfferFactory(title="Степлер малий", category=office, vendor=one, price_amount=500_000)
    OfferFactory(title="Степлер великий", category=office, vendor=one, price_amount=5_000_000)
    OfferFactory(title="Степлер чужий", category=office, vendor=other, price_amount=500_000)
    index()
    put(row(words="степлер", category=office.pk, vendor=one.pk, max_price="100"))
    page = page_of(client)
    assert "Степлер малий" in page
    assert "Степлер великий" not in page
    assert "Степлер чужий" not in page
    assert (
        "/search/?q=%D1%81%D1%82%D0%B5%D0%BF%D0%BB%D0%B5%D1%80&amp;category=office&amp;vendor=one&amp;max_price=100"
        in page
    )
    assert codes() == []


def test_a_row_of_an_earlier_version_names_its_category_by_address(client, put, index):
    OfferFactory(title="Степлер", category=CategoryFactory(slug="office"))
    index()
    put(("goods", {"title": "Рядок", "words": "", "category": "office", "count": 6}))
    assert "Степлер" in page_of(client)
    put(("goods", {"title": "Рядок", "words": "степлер", "category": "", "count": 6}))
    assert "Степлер" in page_of(client)


def test_a_category_that_was_merged_is_followed(client, put, index):
    old, new = CategoryFactory(slug="old", name_uk="Стара"), CategoryFactory(slug="new", name_uk="Нова")
    OfferFactory(title="Степлер", category=new)
    index()
    chosen = [{"type": "item", "value": old.pk, "id": "c"}]
    put(row(category=old.pk), ("categories", {"title": "Плитки", "count": 8, "categories": chosen}))
    Category.objects.filter(pk=old.pk).update(merged_into=new, is_active=False)
    page = page_of(client)
    assert "Степлер" in page
    assert 'href="/categories/new/"' in page
    assert codes() == ["category_merged", "category_merged"]


def test_a_category_that_was_deleted_takes_its_row_and_tile(client, put, index):
    gone, stays = CategoryFactory(slug="gone", name_uk="Зникла"), CategoryFactory(slug="stays", name_uk="Є")
    OfferFactory(title="Степлер", category=stays)
    index()
    chosen = [{"type": "item", "value": pk, "id": f"c{pk}"} for pk in (gone.pk, stays.pk)]
    put(row(category=gone.pk), ("categories", {"title": "Плитки", "count": 8, "categories": chosen}))
    gone.delete()
    page = page_of(client)
    assert "Рядок" not in page
    assert 'href="/categories/stays/"' in page
    assert codes() == ["category", "category"]


def test_a_holiday_that_hides_takes_goods_replacements_and_the_spotlight(client, put):
    away, here = (
        OfferFactory(title="Товар А", gtin="4823012345671"),
        OfferFactory(title="Товар Б", gtin="4823012345671"),
    )
    today = timezone.localdate()
    spotlight = ("vendor", {"title": "Увага", "vendor": away.vendor_id, "text": "", "count": 3})
    put(picked(away.pk), spotlight)
    assert all(word in page_of(client) for word in ("Товар А", "Увага"))
    Vendor.objects.filter(pk=away.vendor_id).update(
        holiday_from=today, holiday_until=today, holiday_hides=True
    )
    assert ["Товар А" in page_of(client), "Товар Б" in page_of(client), "Увага" in page_of(client)] == [
        False, True, False,
    ]  # fmt: skip
    assert sorted(codes()) == ["offer", "vendor"]
    Vendor.objects.filter(pk=here.vendor_id).update(
        holiday_from=today, holiday_until=today, holiday_hides=True
    )
    assert "Товар Б" not in page_of(client)


def test_a_category_of_which_only_the_address_is_left_is_never_none():
    block = CategoryChooserBlock(target_model=Category, widget=None)
    [gone, none] = block.bulk_to_python(["no-such-slug", None])
    assert (gone.pk, gone.is_active, none) == (-1, False, None)
    kept = block.get_prep_value(gone)
    assert (kept, block.to_python(kept).is_active) == (-1, False)


def test_a_suspended_vendor_takes_its_spotlight_and_row(client, put, index):
    offer = OfferFactory(title="Степлер", vendor=VendorFactory(slug="one", name="Перший"))
    index()
    spot = ("vendor", {"title": "Знайомтеся", "vendor": offer.vendor_id, "text": "Добрий", "count": 3})
    put(spot, row(vendor=offer.vendor_id))
    page = page_of(client)
    assert "Знайомтеся" in page
    assert "Степлер" in page
    suspend(offer)
    page = page_of(client)
    assert "Знайомтеся" not in page
    assert "Степлер" not in page
    assert codes() == ["vendor", "vendor"]


def test_without_the_search_the_page_stands(client, put, monkeypatch):
    OfferFactory(title="Степлер")
    put(row(words="степлер"), ("call", {"title": "Не знайшли?", "text": ""}))

    def broken(query):
        raise OSError("the index is gone")

    monkeypatch.setattr("search.services.search", broken)
    page = page_of(client)
    assert "Не знайшли?" in page
    assert "Рядок" not in page
    assert codes() == ["nothing_found"]


def test_a_query_that_no_search_understands_finds_nothing(client, put, index):
    OfferFactory(title="Степлер")
    index()
    put(
        row(words='"' * 100 + " \\ AND ("),
        row(words="степлер", max_price="0"),
        ("call", {"title": "Далі", "text": ""}),
    )
    assert "Далі" in page_of(client)
    assert codes() == ["nothing_found", "nothing_found"]


def test_what_a_row_found_is_kept_but_not_what_left_meanwhile(client, put, index, monkeypatch):
    offer = OfferFactory(title="Степлер")
    index()
    put(row(words="степлер"))
    assert "Степлер" in page_of(client)
    monkeypatch.setattr("search.services.search", lambda query: pytest.fail("asked again"))
    assert "Степлер" in page_of(client)
    withdraw(offer)
    assert "Рядок" not in page_of(client)


# Banners and links --------------------------------------------------------------------------------------------


def banner(**told):
    empty = {
        "text": "",
        "image": None,
        "link": {"label": "", "page": None, "address": ""},
        "starts": None,
        "ends": None,
    }
    return ("banner", empty | {"title": "Акція"} | told)


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [(-1, 1, True), (1, 2, False), (-2, -1, False), (None, None, True), (0, None, True)],
)
def test_a_banner_keeps_its_days(client, put, starts, ends, shown):
    def at(days):
        return None if days is None else (timezone.now() + dt.timedelta(days=days)).isoformat()

    put(banner(starts=at(starts), ends=at(ends)))
    assert ("Акція" in page_of(client)) is shown


def test_a_preview_at_a_chosen_moment_shows_the_banner_of_then(client, put, operator):
    starts = timezone.now() + dt.timedelta(days=3)
    page = put(banner(starts=starts.isoformat()))
    assert "Акція" not in page_of(client)
    assert [mode for mode, _label in page.preview_modes] == ["", f"at:{starts.isoformat()}"]
    there = f"/operators/pages-at/{page.pk}/"
    later = (timezone.localtime(starts) + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert "Акція" in page_of(client, f"{there}?at={later}&draw=1")
    assert "Акція" not in page_of(client, f"{there}?draw=1")
    assert later in page_of(client, f"{there}?at={later}")
    assert client.get(f"{there}?at=31-31&draw=1").status_code == 200


def test_a_preview_of_a_draft_shows_live_goods(client, put, operator, homes):
    offer = OfferFactory(title="Степлер")
    page = put(("call", {"title": "Далі", "text": ""}))
    kind, value = picked(offer.pk)
    page.body = json.dumps([{"type": kind, "value": value, "id": "b"}])
    page.save_revision()
    assert "Степлер" not in page_of(client)
    assert "Степлер" in page_of(client, f"/operators/pages-at/{page.pk}/?draw=1")


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://plain.example",
        "https://a@b.example",
        "/a b",
    ],
)
def test_links_lead_nowhere_dangerous(address):
    with pytest.raises(ValidationError):
        LinkBlock().clean({"label": "", "page": None, "address": address})


def test_a_banner_does_not_end_before_it_begins():
    now = timezone.now()
    block = BannerBlock()
    value = block.to_python({"title": "Акція", "starts": now.isoformat(), "ends": now.isoformat()})
    with pytest.raises(ValidationError) as refused:
        block.clean(value)
    assert refused.value.block_errors["ends"].code == "ends"


def test_links_to_what_is_gone_are_told(client, put, homes):
    link = {"label": "Туди", "page": homes["en"].pk, "address": ""}
    put(banner(link=link), banner(link={"label": "Сюди", "page": None, "address": "/no-such-page/"}))
    homes["en"].unpublish()
    assert "Туди" not in page_of(client)
    assert codes() == ["page", "address"]


# How much is asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_asks_as_much_for_three_goods_as_for_one(
    client, put, index, django_assert_num_queries, number
):
    vendors = [VendorFactory() for _ in range(number)]
    category = CategoryFactory(slug="office")
    offers = [OfferFactory(title=f"Степлер {n}", vendor=v, category=category) for n, v in enumerate(vendors)]
    index()
    chosen = [{"type": "item", "value": category.pk, "id": "c"}]
    put(
        picked(*[offer.pk for offer in offers]),
        row(words="степлер"),
        ("categories", {"title": "Плитки", "count": 8, "categories": chosen}),
        ("vendors", {"title": "Хто", "count": 3}),
        ("lists", {"title": "Нове", "count": 3}),
        ("vendor", {"title": "Знайомтеся", "vendor": vendors[0].pk, "text": "", "count": 3}),
    )
    page_of(client)
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        page_of(client)


QUERIES_OF_A_PAGE = 18


@pytest.mark.parametrize("number", [1, 3])
def test_the_report_asks_once_for_each_kind(put, homes, index, django_assert_num_queries, number):
    index()
    categories = [CategoryFactory(slug=f"c{n}") for n in range(number)]
    offers = [OfferFactory() for _ in range(number)]
    put(
        picked(*[offer.pk for offer in offers]),
        *[("vendor", {"title": "В", "vendor": offer.vendor_id, "text": "", "count": 0}) for offer in offers],
        (
            "categories",
            {
                "title": "П",
                "count": 8,
                "categories": [{"type": "item", "value": c.pk, "id": "c"} for c in categories],
            },
        ),
        *[banner(link={"label": "", "page": homes["en"].pk, "address": ""}) for _ in offers],
    )
    pages = pages_with_blocks()
    with django_assert_num_queries(QUERIES_OF_THE_REPORT):
        assert lacks_of(pages) == []


QUERIES_OF_THE_REPORT = 8  # four kinds, looked up for their state and, by the rows, for the blocks


def test_questions_are_told_to_machines(client, put):
    answer = "<p>Так.</p><p>Завжди &amp; всюди.</p>"
    put(
        (
            "faq",
            {
                "title": "Питання",
                "questions": [
                    {
                        "type": "item",
                        "value": {"question": "Чи </script> можна?", "answer": answer},
                        "id": "q",
                    }
                ],
            },
        )
    )
    page = page_of(client)
    assert '"@type":"FAQPage"' in page
    assert "Чи \\u003C/script\\u003E можна?" in page
    assert "<summary>Чи &lt;/script&gt; можна?</summary>" in page
