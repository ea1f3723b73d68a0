"""Telling vendors whom a request was noted for: at once, into a collection, or not, as each vendor chose.

All of it happens under the vendor's row of settings in one transaction: the messages, the day's count, and the notice that
says so. Whatever is cut off leaves nothing behind and is done again; what is done is never done twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Min

from buyer_requests.enums import NoticeReason, RequestState
from buyer_requests.locks import locked_hearings
from buyer_requests.models import Hearing, LineMatch, Parcel, RequestLine, VendorNotice
from buyer_requests.services import messages
from buyer_requests.telling.enums import Cause, NoticeState
from buyer_requests.telling.schedule import Verdict, verdict
from buyer_requests.trust.models import HOLDING
from core import clock
from core.bulk import database_time, update_rows
from notifications.enums import Way
from notifications.services import Message, notify_many
from vendors.models import Membership

#: (request, vendor)
Pair = tuple[int, int]
#: Notices that are told in one transaction: SQLite holds every other writer off for less than half a second.
AT_ONCE: Final = 200

KINDS: Final = {
    NoticeReason.MATCH: "request.fits",
    NoticeReason.CATEGORY: "request.category",
    NoticeReason.INVITED: "request.invited",
    NoticeReason.PAST: "request.past",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What telling needs of a line; `path` is its category's, "" for none."""

    pk: int
    text: str
    quantity: Decimal
    path: str


@dataclass(slots=True)
class Surroundings:
    """What belongs to some notices, read in a few statements for all of them."""

    lines: dict[int, list[Line]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    muted: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    prices: dict[tuple[int, int], int] = field(default_factory=dict)


def deliver(pairs: Iterable[Pair], *, now: dt.datetime | None = None) -> int:
    """Tells of noted pairs of request and vendor what is not told yet. Returns how many messages are new."""
    wanted = sorted({(int(request), int(vendor)) for request, vendor in pairs})
    return sum(
        _deliver(wanted[start : start + AT_ONCE], now or clock.now())
        for start in range(0, len(wanted), AT_ONCE)
    )


@transaction.atomic
def _deliver(pairs: Sequence[Pair], now: dt.datetime) -> int:
    hearings = locked_hearings({vendor for _request, vendor in pairs})
    notices = untold(pairs, now)
    around = surroundings(notices, hearings)
    said: list[Message] = []
    done: dict[NoticeState, list[int]] = defaultdict(list)
    gathered: dict[int, list[tuple[VendorNotice, Verdict]]] = defaultdict(list)
    counted: dict[int, int] = defaultdict(int)
    for notice in notices:
        hearing = hearings[notice.vendor_id]
        if notice.reason != NoticeReason.INVITED and is_spared(hearing, notice, around):
            done[NoticeState.SPARED].append(notice.pk)
            continue
        deadline = notice.request.deadline_at
        assert deadline is not None, "an open request has a deadline"
        how = verdict(
            hearing,
            counted=hearing.counted_today(now) + counted[hearing.pk],
            deadline=deadline,
            now=now,
            is_invited=notice.reason == NoticeReason.INVITED,
        )
        message = _message(notice, around)
        if how.is_at_once:
            counted[hearing.pk] += 1
            done[NoticeState.TOLD].append(notice.pk)
        else:
            message = replace(message, way=Way.INBOX)
            if how.due_at is None:
                done[NoticeState.INBOX].append(notice.pk)
            else:
                gathered[hearing.pk].append((notice, how))
        said.append(message)
    told = notify_many(said)
    for state, ids in done.items():
        VendorNotice.objects.filter(pk__in=ids).update(state=state, told_at=now)
    _gather(gathered, now)
    changed = [hearings[vendor] for vendor, count in counted.items() if count]
    for hearing in changed:
        hearing.count(counted[hearing.pk], now)
    Hearing.objects.bulk_update(changed, ["counted", "counted_on"])
    return told


def untold(pairs: Collection[Pair], now: dt.datetime) -> list[VendorNotice]:
    """Of these pairs what is noted and not told, of requests that still take bids and are not held back."""
    wanted = set(pairs)
    found = (
        VendorNotice.objects.filter(
            request_id__in={request for request, _vendor in wanted},
            vendor_id__in={vendor for _request, vendor in wanted},
            state=NoticeState.NEW,
            request__state=RequestState.OPEN,
            request__deadline_at__gt=now,
        )
        .exclude(request__hold__state__in=HOLDING)
        .select_related("request", "vendor")
        .order_by("pk")
    )
    return [notice for notice in found if (notice.request_id, notice.vendor_id) in wanted]


def surroundings(notices: Collection[VendorNotice], hearings: Mapping[int, Hearing]) -> Surroundings:
    """What deciding about these notices needs, in a few statements for all of them."""
    around = Surroundings()
    if not notices:
        return around
    vendors = {notice.vendor_id for notice in notices}
    for pk, request, text, quantity, path in (
        RequestLine.objects.filter(request_id__in={notice.request_id for notice in notices})
        .order_by("position")
        .values_list("pk", "request_id", "text", "quantity", "category__path")
    ):
        around.lines[request].append(Line(pk, text, quantity, path or ""))
    members = Membership.objects.filter(vendor_id__in=vendors).order_by("user_id")
    for vendor, user in members.values_list("vendor_id", "user_id"):
        around.people[vendor].append(user)
    for vendor, path in Hearing.muted.through.objects.filter(hearing_id__in=vendors).values_list(
        "hearing_id", "category__path"
    ):
        around.muted[vendor].append(path)
    choosy = {vendor for vendor in vendors if hearings[vendor].least_amount}
    if choosy:
        lines = {line for notice in notices if notice.vendor_id in choosy for line in notice.lines}
        rows = LineMatch.objects.filter(vendor_id__in=choosy, line_id__in=lines).order_by()
        for line, vendor, price in rows.values_list("line_id", "vendor_id").annotate(Min("price_base")):
            if price is not None:
                around.prices[line, vendor] = price
    return around


def is_spared(hearing: Hearing, notice: VendorNotice, around: Surroundings) -> bool:
    """Whether the vendor does not want to hear of such a request. What is not known of it speaks for it."""
    every = around.lines[notice.request_id]
    met = [line for line in every if line.pk in set(notice.lines)]
    meant = met or every
    if len(meant) < hearing.least_lines:
        return True
    if hearing.regions and notice.request.region and notice.request.region not in hearing.regions:
        return True
    muted = tuple(around.muted[hearing.pk])
    if muted and meant and all(line.path.startswith(muted) for line in meant):
        return True
    if hearing.least_amount and met:
        amounts = [
            around.prices[line.pk, hearing.pk] * line.quantity
            for line in met
            if (line.pk, hearing.pk) in around.prices
        ]
        return bool(amounts) and sum(amounts) < hearing.least_amount
    return False


def _gather(gathered: Mapping[int, list[tuple[VendorNotice, Verdict]]], now: dt.datetime) -> None:
    """Puts notices into each vendor's open collection, which is sent when the first of them has to be."""
    if not gathered:
        return
    standing = {
        parcel.vendor_id: parcel for parcel in Parcel.objects.filter(vendor_id__in=gathered, sent_at=None)
    }
    placed: list[tuple[int, str, Any, int]] = []
    at = database_time(now)
    for vendor, held in gathered.items():
        due_at, first = min(
            ((how.due_at, how) for _notice, how in held if how.due_at is not None), key=lambda each: each[0]
        )
        parcel = standing.get(vendor)
        if parcel is None:
            cause = first.cause or Cause.WINDOW
            parcel = Parcel.objects.create(
                vendor_id=vendor, opened_at=now, due_at=due_at, cause=cause, is_last=first.is_last
            )
        elif due_at < parcel.due_at:
            parcel.due_at = due_at
            parcel.save(update_fields=["due_at"])
        placed += [(parcel.pk, NoticeState.COLLECTED.value, at, notice.pk) for notice, _how in held]
    update_rows(VendorNotice, ("parcel_id", "state", "told_at"), placed)


def _message(notice: VendorNotice, around: Surroundings) -> Message:
    every = around.lines[notice.request_id]
    lines = set(notice.lines)
    met = [line.text for line in every if line.pk in lines]
    params: dict[str, Any] = {
        **messages.named_lines(met or [line.text for line in every]),
        "matched": len(met),
        "total": len(every),
    }
    if notice.reason == NoticeReason.PAST:
        params |= notice.why or {}
    return messages.to_vendor(
        notice.request,
        notice.vendor,
        around.people[notice.vendor_id],
        kind=KINDS[NoticeReason(notice.reason)],
        key="published",
        params=params,
    )
