"""The wording of a sealed request changes: logged, told, confirmed under seal; and what a closed log gives away."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys

import pytest
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding import files
from buyer_requests.bidding.inputs import BidTerms
from buyer_requests.changing.after import after_changes
from buyer_requests.changing.content import content_of
from buyer_requests.changing.errors import NotByPress, RequestChanged
from buyer_requests.changing.services import confirm_bid, publish_change, save_change
from buyer_requests.changing.standing import holding, unconfirmed
from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.planning import CriterionInput, set_criteria
from buyer_requests.errors import UnknownRequest
from buyer_requests.models import Bid, BidLine, BuyerRequest, SealedBid, SealedRecord, VendorNotice
from buyer_requests.sealing import log, opening, pages
from buyer_requests.sealing.canonical import content_hash, moment, record_hash
from buyer_requests.sealing.enums import Kind
from buyer_requests.sealing.errors import SealedForGood
from buyer_requests.sealing.holding import own_bid
from buyer_requests.sealing.messages import SealedText
from buyer_requests.sealing.verifying import verify
from buyer_requests.telling.enums import NoticeState
from notifications.models import Notification
from tests.buyer_requests.sealing.making import make_sealed, pass_by
from tests.factories.buyer_requests import bid_line, in_days, make_bid, make_member
from tests.factories.vendors import VendorFactory
from tests.parts import ROOT

pytestmark = pytest.mark.django_db


def fresh(request: BuyerRequest) -> BuyerRequest:
    return BuyerRequest.objects.get(pk=request.pk)


def change(request, *, deadline_at=None, **words):
    """A further version with these words in its first line, or `notes`."""
    content = content_of(fresh(request))
    for name, value in words.items():
        (content if name in content else content["lines"][0])[name] = value
    save_change(buyer=request.buyer, request=request, content=content)
    return publish_change(
        buyer=request.buyer, request=request, base=fresh(request).version, deadline_at=deadline_at
    )


def heads_of(request, vendor):
    return [pages.receipt_of(fresh(request), each) for each in own_bid(fresh(request), vendor).held.revisions]


@pytest.mark.parametrize("others", [0, 2])
def test_two_receipts_do_not_tell_whether_anybody_bid_between(others):
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    for _number in range(others):
        make_bid(request, VendorFactory(), {1: 50})
    make_bid(request, vendor, {1: 90})
    first, second = heads_of(request, vendor)
    assert set(second["record"]) == {"request", "kind", "bidder", "commitment", "details", "at", "hash"}
    assert second["record"]["details"] == {}
    # Who knows all of the record but its blind cannot try the one before it.
    tried = {**second["record"], "previous": first["record"]["hash"]}
    assert record_hash(tried) != second["record"]["hash"]
    true_record = SealedRecord.objects.get(hash=second["record"]["hash"])
    assert (true_record.previous == first["record"]["hash"]) == (others == 0)


def test_heads_in_letters_move_whether_or_not_anybody_bid():
    request, vendor = make_sealed(), VendorFactory()
    person = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    own = heads_of(request, vendor)[0]["record"]["hash"]
    asker = VendorFactory()
    for number in (1, 2):
        asked = services.ask_question(vendor=asker, request=fresh(request), text=f"Чи є доставка {number}?")
        services.answer_question(buyer=request.buyer, question=asked, text="Так.")
    letters = Notification.objects.filter(kind="sealed.news", user=person).order_by("pk")
    told = [str(SealedText("%(head)s") % letter.params) for letter in letters]
    assert len(told) == 2
    assert len({own, *told}) == 3
    kinds = list(
        SealedRecord.objects.filter(request=request).order_by("sequence").values_list("kind", flat=True)
    )
    assert kinds == [Kind.PUBLISHED, Kind.SENT, Kind.ANCHOR, Kind.ANCHOR]


def test_an_open_log_needs_neither_blinds_nor_anchors():
    request, vendor = make_sealed(shows_count=True), VendorFactory()
    make_bid(request, vendor, {1: 100})
    asked = services.ask_question(vendor=VendorFactory(), request=fresh(request), text="Чи є доставка?")
    services.answer_question(buyer=request.buyer, question=asked, text="Так.")
    records = log.records_of(request)
    assert [record.kind for record in records] == [Kind.PUBLISHED, Kind.SENT]
    assert not any(log.BLIND in record.details for record in records)
    assert heads_of(request, vendor)[0]["record"]["previous"] == records[0].hash


def test_receipts_of_a_closed_log_are_checked_by_the_program_with_the_opened_one(tmp_path):
    request, vendor = make_sealed(deadline_at=timezone.now() + dt.timedelta(days=1)), VendorFactory()
    make_bid(request, vendor, {1: 100})
    receipt = heads_of(request, vendor)[0]
    pass_by(request)
    opening.open_due_requests()
    files = {
        "log": pages.log_file(fresh(request)),
        "receipt": receipt,
        "opened": pages.opened_file(fresh(request), named=True),
    }
    found = {each.code: each.is_good for each in verify(*files.values())}
    assert "receipt" not in found  # what it follows was not told: the log says it
    del found["times"]  # the deadline was moved behind the log's back
    assert set(found.values()) == {True}
    forged = {**receipt, "record": {**receipt["record"], "at": moment(timezone.now())}}
    assert {each.code for each in verify(files["log"], forged) if not each.is_good} - {"times"} == {"prefix"}
    for name, told in {**files, "forged": forged}.items():
        (tmp_path / name).write_text(json.dumps(told), encoding="utf-8")

    def said(*arguments):
        done = subprocess.run(
            [sys.executable, "-I", str(ROOT / "docs" / "verify_sealed.py"), *arguments],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    alone = said("--receipt", "receipt")
    assert (alone[0], "once it is open" in alone[1]) == (0, True)
    assert "before the deadline" in said("log", "--receipt", "receipt", "--opened", "opened")[1]
    assert "rewritten" not in said("log", "--receipt", "receipt")[1]
    assert "rewritten" in said("log", "--receipt", "forged")[1]


def test_words_change_in_the_log_and_what_prices_were_made_of_stays():
    request = make_sealed()
    later = in_days(5)
    version = change(request, details="Чорний", notes="Доставка до 12:00", deadline_at=later)
    records = log.records_of(request)
    assert [record.kind for record in records] == [Kind.PUBLISHED, Kind.DEADLINE, Kind.CHANGED]
    assert records[1].details["deadline"] == moment(later)
    assert records[2].details["version"] == 2
    assert (
        records[2].details["content"]
        == content_hash(version.content)
        == content_hash(content_of(fresh(request)))
    )
    for refused in ({"quantity": "7.000"}, {"unit": "KGM"}, {"ceiling": 1}, {"gtin": "4820000000017"}, {"place": "Львів"}, {"region": "46"}):  # fmt: skip
        with pytest.raises(SealedForGood) as told:
            change(request, **refused)
        assert told.value.code == "touches_bids"
    content = content_of(fresh(request))
    save_change(buyer=request.buyer, request=request, content={**content, "lines": content["lines"][:1]})
    with pytest.raises(SealedForGood):
        publish_change(buyer=request.buyer, request=request, base=2)
    assert (fresh(request).version, len(log.records_of(request))) == (2, 3)
    content["lines"][1]["ceiling"] = None  # a limit is loosened: that concerns nobody's bid
    save_change(buyer=request.buyer, request=request, content=content)
    assert publish_change(buyer=request.buyer, request=request, base=2).asks is False


def test_a_bid_under_seal_waits_and_is_confirmed_by_one_press_or_sent_again():
    request, silent, presses, sends = make_sealed(), *(VendorFactory() for _number in range(3))
    people = {vendor: make_member(vendor) for vendor in (silent, presses, sends)}
    for vendor in people:
        make_bid(request, vendor, {1: 100, 2: 200})
    change(request, text="Степлер металевий.")
    assert confirm_bid(vendor=presses, user=people[presses], request=request, seen=2) is True
    assert confirm_bid(vendor=presses, user=people[presses], request=request, seen=2) is False
    send = {"vendor": sends, "user": people[sends], "request": request, "terms": BidTerms()}
    lines = [bid_line(request, 1, 100), bid_line(request, 2, 200)]
    with pytest.raises(RequestChanged):
        services.send_bid(**send, lines=lines, version=1)
    services.send_bid(**send, lines=lines, version=2)
    assert own_bid(fresh(request), silent).held.answers == 1
    pass_by(request)
    assert opening.open_due_requests() == 1
    assert not SealedBid.objects.exclude(fault="").exists()
    assert [bid.vendor for bid in unconfirmed(fresh(request))] == [silent]
    held = holding(BidLine.objects.filter(bid__request=request), fresh(request))
    counted = {(line.bid.vendor_id, line.line.position) for line in held}
    assert counted == {(silent.pk, 2), (presses.pk, 1), (presses.pk, 2), (sends.pk, 1), (sends.pk, 2)}
    last = log.last_of_bidders(log.records_of(request))
    assert sorted(log.answered_version(record) for record in last.values()) == [1, 2, 2]
    assert Bid.objects.get(vendor=presses).revision == 2


def test_what_asks_for_another_good_is_not_confirmed_by_a_press_and_a_file_is_no_word():
    request, vendor = make_sealed(), VendorFactory()
    person = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    change(request, text="Ножиці канцелярські")
    with pytest.raises(NotByPress):
        confirm_bid(vendor=vendor, user=person, request=request, seen=2)
    files.attach_file(vendor=vendor, user=person, request=request, name="a.pdf", file=io.BytesIO(b"%PDF-1"))
    assert own_bid(fresh(request), vendor).held.answers == 1
    with pytest.raises(RequestChanged):
        confirm_bid(vendor=vendor, user=person, request=request, seen=1)
    with pytest.raises(UnknownRequest):
        confirm_bid(vendor=VendorFactory(state="draft"), user=person, request=request, seen=2)


def test_all_who_were_told_hear_of_it_and_the_page_asks_only_the_bidder(client):
    request, bidder, other = make_sealed(), VendorFactory(), VendorFactory()
    for vendor in (bidder, other):
        VendorNotice.objects.create(request=request, vendor=vendor, reason="category", state=NoticeState.TOLD)
    person, rival = make_member(bidder), make_member(other)
    make_bid(request, bidder, {1: 100})
    version = change(request, details="Чорний")
    after_changes([{"topic": "changed", "request": request.pk, "version": version.number, "lines": []}])
    told = Notification.objects.filter(kind="sealed.changed")
    assert {person.pk, rival.pk} <= set(told.values_list("user", flat=True))
    address = {
        vendor: reverse("requests_desk:detail", args=[vendor.slug, request.public_id])
        for vendor in (bidder, other)
    }
    press = {
        vendor: reverse("requests_desk:confirm", args=[vendor.slug, request.public_id])
        for vendor in (bidder, other)
    }
    client.force_login(rival)
    assert press[other] not in client.get(address[other]).content.decode()
    client.force_login(person)
    page = client.get(address[bidder]).content.decode()
    assert press[bidder] not in page  # details ask for another good: the bid is sent again
    assert 'id="changed"' in page


def test_the_buyers_pages_say_what_may_change(client):
    request = make_sealed()
    client.force_login(request.buyer)
    here = reverse("requests:change", args=[request.public_id])
    assert here in client.get(reverse("requests:detail", args=[request.public_id])).content.decode()
    assert client.get(here).context["is_sealed"]
    content = content_of(fresh(request))
    content["lines"][0]["quantity"] = "9.000"
    save_change(buyer=request.buyer, request=request, content=content)
    check = client.get(reverse("requests:change_check", args=[request.public_id]))
    assert check.context["problem"].code == "touches_bids"
    assert check.context["concerned"].is_sealed
    refused = client.post(reverse("requests:change_publish", args=[request.public_id]), {"base": 1})
    assert (refused.status_code, fresh(request).version) == (409, 1)


def test_the_log_holds_what_vendors_are_told_that_bids_are_judged_by():
    request = make_sealed()
    criteria = [CriterionInput(CriterionKind.DAYS, 30)]
    set_criteria(buyer=request.buyer, request=request, criteria=criteria, is_stated=False)
    assert [record.kind for record in log.records_of(request)] == [Kind.PUBLISHED]  # the buyer's own affair
    set_criteria(buyer=request.buyer, request=request, criteria=criteria, is_stated=True)
    record = SealedRecord.objects.get(kind=Kind.WEIGHTS)
    assert record.details["weights"] == [["days", "", 30]]
    set_criteria(buyer=request.buyer, request=request, criteria=[], is_stated=False)
    assert SealedRecord.objects.filter(kind=Kind.WEIGHTS).order_by("-sequence")[0].details["weights"] is None
