"""Pinned and buried goods: the pure order, and over both engines within every limit."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import Product
from core.models import AuditEntry
from core.money import Money
from search.curation import places
from search.curation.enums import Match
from search.curation.errors import NotPreviewed, PlacementRefused
from search.curation.placing import PlaceRule, buried, pinned
from search.engines.base import Candidate
from search.models import Placement, QueryHandling
from search.query import SearchQuery, Sort, Why
from search.ranking import Ranked
from search.services import index_facts, placed, search
from tests.factories.catalog import OfferFactory
from vendors.enums import VendorState

ACTOR = "user:1"


def ranked(number, group=None):
    candidate = Candidate(
        id=number, group=group or -number, score=1.0, price=None, title="", brand="", kind="", availability=""
    )
    return Ranked(candidate, 1.0, (Why.ALL_WORDS,), 1.0, 1.0)


def rule(offer, place=1, kind="pin", pk=1):
    return PlaceRule(pk, kind, offer, None, place, 0.0, 9e12)


def cards(*numbers):
    return [(-number, [ranked(number)]) for number in numbers]


def ids(placed):
    return [members[0].candidate.id for _group, members in placed]


def test_a_pin_is_not_below_its_place_and_no_lower_than_it_stands():
    assert ids(pinned(cards(1, 2, 3, 4), [], [rule(4, 2)])) == [1, 4, 2, 3]
    assert ids(pinned(cards(1, 2, 3, 4), [], [rule(1, 3)])) == [1, 2, 3, 4]
    assert ids(pinned(cards(1, 2), [ranked(9)], [rule(9, 5)])) == [1, 2, 9]
    both = [rule(4, 1, pk=1), rule(3, 1, pk=2)]
    assert ids(pinned(cards(1, 2, 3, 4), [], both)) == [4, 3, 1, 2]
    lifted = pinned(cards(1, 2), [], [rule(2, 1), rule(1, 3, pk=2)])
    assert [Why.PINNED in members[0].why for _group, members in lifted] == [True, False]


def test_a_pinned_offer_stands_for_its_good():
    good = [(7, [ranked(1, 7), ranked(2, 7)]), *cards(3)]
    placed = pinned(good, [], [rule(2, 1)])
    assert [each.candidate.id for each in placed[0][1]] == [2, 1]
    assert len(pinned(good, [ranked(5, 7)], [rule(5, 1)])) == 2


def test_what_is_buried_comes_last_unless_it_is_pinned_too():
    every = [ranked(number) for number in (1, 2, 3)]
    down = buried(every, [rule(1, 0, "bury")])
    assert [each.candidate.id for each in down] == [2, 3, 1]
    assert Why.BURIED in down[-1].why
    assert buried(every, [rule(1, 0, "bury"), rule(1, 1)]) == every


def put(*offers):
    index_facts([{"offers": [offer.pk for offer in offers], "topic": "offers"}])
    return offers


def found(words="степлер", **values):
    return [hit.offer_id for hit in search(SearchQuery(words=words, **values)).hits]


def draft(target, *, words="степлер", kind="pin", place=1, match=Match.EXACT, days=(-1, 30), **values):
    now = timezone.now()
    given = {"language": "", "reason": "the one that schools ask for"} | values
    return places.draft_placement(
        kind=kind,
        words=words,
        match=match,
        target=target,
        place=place,
        starts_at=now + dt.timedelta(days=days[0]),
        ends_at=now + dt.timedelta(days=days[1]),
        actor=ACTOR,
        **given,
    )


def live(target, **values):
    made = draft(target, **values)
    places.note_previewed(made)
    return places.put_placement_live(placement=made, actor=ACTOR)


def test_a_pin_holds_within_every_limit(either_index):
    first, second = put(OfferFactory(title="Степлер Eagle"), OfferFactory(title="Степлер Eagle 2"))
    (other,) = put(OfferFactory(title="Папір А4", price_amount=9_000_000))
    natural = found()
    assert set(natural) == {first.pk, second.pk}
    live(other)
    results = search(SearchQuery(words="степлери"))
    assert [hit.offer_id for hit in results.hits] == [other.pk, *natural]
    assert (results.total, results.hits[0].why) == (3, (Why.PINNED,))
    assert found("степлер eagle") != [other.pk, *natural]  # exactly these words
    assert found(exact=True) == [other.pk, *natural]
    assert found(sort=Sort.PRICE_ASC) == [first.pk, second.pk]
    assert other.pk not in found(max_price=Money(Decimal(500), "UAH"))
    assert other.pk not in found(vendors_in=frozenset([first.vendor_id]))
    assert other.pk not in found(vendors_out=frozenset([other.vendor_id]))
    assert found(page_size=1) + found(page_size=1, page=2) + found(page_size=1, page=3) == [
        other.pk,
        *natural,
    ]
    # At once, before the index hears of it.
    other.hidden_at = timezone.now()
    other.save()
    assert found() == natural
    assert places.gone() == {Placement.objects.get().pk}
    other.hidden_at = None
    other.save()
    assert found()[0] == other.pk
    other.vendor.state = VendorState.SUSPENDED
    other.vendor.save()
    assert found() == natural


def test_a_query_without_results_has_its_pin(index):
    (offer,) = put(OfferFactory(title="Папір А4"))
    assert found("самокат") == []
    live(offer, words="самокат")
    results = search(SearchQuery(words="самокат"))
    assert ([hit.offer_id for hit in results.hits], results.total) == ([offer.pk], 1)
    assert found("самокат дитячий") == []


@pytest.mark.django_db
def test_a_draft_that_has_lain_too_long_does_not_go_live():
    offer = OfferFactory(title="Папір А4")
    over, gone = draft(offer), draft(offer, words="папір")
    for each in (over, gone):
        places.note_previewed(each)
    Placement.objects.filter(pk=over.pk).update(ends_at=timezone.now() - dt.timedelta(hours=1))
    offer.withdrawn_at = timezone.now()
    offer.save()
    for each, code in ((over, "ends"), (gone, "gone")):
        with pytest.raises(PlacementRefused) as refused:
            places.put_placement_live(placement=each, actor=ACTOR)
        assert refused.value.code == code
    assert not Placement.objects.filter(state="live").exists()


@pytest.mark.django_db
def test_a_good_with_many_offers_leaves_other_pins_theirs(monkeypatch):
    monkeypatch.setattr(placed, "MOST_OFFERS", 2)
    product = Product.objects.create(title="Степлер Eagle")
    many = [OfferFactory(product=product) for _number in range(5)]
    last = OfferFactory()
    rules = [PlaceRule(1, "pin", None, product.pk, 1, 0.0, 9e12), rule(last.pk, 2, pk=2)]
    assert sorted(placed._on_sale(rules)) == [
        *((offer.pk, product.pk) for offer in many[:2]), (last.pk, None),
    ]  # fmt: skip


def test_a_good_is_pinned_with_all_its_offers_and_buried(index):
    product = Product.objects.create(title="Степлер Eagle")
    one, cheap = put(
        OfferFactory(title="Степлер Eagle", product=product, price_amount=2_000_000),
        OfferFactory(title="Степлер Eagle", product=product, price_amount=1_000_000),
    )
    (other,) = put(OfferFactory(title="Степлер Степлер"))
    live(product, words="степлер", match=Match.WORDS)
    assert found()[0] in {one.pk, cheap.pk}
    made = live(product, words="степлер", kind="bury", place=None)
    assert found()[0] in {one.pk, cheap.pk}  # pinned counts more
    places.end_placement(pk=Placement.objects.order_by("pk").first().pk, actor=ACTOR)
    assert found()[0] == other.pk
    assert found()[-1] in {one.pk, cheap.pk}
    places.end_placement(pk=made.pk, actor=ACTOR)
    assert sorted(Placement.objects.values_list("state", flat=True)) == ["past", "past"]


def test_days_begin_and_end(index):
    (offer,) = put(OfferFactory(title="Папір А4"))
    live(offer, words="самокат", days=(1, 3))
    assert found("самокат") == []
    Placement.objects.update(starts_at=timezone.now() - dt.timedelta(days=2))
    from search.tuning.current import renew_token

    renew_token()
    assert found("самокат") == [offer.pk]
    Placement.objects.update(ends_at=timezone.now() - dt.timedelta(days=1))
    renew_token()
    assert found("самокат") == []


def test_a_place_goes_live_when_it_was_looked_at_and_leaves_a_trace(index):
    (offer,) = put(OfferFactory(title="Степлер Eagle"))
    (other,) = put(OfferFactory(title="Папір А4"))
    made = draft(other)
    with pytest.raises(NotPreviewed):
        places.put_placement_live(placement=made, actor=ACTOR)
    (shown,) = places.preview(made)
    assert [each["id"] for each in shown.before] == [offer.pk]
    assert [(each["id"], each["up"], each["pinned"]) for each in shown.after] == [
        (other.pk, None, True),
        (offer.pk, -1, False),
    ]
    assert found() == [offer.pk]  # a preview changes nothing
    places.note_previewed(made)
    places.put_placement_live(placement=made, actor=ACTOR)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "reason")) == [
        ("search.draft_placement", "the one that schools ask for"),
        ("search.publish_placement", "the one that schools ask for"),
    ]
    assert QueryHandling.objects.get().handled_by == "place"
    places.end_placement(pk=made.pk, actor=ACTOR)
    assert QueryHandling.objects.get().ended_at is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"words": "!!"}, "words"),
        ({"place": 11}, "place"),
        ({"days": (-9, -1)}, "ends_at"),
        ({"days": (0, 400)}, "ends_at"),
    ],
)
def test_what_is_refused_names_its_field(db, values, field):
    offer = OfferFactory()
    with pytest.raises(PlacementRefused) as error:
        draft(offer, **values)
    assert (error.value.field, Placement.objects.count()) == (field, 0)


def test_what_is_not_on_sale_cannot_be_pinned(db):
    with pytest.raises(PlacementRefused) as error:
        draft(OfferFactory(hidden_at=timezone.now()))
    assert error.value.field == "target"


def test_a_pin_costs_one_statement_and_none_where_there_is_none(index, django_assert_num_queries):
    first, second = put(OfferFactory(title="Степлер Eagle"), OfferFactory(title="Степлер Eagle 2"))
    live(second)
    found()
    with django_assert_num_queries(2):  # vendors that are out of sight; whether it is on sale
        found()
    live(first, place=2)
    found()
    with django_assert_num_queries(2):
        found()
    with django_assert_num_queries(1):
        found("папір")
