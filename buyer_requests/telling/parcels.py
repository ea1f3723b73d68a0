"""Collections that are due: one message about several requests, by deadline, without what is over or answered."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from buyer_requests.enums import BidState, NoticeReason, RequestState
from buyer_requests.locks import locked_hearings
from buyer_requests.models import Bid, Hearing, Parcel, RequestLine, VendorNotice
from buyer_requests.services.messages import page_of_vendor
from buyer_requests.telling.delivering import KINDS
from buyer_requests.telling.enums import NoticeState
from buyer_requests.telling.schedule import ANSWER, URGENT_TIMES, allowed, day_end
from buyer_requests.trust.models import HOLDING
from core import clock
from notifications.enums import Way
from notifications.models import MailChoice, Notification
from notifications.services import Message, notify_many
from vendors.models import Vendor
from vendors.selectors import people_to_tell

logger = structlog.get_logger(__name__)

KIND = "request.collected"
#: A request that ends so soon is marked.
URGENT = dt.timedelta(hours=6)
#: What is held back stays in its vendor's collection, and all of it while the vendor is suspended: looked at so often
#: until that has passed, or the requests are over.
HELD = dt.timedelta(minutes=15)


def send_due(*, now: dt.datetime | None = None, most: int = 1_000) -> int:
    """Sends the collections whose moment has come. Returns how many. Two at once: each is sent by one of them."""
    now = now or clock.now()
    due = Parcel.objects.filter(sent_at=None, due_at__lte=now).order_by("due_at", "pk")
    sent = 0
    for pk, vendor in list(due.values_list("pk", "vendor_id")[:most]):
        try:
            sent += _send(pk, vendor, now)
        except OperationalError:
            raise  # the database's trouble, not the collection's: all is done again later
        except Exception:  # whatever one vendor's breaks on, the others' go on
            logger.exception("telling.parcel_failed", parcel=pk, vendor=vendor)
    return sent


@transaction.atomic
def _send(parcel_id: int, vendor_id: int, now: dt.datetime) -> bool:
    hearing = locked_hearings([vendor_id])[vendor_id]
    parcel = (
        Parcel.objects.filter(pk=parcel_id, sent_at=None, due_at__lte=now).select_related("vendor").first()
    )
    if parcel is None:
        return False
    held = parcel.notices.filter(
        request__state=RequestState.OPEN, request__deadline_at__gt=now, request__hold__state__in=HOLDING
    )
    waiting = list(held.values_list("pk", flat=True))
    notices = worth_telling(parcel, now)
    if not parcel.vendor.is_public:
        waiting, notices = [*waiting, *(notice.pk for notice in notices)], []
    if waiting and not notices:
        parcel.due_at = now + HELD
        parcel.save(update_fields=["due_at"])
        return False
    if notices and (later := _later(hearing, parcel, notices, now)):
        parcel.due_at = later
        parcel.save(update_fields=["due_at", "is_last"])
        return False
    told = _tell(parcel.vendor, parcel, notices, now) if notices else 0
    parcel.sent_at, parcel.told = now, len(notices)
    parcel.save(update_fields=["sent_at", "told"])
    if waiting:
        kept = Parcel.objects.create(
            vendor_id=vendor_id, opened_at=now, due_at=now + HELD, cause=parcel.cause
        )
        VendorNotice.objects.filter(pk__in=waiting).update(parcel=kept)
    parcel.notices.update(state=NoticeState.TOLD)
    if told:
        hearing.count(1, now)
        hearing.save(update_fields=["counted", "counted_on"])
    return bool(told)


def worth_telling(parcel: Parcel, now: dt.datetime) -> list[VendorNotice]:
    """What of a collection is still open and has no bid of the vendor's, the soonest deadline first."""
    answered = Bid.objects.filter(request=OuterRef("request"), vendor=parcel.vendor_id, state=BidState.SENT)
    found = (
        parcel.notices.filter(request__state=RequestState.OPEN, request__deadline_at__gt=now)
        .exclude(request__hold__state__in=HOLDING)
        .exclude(Exists(answered))
        .select_related("request")
    )
    return list(found.order_by("request__deadline_at", "pk"))


def _later(
    hearing: Hearing, parcel: Parcel, notices: Sequence[VendorNotice], now: dt.datetime
) -> dt.datetime | None:
    """When it may come instead: settings may have changed, the worker may have been late, the day may be full."""
    soon = allowed(hearing, now)
    if soon > now:
        return soon
    counted = hearing.counted_today(now)
    if counted < hearing.most_a_day or parcel.is_last:
        return None
    later = day_end(hearing, now)
    first = notices[0].request.deadline_at
    if first is not None and first <= later + ANSWER and counted < hearing.most_a_day * URGENT_TIMES:
        return None
    parcel.is_last = True
    return later


def _tell(vendor: Vendor, parcel: Parcel, notices: Sequence[VendorNotice], now: dt.datetime) -> int:
    """To each of the vendor's people in their language, without what they have read, or want no letters of."""
    people = list(people_to_tell(vendor))
    keys = {f"request:{notice.request_id}:{vendor.pk}:published": notice.pk for notice in notices}
    seen: dict[int, set[int]] = defaultdict(set)
    for user, key in Notification.objects.filter(
        user__in=people, key__in=keys, read_at__isnull=False
    ).values_list("user_id", "key"):
        seen[user].add(keys[key])
    refused: dict[int, set[str]] = defaultdict(set)
    for user, kind in MailChoice.objects.filter(
        user__in=people, kind__in=KINDS.values(), mailed=False
    ).values_list("user_id", "kind"):
        refused[user].add(kind)
    totals = dict(
        RequestLine.objects.filter(request__in=[notice.request_id for notice in notices])
        .order_by()
        .values_list("request")
        .annotate(Count("pk"))
    )
    groups: dict[tuple[str, tuple[int, ...]], list[User]] = defaultdict(list)
    for person in people:
        own = tuple(
            notice.pk
            for notice in notices
            if notice.pk not in seen[person.pk]
            and KINDS[NoticeReason(notice.reason)] not in refused[person.pk]
            and notice.request.buyer_id != person.pk
        )
        if own:
            groups[person.language, own].append(person)
    by_id = {notice.pk: notice for notice in notices}
    said = []
    for (language, own), readers in groups.items():
        with translation.override(language):
            params = params_of(vendor, [by_id[pk] for pk in own], totals, now)
        said.append(
            Message(
                users=[person.pk for person in readers],
                kind=KIND,
                params=params,
                url=reverse("requests_desk:list", args=[vendor.slug]),
                key=f"parcel:{parcel.pk}",
                way=Way.OUTSIDE,
            )
        )
    return notify_many(said)


def params_of(
    vendor: Vendor, notices: Sequence[VendorNotice], totals: dict[int, int], now: dt.datetime
) -> dict[str, Any]:
    """The message in the active language: a row for each request, with its address."""
    rows = [(_row(notice, totals.get(notice.request_id, 0), now), notice) for notice in notices]
    return {
        "vendor": vendor.name,
        "count": len(rows),
        "list": "\n".join(f"• {text}" for text, _notice in rows),
        "links": [[text, page_of_vendor(notice.request, vendor)] for text, notice in rows],
    }


def _row(notice: VendorNotice, total: int, now: dt.datetime) -> str:
    deadline = notice.request.deadline_at
    assert deadline is not None, "an open request has a deadline"
    until = date_format(timezone.localtime(deadline), "SHORT_DATETIME_FORMAT")
    parts = [_("“%(request)s”: bids until %(until)s") % {"request": notice.request.title, "until": until}]
    if notice.lines:
        parts.append(
            ngettext("fits %(matched)d of %(total)d line", "fits %(matched)d of %(total)d lines", total)
            % {"matched": len(notice.lines), "total": total}
        )
    if deadline - now < URGENT:
        parts.append(_("soon over"))
    return ", ".join(parts)
