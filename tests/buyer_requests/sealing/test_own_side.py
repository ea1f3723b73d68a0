"""What a bidder's own side does with sealed bids: its badge, and the sweep of bytes that no bid names."""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

import pytest

from buyer_requests import services
from buyer_requests.bidding import files
from buyer_requests.deciding.enums import CriterionKind
from buyer_requests.deciding.planning import CriterionInput, set_criteria
from buyer_requests.models import BidFile, BuyerRequest, SealedBid, VendorNotice
from buyer_requests.sealing import opening
from buyer_requests.sealing.files import take_away
from buyer_requests.sealing.holding import own_bid
from buyer_requests.selectors.desk import waiting_count
from buyer_requests.services import withdraw_bid
from notifications.models import Notification
from tests.buyer_requests.sealing.making import make_sealed, pass_by
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def test_a_sealed_bid_in_force_leaves_its_own_vendors_badge_and_nobody_elses(django_assert_num_queries):
    sealed, plain = make_sealed(), make_open()
    one, other = VendorFactory(), VendorFactory()
    for request in (sealed, plain):
        for vendor in (one, other):
            VendorNotice.objects.create(request=request, vendor=vendor, reason="category")
    make_bid(sealed, one, {1: 100})
    assert (waiting_count(one), waiting_count(other)) == (1, 2)
    withdraw_bid(vendor=one, request=sealed)
    assert waiting_count(one) == 2
    BuyerRequest.objects.filter(pk=sealed.pk).update(state="cancelled")
    with django_assert_num_queries(1):
        assert waiting_count(one) == 1


def test_bytes_that_no_sealed_bid_names_are_swept_and_of_an_unreadable_one_nothing_is(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path
    request, vendor = make_sealed(), VendorFactory()
    member = make_member(vendor)
    make_bid(request, vendor, {1: 100})
    sent = {"vendor": vendor, "user": member, "request": request, "name": "a.pdf"}
    for number in (1, 2):
        files.attach_file(file=io.BytesIO(b"%%PDF-%d" % number), **sent)
    held = own_bid(request, vendor).files
    paths = [tmp_path / file.path for file in held]
    lost = paths[0].with_name("f" * 32)  # written, and the process ended before its bid was
    lost.write_bytes(b"bytes")
    stray = tmp_path / "sealed" / "note"
    stray.write_bytes(b"not ours")

    def age(*every: Path) -> None:
        for path in every:
            os.utime(path, (0, 0))

    age(*paths, stray)
    assert (files.sweep_files(), lost.exists()) == (0, True)  # written a moment ago
    age(lost)
    blob = SealedBid.objects.get().content
    SealedBid.objects.update(content=b"damaged")
    assert (files.sweep_files(), lost.exists()) == (0, True)
    SealedBid.objects.update(content=blob)
    assert files.sweep_files() == 1
    assert [path.exists() for path in (*paths, lost, stray)] == [True, True, False, True]
    take_away(vendor=vendor, request=request, public_id=held[1].public_id)
    make_bid(request, vendor, {1: 100})
    pass_by(request)
    opening.open_due_requests()
    assert BidFile.objects.count() == 1
    assert files.sweep_files() == 1  # what was taken away, by a process that ended before its bytes went
    assert [path.exists() for path in paths] == [True, False]


def test_sealed_bidders_and_all_who_were_told_hear_of_changed_weights_and_nobody_who_was_spared():
    request = make_sealed()
    bidder, told, spared, early = (make_member(VendorFactory()) for _ in range(4))
    for person, state in ((told, "told"), (spared, "spared"), (early, "new")):
        vendor = person.memberships.get().vendor
        VendorNotice.objects.create(request=request, vendor=vendor, reason="category", state=state)
    make_bid(request, bidder.memberships.get().vendor, {1: 100})
    Notification.objects.all().delete()
    set_criteria(
        buyer=request.buyer,
        request=request,
        criteria=[CriterionInput(CriterionKind.DAYS, 40)],
        is_stated=True,
    )
    services.move_deadline(
        buyer=request.buyer, request=request, deadline_at=request.deadline_at + dt.timedelta(days=1)
    )
    kinds = [
        list(Notification.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))
        for person in (bidder, told, spared, early)
    ]
    assert kinds == [["sealed.news"] * 2, ["sealed.criteria", "sealed.prolonged"], [], []]
