"""Goods that two lists of a vendor bring under paths that lead to different categories."""

from __future__ import annotations

import pytest

from catalog.models import Offer
from catalog.services.categories import add_category
from core.models import OutboxEntry
from price_lists.enums import RunState
from price_lists.models import CategoryLink, OfferSuggestion, Source, SourceItem
from price_lists.services.categories import ask_again, confirm_category, follow_links, place_goods
from price_lists.sources.enums import Precedence
from tests.factories.accounts import UserFactory
from tests.factories.price_lists import goods, imported


@pytest.fixture
def two(vendor, tmp_path):
    """The site's list, whose titles hold, and the store's: both bring four goods, each under a path of its own."""
    tree = {name: add_category(parent=None, names={"uk": name}) for name in ("Годинники", "Човни")}
    imported(vendor, tmp_path / "site.csv", goods(4, category="Хтозна"), source="site")
    Source.objects.filter(name="site").update(precedence=Precedence.HIGH)
    run = imported(vendor, tmp_path / "store.csv", goods(4, category="Казна-що"), source="store")
    assert (run.state, run.counts["joined"], Offer.objects.count()) == (RunState.APPLIED, 4, 4)
    return {link.path: link for link in CategoryLink.objects.all()}, tree


def placed():
    return set(Offer.objects.values_list("category__name_uk", flat=True))


def test_whichever_path_is_walked_last_the_list_with_the_title_leads(vendor, two):
    links, tree = two
    user = UserFactory()
    confirm_category(link=links["Казна-що"], category=tree["Човни"], user=user)
    assert placed() == {"Човни"}  # the other list's path leads nowhere yet
    confirm_category(link=links["Хтозна"], category=tree["Годинники"], user=user)
    assert placed() == {"Годинники"}
    OutboxEntry.objects.all().delete()
    for link in (*links.values(), *reversed(links.values())):
        assert follow_links([link.pk]) == 0
    ask_again(vendor=vendor, version=0)
    assert (placed(), OutboxEntry.objects.count()) == ({"Годинники"}, 0)
    confirm_category(link=links["Хтозна"], category=None, user=user)
    assert placed() == {"Човни"}
    assert follow_links([link.pk for link in links.values()]) == 0


def test_goods_that_a_list_has_dropped_do_not_follow_its_paths(vendor, two):
    links, tree = two
    Source.objects.filter(name="store").update(precedence=Precedence.HIGH + 1)
    SourceItem.objects.filter(source__name="store").update(withdrawn=True)
    confirm_category(link=links["Казна-що"], category=tree["Човни"], user=UserFactory())
    assert placed() == {None}


def test_what_another_lists_path_placed_is_not_placed_by_its_name(vendor, two):
    links, tree = two
    confirm_category(link=links["Казна-що"], category=tree["Човни"], user=UserFactory())
    CategoryLink.objects.filter(pk=links["Хтозна"].pk).update(by_goods=True)
    Offer.objects.update(title="Годинники")
    assert (place_goods(vendor=vendor), placed()) == (0, {"Човни"})
    assert not OfferSuggestion.objects.exists()
    CategoryLink.objects.filter(pk=links["Казна-що"].pk).update(
        confirmed_at=None, category=None, confidence=0
    )
    place_goods(vendor=vendor)
    assert OfferSuggestion.objects.filter(category=tree["Годинники"]).count() == 4
