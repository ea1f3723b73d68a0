"""What strangers may load onto the page that checks files, and who hears of an opening that went wrong."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from buyer_requests import services
from buyer_requests.errors import RequestIncomplete
from buyer_requests.models import Auction, Bid, BidRevision, BuyerRequest, SealedBid
from buyer_requests.sealing import opening, views
from buyer_requests.sealing.holding import held_by, keep, keys_of
from buyer_requests.sealing.terms import choose_sealed
from notifications.models import Notification
from tests.buyer_requests.sealing.making import make_sealed, pass_by
from tests.factories.buyer_requests import make_bid, make_draft, make_member
from tests.factories.vendors import VendorFactory
from vendors.models import Membership

pytestmark = pytest.mark.django_db


def upload(name, content):
    return SimpleUploadedFile(f"{name}.json", content, content_type="application/json")


def test_files_that_would_fill_the_memory_are_refused_before_they_are_parsed(client, monkeypatch):
    parsed = []
    monkeypatch.setattr(
        views.json, "loads", lambda text, **_: parsed.append(len(text)) or json.JSONDecoder().decode(text)
    )
    many = b'{"records":[' + b"[]," * 300_000 + b"[]]}"
    address = reverse("requests:sealed_verify")
    assert client.post(address, {"log": upload("log", many)}).status_code == 422
    assert client.post(address, {"log": upload("log", b" " * (1024 * 1024 + 1))}).status_code == 422
    assert parsed == []
    files = {"log": upload("log", b'{"records":[]}'), "opened": upload("opened", b"{}")}
    assert client.post(address, files).status_code == 422
    assert parsed == [14]  # what is no log costs no more than itself


def test_whose_bid_could_not_be_opened_is_told_of_the_opening_too():
    request, good, differs, damaged = make_sealed(), *(VendorFactory() for _ in range(3))
    people = {vendor: make_member(vendor) for vendor in (good, differs, damaged)}
    for vendor in people:
        make_bid(request, vendor, {1: 100})
    terms = BuyerRequest.objects.get(pk=request.pk).sealing
    held = held_by(terms, differs)
    held.revisions[-1].form["bid"]["lines"][0]["price"] = 99
    keep(terms, held)
    row = SealedBid.objects.get(bidder=keys_of(terms).bidder(damaged.pk))
    row.content = bytes(row.content)[:-1] + b"\x00"
    row.save()
    pass_by(request)
    opening.open_due_requests()
    letters = Notification.objects.filter(kind__in=["sealed.opened", "sealed.broken"])
    kinds = {good: "sealed.opened", differs: "sealed.broken", damaged: "sealed.broken"}
    expected = {(people[vendor].pk, kind) for vendor, kind in kinds.items()}
    told = set(letters.values_list("user", "kind"))
    assert told >= expected | {(request.buyer_id, "sealed.opened")}
    assert len(told) == 1 + Membership.objects.filter(vendor__in=people).count()


def test_a_request_that_is_cancelled_while_it_is_opened_leaves_no_bid_in_clear(monkeypatch):
    request = make_sealed()
    make_bid(request, VendorFactory(), {1: 100})
    pass_by(request)
    assert opening._store_some(request.pk, gives_up=False) is True
    assert Bid.objects.filter(request=request).count() == 1
    services.cancel_request(buyer=request.buyer, request=request)
    assert Bid.objects.filter(request=request).count() == 0


def test_an_auction_and_a_seal_are_one_refusal_that_says_what_to_do():
    draft = make_draft()
    choose_sealed(request=draft, sealed=True)
    Auction.objects.create(request=draft, timing="once")
    with pytest.raises(RequestIncomplete) as refused:
        services.publish_request(buyer=draft.buyer, request=BuyerRequest.objects.get(pk=draft.pk))
    assert refused.value.code == "sealed_or_other"


def test_where_a_bid_was_sent_from_leaves_its_blob_at_the_opening():
    request, vendor = make_sealed(), VendorFactory()
    make_bid(request, vendor, {1: 100})
    terms = BuyerRequest.objects.get(pk=request.pk).sealing
    held = held_by(terms, vendor)
    held.revisions[-1].sender = "abc"
    keep(terms, held)
    pass_by(request)
    opening.open_due_requests()
    assert [each.sender for each in held_by(terms, vendor).revisions] == [""]
    assert BidRevision.objects.get().sender == "abc"
