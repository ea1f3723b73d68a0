"""Lines and offers: what meets, what is stored, that both directions agree, and that stale matches go."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from buyer_requests.matching import match_offers, match_texts, rematch_request
from buyer_requests.matching.documents import variants
from buyer_requests.matching.forward import _candidates
from buyer_requests.matching.queries import LineQuery, matched
from buyer_requests.models import LineMatch, VendorFit
from buyer_requests.services import LineInput
from catalog.enums import Availability, PriceKind
from catalog.models import Offer, OfferPrice, StockLevel
from catalog.services.drafts import searched_text
from core.rates import set_rate
from core.text import search_text
from search.percolation import StoredQuery
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import OfferFactory, SupplyFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VatStatus, VendorState

pytestmark = pytest.mark.django_db


def _open(*lines: LineInput):
    return make_open(lines=lines)


def _stored(request):
    return set(LineMatch.objects.filter(line__request=request).values_list("line__position", "offer_id"))


def test_words_of_both_languages_and_alphabets_meet():
    request = _open(LineInput(text="Папір А4 білий"))
    wanted = OfferFactory(title="Бумага белая A4 500 л")
    OfferFactory(title="Папір А3 білий")
    rematch_request(request.pk)
    assert _stored(request) == {(1, wanted.pk)}


def test_ceiling_means_per_unit_with_vat_at_todays_rate():
    set_rate(currency="USD", rate=Decimal(40))
    request = _open(LineInput(text="степлер", quantity=Decimal(1), unit="H87", ceiling_amount=1_200_000))
    fits = [
        OfferFactory(title="Степлер 1", price_amount=1_200_000),
        OfferFactory(title="Степлер 2", price_amount=1_000_000, vat=VatStatus.EXCLUDED, vat_percent=20),
        OfferFactory(title="Степлер 3", price_amount=30_000, price_currency="USD"),
    ]
    OfferFactory(title="Степлер 4", price_amount=1_200_001)
    OfferFactory(title="Степлер 5", price_amount=1_000_100, vat=VatStatus.EXCLUDED, vat_percent=20)
    OfferFactory(title="Степлер 6", price_amount=30_001, price_currency="USD")
    rematch_request(request.pk)
    assert _stored(request) == {(1, offer.pk) for offer in fits}
    assert set(LineMatch.objects.values_list("price_base", flat=True)) == {1_200_000}


def test_pack_is_priced_by_the_piece_for_a_line_in_pieces():
    request = _open(LineInput(text="батарейка", quantity=Decimal(8), unit="H87", ceiling_amount=250_000))
    OfferFactory(title="Батарейка АА", unit="PK", pack_count=4, price_amount=1_000_000)
    rematch_request(request.pk)
    assert LineMatch.objects.get().price_base == 250_000


def test_quantity_tier_counts_once_it_is_reached():
    offer = OfferFactory(title="Ручка кулькова", price_amount=100_000)
    OfferPrice.objects.create(
        offer=offer, kind=PriceKind.WHOLESALE, amount=80_000, currency="UAH", min_quantity=50
    )
    few = _open(LineInput(text="ручка кулькова", quantity=Decimal(49), ceiling_amount=90_000))
    many = _open(LineInput(text="ручка кулькова", quantity=Decimal(50), ceiling_amount=90_000))
    rematch_request(few.pk)
    rematch_request(many.pk)
    assert _stored(few) == set()
    assert LineMatch.objects.get(line__request=many).price_base == 80_000


def test_stock_that_is_known_has_to_be_enough():
    enough, short, unknown, none = (OfferFactory(title=f"Степлер {n}") for n in range(4))
    StockLevel.objects.create(offer=enough, quantity=5)
    StockLevel.objects.create(offer=short, quantity=4)
    Offer.objects.filter(pk=none.pk).update(availability=Availability.NONE)
    request = _open(LineInput(text="степлер", quantity=Decimal(5)))
    rematch_request(request.pk)
    assert _stored(request) == {(1, enough.pk), (1, unknown.pk)}


def test_only_offers_on_sale_of_chosen_vendors():
    chosen, other = VendorFactory(), VendorFactory()
    suspended = VendorFactory(state=VendorState.SUSPENDED)
    mine = OfferFactory(vendor=chosen, title="Степлер")
    for vendor in (other, suspended):
        OfferFactory(vendor=vendor, title="Степлер")
    OfferFactory(vendor=chosen, title="Степлер", withdrawn_at="2026-01-01T00:00Z")
    request = make_open(lines=[LineInput(text="степлер")], audience="chosen", vendor_ids=[chosen.pk])
    rematch_request(request.pk)
    assert _stored(request) == {(1, mine.pk)}


def test_best_five_a_vendor_are_kept_and_all_are_counted():
    vendor = VendorFactory()
    offers = [OfferFactory(vendor=vendor, title="Степлер синій", price_amount=1000 * n) for n in range(1, 9)]
    request = _open(LineInput(text="степлер"))
    rematch_request(request.pk)
    line = request.lines.get()
    assert line.match_count == 8
    assert list(line.matches.order_by("price_base").values_list("offer_id", flat=True)) == [
        o.pk for o in offers[:5]
    ]
    fit = VendorFit.objects.get()
    assert (fit.count, fit.spare) == (8, [offer.pk for offer in offers[5:]])


def test_changed_offer_is_withdrawn_and_the_next_best_comes_up():
    vendor = VendorFactory()
    offers = [OfferFactory(vendor=vendor, title="Степлер синій", price_amount=1000 * n) for n in range(1, 8)]
    request = _open(LineInput(text="степлер"))
    rematch_request(request.pk)
    Offer.objects.filter(pk=offers[0].pk).update(withdrawn_at="2026-01-01T00:00Z")
    Offer.objects.filter(pk=offers[6].pk).update(title="Дирокол")
    match_offers([offers[0].pk, offers[6].pk])
    line = request.lines.get()
    assert line.match_count == 5
    assert set(line.matches.values_list("offer_id", flat=True)) == {offer.pk for offer in offers[1:6]}
    assert VendorFit.objects.get().spare == []


def test_offer_that_no_longer_meets_leaves_nothing_behind():
    offer = OfferFactory(title="Степлер")
    request = _open(LineInput(text="степлер", ceiling_amount=1_000_000))
    rematch_request(request.pk)
    Offer.objects.filter(pk=offer.pk).update(price_amount=1_000_001)
    assert match_offers([offer.pk]) == {}
    assert (LineMatch.objects.count(), VendorFit.objects.count(), request.lines.get().match_count) == (
        0,
        0,
        0,
    )


def test_matching_again_changes_nothing():
    offers = [OfferFactory(title=f"Степлер {n}") for n in range(3)]
    request = _open(LineInput(text="степлер"))
    match_offers([offer.pk for offer in offers])
    before = sorted(LineMatch.objects.values_list("line_id", "offer_id", "score", "price_base"))
    match_offers([offer.pk for offer in offers])
    assert sorted(LineMatch.objects.values_list("line_id", "offer_id", "score", "price_base")) == before
    assert request.lines.get().match_count == 3


def test_only_what_changed_is_written_again():
    vendor = VendorFactory()
    offers = [OfferFactory(vendor=vendor, title="Степлер синій", price_amount=1000 * n) for n in range(1, 7)]
    request = _open(LineInput(text="степлер"))
    match_offers([offer.pk for offer in offers])
    rows = dict(LineMatch.objects.values_list("offer_id", "pk"))
    assert set(rows) == {offer.pk for offer in offers[:5]}
    Offer.objects.filter(pk=offers[0].pk).update(price_amount=1500)
    Offer.objects.filter(pk=offers[5].pk).update(price_amount=500)
    match_offers([offers[0].pk, offers[5].pk])
    now = {
        offer: (pk, price)
        for offer, pk, price in LineMatch.objects.values_list("offer_id", "pk", "price_base")
    }
    assert set(now) == {offers[place].pk for place in (0, 1, 2, 3, 5)}
    assert {offer: pk for offer, (pk, _price) in now.items() if offer in rows} == {
        offers[place].pk: rows[offers[place].pk] for place in (0, 1, 2, 3)
    }
    assert (now[offers[0].pk][1], now[offers[5].pk][1]) == (1500, 500)
    fit = VendorFit.objects.get()
    assert (fit.count, fit.spare, request.lines.get().match_count) == (6, [offers[4].pk], 6)


def test_transactions_end_after_so_many_rows(monkeypatch):
    """However the pairs fall into chunks, each line's count is that of all its rows."""
    monkeypatch.setattr("buyer_requests.matching.store.ROWS_AT_ONCE", 3)
    offers = [OfferFactory(title=f"Степлер {n}") for n in range(7)]
    request = _open(LineInput(text="степлер"), LineInput(text="степлер 3"))
    match_offers([offer.pk for offer in offers])
    assert list(request.lines.values_list("match_count", flat=True)) == [7, 1]
    assert (LineMatch.objects.count(), VendorFit.objects.count()) == (8, 8)


def test_drafts_and_closed_requests_are_left_alone():
    offer = OfferFactory(title="Степлер")
    request = _open(LineInput(text="степлер"))
    request.state = "closed"
    request.save()
    assert match_offers([offer.pk]) == {}
    assert LineMatch.objects.count() == 0


def test_changes_one_by_one_end_where_matching_anew_does():
    """Random prices, titles and withdrawals, told in random batches, against a match from nothing."""
    chance = random.Random(7)
    words = ["степлер", "папір", "ручка", "А4", "синій", "металевий"]
    vendors = [VendorFactory() for _ in range(2)]
    lines = [
        LineInput(
            text=" ".join(chance.sample(words, 2)), ceiling_amount=chance.choice([None, 500_000, 900_000])
        )
        for _ in range(12)
    ]
    request = _open(*lines)
    offers = [
        OfferFactory(
            vendor=chance.choice(vendors),
            title=" ".join(chance.sample(words, 4)),
            price_amount=chance.randint(1, 99) * 10_000,
        )
        for _ in range(60)
    ]
    ids = [offer.pk for offer in offers]
    match_offers(ids)
    for _round in range(8):
        changed = chance.sample(ids, chance.randint(1, 12))
        for pk in changed:
            title = " ".join(chance.sample(words, 4))
            Offer.objects.filter(pk=pk).update(
                title=title,
                search_text=search_text(title),
                price_amount=chance.randint(1, 99) * 10_000,
                withdrawn_at=chance.choice([None, None, "2026-01-01T00:00Z"]),
            )
        match_offers(changed)
    kept = _state(request)
    rematch_request(request.pk)
    assert kept == _state(request)


def _state(request):
    return (
        sorted(
            LineMatch.objects.filter(line__request=request).values_list(
                "line_id", "offer_id", "score", "price_base"
            )
        ),
        sorted(VendorFit.objects.filter(line__request=request).values_list("line_id", "vendor_id", "count")),
        list(request.lines.values_list("match_count", flat=True)),
    )


@pytest.mark.parametrize("text", ["24/6", "А4", "степлер", "папір А4 80 г/м2", "для", ""])
def test_lines_of_figures_find_offers_as_well(text):
    offers = [OfferFactory(title=title) for title in ("Степлер 24/6", "Папір A4 80 г/м2", "Ручка")]
    queries = [StoredQuery(id=1, text=text)]
    everything = {each.offer_id for each in matched(queries, variants(Offer.objects.all()))}
    assert {each.offer_id for each in match_texts(queries).get(1, [])} == everything
    assert everything <= {offer.pk for offer in offers}


def test_looking_offers_up_by_their_words_misses_none():
    """Random titles, brands and codes against random lines of them, held against a look at every offer."""
    chance = random.Random(11)
    parts = [
        *(
            "Степлер",
            "Папір",
            "Ручка",
            "Картридж",
            "Кабель",
            "HP",
            "A4",
            "24/6",
            "80 г/м²",
            "0,5 мм",
            "48мм*50м",
            "1.5 л",
        ),
        *("10 шт", "№10", "CF-283A", "12V", "5", "1020", "HDMI", "2m", "3х2,5", "500", "ml", "100-240V"),
    ]
    codes = [
        "",
        "CF-283A",
        "0,5 мм",
        "AB-10/725",
        "1 000",
        "Степлер-5",
        "0012",
        "A4 80 г/м²",
        "HP 1020",
        "2m",
        "24/6",
    ]
    brands = ["", "HP", "Ручка", "5 Elem", "ml"]
    vendor = VendorFactory()
    kept = {
        "vendor": vendor,
        "supply": SupplyFactory(vendor=vendor),
        "price_amount": 10_000,
        "price_currency": "UAH",
    }
    rows = []
    for _ in range(150):
        title, brand = " ".join(chance.sample(parts, chance.randint(1, 5))), chance.choice(brands)
        article, mpn = chance.choice(codes), chance.choice(codes)
        text = {"title": title, "brand": brand, "maker": "", "texts": {}, "attributes": {}}
        told = {"article": article, "mpn": mpn, "gtin": ""}
        rows.append(
            Offer(
                title=title,
                brand=brand,
                article=article,
                mpn=mpn,
                search_text=searched_text({**text, **told}),
                **kept,
            )
        )
    Offer.objects.bulk_create(rows)
    texts = (
        {" ".join(chance.sample(parts, chance.randint(1, 3))) for _ in range(250)} | set(codes) | set(parts)
    )
    queries = [StoredQuery(id=number, text=text) for number, text in enumerate(sorted(texts), start=1)]
    queries.append(LineQuery(id=1000, text="Степлер", codes=frozenset(["CF-283A", "1 000"])))
    queries.append(LineQuery(id=1001, text="Ручка", codes=frozenset(["hp 1020".upper()]), only_codes=True))
    everything = {(each.line_id, each.offer_id) for each in matched(queries, variants(Offer.objects.all()))}
    found = {(line, each.offer_id) for line, offers in match_texts(queries).items() for each in offers}
    assert found == everything
    assert len(everything) > 300


def test_lines_of_figures_alone_read_few_offers():
    for number in range(30):
        OfferFactory(title=f"Папка {number}", article=f"Q-{number}")
    wanted = OfferFactory(title="Скоби 24/6 10 шт")
    assert _candidates([StoredQuery(id=1, text="24/6"), StoredQuery(id=2, text="10 шт 24/6")]) == [wanted.pk]
