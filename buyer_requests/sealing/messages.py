"""Letters about sealed requests. What they say before the opening is stored encrypted, under keys that name nothing.

Whoever reads the table of messages sees that somebody was told something of sealed bids, and neither which request
nor what.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buyer_requests.locks import database_now
from buyer_requests.models import BuyerRequest
from buyer_requests.sealing import log
from buyer_requests.sealing.errors import BidUnreadable
from buyer_requests.sealing.holding import HeldBid, HeldRevision, keys_of, opened, terms_for
from buyer_requests.sealing.keys import RequestKeys, newest_key_id
from buyer_requests.sealing.models import SealedBid, SealedTerms
from notifications import kinds
from notifications.services import notify
from vendors.models import Vendor
from vendors.selectors import people_to_tell

_PLACE = "message"
#: Messages have one key: a request's own would tell which request they are about.
_NO_SALT = ""


#: What happened, in the reader's language when it is read.
_SAID = {
    "sent": _("Your bid is sealed."),
    "revised": _("Your revised bid is sealed."),
    "withdrawn": _("Your bid is withdrawn; the log says so."),
    "deadline": _("The buyer gives more time. You may still revise your bid."),
    "changed": _(
        "The buyer changed the wording. Confirm until the deadline that your bid holds, or send it again."
    ),
    "criteria": _("The buyer changed what bids are judged by besides the price. You may revise your bid."),
    "cancelled": _("The buyer cancelled the request. No bid on it is ever opened."),
    "answer": _("The buyer answered a question. You may still revise your bid."),
}


class SealedText:
    """A template whose parameters are stored encrypted; it fills itself as lazy strings do."""

    def __init__(self, text: str | Promise) -> None:
        self.text = text

    def __mod__(self, params: dict[str, Any]) -> str:
        try:
            keys = RequestKeys(params["key"], _NO_SALT)
            told = json.loads(keys.unlock(bytes.fromhex(params["told"]), place=_PLACE))
        except BidUnreadable:
            return str(_("This message cannot be decrypted now."))
        return kinds.fill(self.text, told | {"what": _SAID.get(told.get("what"), "")})

    def __str__(self) -> str:
        return str(self.text)


def register_kinds() -> None:
    """Called by the room's wiring."""
    kinds.register(
        "sealed.receipt",
        label=_("The receipt of my sealed bid"),
        subject=SealedText(_("Receipt: %(request)s")),  # type: ignore[arg-type]  # fills itself, as a Promise does
        body=SealedText(  # type: ignore[arg-type]  # as above
            _(
                "%(what)s\nCommitment: %(commitment)s\nThe log's head: %(head)s\nKeep this letter: with the receipt from your page it proves what you sent. Nobody else can read the bid before %(deadline_at)s."
            )
        ),
        icon="lock",
        action=_("Download the receipt"),
        optional=False,
    )
    kinds.register(
        "sealed.news",
        label=_("News of a request on which I bid under seal"),
        subject=SealedText(_("Your sealed bid: %(request)s")),  # type: ignore[arg-type]  # as above
        body=SealedText(_("%(what)s\nThe log's head: %(head)s")),  # type: ignore[arg-type]  # as above
        icon="lock",
        optional=False,
    )
    kinds.register(
        "sealed.prolonged",
        label=_("The deadline of a sealed request moves"),
        subject=_("More time to bid: %(request)s"),
        body=_("Bids are taken until %(deadline_at)s now; the log of the request says so."),
        icon="clock",
    )
    kinds.register(
        "sealed.changed",
        label=_("The wording of a sealed request changes"),
        subject=_("Worded otherwise by the buyer: %(request)s"),
        body=_(
            "See on the page of the request what changed. Whose bid is sealed already confirms it there or sends it again until %(deadline_at)s: prices for lines that changed do not count otherwise."
        ),
        icon="edit",
        action=_("See what changed"),
        optional=False,
        decides=True,
    )
    kinds.register(
        "sealed.cancelled",
        label=_("A sealed request is cancelled"),
        subject=_("Cancelled by the buyer: %(request)s"),
        body=_("No bid on it was opened, and none will be."),
        icon="ban",
    )
    kinds.register(
        "sealed.opened",
        label=_("Sealed bids are opened"),
        subject=_("The bids are opened: %(request)s"),
        body=_(
            "The final log has %(records)d records; its head: %(head)s\nCheck that the log begins with the head that your receipt names."
        ),
        icon="lock-open",
        action=_("See the log"),
        optional=False,
    )
    kinds.register(
        "sealed.broken",
        label=_("A sealed bid of mine could not be opened"),
        subject=_("Your bid could not be opened: %(request)s"),
        body=_(
            "The bids are opened, and yours is not among them: the log says why. Its head: %(head)s\nKeep your receipt: with the log it proves what you sent and when. Show it to the buyer and to the operators."
        ),
        icon="circle-x",
        action=_("See the log"),
        optional=False,
    )


def page_of_sealed(vendor: Vendor) -> str:
    """The vendor's list of sealed bids: it names no request."""
    return reverse("requests_desk:sealed", args=[vendor.slug])


def give_receipt(terms: SealedTerms, held: HeldBid, revision: HeldRevision) -> None:
    """To the bidder's people, at once. What it bid and the nonce stay out of the letter: they are in the download."""
    vendor = Vendor.objects.get(pk=held.vendor)
    _tell_sealed(
        terms,
        vendor,
        "sealed.receipt",
        f"receipt:{vendor.pk}:{revision.head}",
        {
            "what": revision.kind,
            "commitment": revision.commitment,
            "head": revision.head,
        },
    )


def tell_bidders(request: BuyerRequest, what: str, key: str, *, noted: Collection[int]) -> None:
    """Those with a sealed bid in force who were not told of the request before: `noted` were, and hear it as all of them do.

    The request is locked.
    """
    terms = terms_for(request)
    if terms is None or terms.opened_at is not None:
        return
    head = log.head_to_tell(request, database_now())
    for vendor in bidders_of(terms):
        if vendor.pk not in noted:
            told = {"what": what, "head": head}
            _tell_sealed(terms, vendor, "sealed.news", f"{key}:{vendor.pk}", told)


def bidders_of(terms: SealedTerms) -> list[Vendor]:
    """Vendors with a sealed bid in force; for telling them, never for a page."""
    keys, found = keys_of(terms), []
    for row in SealedBid.objects.filter(request=terms.request_id).order_by("bidder"):
        try:
            held = opened(terms, keys, row)
        except BidUnreadable:
            continue  # the opening says so to everybody
        if held.is_sent:
            found.append(held.vendor)
    return list(Vendor.objects.filter(pk__in=found).order_by("pk"))


def owners_of(terms: SealedTerms, bidders: Collection[str]) -> list[Vendor]:
    """Whose pseudonyms these are, after the opening; nobody where the secret is lost."""
    if not bidders:
        return []
    try:
        keys = keys_of(terms)
    except BidUnreadable:
        return []
    found = [pk for pk in Vendor.objects.values_list("pk", flat=True) if keys.bidder(pk) in bidders]
    return list(Vendor.objects.filter(pk__in=found).order_by("pk"))


def tell_of_opening(
    request: BuyerRequest, vendors: Iterable[Vendor], *, broken: Collection[Vendor] = ()
) -> None:
    """The log's last head, to each bidder and to the buyer: from now on nobody can show another log unnoticed.

    Those whose bid is `broken` are told so: they are the ones who have to come with their receipt.
    """
    records = log.records_of(request)
    params = {"request": request.title, "records": len(records), "head": records[-1].hash}
    for vendor in (*vendors, *broken):
        notify(
            users=list(people_to_tell(vendor)),
            kind="sealed.broken" if vendor in broken else "sealed.opened",
            params=params,
            url=reverse("requests_desk:sealed_log", args=[vendor.slug, request.public_id]),
            key=f"request:{request.pk}:{vendor.pk}:opened",
        )
    notify(
        users=[request.buyer_id],
        kind="sealed.opened",
        params=params,
        url=reverse("requests:sealed_log", args=[request.public_id]),
        key=f"request:{request.pk}:opened",
    )


def _tell_sealed(terms: SealedTerms, vendor: Vendor, kind: str, key: str, told: dict[str, Any]) -> None:
    request, key_id = terms.request, newest_key_id()
    deadline = {"deadline_at": request.deadline_at.isoformat()} if request.deadline_at else {}
    shown = json.dumps({"request": request.title, **deadline, **told}).encode()
    notify(
        users=[person for person in people_to_tell(vendor) if person.pk != request.buyer_id],
        kind=kind,
        params={"key": key_id, "told": RequestKeys(key_id, _NO_SALT).lock(shown, place=_PLACE).hex()},
        url=page_of_sealed(vendor),
        key=f"sealed:{keys_of(terms).token(key)}",
    )
