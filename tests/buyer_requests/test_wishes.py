"""Wished attributes: they rank offers that are as close to the words, and cost no match."""

from __future__ import annotations

import pytest

from buyer_requests.matching import match_offers, rematch_request
from buyer_requests.matching.forward import match_texts
from buyer_requests.matching.queries import stored_queries
from buyer_requests.models import LineMatch
from buyer_requests.services import LineInput
from catalog.attributes import services
from catalog.attributes.services import AttributeInput, ChoiceInput, Place
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db

COLOUR = AttributeInput(
    names={"uk": "Колір", "en": "Colour"},
    kind="choice",
    choices=[ChoiceInput(names={"uk": "чорний", "en": "black"}), ChoiceInput(names={"uk": "білий", "en": "white"})],
)  # fmt: skip


def _ranked(request):
    found = match_texts(stored_queries(request.lines.select_related("request")))[request.lines.get().pk]
    return [(each.offer_id, each.wished) for each in found]


def test_wishes_rank_before_the_price_and_after_the_words():
    category, vendor = CategoryFactory(), VendorFactory()
    services.place_attributes(category=category, places=[Place(services.add_attribute(given=COLOUR).pk)])
    white, black, silent, longer = (
        OfferFactory(vendor=vendor, category=category, title=title, price_amount=price)
        for title, price in (
            ("Степлер білий", 700_000),
            ("Степлер чорний", 900_000),
            ("Степлер офісний", 800_000),
            ("Степлер чорний металевий офісний з антистеплером великий", 100_000),
        )
    )
    request = make_open(lines=[LineInput(text="степлер")])
    assert [offer for offer, _wished in _ranked(request)] == [white.pk, silent.pk, black.pk, longer.pk]
    request.lines.update(
        wants=[{"text": "чорний", "must": False, "code": "colour", "op": "=", "value": "black"}]
    )
    expected = [(black.pk, 1), (white.pk, 0), (silent.pk, 0), (longer.pk, 1)]
    assert _ranked(request) == expected
    for store in (
        lambda: rematch_request(request.pk),
        lambda: match_offers([white.pk, black.pk, silent.pk, longer.pk]),
    ):
        LineMatch.objects.all().delete()
        store()
        assert set(LineMatch.objects.values_list("offer_id", "wished")) == set(expected)
