"""Messages about auctions: their kinds, and who is told."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from buyer_requests.models import Auction
from buyer_requests.services import messages
from notifications import kinds
from notifications.services import Message, notify, notify_many
from vendors.models import Vendor
from vendors.selectors import people_to_tell


def register() -> None:
    """Called once by the room's wiring."""
    for kind, label, subject, body, icon in (
        (
            "auction.planned",
            _("An auction that I take part in is about to start"),
            _("You take part in the auction: %(request)s"),
            _("It starts %(moment)s. Your bid is your opening price; from then on you may lower it."),
            "clock",
        ),
        (
            "auction.paused",
            _("An auction is paused or goes on"),
            _("The auction is paused: %(request)s"),
            _("The operators say: %(reason)s\nNothing is lost, and you will be told when it goes on."),
            "clock",
        ),
        (
            "auction.resumed",
            _("An auction goes on"),
            _("The auction goes on: %(request)s"),
            _("It runs until %(moment)s at least."),
            "clock",
        ),
        (
            "auction.over",
            _("An auction that I take part in is over"),
            _("The auction is over: %(request)s"),
            _("The buyer sees the result and decides. You get a message then."),
            "award",
        ),
        (
            "auction.result",
            _("An auction of mine is over"),
            _("The auction is over: %(request)s"),
            _("The last prices are the vendors' bids now. Choose whom to award."),
            "award",
        ),
        (
            "auction.void",
            _("An auction of mine is not held"),
            _("The auction was not held: %(request)s"),
            _("Fewer than two bids qualified for it. The bids stand as they came in: choose as usual."),
            "circle-x",
        ),
        (
            "auction.left_out",
            _("I take no part in the auction of a request that I bid on"),
            _("An auction without your company: %(request)s"),
            _(
                "Your bid does not price in full what is bid on there, or has run out. It stands as it is, and the buyer sees it."
            ),
            "clock",
        ),
        (
            "auction.not_held",
            _("The auction of a request that I bid on is not held"),
            _("The auction is not held: %(request)s"),
            _("Fewer than two bids qualified for it. Your bid stands as it came in, and the buyer decides."),
            "circle-x",
        ),
    ):
        kinds.register(
            kind,
            label=label,
            subject=subject,
            body=body,
            icon=icon,
            action=_("Open the auction"),
            optional=kind == "auction.over",
        )


def tell_bidders(auction: Auction, kind: str, *, key: str, **params: Any) -> None:
    """Everybody who works for a vendor that takes part; `moment` is told in the row's time."""
    request = auction.request
    notify_many(
        [
            Message(
                users=[
                    pk
                    for pk in people_to_tell(bidder.vendor).values_list("pk", flat=True)
                    if pk != request.buyer_id
                ],
                kind=kind,
                params={"request": request.title, **params},
                url=reverse("requests_desk:auction", args=[bidder.vendor.slug, request.public_id]),
                key=f"auction:{auction.pk}:{bidder.slot}:{key}",
            )
            for bidder in auction.bidders.select_related("vendor")
        ]
    )


def tell_of_start(auction: Auction, vendor: Vendor, moment: str) -> None:
    messages.tell_vendor(
        auction.request, vendor, kind="auction.planned", key="auction:planned", params={"moment": moment}
    )


def tell_vendor(auction: Auction, vendor: Vendor, kind: str) -> None:
    messages.tell_vendor(auction.request, vendor, kind=kind, key=kind, params={})


def tell_buyer(auction: Auction, kind: str, *, key: str) -> None:
    notify(
        users=[auction.request.buyer_id],
        kind=kind,
        params={"request": auction.request.title},
        url=reverse("requests:auction", args=[auction.request.public_id])
        if kind == "auction.result"
        else messages.page_of_buyer(auction.request),
        key=f"auction:{auction.pk}:{key}",
    )


def told_moment(moment: Any) -> str:
    """As a message has it: numbers alone, in the row's own time."""
    return date_format(timezone.localtime(moment), "d.m.Y H:i")
