"""Vendors who bid on one request and may be one company: noted for operators, never acted on by itself.

Two companies of one owner may both sell honestly; a person decides. What a buyer sees is not changed by it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.enums import BidState, RequestState
from buyer_requests.models import Bid, BidRevision, LookAlike
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.limits import client_address
from vendors.models import Membership, PickupPoint, Vendor

#: Bidders of a request that a new one is held against; each question is one statement whatever their number.
MOST: Final = 2000
CLEAR: Final = audit_kinds.register("bidding.clear_pair", _("Noted that two bidders were looked at"))
#: Codes of what two vendors may share, the weightiest first.
SIGNS: Final = ("people", "tax_id", "phone", "email", "address", "sender")
#: Pairs noted for one bid: a mall's sellers all share its address.
MOST_NOTED: Final = 50
_IBAN: Final = re.compile(r"UA\s?\d{2}(?:\s?\d){25}")


def sender_of(request: HttpRequest) -> str:
    """Where a bid was sent from, as a keyed hash of network and browser: it tells two apart and names neither."""
    told = f"{client_address(request)}\n{request.META.get('HTTP_USER_AGENT', '')[:300]}"
    return salted_hmac("buyer_requests.sender", told, algorithm="sha256").hexdigest()[:32]


def compare(bid_id: int) -> int:
    """Holds the bidder of a bid against all others on its request. Returns how many pairs were noted or seen again.

    Repeating it changes nothing but the moment: `times` counts requests. A pair that an operator cleared is noted
    again only for a sign that was not known then.
    """
    bid = Bid.objects.filter(pk=bid_id).exclude(state=BidState.DRAFT).first()
    if bid is None:
        return 0
    others = list(
        Bid.objects.filter(request=bid.request_id)
        .exclude(state=BidState.DRAFT)
        .exclude(pk=bid.pk)
        .order_by("-pk")
        .values_list("vendor_id", flat=True)[:MOST]
    )
    if not others:
        return 0
    marks = _marks([bid.vendor_id, *others], bid.request_id)
    own = marks[bid.vendor_id]
    noted = 0
    for vendor in others:
        signs = sorted(own & marks[vendor], key=lambda mark: SIGNS.index(str(mark[0])))
        if signs and noted < MOST_NOTED:
            _note(bid, vendor, list(dict.fromkeys(str(sign[0]) for sign in signs)))
            noted += 1
    return noted


def forget_senders() -> int:
    """Where the bids of requests that ended were sent from. Nobody is held against them any more: whoever has the
    site's key could try all networks. Returns how many were forgotten.
    """
    known = BidRevision.objects.exclude(sender="").exclude(bid__request__state=RequestState.OPEN)
    return known.update(sender="")


def open_pairs() -> QuerySet[LookAlike]:
    """For operators: what nobody cleared yet, the latest first."""
    return (
        LookAlike.objects.filter(cleared_at=None)
        .select_related("first", "second", "request")
        .order_by("-seen_at")
    )


def clear_pair(*, operator: User, pair: LookAlike, note: str = "") -> None:
    """An operator looked: the two are different companies, or may be one and it was settled."""
    with transaction.atomic():
        LookAlike.objects.filter(pk=pair.pk).update(
            cleared_at=timezone.now(), cleared_by=operator, note=note.strip()[:255]
        )
        record(
            actor=operator.typed_id, action=CLEAR, subject=f"look_alike:{pair.pk}", reason=note.strip()[:255]
        )


def kin_of(vendor_ids: Collection[int]) -> list[set[int]]:
    """Vendors in groups that share people, a tax number, a phone or an address of letters, by others of them too."""
    marks = _marks(sorted(vendor_ids), None)
    groups: list[set[int]] = []
    held: list[set[tuple[Hashable, ...]]] = []
    for vendor in sorted(vendor_ids):
        members, shared = {vendor}, {mark for mark in marks[vendor] if mark[0] != "address"}
        for place in range(len(groups) - 1, -1, -1):
            if held[place] & shared:
                members |= groups.pop(place)
                shared |= held.pop(place)
        groups.append(members)
        held.append(shared)
    return groups


def _marks(vendor_ids: list[int], request_id: int | None) -> dict[int, set[tuple[Hashable, ...]]]:
    """{vendor: marks}, a mark being its sign and what stands behind it."""
    marks: dict[int, set[tuple[Hashable, ...]]] = defaultdict(set)
    for pk, tax_id, phone, email, about in Vendor.objects.filter(pk__in=vendor_ids).values_list(
        "pk", "tax_id", "phone", "email", "description"
    ):
        if tax_id:
            marks[pk].add(("tax_id", tax_id))
        if number := _phone(phone):
            marks[pk].add(("phone", number))
        if email:
            marks[pk].add(("email", email.lower()))
        for account in _IBAN.findall(about):
            marks[pk].add(("tax_id", "".join(account.split())))
    for vendor, user, phone in Membership.objects.filter(vendor__in=vendor_ids).values_list(
        "vendor_id", "user_id", "user__phone"
    ):
        marks[vendor].add(("people", user))
        if number := _phone(phone):
            marks[vendor].add(("phone", number))
    for vendor, city, address in PickupPoint.objects.filter(vendor__in=vendor_ids).values_list(
        "vendor_id", "city", "address"
    ):
        marks[vendor].add(("address", _words((city, address))))
    senders = BidRevision.objects.filter(bid__request=request_id, bid__vendor__in=vendor_ids).exclude(
        sender=""
    )
    for vendor, sender in senders.values_list("bid__vendor_id", "sender"):
        marks[vendor].add(("sender", sender))
    return marks


def _phone(text: str) -> str:
    """The last nine figures: with and without the country's code, however it is written."""
    figures = re.sub(r"\D", "", text)
    return figures[-9:] if len(figures) >= 9 else ""


def _words(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"\w+", " ".join(parts).casefold())))


@transaction.atomic
def _note(bid: Bid, other: int, signs: list[str]) -> None:
    first, second = sorted((bid.vendor_id, other))
    pair, is_new = LookAlike.objects.get_or_create(
        first_id=first,
        second_id=second,
        defaults={"request_id": bid.request_id, "signs": signs, "seen_at": timezone.now()},
    )
    if is_new:
        return
    new_signs = set(signs) - set(pair.signs)
    again = pair.request_id != bid.request_id
    LookAlike.objects.filter(pk=pair.pk).update(
        signs=sorted({*pair.signs, *signs}, key=SIGNS.index),
        request=bid.request_id,
        seen_at=timezone.now(),
        times=F("times") + int(again),
        **({"cleared_at": None} if new_signs else {}),
    )
