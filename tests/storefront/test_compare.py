"""Goods side by side: chosen by a button, told by an address, with what sets them apart."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from storefront import selectors
from storefront.selectors import compared
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

CHANGE = "/en/compare/change/"


@pytest.fixture(autouse=True)
def _own_index(index):
    """Even an empty one: no page of a test may look into another's."""


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(node):
    return " ".join(node.get_text(" ").split())


def goods(count, **values):
    return [OfferFactory(title=f"Степлер {number}", **values) for number in range(count)]


def side_by_side(client, *offers, **more):
    return client.get("/en/compare/", {"good": [offer.pk for offer in offers], **more})


def test_buttons_choose_and_signing_in_keeps_the_choice(client):
    one, other = goods(2)
    back = f"/en/offers/{one.pk}/"
    for offer in (one, other):
        answer = client.post(CHANGE, {"add": offer.pk, "next": back})
        assert (answer.status_code, answer["Location"]) == (302, back)
    user = UserFactory(password="Correct-horse-battery-7")
    client.post("/en/accounts/login/", {"login": user.email, "password": "Correct-horse-battery-7"})
    found = page(client.get(back))
    assert "2 goods to compare" in words(found.select_one("#compare-tray"))
    button = found.select_one(f"#compare-{one.pk}")
    assert (button["name"], button["form"], words(button)) == ("drop", "compare-form", "In comparison")
    assert client.get("/en/compare/")["Location"] == f"/en/compare/?good={one.pk}&good={other.pk}"
    client.post(CHANGE, {"drop": one.pk, "next": "https://evil.example/"})
    assert client.get("/en/compare/")["Location"] == f"/en/compare/?good={other.pk}"
    client.post(CHANGE, {"clear": "1"})
    assert "Nothing to compare yet" in words(page(client.get("/en/compare/")))


def test_htmx_gets_the_tray_and_the_button_anew_and_a_seventh_is_refused_in_words(client):
    offers = goods(7)
    for offer in offers[:6]:
        answer = client.post(CHANGE, {"add": offer.pk}, headers={"HX-Request": "true"})
    found = page(answer)
    assert "6 goods to compare" in words(found)
    assert found.select_one(f"#compare-{offers[5].pk}")["hx-swap-oob"] == "true"
    refused = client.post(CHANGE, {"add": offers[6].pk}, headers={"HX-Request": "true"})
    assert "6 goods are chosen already" in refused["HX-Trigger"]
    assert page(refused).select_one(f"#compare-{offers[6].pk}")["name"] == "add"
    refused = client.post(CHANGE, {"add": offers[6].pk, "next": "//evil.example/"}, follow=True)
    assert "6 goods are chosen already" in refused.content.decode()


def test_properties_stand_in_lines_and_alike_ones_can_be_left_out(client):
    office = CategoryFactory(slug="office")
    one = OfferFactory(title="А", brand="Eagle", category=office, attributes={"Колір": "синій", "Вага": "1"},
                       vendor=VendorFactory(delivery_price=500_000))  # fmt: skip
    other = OfferFactory(title="Б", brand="Eagle", category=office, price_amount=900_000,
                         attributes={"Колір": "червоний", "Лише тут": "х"})  # fmt: skip
    found = page(side_by_side(client, one, other))
    lines = {words(row.th): [words(cell) for cell in row.select("td")] for row in found.select("tbody tr")}
    assert lines["Price"] == ["100.00 UAH / pc", "90.00 UAH / pc lowest"]
    assert lines["With delivery"] == ["150.00 UAH", "— not told"]
    assert lines["Vendors"] == ["1 vendor", "1 vendor"]
    assert (lines["Brand"], lines["Колір"]) == (["Eagle", "Eagle"], ["синій", "червоний"])
    assert "Лише тут" not in lines
    apart = page(side_by_side(client, one, other, only="differences"))
    told = [words(row.th) for row in apart.select("tbody tr:not(.compare-part)")]
    assert told == ["Price", "With delivery", "Колір"]
    assert "3 properties are alike" in words(apart)


def test_what_is_gone_unknown_the_same_or_too_many_is_said(client):
    one, gone, hidden = goods(3)
    gone.__class__.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    hidden.__class__.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    same = [OfferFactory(title="Те саме", gtin="04820000000017") for _number in range(2)]
    response = client.get(
        "/en/compare/", {"good": [one.pk, gone.pk, hidden.pk, "x", 99_999_999, *(s.pk for s in same)]}
    )
    said = words(page(response).select_one(".alert"))
    assert "“Степлер 1” is not on sale any more" in said
    assert "3 goods of the address are not known here" in said
    assert "1 offer is of a good that stands here already" in said
    assert "Степлер 2" not in said
    alone = page(side_by_side(client, one))
    assert "One good is chosen" in words(alone)
    assert alone.select_one("meta[name=robots]")["content"] == "noindex, follow"
    crowd = goods(7)
    found = page(side_by_side(client, *crowd))
    assert len(found.select("thead th")) == 6
    assert "Only 6 goods fit side by side, so 1 was left out" in words(found)
    # One press takes one out, and the others stay.
    left = client.post(CHANGE, {"drop": crowd[0].pk, "shown": [offer.pk for offer in crowd[:3]]})
    assert left["Location"] == f"/en/compare/?good={crowd[1].pk}&good={crowd[2].pk}"
    for address in (
        "/en/compare/?good=" + "9" * 40,
        "/en/compare/?good=&good=-1",
        "/en/compare/?only=differences",
    ):
        assert client.get(address).status_code == 200


def test_ids_are_read_until_six_goods_stand_there_and_none_with_many_offers_crowds_another_out(monkeypatch):
    gone, crowd = goods(7, withdrawn_at=timezone.now()), goods(8)
    found = selectors.comparison([offer.pk for offer in (*gone, *crowd)], most=6)
    assert [column.pk for column in found.columns] == [offer.pk for offer in crowd[:6]]
    assert len(found.gone) == 7
    monkeypatch.setattr(compared, "MAX_READ", 1)
    many = [OfferFactory(gtin="04820000000017") for _number in range(3)]
    late = OfferFactory(title="Степлер")
    found = selectors.comparison([many[0].pk, late.pk], most=6)
    assert ([column.pk for column in found.columns], found.gone) == ([many[0].pk, late.pk], [])


@pytest.mark.parametrize("count", [2, 5])
def test_more_goods_and_offers_cost_no_more_statements(client, django_assert_num_queries, count):
    crowd = [OfferFactory(gtin=f"0482000000{number:04d}") for number in range(1000, 1000 + count)]
    for offer in crowd:
        OfferFactory(gtin=offer.gtin)
    side_by_side(client, *crowd)
    with django_assert_num_queries(4):  # those asked for, their groups, days by category, what they tell
        assert len(page(side_by_side(client, *crowd)).select("thead th")) == count
