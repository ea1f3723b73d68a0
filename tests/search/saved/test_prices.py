"""Watched prices: which offers count, when they are looked at, and one message for all that is to be said."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from catalog.models import Offer, Product
from core.money import Money
from core.rates import set_rate
from notifications import digests, mailing
from notifications.models import LetterRhythm, Notification
from search import tasks
from search.saved import pricing, services, telling
from search.saved.enums import Drop, WatchState
from search.saved.errors import TargetNotBelow, TooManyWatches, UnknownWatch
from search.saved.models import PriceWatch
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OfferFactory


def later(**delta):
    return time_machine.travel(timezone.now() + dt.timedelta(**delta), tick=True)


def watched(buyer, offer, **values):
    watch = services.watch_price(user=buyer, offer_id=offer.pk)
    PriceWatch.objects.filter(pk=watch.pk).update(**values)
    return watch


def test_a_fall_is_told_in_one_message_with_a_link_that_stops_it(buyer, change):
    offers = [OfferFactory(title=f"Лампа {n}", price_amount=1_000_000) for n in range(3)]
    watches = [watched(buyer, offer) for offer in offers]
    change(offers[0], price_amount=900_000)
    change(offers[1], price_amount=800_000)
    change(offers[2], price_amount=990_000)  # too little
    assert pricing.tell_of_prices() == 0  # gathered first
    with later(minutes=11):
        assert pricing.tell_of_prices() == 1
        assert pricing.tell_of_prices() == 0
        message = Notification.objects.get()
        assert (message.kind, message.params["count"]) == ("watching.cheaper", 2)
        assert "Лампа 1" in message.params["goods"]
        mailing.send_due()
    (letter,) = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [name for name, _path in message.params["stop"]] == ["Лампа 0", "Лампа 1"]
    digest = digests.letter_for(LetterRhythm(user=buyer), [message])
    for _name, path in message.params["stop"]:
        assert (path in letter.body, path in digest.body) == (True, True)
    states = PriceWatch.objects.order_by("pk").values_list("base_amount", "messages", "last_event")
    assert list(states) == [(900_000, 1, "cheaper"), (800_000, 1, "cheaper"), (1_000_000, 0, "")]
    assert watches[0].messages == 0


def test_the_best_of_all_vendors_counts_and_a_swing_within_the_window_is_not_seen(buyer, change):
    first = OfferFactory(gtin="4820000000017", price_amount=1_000_000)
    other = OfferFactory(gtin="4820000000017", price_amount=1_200_000)
    watch = watched(buyer, first)
    change(other, price_amount=500_000)
    change(other, price_amount=1_200_000)
    with later(minutes=11):
        assert pricing.tell_of_prices() == 0
    change(other, price_amount=500_000)
    with later(minutes=30):
        assert pricing.tell_of_prices() == 1
    watch.refresh_from_db()
    assert watch.base_amount == 500_000


def test_two_messages_about_prices_come_hours_apart(buyer, change):
    offers = OfferFactory.create_batch(2)
    for offer in offers:
        watched(buyer, offer)
    change(offers[0], price_amount=500_000)
    with later(minutes=11):
        assert pricing.tell_of_prices() == 1
    with later(minutes=20):
        change(offers[1], price_amount=500_000)
    with later(minutes=40):
        assert pricing.tell_of_prices() == 0
    with later(hours=4):
        assert pricing.tell_of_prices() == 1


def test_a_rate_alone_is_no_fall_though_the_offer_is_looked_at(buyer, change):
    set_rate(currency="USD", rate=Decimal(40))
    offer = OfferFactory(price_amount=250_000, price_currency="USD")
    watched(buyer, offer)
    set_rate(currency="USD", rate=Decimal(30))
    change(offer, brand="Kanlux")
    with later(minutes=11):
        assert pricing.tell_of_prices() == 0
    change(offer, price_amount=230_000)
    with later(minutes=30):
        assert pricing.tell_of_prices() == 1
    assert "25" in Notification.objects.get().params["goods"]


def test_out_of_stock_and_back(buyer, change):
    offer = OfferFactory(price_amount=1_000_000)
    watch = watched(buyer, offer)
    change(offer, availability="none")
    with later(minutes=11):
        assert pricing.tell_of_prices() == 0
    watch.refresh_from_db()
    assert watch.away_since is not None
    with later(days=2):
        change(offer, availability="to_order")
    with later(days=2, minutes=11):
        assert pricing.tell_of_prices() == 1
    assert Notification.objects.get().kind == "watching.back"


def test_only_what_is_in_stock_counts_where_that_is_wished(buyer, change):
    offer = OfferFactory(price_amount=1_000_000)
    watched(buyer, offer, in_stock_only=True)
    change(offer, price_amount=500_000, availability="to_order")
    with later(minutes=11):
        assert pricing.tell_of_prices() == 0


def test_a_watch_of_a_product_goes_on_when_the_product_ends(buyer, change):
    product = Product.objects.create(title="Лампа")
    offers = OfferFactory.create_batch(2, product=product, price_amount=1_000_000)
    watch = services.watch_price(user=buyer, offer_id=offers[0].pk, product_id=product.pk)
    assert watch.group_id == offers[0].group_id
    change(offers[1], price_amount=500_000)
    with later(minutes=11):
        assert pricing.tell_of_prices() == 1
    product.delete()
    change(offers[0])
    watch.refresh_from_db()
    assert (watch.product_id, watch.group_id) == (None, -offers[0].pk)
    change(offers[0], price_amount=400_000)
    with later(hours=5):
        assert pricing.tell_of_prices() == 1


def test_a_product_that_the_offer_is_not_of_is_not_watched(buyer):
    own, other = (Product.objects.create(title=title) for title in ("Лампа", "Золото"))
    offer = OfferFactory(product=own, price_amount=1_000_000)
    OfferFactory(product=other, price_amount=500_000)
    watch = services.watch_price(user=buyer, offer_id=offer.pk, product_id=other.pk)
    assert (watch.product_id, watch.group_id, watch.base_amount) == (None, offer.group_id, 1_000_000)


def test_an_offer_that_changes_while_it_is_looked_at_is_looked_at_again(buyer, change, monkeypatch):
    offer = OfferFactory(price_amount=1_000_000)
    watched(buyer, offer)
    change(offer, price_amount=990_000)
    judge = pricing.judge

    def meanwhile(*args, **options):
        change(offer, price_amount=500_000)
        return judge(*args, **options)

    with later(minutes=11):
        monkeypatch.setattr(pricing, "judge", meanwhile)
        assert pricing.tell_of_prices() == 0
        monkeypatch.setattr(pricing, "judge", judge)
        assert pricing.tell_of_prices() == 1


def test_settings_that_are_saved_while_a_price_is_judged_stay(buyer, change, monkeypatch):
    offer = OfferFactory(price_amount=1_000_000)
    watch = watched(buyer, offer)
    change(offer, price_amount=500_000)
    judge = pricing.judge

    def meanwhile(*args, **options):
        services.set_watch(
            user=buyer, pk=watch.pk, drop=Drop.TEN, target=None, in_stock_only=False, tells_back=True, only_offer=True
        )  # fmt: skip
        return judge(*args, **options)

    with later(minutes=11):
        monkeypatch.setattr(pricing, "judge", meanwhile)
        assert pricing.tell_of_prices() == 0
        monkeypatch.setattr(pricing, "judge", judge)
        assert pricing.tell_of_prices() == 0
    watch.refresh_from_db()
    assert (watch.base_amount, watch.messages, watch.drop_percent, watch.check_at) == (500_000, 0, 10, None)


def test_what_is_gone_for_a_season_ends(buyer, change):
    watch = watched(buyer, OfferFactory(), away_since=timezone.now() - dt.timedelta(days=91))
    assert services.end_what_is_gone() == 1
    services.resume_watch(user=buyer, pk=watch.pk)
    watch.refresh_from_db()
    assert (watch.state, watch.away_since) == (WatchState.ACTIVE, None)


def test_watching_twice_is_once_and_the_limit_names_the_remedy(buyer, monkeypatch):
    offer = OfferFactory(gtin="4820000000017")
    first = services.watch_price(user=buyer, offer_id=offer.pk)
    services.pause_watch(user=buyer, pk=first.pk)
    same = OfferFactory(gtin="4820000000017")
    again = services.watch_price(user=buyer, offer_id=same.pk)
    assert (again.pk, again.state) == (first.pk, WatchState.ACTIVE)
    monkeypatch.setattr(services, "MOST_WATCHES", 1)
    with pytest.raises(TooManyWatches) as refused:
        services.watch_price(user=buyer, offer_id=OfferFactory().pk)
    assert refused.value.context == {"limit": 1}
    assert PriceWatch.objects.count() == 1


def test_a_wished_price_is_below_todays(buyer):
    offer = OfferFactory(price_amount=1_000_000)
    watch = watched(buyer, offer)

    def wish(amount):
        services.set_watch(
            user=buyer, pk=watch.pk, drop=Drop.ANY, target=Money(Decimal(amount), "UAH"), in_stock_only=False,
            tells_back=True, only_offer=True,
        )  # fmt: skip

    with pytest.raises(TargetNotBelow):
        wish(100)
    wish(99)
    watch.refresh_from_db()
    assert (watch.target_amount, watch.drop_percent, watch.only_offer) == (990_000, 1, True)


def test_what_another_person_watches_does_not_exist(buyer):
    offer = OfferFactory()
    watch = watched(buyer, offer)
    with pytest.raises(UnknownWatch):
        services.delete_watch(user=UserFactory(), pk=watch.pk)
    Offer.objects.update(hidden_at=timezone.now())
    with pytest.raises(UnknownWatch):
        services.watch_price(user=UserFactory(), offer_id=offer.pk)
    assert PriceWatch.objects.count() == 1


def test_many_finds_keep_no_price_from_being_told_and_time_that_is_up_loses_nothing(
    buyer, save, tell, change
):
    offer = OfferFactory(title="Степлер", price_amount=1_000_000)
    watched(buyer, offer)
    save(words="папір")
    tell(OfferFactory(title="Папір"))
    change(offer, price_amount=500_000)
    with later(minutes=11):
        assert (pricing.tell_of_prices(seconds=0), telling.tell_of_finds(seconds=0)) == (0, 0)
        tasks.tell_watchers()
    kinds = Notification.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["watching.cheaper", "watching.found"]
