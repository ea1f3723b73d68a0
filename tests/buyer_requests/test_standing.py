"""Standing requests: rounds with the bids as they stand, news told once, pausing and ending; and several matching workers."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding import files
from buyer_requests.changing import reading
from buyer_requests.changing.content import content_of
from buyer_requests.changing.services import publish_change, save_change
from buyer_requests.consumer import handle
from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.planning import CriterionInput, set_criteria, set_limits, set_points
from buyer_requests.deciding.plans import Limits, plan_of
from buyer_requests.enums import BidState, RequestState
from buyer_requests.matching import dated, match_offers, sharding
from buyer_requests.matching.open_lines import Shard
from buyer_requests.models import (
    Bid,
    BuyerRequest,
    Hearing,
    LineMatch,
    StandingFind,
    StandingTerms,
    VendorFit,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.services import LineInput
from buyer_requests.standing import periods, rounds, telling
from buyer_requests.standing import services as standing
from buyer_requests.standing.errors import NoBids, RoundNotClosed, StandingIncomplete
from buyer_requests.standing.finding import is_cheaper
from buyer_requests.tasks import rejudge_dated
from buyer_requests.telling import turns
from buyer_requests.telling.past import past_of
from buyer_requests.trust import limits
from catalog.models import Offer
from core import outbox
from core.models import OutboxEntry
from notifications.models import Notification
from reviews.selectors import record_of
from tests.factories.buyer_requests import make_bid, make_draft, make_member, make_open, pass_deadline
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory

LINES = [LineInput(text="степлер", quantity=Decimal(5), ceiling_amount=1_000_000)]


def _standing(**terms):
    draft = make_draft(lines=LINES)
    StandingTerms.objects.create(request=draft, day_of_month=draft.deadline_at.day, **terms)
    return services.publish_request(buyer=draft.buyer, request=draft)


@pytest.mark.parametrize(
    ("day", "period", "anchor", "expected"),
    [
        ("2026-01-31", "month", 31, "2026-02-28"),
        ("2026-02-28", "month", 31, "2026-03-31"),
        ("2026-11-30", "quarter", 0, "2027-02-28"),
        ("2026-12-28", "week", 0, "2027-01-04"),
    ],
)
def test_periods_keep_their_day(day, period, anchor, expected):
    assert periods.later(dt.date.fromisoformat(day), period, anchor) == dt.date.fromisoformat(expected)


def test_cheaper_means_by_the_step():
    assert is_cheaper(1000, 950, 5)
    assert not is_cheaper(1000, 951, 5)
    assert not is_cheaper(None, 1, 5)


@pytest.mark.django_db
def test_a_round_is_a_closed_request_with_the_bids_as_they_stand():
    request = _standing()
    kept, late, gone = VendorFactory(), VendorFactory(), VendorFactory()
    make_bid(request, kept, {1: 900_000})
    late_bid = make_bid(request, late, {1: 800_000})
    Bid.objects.filter(pk=late_bid.pk).update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    make_bid(request, gone, {1: 700_000})
    services.withdraw_bid(vendor=gone, request=request)
    with pytest.raises(RoundNotClosed):
        services.award_request(
            buyer=request.buyer, request=request, choice={request.lines.get().pk: late_bid.pk}
        )
    pass_deadline(request)
    before = request.deadline_at
    assert services.close_due_requests() == 0
    assert rounds.close_due_rounds() == 1
    assert rounds.close_due_rounds() == 0
    request.refresh_from_db()
    assert request.state == RequestState.OPEN
    assert request.deadline_at > before + dt.timedelta(days=27)
    made = request.standing.rounds.get().request
    assert (made.state, made.buyer, made.lines.get().quantity) == (RequestState.CLOSED, request.buyer, 5)
    (bid,) = made.bids.all()
    assert (bid.vendor, bid.state, bid.lines.get().price_amount) == (kept, BidState.SENT, 900_000)
    services.award_request(buyer=request.buyer, request=made, choice={made.lines.get().pk: bid.pk})
    assert Bid.objects.filter(request=request, state=BidState.SENT).count() == 2
    assert Notification.objects.filter(user=request.buyer, kind="request.closed").count() == 1


@pytest.mark.django_db
def test_pausing_keeps_it_open_and_ending_closes_it(client):
    request = _standing()
    vendor = VendorFactory()
    with pytest.raises(NoBids):
        standing.close_now(buyer=request.buyer, request=request)
    make_bid(request, vendor, {1: 900_000})
    client.force_login(request.buyer)
    address = reverse("requests:standing", args=[request.public_id])
    client.post(address, {"do": "pause"})
    pass_deadline(request)
    assert rounds.close_due_rounds() == 0
    request.refresh_from_db()
    assert (request.state, request.takes_bids, request.standing.rounds.count()) == ("open", True, 0)
    client.post(address, {"do": "go_on"})
    made = client.post(address, {"do": "round"})
    assert request.standing.rounds.get().request.public_id.hex in made.url.replace("-", "")
    page = client.get(reverse("requests:detail", args=[request.public_id])).content.decode()
    assert address in page
    client.post(address, {"do": "end"})
    request.refresh_from_db()
    assert (request.state, request.standing.state) == ("closed", "ended")


@pytest.mark.django_db
def test_it_ends_by_itself_after_its_last_day():
    request = _standing(ends_on=timezone.localdate() + dt.timedelta(days=10))
    pass_deadline(request)
    assert rounds.close_due_rounds() == 0
    assert services.close_due_requests() == 1
    request.refresh_from_db()
    assert (request.state, request.standing.state) == ("closed", "ended")


@pytest.mark.django_db
def test_new_and_cheaper_offers_are_told_once_a_window():
    vendor = VendorFactory()
    make_member(vendor)
    first = OfferFactory(vendor=vendor, title="Степлер 1", price_amount=900_000)
    request = _standing(step_percent=5)
    handle([{"topic": "published", "request": request.pk}])
    outbox.drain("requests")
    assert StandingFind.objects.get().is_news is False
    second = OfferFactory(vendor=vendor, title="Степлер 2", price_amount=950_000)
    Offer.objects.filter(pk=first.pk).update(price_amount=880_000)  # by less than the step
    for _again in range(2):
        handle([{"topic": "offers_changed", "offers": [first.pk, second.pk]}])
    assert list(StandingFind.objects.filter(is_news=True).values_list("offer", flat=True)) == [second.pk]
    now = timezone.now()
    assert telling.tell_due(now=now) == 0  # within the first day
    assert telling.tell_due(now=now + dt.timedelta(days=1, minutes=1)) == 1
    assert telling.tell_due(now=now + dt.timedelta(days=3)) == 0
    told = Notification.objects.get(kind="standing.news")
    assert (told.user, told.params["matched"]) == (request.buyer, 1)
    assert "Степлер 2 — 95.00 UAH" in told.params["lines"]
    # Its vendor had the request itself meanwhile: told again only a week later.
    Offer.objects.filter(pk=first.pk).update(price_amount=800_000)
    handle([{"topic": "offers_changed", "offers": [first.pk]}])
    assert telling.tell_due(now=now + dt.timedelta(days=4)) == 1
    assert Notification.objects.filter(kind="standing.renewed").count() == 0
    assert telling.tell_due(now=now + dt.timedelta(days=8)) == 1
    assert Notification.objects.filter(kind="standing.renewed").count() == 1


@pytest.mark.django_db
def test_an_end_before_the_first_round_is_refused():
    draft = make_draft(lines=LINES)
    StandingTerms.objects.create(request=draft, ends_on=timezone.localdate())
    with pytest.raises(StandingIncomplete):
        services.publish_request(buyer=draft.buyer, request=draft)


@pytest.mark.django_db
def test_days_that_pass_take_matches_away():
    vendor = VendorFactory(delivery_days=3)
    offer = OfferFactory(vendor=vendor, title="Степлер")
    request = make_open(lines=LINES, needed_by=timezone.localdate() + dt.timedelta(days=3))
    assert list(match_offers([offer.pk])) == [(request.lines.get().pk, vendor.pk)]
    type(request).objects.filter(pk=request.pk).update(needed_by=timezone.localdate() + dt.timedelta(days=2))
    assert dated.rejudge() == 1
    assert (LineMatch.objects.count(), request.lines.get().match_count) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("of", [1, 2])
def test_a_day_that_passed_is_judged_by_whoever_matches(settings, of):
    offer = OfferFactory(vendor=VendorFactory(delivery_days=3), title="Степлер")
    request = make_open(lines=LINES, needed_by=timezone.localdate() + dt.timedelta(days=3))
    match_offers([offer.pk])
    type(request).objects.filter(pk=request.pk).update(needed_by=timezone.localdate() + dt.timedelta(days=2))
    OutboxEntry.objects.all().delete()
    settings.MATCH_SHARDS = of
    rejudge_dated()
    entry = OutboxEntry.objects.get(consumer="requests")
    assert LineMatch.objects.count() == 1  # nobody writes beside the listener
    handle([{**entry.payload, "topic": entry.topic}])
    for number, each in enumerate(
        OutboxEntry.objects.filter(consumer__startswith="matching-").order_by("pk")
    ):
        sharding.handle(number, [{**each.payload, "topic": each.topic}])
    assert LineMatch.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("of", [2, 3])
def test_shards_store_together_what_one_worker_stores(settings, of):
    lines = [LineInput(text=text) for text in ("степлер", "степлер синій", "папір А4", "ручка", "папір")]
    request = make_open(lines=lines)
    vendors = [VendorFactory() for _ in range(2)]
    titles = ["Степлер синій", "Степлер", "Папір А4 білий", "Ручка", "Дирокол", "Папір А3"]
    offers = [OfferFactory(vendor=vendors[n % 2], title=title) for n, title in enumerate(titles * 2)]
    ids = [offer.pk for offer in offers]
    alone = match_offers(ids)
    before = _stored()
    LineMatch.objects.all().delete()
    VendorFit.objects.all().delete()
    settings.MATCH_SHARDS = of
    OutboxEntry.objects.all().delete()
    handle([{"topic": "offers_changed", "offers": ids}, {"topic": "offers_changed", "offers": ids[:3]}])
    facts = {entry.consumer: entry for entry in OutboxEntry.objects.all()}
    assert sorted(facts) == [sharding.name_of(number) for number in range(of)]
    for number in (*range(of), 0):  # one of them twice
        entry = facts[sharding.name_of(number)]
        sharding.handle(number, [{**entry.payload, "topic": entry.topic}])
    assert _stored() == before
    met = [
        tuple(pair)
        for entry in OutboxEntry.objects.filter(consumer="requests")
        for pair in entry.payload["pairs"]
    ]
    assert set(met) == set(alone)
    for entry in OutboxEntry.objects.filter(consumer="requests", topic="met"):
        handle([{**entry.payload, "topic": "met"}])
    assert VendorNotice.objects.filter(request=request).count() == 2
    assert all(sum(Shard(n, of).has(line.pk) for n in range(of)) == 1 for line in request.lines.all())
    settings.MATCH_SHARDS = 1
    assert sharding.adopt() == of


def _stored():
    return (
        sorted(LineMatch.objects.values_list("line_id", "offer_id", "score", "price_base")),
        sorted(VendorFit.objects.values_list("line_id", "vendor_id", "count")),
    )


@pytest.mark.django_db
def test_a_round_is_judged_as_promised_and_has_no_price_for_a_line_that_changed_since(
    settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.PRIVATE_ROOT = tmp_path
    draft = make_draft(lines=[*LINES, LineInput(text="клей", quantity=Decimal(2))])
    StandingTerms.objects.create(request=draft, day_of_month=draft.deadline_at.day)
    request = services.publish_request(buyer=draft.buyer, request=draft)
    both, one = VendorFactory(), VendorFactory()
    make_bid(request, both, {1: 100_0000, 2: 50_0000})
    make_bid(request, one, {1: 90_0000})
    request.refresh_from_db()
    content = content_of(request)
    content["lines"][0]["text"] = "принтер лазерний"
    save_change(buyer=draft.buyer, request=request, content=content)
    publish_change(buyer=draft.buyer, request=request, base=1)
    mine = [CriterionInput(CriterionKind.DAYS, 40), CriterionInput(CriterionKind.OWN, 10, "Упаковка")]
    set_criteria(buyer=draft.buyer, request=request, criteria=mine, is_stated=True)
    line, held = request.lines.get(position=2).pk, Bid.objects.get(request=request, vendor=both)
    own = request.criteria.get(name="Упаковка").pk
    set_points(buyer=draft.buyer, request=request, points={(own, held.pk): 8})
    set_limits(
        buyer=draft.buyer,
        request=request,
        limits=Limits(
            never=frozenset({held.pk}),
            only={line: held.pk},
            barred={line: frozenset({held.pk})},
            whole=frozenset({line}),
        ),
    )
    pdf = {"vendor": both, "request": request}
    file = files.attach_file(user=make_member(both), name="a.pdf", file=io.BytesIO(b"%PDF-1"), **pdf)
    made = standing.close_now(buyer=draft.buyer, request=request)
    bid = made.bids.get()
    new, plan = made.lines.get(position=2).pk, plan_of(made)
    assert plan.is_stated
    assert [(each.kind, each.weight) for each in plan.criteria] == [("days", 40), ("own", 10)]
    assert dict(plan.points) == {(made.criteria.get(name="Упаковка").pk, bid.pk): 8}
    assert plan.limits == Limits(
        never=frozenset({bid.pk}),
        only={new: bid.pk},
        barred={new: frozenset({bid.pk})},
        whole=frozenset({new}),
    )
    with django_capture_on_commit_callbacks(execute=True):
        files.remove_file(file=file, **pdf)
    copied = bid.files.get()
    with copied.file.open() as content:
        assert (copied.name, content.read()) == ("a.pdf", b"%PDF-1")
    assert (made.version, bid.vendor, bid.lines.get().line.text) == (1, both, "клей")
    assert reading.to_confirm(made, bid) is None


@pytest.mark.django_db
def test_news_of_a_standing_request_come_as_the_vendor_chose(drain):
    offers = [OfferFactory(title="Степлер", price_amount=900_000) for _ in range(4)]
    loud, asleep, choosy, later = (offer.vendor for offer in offers)
    people = [make_member(offer.vendor) for offer in offers]
    request = _standing(step_percent=5)
    drain()
    now = timezone.now() + dt.timedelta(days=8)
    Hearing.objects.update(quiet_from=0, quiet_to=0)
    Hearing.objects.filter(vendor=asleep).update(paused_until=timezone.localdate(now) + dt.timedelta(days=2))
    Hearing.objects.filter(vendor=choosy).update(least_lines=2)
    VendorNotice.objects.filter(vendor=later).delete()
    WaitingVendor.objects.create(request=request, vendor=later, reason="match", place=1)
    Offer.objects.update(price_amount=800_000)
    handle([{"topic": "offers_changed", "offers": [offer.pk for offer in offers]}])
    telling.tell_due(now=now)
    told = Notification.objects.filter(kind="standing.renewed")
    assert set(told.values_list("user", "email_due")) == {(people[0].pk, True), (people[1].pk, False)}
    assert Hearing.objects.get(vendor=loud).counted_today(now) == 1


@pytest.mark.django_db
def test_a_round_is_no_request_of_its_own_to_limits_to_turns_and_to_the_past(monkeypatch):
    category, vendor = CategoryFactory(), VendorFactory()
    request = _standing()
    request.lines.update(category=category)
    bid = make_bid(request, vendor, {1: 900_000})
    Bid.objects.filter(pk=bid.pk).update(created_at=timezone.now() - dt.timedelta(days=2))
    BuyerRequest.objects.filter(pk=request.pk).update(published_at=timezone.now() - dt.timedelta(days=3))
    VendorNotice.objects.create(request=request, vendor=vendor, reason="category")
    made = [standing.close_now(buyer=request.buyer, request=request) for _ in range(3)]
    answers = turns.answers_of([vendor.pk], timezone.now())[vendor.pk]
    assert (answers.share, round(answers.hours)) == (1, 24)
    draft = make_draft(buyer=request.buyer, lines=LINES)
    monkeypatch.setattr(limits, "NEW", limits.Allowance(1, 9, 9))
    monkeypatch.setattr(limits, "KNOWN", limits.Allowance(1, 9, 9))
    limits.check_publishing(draft, timezone.now())
    assert past_of(draft, {category.pk})[vendor.pk].bid == 1
    assert record_of(request.buyer).published == 0
    services.award_request(
        buyer=request.buyer, request=made[0], choice={made[0].lines.get().pk: made[0].bids.get().pk}
    )
    services.answer_award(vendor=vendor, user=make_member(vendor), request=made[0], accepts=True)
    past = past_of(draft, {category.pk})[vendor.pk]
    assert (past.won, past.bid) == (1, 2)
    assert (record_of(request.buyer).published, record_of(request.buyer).awarded) == (1, 1)
