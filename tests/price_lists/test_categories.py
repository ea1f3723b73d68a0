"""Vendors' categories and the row's tree."""

import pytest

from catalog.enums import EditRank
from catalog.models import Offer
from catalog.services.categories import add_category, merge_category
from catalog.services.offers import edit_offer
from core.models import OutboxEntry
from price_lists import services
from price_lists.models import CategoryLink
from price_lists.services.categories import SURE, leads_to, path_hash
from tests.factories.accounts import UserFactory
from tests.factories.price_lists import good, goods, imported
from tests.factories.vendors import VendorFactory


@pytest.fixture
def tree(db):
    office = add_category(parent=None, names={"uk": "Канцелярія", "ru": "Канцтовары", "en": "Stationery"})
    return {
        "office": office,
        "staplers": add_category(parent=office, names={"uk": "Степлери", "ru": "Степлеры", "en": "Staplers"}),
        "paper": add_category(parent=office, names={"uk": "Папір", "ru": "Бумага", "en": "Paper"}),
        "phones": add_category(parent=None, names={"uk": "Телефони", "ru": "Телефоны", "en": "Phones"}),
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Канцелярія / Степлери", "staplers"),
        ("Канцтовары / Степлеры", "staplers"),
        ("Stationery / Staplers", "staplers"),
        ("Папір", "paper"),
        ("Мобільні / ТЕЛЕФОНИ", "phones"),
    ],
)
def test_the_same_words_in_any_language_are_used_at_once(vendor, tree, tmp_path, path, expected):
    imported(vendor, tmp_path / "a.csv", [good(n, title=f"Щось {n}", category=path) for n in (1, 2)])
    link = CategoryLink.objects.get()
    assert link.confidence >= SURE
    assert set(Offer.objects.values_list("category", flat=True)) == {tree[expected].pk}


def test_titles_tell_where_the_path_does_not(vendor, tree, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(5, category="Різне"))
    link = CategoryLink.objects.get()
    assert link.category == tree["staplers"]


def test_an_unknown_path_stays_without_a_category_until_a_person_decides(vendor, tree, tmp_path):
    imported(
        vendor, tmp_path / "a.csv", [good(n, title=f"Дещо {n}", category="Всяка всячина") for n in (1, 2, 3)]
    )
    link = CategoryLink.objects.get()
    assert (link.category, leads_to(link)) == (None, None)
    OutboxEntry.objects.all().delete()
    assert services.confirm_category(link=link, category=tree["paper"], user=UserFactory()) == 3
    assert set(Offer.objects.values_list("category", "version")) == {(tree["paper"].pk, 2)}
    assert sorted(OutboxEntry.objects.values_list("consumer", flat=True)) == ["requests", "search"]
    run = imported(vendor, tmp_path / "b.csv", [good(9, title="Дещо 9", category="ВСЯКА  всячина")])
    assert run.guard == [] or run.state == "held"


def test_what_another_vendor_decided_counts(vendor, tree, tmp_path):
    other = VendorFactory()
    imported(other, tmp_path / "a.csv", goods(2, category="Всяке", title="Дещо"))
    services.confirm_category(link=CategoryLink.objects.get(), category=tree["phones"], user=UserFactory())
    imported(vendor, tmp_path / "b.csv", goods(3, category="всяке", title="Дещо"))
    assert set(Offer.objects.filter(vendor=vendor).values_list("category", flat=True)) == {tree["phones"].pk}


def test_where_a_person_put_an_offer_it_stays(vendor, tree, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    offer = Offer.objects.get(article="A-0001")
    edit_offer(offer=offer, values={"category_id": tree["phones"].pk}, rank=EditRank.OPERATOR, actor="user:1")
    services.confirm_category(link=CategoryLink.objects.get(), category=tree["paper"], user=UserFactory())
    imported(vendor, tmp_path / "b.csv", [good(1, title="Інакше"), good(2)])
    assert list(Offer.objects.order_by("article").values_list("category", flat=True)) == [
        tree["phones"].pk, tree["paper"].pk,
    ]  # fmt: skip


def test_leaving_goods_without_a_category_is_a_decision_too(vendor, tree, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    services.confirm_category(link=CategoryLink.objects.get(), category=None, user=UserFactory())
    assert set(Offer.objects.values_list("category", flat=True)) == {None}
    services.suggest_categories(vendor=vendor)
    assert CategoryLink.objects.get().category is None


def test_links_follow_a_merged_category(vendor, tree, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    merge_category(source=tree["staplers"], target=tree["paper"])
    assert CategoryLink.objects.get().category == tree["paper"]


def test_case_and_look_alike_letters_do_not_make_another_path():
    assert path_hash(("Папір А4", " Офіс ")) == path_hash(("папір A4", "офіс"))
