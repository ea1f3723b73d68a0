"""What people do to single offers, and offers written by the thousand."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.enums import EditRank
from catalog.errors import FieldNotEditable
from catalog.models import Offer, OfferEdit
from catalog.services.bulk import Proposal, withdraw_offers, write_offers
from catalog.services.drafts import OfferDraft, with_edits
from catalog.services.holding import hold_offers, lift_offers
from catalog.services.offers import categorise_offers, edit_offer, hide_offers, open_supply, unhide_offers
from core.bulk import allocate_ids
from core.models import OutboxEntry
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def draft(number=1, **price):
    return OfferDraft(
        text={
            "title": f"Папір А4 №{number}", "texts": {"uk": {"title": f"Папір А4 №{number}"}}, "brand": "Zoom",
            "maker": "", "country": "", "article": f"P-{number}", "mpn": "", "gtin": "", "url": "", "photos": [],
            "videos": [], "attributes": {"Щільність": "80 г/м2"}, "unit": "RM", "pack_count": 1,
        },
        price={
            "amount": 1_900_000, "currency": "UAH", "old": None, "vat": "included", "vat_percent": 20, "tiers": [],
        } | price,
        stock={"state": "in_stock", "quantity": "12.5", "days": None},
    )  # fmt: skip


def proposal(made, **more):
    return Proposal(draft=made, columns=made.columns(), **more)


def write(supply, proposals):
    with transaction.atomic():
        return write_offers(supply=supply, proposals=proposals, now=timezone.now())


@pytest.fixture
def supply():
    return open_supply(vendor=VendorFactory(), source="test")


def test_offers_are_written_with_prices_stock_and_history(supply):
    tiers = [["wholesale", "", 1_700_000, "UAH", 10], ["wholesale", "", 1_700_000, "UAH", 10]]
    written = write(supply, [proposal(draft(1, tiers=tiers)), proposal(draft(2))])
    assert [each.created for each in written] == [True, True]
    offer = Offer.objects.get(pk=written[0].offer_id)
    assert (offer.title, offer.unit, offer.attributes) == ("Папір А4 №1", "RM", {"Щільність": "80 г/м2"})
    assert " p1 " in offer.search_text
    assert offer.prices.get().min_quantity == 10
    assert str(offer.stock_levels.get().quantity) == "12.500"
    assert offer.price_changes.get().amount == 1_900_000
    assert Offer.objects.create(
        vendor=supply.vendor, supply=supply, title="x", price_amount=1, price_currency="UAH"
    ).pk > written[1].offer_id  # fmt: skip


def test_writing_belongs_into_a_transaction(supply, monkeypatch):
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(transaction.TransactionManagementError):
        write_offers(supply=supply, proposals=[], now=timezone.now())


def test_ids_are_never_given_twice(supply):
    with transaction.atomic():
        first = list(allocate_ids(Offer, 3))
    write(supply, [proposal(draft(n)) for n in range(3)])
    with transaction.atomic():
        second = list(allocate_ids(Offer, 2))
    assert len(first) == 3
    assert set(Offer.objects.values_list("pk", flat=True)).isdisjoint(second)


def test_a_price_alone_leaves_the_texts(supply):
    (old,) = write(supply, [proposal(draft(1))])
    Offer.objects.filter(pk=old.offer_id).update(title="Змінено інакше")
    (new,) = write(supply, [proposal(draft(1, amount=5), offer_id=old.offer_id, text=False, stock=False)])
    offer = Offer.objects.get(pk=old.offer_id)
    assert (offer.title, offer.price_amount, offer.version) == ("Змінено інакше", 5, 2)
    assert (new.created, new.old_amount, new.old_currency) == (False, 1_900_000, "UAH")


def test_withdrawing_twice_tells_once(supply):
    (old,) = write(supply, [proposal(draft(1))])
    OutboxEntry.objects.all().delete()
    for expected in (1, 0):
        with transaction.atomic():
            assert withdraw_offers(offer_ids=[old.offer_id], now=timezone.now()) == expected
    assert list(OutboxEntry.objects.values_list("consumer", flat=True)) == ["search", "watching"]
    assert Offer.objects.get().version == 2


def test_an_edit_holds_and_is_recorded_once_a_rank():
    offer = OfferFactory(title="Було", version=1)
    edit_offer(
        offer=offer, values={"title": "Стало", "price_amount": 77}, rank=EditRank.VENDOR, actor="user:1"
    )
    edit_offer(offer=offer, values={"title": "Слово оператора"}, rank=EditRank.OPERATOR, actor="user:2")
    edit_offer(offer=offer, values={"title": "Ще раз"}, rank=EditRank.VENDOR, actor="user:1")
    assert (offer.title, offer.price_amount, offer.version) == ("Слово оператора", 77, 4)
    assert OfferEdit.objects.count() == 3
    assert offer.price_changes.latest("pk").amount == 77
    with pytest.raises(FieldNotEditable):
        edit_offer(offer=offer, values={"vendor_id": 1}, rank=EditRank.VENDOR, actor="user:1")


def test_descriptions_are_edited_in_every_language():
    said = {"title": "a", "texts": {"uk": {"title": "a"}, "ru": {"title": "b", "description": "old"}}}
    columns = said | {"brand": "", "maker": "", "article": "", "mpn": "", "gtin": "", "attributes": {}}
    changed = with_edits(columns, [("description", "new")])
    assert changed["texts"] == {
        "uk": {"title": "a", "description": "new"},
        "ru": {"title": "b", "description": "new"},
    }
    assert "description" not in changed


def test_hiding_and_showing_again():
    offer = OfferFactory()
    assert hide_offers(offer_ids=[offer.pk], reason="заборонено") == 1
    assert hide_offers(offer_ids=[offer.pk], reason="ще раз") == 0
    offer.refresh_from_db()
    assert (offer.hidden_reason, offer.version) == ("заборонено", 2)
    OutboxEntry.objects.all().delete()
    assert unhide_offers(offer_ids=[offer.pk]) == 1
    offer.refresh_from_db()
    assert (offer.hidden_at, offer.version) == (None, 3)
    # while it was hidden, nobody compared it with its like or fetched its photos
    consumers = set(OutboxEntry.objects.values_list("consumer", flat=True))
    assert consumers == {"search", "requests", "watching", "identity", "photos"}


def test_a_rule_hides_until_a_person_does():
    offer, other = OfferFactory(), OfferFactory()
    now = timezone.now()
    hold_offers(reasons={offer.pk: "name:phone", other.pk: "name:link"}, now=now)
    assert hide_offers(offer_ids=[offer.pk], reason="name: забороненого товару") == 1
    hold_offers(reasons={offer.pk: "name:link"}, now=now)
    assert lift_offers(offer_ids=[offer.pk, other.pk]) == 1
    offer.refresh_from_db()
    other.refresh_from_db()
    assert (offer.hidden_reason, offer.hidden_at is None) == ("“name: забороненого товару”", False)
    assert (other.hidden_reason, other.hidden_at, other.version) == ("", None, 3)


def test_categorising_leaves_what_a_person_placed_and_what_is_there():
    target, other = CategoryFactory(), CategoryFactory()
    placed, there, lost = (
        OfferFactory(category=other),
        OfferFactory(category=target),
        OfferFactory(category=None),
    )
    OfferEdit.objects.create(
        offer=placed, field="category_id", value=other.pk, rank=EditRank.VENDOR, actor="user:1"
    )
    assert categorise_offers(offer_ids=[placed.pk, there.pk, lost.pk], category_id=target.pk) == 1
    lost.refresh_from_db()
    assert (lost.category_id, lost.version) == (target.pk, 2)


def test_a_barcode_is_looked_up_not_searched_for():
    """Without the clause that repeats the partial index's condition, SQLite reads every offer."""
    plan = Offer.objects.with_barcode("4820000000017", "4820000000024").explain()
    assert "catalog_offer_gtin" in plan or connection.vendor != "sqlite"
