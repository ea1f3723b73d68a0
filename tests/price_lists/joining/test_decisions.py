"""What people say holds: yes joins, no and a split keep apart for good, a trusted barcode joins whatever it is on."""

from __future__ import annotations

import pytest
from django.utils import translation

from catalog.models import Offer, Product
from core.models import OutboxEntry
from price_lists.joining import consumer, decisions, selectors
from price_lists.joining.enums import ConflictState, JoinKind, PairState
from price_lists.joining.errors import OfferNotInGood, OffersAreOne, OfferUnknown
from price_lists.joining.models import GtinConflict, OfferJoin, OfferPair
from price_lists.joining.words import _WORDS, in_words
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db

GTIN = "4823012345671"
ACTOR = "user:7"


def told(*offers):
    consumer.handle([{"topic": "offers_changed", "offers": [offer.pk for offer in offers]}])
    fresh(*offers)


def fresh(*offers):
    for offer in offers:
        offer.refresh_from_db()


def asked(left, right, **columns):
    return OfferPair.objects.create(
        left=left, right=right, probability=0.6, evidence=[["words_same", "ручка", "ручка", 1.5]],
        created_at="2026-01-01T00:00Z", **columns,
    )  # fmt: skip


@pytest.fixture
def good():
    offers = [OfferFactory(title="Ручка кулькова Buromax синя", gtin=GTIN) for _n in range(3)]
    told(*offers)
    return offers


def test_a_split_is_remembered(good):
    first, second, third = good
    version = first.version
    decisions.split_offer(offer_id=first.pk, actor=ACTOR)
    fresh(first)
    assert (first.product_id, first.version, first.group_id) == (None, version + 1, -first.pk)
    said = OfferPair.objects.order_by("pk").values_list("left_id", "right_id", "state", "actor")
    assert list(said) == [(first.pk, other.pk, PairState.DIFFERENT, ACTOR) for other in (second, third)]
    told(first, second, third)
    assert first.product_id is None
    assert second.product_id == third.product_id is not None


def test_a_newcomer_does_not_bring_back_what_was_split(good):
    first, second, _third = good
    decisions.split_offer(offer_id=first.pk, actor=ACTOR)
    late = OfferFactory(title="Ручка кулькова Buromax синя", gtin=GTIN)
    told(late)
    fresh(first, second)
    assert late.product_id == second.product_id
    assert first.product_id is None


def test_splitting_the_last_pair_ends_the_product():
    offers = [OfferFactory(title="Ручка кулькова", gtin=GTIN) for _n in range(2)]
    told(*offers)
    decisions.split_offer(offer_id=offers[1].pk, actor=ACTOR)
    fresh(*offers)
    assert [offer.product_id for offer in offers] == [None, None]
    assert offers[0].group_id != offers[1].group_id
    assert not Product.objects.exists()
    assert not OfferJoin.objects.exists()
    with pytest.raises(OfferNotInGood):
        decisions.split_offer(offer_id=offers[0].pk, actor=ACTOR)


def test_who_is_left_over_still_stands_alone():
    """A barcode that says nothing goes on saying nothing when a person's join is taken apart."""
    shop_internal = "2000000000015"
    first, second = OfferFactory(title="Ручка"), OfferFactory(title="Ручка", gtin=shop_internal)
    stranger = OfferFactory(title="Молоко", gtin=shop_internal)
    told(second, stranger)
    decisions.join_offers(offer_id=first.pk, other_id=second.pk, actor=ACTOR)
    decisions.split_offer(offer_id=first.pk, actor=ACTOR)
    fresh(first, second)
    assert (first.product_id, second.product_id) == (None, None)
    assert second.stands_alone
    assert second.group_id == -second.pk


def test_yes_joins_with_the_reasons_that_were_shown():
    first, second = OfferFactory(), OfferFactory()
    decisions.answer_pair(pair=asked(first, second), is_same=True, actor=ACTOR)
    fresh(first, second)
    assert first.product_id == second.product_id is not None
    joins = OfferJoin.objects.all()
    assert {(join.kind, join.actor, join.probability) for join in joins} == {(JoinKind.PERSON, ACTOR, 0.6)}
    assert OfferPair.objects.get().state == PairState.SAME
    assert OutboxEntry.objects.get(consumer="search").payload == {"offers": [first.pk, second.pk]}


def test_a_persons_yes_outlives_every_later_comparison():
    first, second = OfferFactory(title="Чайник Bosch 1 л"), OfferFactory(title="Електричний прилад 2 л")
    decisions.join_offers(offer_id=first.pk, other_id=second.pk, actor=ACTOR)
    told(first, second)
    assert first.product_id == second.product_id is not None


def test_no_is_not_asked_again():
    first, second = (OfferFactory(title="Ручка кулькова Buromax BM.8117 синя") for _n in range(2))
    decisions.answer_pair(pair=asked(first, second), is_same=False, actor=ACTOR)
    told(first, second)
    assert (first.product_id, second.product_id) == (None, None)
    assert OfferPair.objects.get().state == PairState.DIFFERENT
    assert not selectors.open_pairs().exists()


def test_no_about_one_good_is_refused_and_changes_nothing(good):
    pair = asked(good[0], good[1])
    with pytest.raises(OffersAreOne):
        decisions.answer_pair(pair=pair, is_same=False, actor=ACTOR)
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN


def test_joining_by_hand_takes_a_split_back(good):
    first, second, third = good
    decisions.split_offer(offer_id=first.pk, actor=ACTOR)
    decisions.join_offers(offer_id=first.pk, other_id=third.pk, actor=ACTOR)
    fresh(first, second)
    assert first.product_id == second.product_id
    assert not OfferPair.objects.filter(state=PairState.DIFFERENT).exists()


def test_two_goods_become_one():
    pens = [OfferFactory(title="Ручка кулькова", gtin=GTIN) for _n in range(2)]
    others = [OfferFactory(title="Ручка кулькова", gtin="4820000000017") for _n in range(3)]
    told(*pens, *others)
    assert Product.objects.count() == 2
    decisions.join_offers(offer_id=pens[0].pk, other_id=others[0].pk, actor=ACTOR)
    product = Product.objects.get()
    assert product.offers.count() == 5
    assert product.pk == others[0].product_id
    assert product.gtin is None
    assert OfferJoin.objects.filter(product=product).count() == 5


@pytest.mark.parametrize("other", ["itself", "none"])
def test_what_does_not_exist_is_not_joined(other):
    offer = OfferFactory()
    with pytest.raises(OfferUnknown):
        decisions.join_offers(offer_id=offer.pk, other_id=offer.pk if other == "itself" else 0, actor=ACTOR)
    assert not Product.objects.exists()


def test_a_trusted_barcode_joins_and_one_that_is_not_does_not():
    pen = OfferFactory(title="Ручка кулькова Buromax синя", gtin=GTIN)
    kettle = OfferFactory(title="Чайник електричний Bosch", gtin=GTIN)
    told(pen, kettle)
    conflict = GtinConflict.objects.get()
    shown = selectors.quarantines(selectors.conflicts(ConflictState.OPEN))
    assert [(one.conflict, one.offers) for one in shown] == [(conflict, [pen, kettle])]
    decisions.judge_barcode(conflict=conflict, is_trusted=True, actor=ACTOR)
    assert OutboxEntry.objects.get(consumer="identity").payload == {"offers": [pen.pk, kettle.pk]}
    told(pen, kettle)
    assert pen.product_id == kettle.product_id is not None
    decisions.judge_barcode(conflict=conflict, is_trusted=False, actor=ACTOR)
    told(pen, kettle)
    assert (pen.group_id, kettle.group_id) == (-pen.pk, -kettle.pk)
    assert not Offer.objects.filter(product__isnull=False).exists()


def test_every_code_of_evidence_has_words():
    from price_lists.identity import EVIDENCE

    assert EVIDENCE - _WORDS.keys() == set()
    lines = in_words(
        [["pack_different", "4", "12", -100.0], ["brand_same", "Bosch", "", 0.4], ["unheard", "", "", 1]]
    )
    assert [(line.speaks_for, line.decides) for line in lines] == [(False, True), (True, False)]
    assert "4" in lines[0].text
    assert "12" in lines[0].text
    with translation.override("uk"):
        lines = in_words([["price_near", "203.10", "1204.00", 0.4], ["measure_unlike", "0.5 kg", "", -0.4]])
        assert "203,1 " in lines[0].text
        assert "0,5\N{NO-BREAK SPACE}" in lines[1].text
