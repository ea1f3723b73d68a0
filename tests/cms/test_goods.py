"""Goods on the operators' desk: reasons, splitting, joining, doubtful pairs and barcodes; for operators alone."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.models import User
from catalog.models import Offer, Product
from cms.services import ensure_operators_group
from price_lists.joining import consumer
from price_lists.joining.enums import PairState
from price_lists.joining.models import GtinConflict, OfferPair
from price_lists.joining.words import in_words
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db

GTIN = "4823012345671"


def shown(*evidence):
    """A reason as the page shows it."""
    return escape(in_words([evidence])[0].text)


@pytest.fixture
def operator(client):
    user = User.objects.create_user("operator@example.com", "a-long-password", is_staff=True, language="en")
    user.groups.add(ensure_operators_group())
    client.force_login(user)
    return user


@pytest.fixture
def offers():
    found = [OfferFactory(title="Ручка кулькова Buromax синя", gtin=GTIN) for _n in range(3)]
    consumer.handle([{"topic": "offers_changed", "offers": [offer.pk for offer in found]}])
    return found


@pytest.fixture
def pairs():
    return [
        OfferPair.objects.create(
            left=OfferFactory(), right=OfferFactory(), probability=number / 50, created_at="2026-01-01T00:00Z",
            evidence=[["pack_different", "4", "12", -100.0], ["brand_same", "Bosch", "Bosch", 0.5]],
        )
        for number in range(25)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["operators_goods:index", "operators_pairs", "operators_barcodes"])
def test_pages_are_closed_to_visitors_and_buyers(client, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(User.objects.create_user("buyer@example.com", "a-long-password"))
    assert client.get(reverse(name)).status_code == 302


def test_somebody_on_the_desk_without_the_right_changes_nothing(client, operator, pairs):
    operator.groups.first().permissions.filter(codename="change_product").delete()
    answered = client.post(reverse("operators_pairs"), {"pair": pairs[0].pk, "answer": "yes"})
    assert answered.status_code in {302, 403}
    assert not Product.objects.exists()


def test_the_list_leads_to_the_good_with_its_reasons(client, operator, offers):
    product = Product.objects.get()
    page = client.get(reverse("operators_goods:index")).content.decode()
    assert reverse("operators_good", args=[product.pk]) in page
    page = client.get(reverse("operators_good", args=[product.pk])).content.decode()
    assert shown("gtin_same", GTIN, GTIN, 100.0) in page
    assert page.count('value="split"') == 3
    assert client.get(reverse("operators_goods:add")).status_code == 302


def test_an_offer_is_taken_out_and_joined_again(client, operator, offers):
    product = Product.objects.get()
    url = reverse("operators_good", args=[product.pk])
    client.post(url, {"decision": "split", "offer": offers[0].pk})
    assert Offer.objects.get(pk=offers[0].pk).product_id is None
    client.post(url, {"decision": "join", "offer": offers[0].pk})
    assert Offer.objects.get(pk=offers[0].pk).product_id == product.pk
    assert OfferPair.objects.get(state=PairState.SAME).actor == operator.typed_id


@pytest.mark.parametrize("data", [{"decision": "split", "offer": "x"}, {"decision": "join", "offer": "99999999"},
                                  {"decision": "split", "offer": ""}, {"decision": "join", "offer": "9" * 40}])  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(client, operator, offers, data):
    before = list(Offer.objects.values_list("pk", "product_id", "version"))
    assert client.post(reverse("operators_good", args=[Product.objects.get().pk]), data).status_code == 302
    assert list(Offer.objects.values_list("pk", "product_id", "version")) == before


def test_the_queue_is_paged_and_shows_the_likeliest_first(client, operator, pairs):
    response = client.get(reverse("operators_pairs"))
    assert [doubt.pair.pk for doubt in response.context["doubts"]] == [pair.pk for pair in pairs[:4:-1]]
    page = response.content.decode()
    assert shown("pack_different", "4", "12", -100.0) in page
    assert 'rel="next"' in page
    assert page.count("autofocus") == 1
    assert len(client.get(reverse("operators_pairs"), {"p": 2}).context["doubts"]) == 5


def test_yes_and_no_answer_a_pair(client, operator, pairs):
    url = reverse("operators_pairs")
    client.post(url, {"pair": pairs[0].pk, "answer": "yes"})
    back = client.post(url, {"pair": pairs[1].pk, "answer": "no", "page": "2"})
    assert back["Location"] == f"{url}?p=2"
    client.post(url, {"pair": pairs[2].pk, "answer": "perhaps"})
    assert Product.objects.count() == 1
    states = OfferPair.objects.order_by("pk").values_list("state", flat=True)[:3]
    assert list(states) == [PairState.SAME, PairState.DIFFERENT, PairState.OPEN]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_as_much_for_three_as_for_one(
    client, operator, pairs, django_assert_max_num_queries, count
):
    OfferPair.objects.exclude(pk__in=[pair.pk for pair in pairs[:count]]).delete()
    client.get(reverse("operators_pairs"))
    with django_assert_max_num_queries(16) as asked:
        client.get(reverse("operators_pairs"))
    assert sum("offerpair" in query["sql"] for query in asked.captured_queries) == 2


def test_a_barcode_is_judged(client, operator):
    found = [
        OfferFactory(title=title, gtin=GTIN) for title in ("Ручка кулькова синя", "Чайник електричний Bosch")
    ]
    consumer.handle([{"topic": "offers_changed", "offers": [offer.pk for offer in found]}])
    url = reverse("operators_barcodes")
    page = client.get(url).content.decode()
    assert "0" + GTIN in page
    assert "Чайник електричний Bosch" in page
    client.post(url, {"conflict": GtinConflict.objects.get().pk, "answer": "trust"})
    assert GtinConflict.objects.get().state == "trusted"
    assert "0" + GTIN in client.get(url, {"state": "trusted"}).content.decode()
    assert "0" + GTIN not in client.get(url, {"state": "nonsense"}).rendered_content
