"""The operators' queue of categories over all vendors, the unsure goods, and the remembered words."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from catalog.models import Offer, OfferEdit
from catalog.services.categories import add_category
from cms.services import ensure_operators_group
from core.models import AuditEntry
from price_lists.deciding import decisions
from price_lists.deciding.counting import count_all_waiting, count_waiting
from price_lists.models import CategoryLink, CommonWord, OfferSuggestion, SourceItem
from price_lists.services.categories import decide_category, path_hash, suggest_categories
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db
QUEUE = "operators_category_queue"


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    UserProfile.objects.create(user=user, preferred_language="en")
    client.force_login(user)
    return user


@pytest.fixture
def phones():
    above = add_category(parent=None, names={"uk": "Електроніка", "en": "Electronics"})
    return add_category(parent=above, names={"uk": "Телефони", "en": "Phones"})


def waits(path, offers, **more):
    """A path of a vendor of its own, under which so many offers have no category."""
    from price_lists.services.uploads import open_source

    vendor = more.pop("vendor", None) or VendorFactory()
    parts = path.split(" / ")
    link = CategoryLink.objects.create(
        vendor=vendor, path=path, path_hash=path_hash(parts), titles=[f"{path} №1"], **more
    )
    source = open_source(vendor=vendor, name="main")
    for n in range(offers):
        offer = OfferFactory(vendor=vendor, category=None, title=f"{path} №{n}")
        SourceItem.objects.create(
            source=source, key=f"{path} {n}", offer=offer, link=link,
            raw_hash=b"", price_hash=b"", stock_hash=b"", text_hash=b"",
        )  # fmt: skip
    count_waiting(vendor=vendor)
    return link


def test_only_operators_come_in(client):
    for name in (QUEUE, "operators_unsure_goods", "operators_words"):
        assert client.get(reverse(name)).status_code == 302


def test_the_queue_shows_most_offers_first_with_goods_and_suggestions(client, operator, phones):
    few, many = waits("Різне", 1), waits("Мобільні телефони", 3)
    SourceItem.objects.filter(link=many).first().offer.save()
    page = client.get(reverse(QUEUE))
    assert [each.link for each in page.context["waiting"]] == [many, few]
    assert page.context["sums"] == (2, 4)
    text = page.content.decode()
    assert "Мобільні телефони №1" in text
    assert f'value="{many.pk}:{phones.pk}"' in text
    only = client.get(reverse(QUEUE), {"vendor": few.vendor_id})
    assert [each.link for each in only.context["waiting"]] == [few]
    Offer.objects.filter(source_items__link=few).update(hidden_at="2026-01-01T00:00Z")
    assert count_all_waiting() == 3
    assert [each.link for each in client.get(reverse(QUEUE)).context["waiting"]] == [many]


def test_one_click_decides_a_path_and_is_the_operators_word(client, operator, phones):
    link = waits("Смартфони", 2)
    answered = client.post(reverse(QUEUE), {"one": f"{link.pk}:{phones.pk}"})
    assert answered.status_code == 302
    link.refresh_from_db()
    assert (link.category, link.confirmed_by, link.confidence) == (phones, operator, 1.0)
    assert set(Offer.objects.values_list("category", flat=True)) == {phones.pk}
    assert client.get(reverse(QUEUE)).context["sums"] == (0, 0)
    trace = AuditEntry.objects.get(action="price_lists.decide_paths")
    assert (trace.actor, trace.details["ids"], trace.details["category"]) == (
        operator.typed_id, [link.pk], phones.pk,
    )  # fmt: skip


def test_many_are_decided_at_once_but_not_over_the_vendors_word(client, operator, phones):
    links = [waits(f"Розділ {n}", 1) for n in range(3)]
    person = UserFactory()
    decide_category(link=links[0], category=None, user=person)
    data = {"row": [link.pk for link in links], "act": "category", "category": "phones"}
    page = client.post(f"{reverse(QUEUE)}?p=1", data, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "2 paths were decided." in page
    assert "1 was decided by a person before" in page
    decided = dict(CategoryLink.objects.values_list("pk", "confirmed_by"))
    assert decided == {links[0].pk: person.pk, links[1].pk: operator.pk, links[2].pk: operator.pk}
    assert CategoryLink.objects.get(pk=links[0].pk).category is None
    client.post(reverse(QUEUE), {**data, "overrule": "1"})
    assert CategoryLink.objects.get(pk=links[0].pk).category == phones


def test_nonsense_decides_nothing(client, operator, phones):
    link = waits("Різне", 1)
    for data in (
        {"one": "x:y"},
        {"one": f"{link.pk}:999"},
        {"row": link.pk, "act": "category", "category": "Нема"},
        {},
    ):
        assert client.post(reverse(QUEUE), data).status_code == 302
    assert CategoryLink.objects.get().confirmed_at is None


def test_a_path_called_mixed_stays_mixed(client, operator, phones):
    link = waits("Телефони", 1)
    client.post(reverse(QUEUE), {"row": link.pk, "act": "mixed"})
    suggest_categories(vendor=link.vendor)
    link.refresh_from_db()
    assert (link.by_goods, link.category, link.confirmed_at, link.confirmed_by) == (
        True,
        None,
        None,
        operator,
    )
    page = client.get(reverse(QUEUE))
    assert (page.context["waiting"], page.context["sums"]) == ([], (0, 0))


def test_unsure_goods_are_placed_by_hand_unless_the_vendor_has(client, operator, phones):
    link = waits("Новинки", 3, by_goods=True)
    offers = list(Offer.objects.order_by("pk"))
    for offer in offers:
        OfferSuggestion.objects.create(offer=offer, link=link, category=phones, confidence=0.5, version=0)
    url = reverse("operators_unsure_goods")
    assert f'value="{offers[0].pk}:{phones.pk}"' in client.get(url).content.decode()
    OfferEdit.objects.create(offer=offers[2], field="category_id", rank=1, value=phones.pk, actor="user:9")
    data = {"row": [offer.pk for offer in offers], "act": "category", "category": "Electronics › Phones"}
    client.post(url, data)
    assert [offer.category_id for offer in Offer.objects.order_by("pk")] == [phones.pk, phones.pk, None]
    assert "No good is in doubt" in client.get(url).content.decode()


def test_what_the_vendor_says_while_the_operator_waits_for_the_goods_stays(operator, phones, monkeypatch):
    waits("Новинки", 1, by_goods=True)
    offer = Offer.objects.get()
    locked = decisions.locked_offers

    def after_the_vendor(offer_ids):
        OfferEdit.objects.create(offer=offer, field="category_id", rank=1, value=phones.pk, actor="user:9")
        return locked(offer_ids)

    monkeypatch.setattr(decisions, "locked_offers", after_the_vendor)
    assert decisions.place_by_hand(offer_ids=[offer.pk], category=phones, user=operator) == (0, 1)
    offer.refresh_from_db()
    assert (offer.category, OfferEdit.objects.count()) == (None, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_as_much_for_three_as_for_one(
    client, operator, phones, django_assert_max_num_queries, count
):
    for n in range(count):
        waits(f"Розділ {n}", 1)
    client.get(reverse(QUEUE))
    with django_assert_max_num_queries(17) as asked:
        client.get(reverse(QUEUE))
    assert sum("price_lists_categorylink" in query["sql"] for query in asked.captured_queries) == 3


def test_words_are_listed_and_struck(client, operator):
    rows = [("heading", "кошт ю", "tier_price:wholesale"), ("stock", "закінч", "none"), ("unit", "жменя", "PK"),
            ("brand", "LOVARE", "Lovare"), ("layout", "00ff", "title|price")]  # fmt: skip
    for kind, word, answer in rows:
        CommonWord.objects.create(
            kind=kind, word=word, answer=answer, vendors=4, others=1, changed_at="2026-01-01T00:00Z"
        )
    url = reverse("operators_words")
    page = client.get(url).content.decode()
    for shown in ("кошт ю", "wholesale price", "Name, Price", "Lovare", "pack"):
        assert shown in page
    client.post(url, {"pk": CommonWord.objects.get(word="кошт ю").pk, "act": "strike"})
    assert CommonWord.objects.get(word="кошт ю").struck_by == operator.typed_id
    for asked, expected in (
        ({"kind": "heading"}, []),
        ({"show": "struck"}, ["кошт ю"]),
        ({"show": "nonsense", "kind": "?", "word": "ЗАК"}, ["закінч"]),
    ):
        assert [word.word for word, _means in client.get(url, asked).context["words"]] == expected
