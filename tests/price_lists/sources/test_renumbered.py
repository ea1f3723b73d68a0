"""Goods that a list brings under another number, while the number that they had leaves it."""

from catalog.models import Offer
from price_lists.enums import RunState
from price_lists.models import SharedValue, Source, SourceItem
from tests.factories.price_lists import good, goods, imported


def renumbered(source: str) -> Offer:
    """The first good as if it had got another number in an earlier file: two items of one offer, the old one dropped."""
    offer = Offer.objects.get(article="A-0001")
    items = SourceItem.objects.filter(source__name=source, offer=offer)
    item = items.get()
    items.update(withdrawn=True)
    item.pk, item.key, item.raw_hash = None, "article:A-0900", b""
    item.save()
    return offer


def test_a_number_that_comes_back_keeps_its_good_on_sale(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(6))
    offer = renumbered("main")
    for rows in ([*goods(5), good(7)], goods(5, price="99")):
        run = imported(vendor, tmp_path / "b.csv", rows)
        assert run.state == RunState.APPLIED, run.guard
        offer.refresh_from_db()
        assert offer.withdrawn_at is None
    assert offer.price_amount == 990_000
    withdrawn = SourceItem.objects.filter(withdrawn=True).order_by("key").values_list("key", flat=True)
    assert list(withdrawn) == ["article:A-0006", "article:A-0007", "article:A-0900"]
    assert Offer.objects.exclude(withdrawn_at=None).count() == 2


def test_what_its_list_says_of_it_stays_where_another_brings_it_too(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(6), source="one")
    imported(vendor, tmp_path / "b.csv", goods(6, price="90"), source="two")
    imported(vendor, tmp_path / "c.csv", goods(6, price="80"), source="one")
    offer = renumbered("one")
    run = imported(vendor, tmp_path / "d.csv", goods(6, price="70"), source="one")
    assert run.state == RunState.APPLIED, run.guard
    said = SharedValue.objects.filter(source=Source.objects.get(name="one"), offer=offer)
    assert said.get().data["price"]["amount"] == 700_000
