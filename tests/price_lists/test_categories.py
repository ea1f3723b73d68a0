"""Vendors' categories and the row's tree."""

import pytest
from django.utils import timezone

from catalog.enums import EditRank
from catalog.models import Offer
from catalog.services.categories import add_category, merge_category
from catalog.services.offers import edit_offer
from core.models import OutboxEntry
from price_lists import services
from price_lists.categorising.examples import examples
from price_lists.deciding.decisions import mark_mixed
from price_lists.models import CategoryLink
from price_lists.services import categories
from price_lists.services.categories import SURE, leads_to, path_hash
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.factories.price_lists import good, goods, imported
from tests.factories.vendors import MembershipFactory, VendorFactory


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
    consumers = sorted(OutboxEntry.objects.values_list("consumer", flat=True))
    assert consumers == ["requests", "search", "watching"]
    run = imported(vendor, tmp_path / "b.csv", [good(9, title="Дещо 9", category="ВСЯКА  всячина")])
    assert run.guard == [] or run.state == "held"


def decided_by(vendors, tree, path, user):
    for each in vendors:
        CategoryLink.objects.create(
            vendor=each, path=path, path_hash=path_hash([path]), category=tree["phones"], confidence=1,
            confirmed_at=timezone.now(), confirmed_by=user,
        )  # fmt: skip


def test_what_other_vendors_or_an_operator_decided_counts(vendor, tree, tmp_path):
    users = UserFactory(), OperatorFactory()
    decided_by([VendorFactory() for _ in range(3)], tree, "Всяке", users[0])
    decided_by([VendorFactory()], tree, "Дрібне", users[1])
    rows = [good(n, category="всяке" if n < 3 else "дрібне", title="Дещо") for n in range(1, 5)]
    imported(vendor, tmp_path / "b.csv", rows)
    assert set(Offer.objects.filter(vendor=vendor).values_list("category", flat=True)) == {tree["phones"].pk}


def test_the_desks_word_is_that_of_the_right_and_not_about_the_own_company(vendor, tree, tmp_path):
    support, curator = UserFactory(is_staff=True), OperatorFactory()
    own = MembershipFactory(user=curator).vendor
    decided_by([VendorFactory()], tree, "Всяке", support)
    decided_by([own], tree, "Дрібне", curator)
    imported(
        vendor,
        tmp_path / "b.csv",
        [good(n, category=path, title="Дещо") for n, path in enumerate(("всяке", "дрібне"))],
    )
    links = CategoryLink.objects.filter(vendor=vendor)
    assert [(link.category, leads_to(link)) for link in links] == [(tree["phones"], None)] * 2


def test_what_few_vendors_or_suspended_ones_decided_moves_nothing(vendor, tree, tmp_path):
    decided_by([VendorFactory(), VendorFactory()], tree, "Всяке", UserFactory())
    decided_by([VendorFactory(state="suspended") for _ in range(3)], tree, "Дрібне", UserFactory())
    decided_by([VendorFactory()], tree, "Степлери", UserFactory())
    paths = ("всяке", "дрібне", "степлери")
    imported(
        vendor, tmp_path / "b.csv", [good(n, category=path, title="Дещо") for n, path in enumerate(paths)]
    )
    links = {link.path: link for link in CategoryLink.objects.filter(vendor=vendor)}
    assert (links["всяке"].category, leads_to(links["всяке"])) == (tree["phones"], None)
    assert links["дрібне"].category is None
    assert (
        leads_to(links["степлери"]) == tree["staplers"].pk
    )  # a name that says it is not hidden by one vendor's word
    assert {example.title for example in examples() if not example.name} == set()


def test_where_a_person_put_an_offer_it_stays(vendor, tree, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(2))
    offer = Offer.objects.get(article="A-0001")
    edit_offer(offer=offer, values={"category_id": tree["phones"].pk}, rank=EditRank.OPERATOR, actor="user:1")
    services.confirm_category(link=CategoryLink.objects.get(), category=tree["paper"], user=UserFactory())
    imported(vendor, tmp_path / "b.csv", [good(1, title="Інакше"), good(2)])
    assert list(Offer.objects.order_by("article").values_list("category", flat=True)) == [
        tree["phones"].pk, tree["paper"].pk,
    ]  # fmt: skip


@pytest.mark.parametrize("at_once", [1_000, 1])
def test_a_decision_and_its_moving_are_there_together_or_not_at_all(
    vendor, tree, tmp_path, monkeypatch, at_once
):
    imported(vendor, tmp_path / "a.csv", goods(2, title="Дещо", category="Хтозна"))
    monkeypatch.setattr(categories, "MOVED_AT_ONCE", at_once)

    def killed(*_args, **_more):
        raise SystemExit

    monkeypatch.setattr(categories, "start_job" if at_once == 1 else "follow_links", killed)
    with pytest.raises(SystemExit):
        categories.decide_category(
            link=CategoryLink.objects.get(), category=tree["paper"], user=UserFactory()
        )
    assert CategoryLink.objects.get().confirmed_at is None
    monkeypatch.undo()
    categories.decide_category(link=CategoryLink.objects.get(), category=tree["paper"], user=UserFactory())
    assert set(Offer.objects.values_list("category", flat=True)) == {tree["paper"].pk}


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


def test_what_was_decided_while_suggestions_are_taken_over_stays_as_it_was(
    vendor, tree, tmp_path, monkeypatch
):
    rows = [good(n, category=name) for n, name in enumerate(["Різне", "Усяке", "Дещо", "Хтозна"], 1)]
    imported(vendor, tmp_path / "a.csv", rows)
    CategoryLink.objects.update(category=tree["paper"], confidence=0.8, by_goods=False)
    nowhere, mixed, taken, unsure = CategoryLink.objects.order_by("path_hash")
    CategoryLink.objects.filter(pk=unsure.pk).update(confidence=0.31)
    operator, person = UserFactory(), UserFactory()
    lock = categories.lock_links

    def meanwhile(ids):
        monkeypatch.setattr(categories, "lock_links", lock)
        services.decide_category(link=nowhere, category=None, user=operator)
        mark_mixed(link_ids=[mixed.pk], user=operator)
        lock(ids)

    monkeypatch.setattr(categories, "lock_links", meanwhile)
    assert services.accept_suggestions(vendor=vendor, user=person) == 1
    said = [nowhere, mixed, taken, unsure]
    for link in said:
        link.refresh_from_db()
    assert [link.confirmed_by_id for link in said] == [operator.pk, operator.pk, person.pk, None]
    assert [link.confirmed_at is None for link in said] == [False, True, False, True]
    assert services.accept_suggestions(vendor=vendor, user=person) == 0
