"""Whom a request is told to, why and when: windows, caps, quiet hours, collections, turns; each once, however it is cut off."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyer_requests.enums import NoticeReason, RequestState
from buyer_requests.models import (
    BuyerRequest,
    Hearing,
    Parcel,
    Reach,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.services import LineInput, answer_award, award_request, follow_categories, notices
from buyer_requests.telling import delivering, parcels, turns
from buyer_requests.telling.enums import Cause, HearingRhythm, NoticeState
from buyer_requests.telling.quiet import is_awake
from buyer_requests.telling.schedule import (
    ANSWER,
    URGENT_TIMES,
    allowed,
    day_end,
    is_paused,
    is_quiet,
    next_window,
    verdict,
)
from buyer_requests.telling.services import choose_hearing
from buyer_requests.telling.turns import Answers, Candidate, in_order
from core.models import OutboxEntry
from notifications import kinds
from notifications.mailing import letter_for
from notifications.models import Notification
from notifications.selectors import inbox_of
from notifications.services import mark_read
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_bid, make_member, make_open, pass_deadline
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory

KYIV = ZoneInfo("Europe/Kyiv")
TUESDAY = dt.datetime(2026, 3, 24, 12, tzinfo=KYIV)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=KYIV)


def hearing(**values) -> Hearing:
    return Hearing(vendor_id=1, **{"quiet_from": 21, "quiet_to": 8} | values)


# When, by settings alone


def test_hours_are_the_vendors_own_when_clocks_change_too():
    """In the night to the 29th the clocks of Kyiv go forward, and those of Warsaw, too, an hour behind them."""
    kyiv, warsaw = hearing(), hearing(time_zone="Europe/Warsaw")
    assert allowed(kyiv, at(28, 23)) == at(29, 8)
    assert allowed(kyiv, at(29, 8)) == at(29, 8)
    assert allowed(warsaw, at(29, 8)) == dt.datetime(2026, 3, 29, 8, tzinfo=ZoneInfo("Europe/Warsaw"))
    daily = hearing(rhythm=HearingRhythm.DAILY)
    assert next_window(daily, at(28, 9)) == at(29, 9)
    twice = hearing(rhythm=HearingRhythm.TWICE)
    assert [next_window(twice, at(24, hour)) for hour in (8, 9, 15)] == [at(24, 9), at(24, 15), at(25, 9)]
    assert next_window(hearing(rhythm=HearingRhythm.EVERY, every_minutes=30), at(24, 20, 45)) == at(25, 8)
    assert (day_end(kyiv, at(24, 12)), day_end(kyiv, at(24, 18))) == (at(24, 18), at(25, 9))
    assert allowed(hearing(paused_until=dt.date(2026, 3, 27)), at(24, 12)) == at(27, 9)


def test_what_is_urgent_passes_the_window_and_waits_for_no_window_that_comes_too_late():
    daily = hearing(rhythm=HearingRhythm.DAILY)
    long, short = at(27, 12), at(25, 10)
    assert verdict(daily, counted=0, deadline=long, now=at(24, 12)).due_at == at(25, 9)
    assert verdict(daily, counted=0, deadline=short, now=at(24, 12)).is_at_once
    assert verdict(daily, counted=0, deadline=short, now=at(24, 23)).due_at == at(
        25, 8
    )  # before the window at nine
    night = verdict(daily, counted=0, deadline=at(25, 7), now=at(24, 23))
    assert (night.due_at, night.cause) == (None, Cause.QUIET)
    awake = hearing(urgent_at_night=True)
    assert verdict(awake, counted=0, deadline=at(25, 7), now=at(24, 23)).is_at_once
    assert verdict(hearing(), counted=20, deadline=at(30, 12), now=at(24, 12)).due_at == at(24, 18)
    assert verdict(hearing(), counted=20, deadline=at(24, 19), now=at(24, 12)).is_at_once
    assert verdict(hearing(), counted=40, deadline=at(24, 19), now=at(24, 12)).cause == Cause.CAP
    away = hearing(paused_until=dt.date(2026, 3, 27), urgent_at_night=True)
    assert verdict(away, counted=0, deadline=at(26, 9), now=at(24, 12)).due_at is None


_hours = st.integers(0, 23)
_hearings = st.builds(
    hearing,
    rhythm=st.sampled_from(HearingRhythm.values),
    every_minutes=st.integers(5, 720),
    first_hour=_hours,
    second_hour=_hours,
    most_a_day=st.integers(1, 4),
    quiet_from=_hours,
    quiet_to=_hours,
    time_zone=st.sampled_from(["Europe/Kyiv", "America/New_York", "Asia/Kathmandu", "UTC"]),
    urgent_at_night=st.booleans(),
    paused_until=st.one_of(st.none(), st.dates(dt.date(2026, 3, 20), dt.date(2026, 4, 5))),
)
_moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: at(20, 0) + dt.timedelta(minutes=minutes))


@settings(max_examples=150, deadline=None)
@given(
    held=_hearings, now=_moments, hours=st.integers(1, 300), counted=st.integers(0, 9), invited=st.booleans()
)
def test_no_verdict_breaks_a_promise(held, now, hours, counted, invited):
    deadline = now + dt.timedelta(hours=hours)
    how = verdict(held, counted=counted, deadline=deadline, now=now, is_invited=invited)
    moment = now if how.is_at_once else how.due_at
    if moment is None:
        return
    assert now <= moment < deadline
    if not (how.is_at_once and held.urgent_at_night):
        assert not is_quiet(held, moment)
        assert not is_paused(held, moment)
    if how.is_at_once and counted >= held.most_a_day:
        assert counted < held.most_a_day * URGENT_TIMES or held.urgent_at_night
    if not how.is_at_once:
        assert deadline > how.due_at + ANSWER or how.due_at == allowed(held, now)


def test_whose_turn_comes_first_is_the_same_for_the_same_rows():
    candidates = [
        Candidate(1, NoticeReason.CATEGORY),
        Candidate(2, NoticeReason.PAST, why={"won": 1, "bid": 9}),
        Candidate(3, NoticeReason.MATCH, [1]),
        Candidate(4, NoticeReason.MATCH, [1, 2]),
        Candidate(5, NoticeReason.MATCH, [1, 2], {"won": 2, "bid": 2}),
        Candidate(6, NoticeReason.PAST, why={"won": 3, "bid": 3}),
        Candidate(7, NoticeReason.MATCH, [2]),
        Candidate(8, NoticeReason.MATCH, [3]),
    ]
    answers = {7: Answers(0.5, 2.0), 8: Answers(0.5, 1.0)}
    orders = set()
    for seed in range(5):
        random.Random(seed).shuffle(candidates)
        orders.add(tuple(each.vendor for each in in_order(candidates, answers)))
    assert orders == {(5, 4, 8, 7, 3, 6, 2, 1)}


# Whom, by earlier bids


@pytest.mark.django_db
def test_who_won_such_goods_before_hears_of_them_though_nothing_of_its_list_fits(drain):
    category = CategoryFactory(slug="paper", name_uk="Папір", name_en="Paper")
    lines = [LineInput(text="Папір А4 офісний", category_id=category.pk)]
    winner, bidder, stranger = (MembershipFactory().vendor for _ in range(3))
    for _ in range(2):
        request = make_open(lines=lines)
        won, _lost = make_bid(request, winner, {1: 100_000}), make_bid(request, bidder, {1: 110_000})
        pass_deadline(request)
        award_request(buyer=request.buyer, request=request, choice={request.lines.get().pk: won.pk})
        answer_award(vendor=winner, user=UserFactory(), request=request, accepts=True)
    follow_categories(vendor=bidder, category_ids=[category.pk])
    latest = make_open(lines=[LineInput(text="Калька", category_id=category.pk)])
    drain()
    told = {notice.vendor_id: notice for notice in VendorNotice.objects.filter(request=latest)}
    assert {vendor: (each.reason, each.why) for vendor, each in told.items()} == {
        winner.pk: ("past", {"won": 2, "bid": 2, "what": {"uk": "Папір", "ru": "Папір", "en": "Paper"}}),
        bidder.pk: ("past", {"won": 0, "bid": 2, "what": {"uk": "Папір", "ru": "Папір", "en": "Paper"}}),
    }
    message = Notification.objects.filter(key=f"request:{latest.pk}:{winner.pk}:published").first()
    assert message.kind == "request.past"
    assert message.body.startswith("Папір")
    assert stranger.pk not in told


@pytest.mark.django_db
def test_lines_that_nobody_placed_are_known_by_their_words(drain):
    vendor = MembershipFactory().vendor
    earlier = make_open(lines=[LineInput(text="Стрічка сигнальна червоно-біла")])
    make_bid(earlier, vendor, {1: 100_000})
    drain()
    make_open(lines=[LineInput(text="Стрічка сигнальна біла")])
    make_open(lines=[LineInput(text="Стрічка клейка")])
    drain()
    notice = VendorNotice.objects.get()
    assert (notice.reason, notice.why) == (
        "past", {"won": 0, "bid": 1, "what": {"uk": "Стрічка сигнальна біла"}}
    )  # fmt: skip


# When, as it is stored


@pytest.fixture
def noted():
    """Notes a vendor for so many requests: (vendor, its person, pairs)."""

    def make(count=1, days=9.0, vendor=None, **values):
        vendor = vendor or VendorFactory()
        person = make_member(vendor)
        buyer = UserFactory()
        pairs = []
        for number in range(count):
            request = make_open(buyer, title=f"Запит {number}")
            BuyerRequest.objects.filter(pk=request.pk).update(
                deadline_at=TUESDAY + dt.timedelta(days=days - number / 24)
            )
            VendorNotice.objects.create(
                request=request, vendor=vendor, reason="match", lines=[request.lines.first().pk]
            )
            pairs.append((request.pk, vendor.pk))
        OutboxEntry.objects.all().delete()
        if values:
            choose_hearing(vendor=vendor, user=person, values=values, now=TUESDAY)
        return vendor, person, pairs

    return make


def _states(vendor):
    return Counter(VendorNotice.objects.filter(vendor=vendor).values_list("state", flat=True))


@pytest.mark.django_db
def test_several_requests_come_in_one_letter_by_deadline_and_lie_in_the_inbox_at_once(noted):
    _vendor, person, pairs = noted(4, rhythm="daily")
    assert delivering.deliver(pairs, now=TUESDAY) == 4
    assert delivering.deliver(pairs, now=TUESDAY) == 0
    assert (inbox_of(person).count(), Notification.objects.filter(email_due=True).count()) == (4, 0)
    read = Notification.objects.get(params__request="Запит 0")
    mark_read(user=person, ids=[read.pk])
    BuyerRequest.objects.filter(title="Запит 3").update(state=RequestState.CANCELLED)
    assert parcels.send_due(now=at(25, 8, 59)) == 0
    assert parcels.send_due(now=at(25, 9)) == 1
    assert parcels.send_due(now=at(25, 9)) == 0
    message = Notification.objects.get(kind="request.collected")
    assert (message.shown, message.email_due, message.params["count"]) == (False, True, 2)
    assert ["Запит 2" in text for text, _path in message.params["links"]] == [True, False]  # it ends sooner
    letter = letter_for(message)
    assert [letter.body.count(path) for _text, path in message.params["links"]] == [1, 1]
    assert inbox_of(person).count() == 4
    parcel = Parcel.objects.get()
    assert (parcel.sent_at, parcel.told) == (at(25, 9), 3)


@pytest.mark.django_db
def test_what_is_beyond_the_days_cap_comes_in_one_more_in_the_evening(noted):
    vendor, _person, pairs = noted(5, most_a_day=2)
    delivering.deliver(pairs, now=TUESDAY)
    assert _states(vendor) == {"told": 2, "collected": 3}
    parcel = Parcel.objects.get()
    assert (parcel.due_at, parcel.is_last, parcel.cause) == (at(24, 18), True, Cause.CAP)
    assert parcels.send_due(now=at(24, 18)) == 1
    held = Hearing.objects.get(vendor=vendor)
    assert (held.counted, held.counted_today(at(24, 23)), held.counted_today(at(25, 1))) == (3, 3, 0)


@pytest.mark.django_db
def test_settings_spare_a_vendor_and_more_lines_may_change_that(noted):
    category = CategoryFactory(slug="tea")
    vendor, person, pairs = noted(1, least_lines=2)
    delivering.deliver(pairs, now=TUESDAY)
    assert (_states(vendor), Notification.objects.count()) == ({"spared": 1}, 0)
    request = BuyerRequest.objects.get()
    BuyerRequest.objects.update(region="UA-46")
    notices.note_for_pairs([(line.pk, vendor.pk) for line in request.lines.all()])
    delivering.deliver(pairs, now=TUESDAY)
    assert _states(vendor) == {"told": 1}
    for values, muted in (({"regions": ["UA-30"]}, []), ({"regions": []}, [category.pk])):
        request.lines.update(category=category)
        VendorNotice.objects.update(state=NoticeState.NEW)
        choose_hearing(vendor=vendor, user=person, values=values, muted_ids=muted)
        delivering.deliver(pairs, now=TUESDAY)
        assert _states(vendor) == {"spared": 1}


@pytest.mark.django_db
def test_an_invitation_waits_for_no_window_and_is_never_spared(noted):
    vendor, _person, pairs = noted(1, rhythm="daily", least_lines=50, regions=["UA-30"])
    VendorNotice.objects.update(reason="invited")
    delivering.deliver(pairs, now=TUESDAY)
    assert _states(vendor) == {"told": 1}


@pytest.mark.django_db
def test_what_a_cut_off_run_began_is_undone_and_done_once(noted, monkeypatch):
    vendor, person, pairs = noted(3, most_a_day=2)
    monkeypatch.setattr(delivering, "_gather", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        delivering.deliver(pairs, now=TUESDAY)
    assert (Notification.objects.count(), _states(vendor)) == (0, {"new": 3})
    monkeypatch.undo()
    delivering.deliver(pairs, now=TUESDAY)
    monkeypatch.setattr(parcels, "notify_many", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        parcels.send_due(now=at(24, 18))
    assert Parcel.objects.get().sent_at is None
    monkeypatch.undo()
    assert (parcels.send_due(now=at(24, 18)), parcels.send_due(now=at(24, 18))) == (1, 0)
    assert Notification.objects.filter(user=person).count() == 4
    assert Hearing.objects.get(vendor=vendor).counted == 3


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_random_schedules_lose_nothing_and_say_nothing_twice(noted, seed):
    """Requests at random moments, settings that change, runs that come late or twice; all that came is looked at in the end."""
    chance = random.Random(seed)
    vendor, person, pairs = noted(12, days=6, most_a_day=3)
    now, left = TUESDAY, list(pairs)
    sent: list[tuple[dt.datetime, Hearing]] = []
    seen: set[int] = set()
    most = 3
    while now < TUESDAY + dt.timedelta(days=5):
        if chance.random() < 0.15:
            choose_hearing(
                vendor=vendor,
                user=person,
                values={
                    "rhythm": chance.choice(HearingRhythm.values),
                    "every_minutes": chance.choice([5, 45, 300]),
                    "most_a_day": most,
                    "quiet_from": chance.choice([20, 22, 23]),
                    "quiet_to": chance.choice([6, 7, 9]),
                },
                now=now,
            )
        if left and chance.random() < 0.5:
            some, left = left[:3], left[3:]
            for _twice in range(2):
                delivering.deliver(chance.sample(some, len(some)), now=now)
        for _twice in range(2):
            parcels.send_due(now=now)
        held = Hearing.objects.filter(vendor=vendor).first()
        letters = set(Notification.objects.filter(email_due=True).values_list("pk", flat=True))
        sent += [(now, held) for _ in letters - seen]
        seen |= letters
        now += dt.timedelta(minutes=chance.choice([7, 60, 170, 400]))
    assert not left
    assert inbox_of(person).count() == len(pairs)
    # Each request stands in exactly one letter: its own, or the one collection that it was put into.
    assert set(VendorNotice.objects.values_list("state", flat=True)) == {NoticeState.TOLD}
    alone = Notification.objects.filter(email_due=True, kind="request.fits").count()
    collected = Notification.objects.filter(kind="request.collected")
    assert alone + sum(each.params["count"] for each in collected) == len(pairs)
    assert not any(is_quiet(held, moment) for moment, held in sent)
    by_day = Counter(moment.astimezone(KYIV).date() for moment, _held in sent)
    assert max(by_day.values()) <= most * URGENT_TIMES + 1


@pytest.mark.django_db
def test_nobody_is_pushed_while_all_their_companies_sleep(noted):
    vendor, person, _pairs = noted(1, quiet_from=21, quiet_to=8)
    assert [is_awake(person, at(24, hour)) for hour in (20, 21, 7, 8)] == [True, False, False, True]
    MembershipFactory(user=person)  # a company without quiet hours, in the tests' settings
    assert is_awake(person, at(24, 23))
    assert is_awake(UserFactory(), at(24, 23))
    assert vendor.hearing.quiet_to == 8


@pytest.mark.django_db
def test_a_pause_does_not_silence_what_has_to_be_decided_today():
    person = MembershipFactory()
    hearing = Hearing.objects.create(
        vendor=person.vendor, quiet_from=21, quiet_to=8, paused_until=at(27, 12).date()
    )
    user, noon = person.user, at(24, 12)
    assert (is_awake(user, noon), is_awake(user, noon, True)) == (False, True)
    assert not is_awake(user, at(24, 23), True)  # the night stays quiet
    soon, late = (noon + dt.timedelta(hours=hours) for hours in (23, 25))
    for kind, params, urgent in (
        ("bid.won", {"deadline_at": (noon - dt.timedelta(days=1)).isoformat()}, True),
        ("request.changed.lines", {"deadline_at": soon.isoformat()}, True),
        ("request.changed.lines", {"deadline_at": late.isoformat()}, False),
        ("request.fits", {"deadline_at": soon.isoformat()}, False),
    ):
        assert kinds.is_urgent(kind, params, noon) is urgent, kind
    assert hearing.pk


# Turns of many


@pytest.mark.django_db
def test_the_best_are_told_and_the_others_have_their_turn_if_few_bid(drain, monkeypatch):
    monkeypatch.setattr(turns, "AT_ONCE", 2)
    monkeypatch.setattr(notices, "WAVE", 2)
    offers = [OfferFactory(title="Степлер металевий", vendor=MembershipFactory().vendor) for _ in range(5)]
    best = offers[3]
    OfferFactory(title="Папір А4", vendor=best.vendor, price_amount=1_000_000, unit="PK")
    request = make_open()
    drain()
    told = set(VendorNotice.objects.values_list("vendor_id", flat=True))
    assert told == {best.vendor_id, offers[0].vendor_id}
    assert list(WaitingVendor.objects.order_by("place").values_list("vendor_id", flat=True)) == [
        offers[place].vendor_id for place in (1, 2, 4)
    ]
    reach = Reach.objects.get()
    assert turns.give_turns(now=reach.next_at - dt.timedelta(seconds=1)) == 0
    first = reach.next_at
    assert (turns.give_turns(now=first), turns.give_turns(now=first)) == (2, 0)
    drain()
    assert Notification.objects.filter(kind="request.fits").count() == 4
    for vendor in (best.vendor, offers[0].vendor, offers[1].vendor):
        make_bid(request, vendor, {1: 10_000})
    reach.refresh_from_db()
    assert turns.give_turns(now=reach.next_at) == 0
    assert WaitingVendor.objects.count() == 1


def test_the_first_hours_end_with_the_deadline():
    request = BuyerRequest(deadline_at=TUESDAY + dt.timedelta(hours=3))
    assert turns.next_turn(request, TUESDAY) == TUESDAY + dt.timedelta(hours=1)
    request.deadline_at = TUESDAY + dt.timedelta(days=3)
    assert turns.next_turn(request, TUESDAY) == TUESDAY + turns.PAUSE
    request.deadline_at = TUESDAY + dt.timedelta(hours=2)
    assert turns.next_turn(request, TUESDAY) is None
