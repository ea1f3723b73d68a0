"""News of standing requests: to the buyer once a window, to a vendor once a week at most."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from buyer_requests.enums import NoticeReason, RequestState
from buyer_requests.locks import locked_hearings
from buyer_requests.models import (
    BuyerRequest,
    Hearing,
    LineMatch,
    StandingFind,
    StandingTerms,
    VendorNotice,
    WaitingVendor,
)
from buyer_requests.selectors.visibility import is_held_back
from buyer_requests.services import messages
from buyer_requests.services.notices import may_hear
from buyer_requests.standing.enums import StandingState
from buyer_requests.standing.finding import by_vendor
from buyer_requests.telling.delivering import is_spared, surroundings
from buyer_requests.telling.enums import NoticeState
from buyer_requests.telling.schedule import allowed
from core.money import Money
from core.rates import current_rates
from notifications.enums import Way
from notifications.services import notify_many
from vendors.models import Vendor
from vendors.selectors import people_to_tell

logger = structlog.get_logger(__name__)

#: Between two messages to a vendor of one standing request.
VENDOR_DAYS: Final = 7


def tell_due(*, now: dt.datetime | None = None) -> int:
    """Tells of what is news where the window since the last telling has passed; how many requests were told of."""
    now = now or timezone.now()
    told = 0
    active = StandingTerms.objects.filter(state=StandingState.ACTIVE, request__state=RequestState.OPEN)
    for terms in active.select_related("request").order_by("pk"):
        try:
            told += _tell(terms, now)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # one request that cannot be told of keeps no other waiting
            logger.exception("requests.standing_not_told", request=terms.request_id)
    return told


def _tell(terms: StandingTerms, now: dt.datetime) -> bool:
    fits = LineMatch.objects.filter(line=OuterRef("line"), offer=OuterRef("offer"))
    still = StandingFind.objects.filter(Exists(fits), terms=terms).select_related("offer", "vendor", "line")
    window = dt.timedelta(days=terms.news_days)
    said = False
    if (terms.told_at or terms.request.published_at or now) + window <= now:
        news = list(still.filter(is_news=True).order_by("line__position", "price_base", "pk"))
        if news:
            with transaction.atomic():
                messages.tell_buyer(
                    terms.request, kind="standing.news", key=f"news:{now.isoformat()}", params=_params(news)
                )
                StandingFind.objects.filter(pk__in=[find.pk for find in news]).update(
                    is_news=False, told_base=F("price_base")
                )
                StandingTerms.objects.filter(pk=terms.pk).update(told_at=now)
            said = True
    return _tell_vendors(terms, now, list(still.filter(is_vendor_news=True).order_by("pk"))) or said


def _tell_vendors(terms: StandingTerms, now: dt.datetime, news: Sequence[StandingFind]) -> bool:
    if not news or is_held_back(terms.request):  # what was found is told once an operator has released it
        return False
    finds = by_vendor(news)
    last = dict(
        StandingFind.objects.filter(terms=terms, vendor__in=finds)
        .values_list("vendor")
        .annotate(Max("vendor_told_at"))
    )
    may = may_hear([terms.request], finds)[terms.request_id]
    vendors = Vendor.objects.in_bulk(finds)
    # Whose turn to hear of the request has not come hears no news of it.
    waiting = set(
        WaitingVendor.objects.filter(request=terms.request, vendor__in=finds).values_list("vendor", flat=True)
    )
    said = False
    for vendor, own in finds.items():
        before = last.get(vendor)
        if before is not None and before + dt.timedelta(days=VENDOR_DAYS) > now:
            continue
        with transaction.atomic():
            # Whom nothing was told yet gets the request itself just now, by its notice.
            if before is not None and vendor in may and vendor not in waiting:
                said = _renewed(terms.request, vendors[vendor], own, now) or said
            StandingFind.objects.filter(pk__in=[find.pk for find in own]).update(
                is_vendor_news=False, vendor_told_at=now
            )
    return said


def _renewed(request: BuyerRequest, vendor: Vendor, finds: Sequence[StandingFind], now: dt.datetime) -> bool:
    """As the vendor chose to hear of requests: not at all, or in the inbox alone while it sleeps or has had its day's messages."""
    hearing = locked_hearings([vendor.pk])[vendor.pk]
    notice = VendorNotice.objects.filter(request=request, vendor=vendor).select_related("request").first()
    if notice is not None and (
        notice.state in {NoticeState.NEW, NoticeState.SPARED} or _is_spared(hearing, notice)
    ):
        return False
    is_loud = allowed(hearing, now) <= now and hearing.counted_today(now) < hearing.most_a_day
    message = messages.to_vendor(
        request,
        vendor,
        people_to_tell(vendor).values_list("pk", flat=True),
        kind="standing.renewed",
        key=f"renewed:{now.date().isoformat()}",
        params=_params(finds),
    )
    notify_many([message if is_loud else replace(message, way=Way.INBOX)])
    if is_loud:
        hearing.count(1, now)
        hearing.save(update_fields=["counted", "counted_on"])
    return True


def _is_spared(hearing: Hearing, notice: VendorNotice) -> bool:
    if notice.reason == NoticeReason.INVITED:
        return False
    return is_spared(hearing, notice, surroundings([notice], {hearing.pk: hearing}))


def _params(finds: Sequence[StandingFind]) -> dict[str, object]:
    base = current_rates().base
    texts = []
    for find in finds:
        price = (
            ""
            if find.price_base is None
            else f" — {Money.from_price(find.price_base, base).amount:.2f} {base}"
        )
        texts.append(f"{find.offer.title[:60]}{price}")
    return messages.named_lines(texts)
