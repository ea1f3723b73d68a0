"""Coverage of attributes: counted once, again only where something changed, summed up the tree, compared with last week."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalog.attributes.services import AttributeInput, ChoiceInput, Place, add_attribute, place_attributes
from catalog.coverage import counting, selectors
from catalog.models import Coverage, CoverageDay, FilterUse
from catalog.services.offers import hide_offers
from tests.factories.catalog import CategoryFactory, OfferFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """A category with one below it, and a colour that both have."""
    top = CategoryFactory()
    below = CategoryFactory(parent=top)
    colour = add_attribute(
        given=AttributeInput(
            names={"uk": "Колір"}, kind="choice", choices=[ChoiceInput(names={"uk": "чорний"})], code="colour"
        )
    )
    place_attributes(category=top, places=[Place(colour.pk)])
    return top, below, colour


def sums():
    rows = Coverage.objects.filter(vendor=None).order_by("category__path")
    return list(rows.values_list("category", "known", "offers"))


def test_only_what_changed_is_read_again(tree):
    top, below, colour = tree
    first = OfferFactory(category=top, title="Чашка чорна")
    OfferFactory(category=below, title="Чашка")
    assert counting.count() == {"categories": 2, "offers": 2}
    assert sums() == [(top.pk, 1, 2), (below.pk, 0, 1)]
    assert counting.count() == {"categories": 0, "offers": 0}
    OfferFactory(category=below, title="Чашка чорна", vendor=first.vendor)
    assert counting.count() == {"categories": 1, "offers": 2}
    assert sums() == [(top.pk, 2, 3), (below.pk, 1, 2)]
    assert [
        (each.vendor.pk, each.known, each.offers)
        for each in selectors.by_vendor(category=top.pk, attribute=colour.pk)
    ][-1] == (first.vendor_id, 2, 2)
    hide_offers(offer_ids=[first.pk], reason="x")
    counting.count()
    assert sums() == [(top.pk, 1, 2), (below.pk, 1, 2)]
    place_attributes(category=below, places=[Place(colour.pk, is_off=True, inherited=False)])
    counting.count()
    assert sums() == []


def test_the_trend_compares_with_the_last_count_before_last_week(tree):
    top, _below, _colour = tree
    today = timezone.localdate()
    offer = OfferFactory(category=top, title="Чашка")
    OfferFactory(category=top, title="Чашка чорна")
    counting.count(today=today - dt.timedelta(days=60))
    assert [row.trend for row in selectors.with_trend(list(selectors.report()))] == [0]
    type(offer).objects.filter(pk=offer.pk).update(title="Чашка чорна", version=2)
    counting.count(today=today)
    assert [(row.percent, row.trend) for row in selectors.with_trend(list(selectors.report()))] == [(100, 50)]
    assert CoverageDay.objects.count() == 2


def test_what_buyers_filter_by_stands_first(tree, django_assert_num_queries):
    top, _below, _colour = tree
    size = add_attribute(given=AttributeInput(names={"uk": "Розмір"}, kind="size", code="size"))
    place_attributes(category=top, places=[Place(_colour.pk), Place(size.pk)])
    OfferFactory(category=top)
    cache.clear()
    with django_assert_num_queries(0):  # a reader waits for no writer
        counting.note_filters(["size"])
        counting.note_filters(["size"])
    for _turn in range(2):
        counting.write_filters()
        assert FilterUse.objects.get().uses == 2
    counting.note_filters(["size", "size"])
    counting.write_filters()
    assert FilterUse.objects.get().uses == 3
    counting.count()
    assert [row.attribute.code for row in selectors.report(category=top.pk)] == ["size", "colour"]


@pytest.mark.parametrize(
    ("known", "offers", "told"), [(0, 0, 0), (1, 1000, 1), (999, 1000, 99), (5, 5, 100), (62, 100, 62)]
)
def test_percent_is_never_rounded_to_all_or_nothing(known, offers, told):
    assert selectors.percent(known, offers) == told
