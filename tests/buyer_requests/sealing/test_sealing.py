"""Bids under seal: sent, revised, withdrawn, opened; what is stored of them, and what is broken is said so."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding import automatic, counters, files, rules
from buyer_requests.bidding.enums import Outcome, RuleState
from buyer_requests.changing.content import Difference, LineChange
from buyer_requests.enums import BidState, RequestState
from buyer_requests.errors import BidNotSent, RequestNotOpen
from buyer_requests.matching import rematch_request
from buyer_requests.models import (
    Bid,
    BiddingRule,
    BidFile,
    BidLine,
    BidRevision,
    BuyerRequest,
    RuleOutcome,
    SealedBid,
    SealedRecord,
    SealedTerms,
)
from buyer_requests.sealing import guards, opening, pages
from buyer_requests.sealing.enums import Kind, Reveals
from buyer_requests.sealing.errors import BidUnreadable, SealedForGood, SealedOrOther, StillSealed
from buyer_requests.sealing.holding import own_bid
from buyer_requests.sealing.terms import choose_sealed
from buyer_requests.sealing.verifying import verify
from catalog.enums import Availability
from notifications.models import Notification
from tests.buyer_requests.sealing.making import make_sealed, pass_by
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_bid, make_draft, make_member, make_open
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def fresh(request: BuyerRequest) -> BuyerRequest:
    return BuyerRequest.objects.get(pk=request.pk)


def all_good(request, vendor=None, *, named=True):
    log = pages.log_file(fresh(request))
    opened = pages.opened_file(fresh(request), named=named) if fresh(request).sealing.opened_at else None
    held = pages.own_held(fresh(request), vendor) if vendor else None
    receipts = [pages.receipt_of(fresh(request), each) for each in held.revisions] if held else [None]
    # `pass_by` moves the deadline behind the log's back, which the times tell: test_verifying looks at them.
    found = [finding for each in receipts for finding in verify(log, each, opened)]
    return [finding for finding in found if finding.code != "times"]


def test_a_sealed_bid_is_no_row_of_bids_and_becomes_one_at_the_opening():
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 777_000, 2: 333_000}, terms="Передоплата")
    assert (Bid.objects.count(), BidLine.objects.count(), BidRevision.objects.count()) == (0, 0, 0)
    assert opening.open_due_requests() == 0  # the deadline is ahead
    pass_by(request)
    assert services.close_due_requests() == 0  # only the opening closes it
    assert opening.open_due_requests() == 1
    bid = Bid.objects.get()
    assert (bid.state, bid.vendor, bid.revision, bid.terms) == (BidState.SENT, vendor, 1, "Передоплата")
    assert [line.price_amount for line in bid.lines.order_by("line__position")] == [777_000, 333_000]
    assert BidRevision.objects.get().content == own_content(request, vendor)
    assert fresh(request).state == RequestState.CLOSED
    assert opening.open_due_requests() == 0
    assert opening.open_request(request.pk) is False
    assert Bid.objects.count() == 1
    assert all(finding.is_good for finding in all_good(request, vendor))


def own_content(request, vendor):
    return pages.own_held(fresh(request), vendor).sendings[-1].form["bid"]


def test_revision_and_withdrawal_are_records_of_one_chain_and_receipts_are_prefixes():
    request, first, second = make_sealed(shows_count=True), VendorFactory(), VendorFactory()
    make_bid(request, first, {1: 100})
    make_bid(request, second, {1: 200})
    make_bid(request, first, {1: 90})
    make_bid(request, first, {1: 90})  # the same again is no revision
    assert pages.seal_of(fresh(request)).count == 2
    services.withdraw_bid(vendor=second, request=request)
    assert pages.seal_of(fresh(request)).count == 1
    kinds = list(SealedRecord.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["published", "sent", "sent", "revised", "withdrawn"]
    with pytest.raises(BidNotSent):
        services.withdraw_bid(vendor=second, request=request)
    pass_by(request)
    opening.open_due_requests()
    bids = {bid.vendor: bid for bid in Bid.objects.all()}
    assert (bids[first].state, bids[first].revision) == (BidState.SENT, 2)
    assert (bids[second].state, bids[second].revision) == (BidState.WITHDRAWN, 1)
    for vendor in (first, second):
        assert all(finding.is_good for finding in all_good(request, vendor))
    last = SealedRecord.objects.order_by("-sequence").first()
    assert (last.kind, last.details) == (Kind.OPENED, {"bids": 1, "faults": []})


def test_nothing_stored_names_the_bidder_or_the_price():
    request, vendor = make_sealed(), VendorFactory(name="Видно Всім")
    member = make_member(vendor)
    make_bid(request, vendor, {1: 987_654_321}, terms="КАНАРКА")
    assert Notification.objects.filter(user=member).count() == 1
    dumped = dump_of_tables(r"buyer_requests_sealed|notifications_notification")
    assert dumped
    for canary in ("987654321", "98765.4321", "КАНАРКА", request.title):
        assert canary.encode() not in dumped
    sealed = dump_of_tables(r"buyer_requests_sealed")
    assert vendor.name.encode() not in sealed
    assert len(SealedBid.objects.get().content) == 12 + 4096 + 16
    assert SealedBid.objects.get().bidder != own_pseudonym_elsewhere(vendor)


def own_pseudonym_elsewhere(vendor):
    other = make_sealed()
    make_bid(other, vendor, {1: 5})
    return SealedBid.objects.get(request=other).bidder


def dump_of_tables(pattern):
    """All values of the tables, as bytes; blobs as they lie."""
    import re

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if re.search(pattern, table):
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    found += [
                        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                        for value in row
                    ]
    return b"\n".join(found)


def test_the_letter_is_read_by_its_person_in_clear_and_carries_the_head():
    request, vendor = make_sealed(), VendorFactory()
    member = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    letter = Notification.objects.get(user=member, kind="sealed.receipt")
    held = own_bid(fresh(request), vendor).held.revisions[-1]
    assert request.title in letter.subject
    assert held.commitment in letter.body
    assert held.head in letter.body
    assert held.nonce not in letter.body
    assert str(request.public_id) not in letter.url


def test_a_late_bid_a_late_revision_and_a_late_withdrawal_are_refused():
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    pass_by(request)
    for late in (
        lambda: make_bid(request, vendor, {1: 50}),
        lambda: make_bid(request, VendorFactory(), {1: 50}),
        lambda: services.withdraw_bid(vendor=vendor, request=request),
        lambda: services.move_deadline(
            buyer=request.buyer, request=request, deadline_at=timezone.now() + dt.timedelta(days=1)
        ),
    ):
        with pytest.raises(RequestNotOpen):
            late()
    assert SealedRecord.objects.count() == 2


def test_more_time_is_logged_and_told_and_the_seal_cannot_be_taken_off():
    request, vendor = make_sealed(), VendorFactory()
    member = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    later = timezone.now() + dt.timedelta(days=9)
    services.move_deadline(buyer=request.buyer, request=request, deadline_at=later)
    record = SealedRecord.objects.get(kind=Kind.DEADLINE)
    assert (record.kind, record.details["deadline"][:10]) == ("deadline", later.date().isoformat())
    assert Notification.objects.filter(user=member, kind="sealed.news").count() == 1
    with pytest.raises(SealedForGood):
        choose_sealed(request=fresh(request), sealed=False)
    assert SealedTerms.objects.count() == 1


def test_while_the_number_is_hidden_there_is_no_log_and_no_place_in_receipts():
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    assert pages.seal_of(fresh(request)).count is None
    with pytest.raises(StillSealed):
        pages.log_file(fresh(request))
    with pytest.raises(StillSealed):
        pages.opened_file(fresh(request), named=True)
    held = own_bid(fresh(request), vendor).held
    assert "sequence" not in pages.receipt_of(fresh(request), held.revisions[0])["record"]
    assert [known.kind for known in pages.known_records(fresh(request))]


def test_no_counter_offer_award_or_proposal_before_the_opening():
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    assert not counters.counters_allowed(fresh(request))
    proposal = services.propose(buyer=request.buyer, request=fresh(request), wishes=_wishes())
    assert not (proposal.answer or {"choice": []})["choice"]
    pass_by(request)
    opening.open_due_requests()
    assert counters.counters_allowed(fresh(request))


def _wishes():
    from buyer_requests.selectors.proposals import Wishes

    return Wishes()


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda row: setattr(row, "content", bytes(row.content)[:-1] + b"\x00"), "unreadable"),
        (lambda row: setattr(row, "bidder", "0" * 32), "missing"),
    ],
)
def test_a_damaged_bid_is_told_of_and_never_dropped(damage, fault):
    request, good, bad = make_sealed(), VendorFactory(), VendorFactory()
    make_bid(request, good, {1: 100})
    make_bid(request, bad, {1: 200})
    row = SealedBid.objects.order_by("pk").last()
    bidder = row.bidder
    damage(row)
    row.save()
    pass_by(request)
    assert opening.open_due_requests() == 1
    assert list(Bid.objects.values_list("vendor", flat=True)) == [good.pk]
    opened = SealedRecord.objects.get(kind=Kind.OPENED)
    assert opened.details == {"bids": 1, "faults": [{"bidder": bidder, "fault": fault}]}
    assert [broken.bidder for broken in pages.seal_of(fresh(request)).broken] == [bidder]


def test_a_bid_that_a_server_exchanged_does_not_match_its_commitment():
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    terms = fresh(request).sealing
    held = own_bid(fresh(request), vendor).held
    held.revisions[-1].form["bid"]["lines"][0]["price"] = 99
    from buyer_requests.sealing.holding import keep

    keep(terms, held)
    pass_by(request)
    opening.open_due_requests()
    assert Bid.objects.count() == 0
    opened = SealedRecord.objects.get(kind=Kind.OPENED)
    assert [each["fault"] for each in opened.details["faults"]] == ["differs"]


def test_without_its_secret_an_opening_waits_and_an_old_secret_still_opens(settings, caplog):
    settings.SEALING_SECRETS = ["first-secret"]
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    settings.SEALING_SECRETS = ["second-secret", "first-secret"]
    make_bid(request, vendor, {1: 90})
    lost = make_sealed()
    make_bid(lost, vendor, {1: 5})
    settings.SEALING_SECRETS = ["third-secret", "first-secret"]
    pass_by(request)
    pass_by(lost)
    assert [row.request_id for row in opening.without_secret()] == [lost.pk]
    assert opening.open_due_requests(limit=1) == 1  # one that waits takes no other's place
    assert Bid.objects.get().request == request
    assert opening.open_due_requests() == 0
    assert "sealing.secret_gone" in caplog.text
    with pytest.raises(BidUnreadable):
        opening.open_request(lost.pk)
    assert (fresh(lost).state, SealedBid.objects.get(request=lost).is_opened) == (RequestState.OPEN, False)
    settings.SEALING_SECRETS = ["third-secret", "second-secret", "first-secret"]
    assert (opening.open_due_requests(), list(opening.without_secret())) == (1, [])
    assert Bid.objects.filter(request=lost, state=BidState.SENT).count() == 1
    assert SealedRecord.objects.get(request=lost, kind=Kind.OPENED).details == {"bids": 1, "faults": []}


def test_only_operators_give_up_on_a_lost_secret(settings):
    settings.SEALING_SECRETS = ["first-secret"]
    lost = make_sealed()
    make_bid(lost, VendorFactory(), {1: 5})
    with pytest.raises(CommandError):
        call_command("open_sealed", "--give-up", str(lost.public_id))  # it can be opened
    settings.SEALING_SECRETS = ["second-secret"]
    with pytest.raises(CommandError):
        call_command("open_sealed", "--give-up", str(lost.public_id))  # the deadline is ahead
    pass_by(lost)
    call_command("open_sealed", "--give-up", str(lost.public_id))
    opened = SealedRecord.objects.get(request=lost, kind=Kind.OPENED)
    assert [each["fault"] for each in opened.details["faults"]] == ["unreadable"]
    assert fresh(lost).state == RequestState.CLOSED


def test_files_lie_encrypted_count_as_a_revision_and_open_with_the_bid(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    request, vendor = make_sealed(), VendorFactory()
    member = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    secret = b"%PDF-1.4 the price is 4711 and nobody knows"
    files.attach_file(
        vendor=vendor, user=member, request=request, name="Ціна 4711.pdf", file=io.BytesIO(secret)
    )
    assert BidFile.objects.count() == 0
    stored = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert b"4711" not in stored[0]
    assert own_bid(fresh(request), vendor).bid.revision == 2
    pass_by(request)
    opening.open_due_requests()
    file = BidFile.objects.get()
    assert file.name == "Ціна 4711.pdf"
    from buyer_requests.sealing.files import read

    assert read(files.file_of_buyer(file.public_id, request.buyer)).read() == secret
    assert all(finding.is_good for finding in all_good(request, vendor))


def test_an_opening_that_broke_off_is_taken_up_again(monkeypatch):
    request = make_sealed()
    for price in range(1, 6):
        make_bid(request, VendorFactory(), {1: price})
    pass_by(request)
    monkeypatch.setattr(opening, "AT_ONCE", 2)
    calls = []
    store = opening._store

    def breaks(*args):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the power went")
        store(*args)

    monkeypatch.setattr(opening, "_store", breaks)
    assert opening.open_due_requests() == 0
    assert set(Bid.objects.values_list("state", flat=True)) == {BidState.DRAFT}
    assert (Bid.objects.count(), fresh(request).state) == (2, RequestState.OPEN)
    assert not SealedRecord.objects.filter(kind=Kind.OPENED).exists()
    assert opening.open_due_requests() == 1
    assert Bid.objects.filter(state=BidState.SENT).count() == 5
    assert BidRevision.objects.count() == 5


def test_a_cancelled_request_is_never_opened_and_its_bidder_still_has_the_receipt(sign_in):
    request, vendor = make_sealed(), VendorFactory()
    member = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    services.cancel_request(buyer=request.buyer, request=request)
    pass_by(request)
    assert opening.open_due_requests() == 0
    assert Bid.objects.count() == 0
    assert Notification.objects.filter(user=member, kind="sealed.news").count() == 1
    head = pages.own_held(fresh(request), vendor).revisions[0].head
    answer = sign_in(member).get(
        reverse("requests_desk:sealed_receipt", args=[vendor.slug, request.public_id, head])
    )
    assert answer.json()["record"]["hash"] == head


def test_a_rule_bids_under_seal_and_no_row_says_so_until_the_opening():
    vendor = VendorFactory()
    OfferFactory(vendor=vendor, title="Степлер металевий", availability=Availability.IN_STOCK)
    lines = (services.LineInput(text="Степлер металевий", unit="H87"),)
    request, plain = make_sealed(lines=lines), make_open(lines=lines)
    rule = rules.save_rule(
        vendor=vendor,
        user=UserFactory(),
        rule=None,
        values={"name": "Усе", "only_verified": False, "most_a_day": 1},
    )
    BiddingRule.objects.filter(pk=rule.pk).update(state=RuleState.LIVE)
    for each in (request, plain):
        rematch_request(each.pk)
    automatic.bid_by_rules([(request.pk, vendor.pk)])
    automatic.bid_by_rules([(request.pk, vendor.pk)])
    assert (RuleOutcome.objects.count(), SealedBid.objects.count()) == (0, 1)
    assert SealedRecord.objects.filter(kind=Kind.SENT).count() == 1
    automatic.bid_by_rules([(plain.pk, vendor.pk)])  # the sealed one counts for the day's cap
    assert list(RuleOutcome.objects.values_list("request", "outcome")) == [(plain.pk, Outcome.WAITS)]
    pass_by(request)
    opening.open_due_requests()
    assert Bid.objects.get().is_automatic
    assert RuleOutcome.objects.get(request=request).outcome == Outcome.SENT


def test_only_a_draft_is_made_sealed_or_plain_again():
    draft = make_draft()
    choose_sealed(request=draft, sealed=True, shows_count=True, reveals=Reveals.ALL)
    choose_sealed(request=draft, sealed=False)
    assert SealedTerms.objects.count() == 0
    request = make_open()
    with pytest.raises(SealedForGood):
        choose_sealed(request=request, sealed=True)


@pytest.mark.parametrize("way", guards.OTHER_WAYS)
def test_sealed_goes_with_no_other_way_and_no_change(way):
    """The names are those of rows that a request may have."""
    assert way in {field.name for field in BuyerRequest._meta.get_fields()}
    request = SimpleNamespace(sealing=SimpleNamespace(opened_at=None))
    guards.refuse_other_ways(request, timezone.now())
    with pytest.raises(SealedOrOther):
        guards.refuse_other_ways(SimpleNamespace(**vars(request), **{way: object()}), timezone.now())
    taken_out = Difference([], [LineChange(1, 1, "Папір", "removed")])
    with pytest.raises(SealedForGood):
        guards.refuse_change(request, taken_out, timezone.now())
