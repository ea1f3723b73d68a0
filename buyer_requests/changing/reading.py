"""What pages of a changed request read: its versions, whom a change concerns, what a vendor has to confirm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils import timezone

from buyer_requests.changing.content import Difference, LineChange, content_of, difference
from buyer_requests.changing.models import DraftedChange, RequestRevision
from buyer_requests.changing.services import LEAST_TIME, content_at, for_quantity
from buyer_requests.changing.standing import asked_version, outdated, unconfirmed, version_of
from buyer_requests.enums import BidState
from buyer_requests.models import Bid, BidLine, BuyerRequest, RequestLine
from buyer_requests.sealing.holding import OwnBid, is_sealed
from buyer_requests.selectors.desk import DraftLine


def lines_of(content: dict[str, Any]) -> list[RequestLine]:
    """Lines of a content as rows that are not stored: to be shown, or put in a form."""
    return [
        RequestLine(
            pk=line["line"],
            position=number,
            text=line["text"],
            details=line["details"],
            quantity=Decimal(line["quantity"]),
            unit=line["unit"],
            ceiling_amount=line["ceiling"],
            category_id=line["category"],
            wants=line["wants"],
            substitutes=line["substitutes"],
            gtin=line["gtin"],
            mpn=line["mpn"],
            place=line["place"],
            needed_by=dt.date.fromisoformat(line["needed_by"]) if line["needed_by"] else None,
        )
        for number, line in enumerate(content["lines"], start=1)
    ]


def drafted_content(request: BuyerRequest) -> dict[str, Any]:
    """What the buyer's table of the change begins from: as it was saved, else the request as it is.

    What was drafted against an earlier version is out of date and does not count.
    """
    drafted = DraftedChange.objects.filter(request=request, base=request.version).first()
    return drafted.content if drafted else content_of(request)


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a drafted change does, and to whom."""

    changes: Difference
    bids: int  # in force, to be confirmed
    priced: int  # of them with a price for a line that changes so that it no longer holds
    needs_time: bool
    least_deadline: dt.datetime
    is_sealed: bool  # nobody knows whether anybody has to confirm

    @property
    def hours(self) -> int:
        return int(LEAST_TIME.total_seconds() // 3600)


def concerned_by(request: BuyerRequest, content: dict[str, Any]) -> Concerned:
    changes = difference(content_of(request), content)
    in_force = Bid.objects.filter(request=request, state=BidState.SENT)
    material = [line.line_id for line in (*changes.material, *changes.removed)]
    bids = in_force.count() if changes.asks else 0
    priced = in_force.filter(lines__line__in=material).distinct().count() if material else 0
    now = timezone.now()
    return Concerned(
        changes,
        bids,
        priced,
        needs_time=changes.asks
        and request.deadline_at is not None
        and request.deadline_at < now + LEAST_TIME + dt.timedelta(minutes=5),
        least_deadline=now + dt.timedelta(hours=24),
        is_sealed=is_sealed(request),
    )


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A bid that waits for its vendor's word; `lines` of its prices do not count till then."""

    bid: Bid
    lines: int


def unconfirmed_bids(request: BuyerRequest) -> list[Unconfirmed]:
    """Only for the buyer."""
    if request.version == 1:
        return []
    bids = list(unconfirmed(request).select_related("vendor").order_by("pk"))
    waiting = dict(
        outdated(BidLine.objects.filter(bid__in=bids)).order_by().values_list("bid").annotate(Count("pk"))
    )
    return [Unconfirmed(bid, waiting.get(bid.pk, 0)) for bid in bids]


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What changed since a vendor's bid. `waits`: its word is asked for; `by_press`: one press gives it."""

    changes: Difference
    waits: bool
    by_press: bool
    own: int = 0  # lines of the bid whose prices do not count until then
    by_line: dict[int, LineChange] = field(default_factory=dict)


def to_confirm(request: BuyerRequest, bid: Bid | None, sealed: OwnBid | None = None) -> ToConfirm | None:
    """None where nothing changed since the bid. A draft is told what changed, and is asked nothing.

    `sealed` is the vendor's own bid where it is no row yet.
    """
    if bid is None or request.version == 1 or bid.state == BidState.WITHDRAWN:
        return None
    if not bid.pk and sealed is None:
        return None
    answered = sealed.held.answers if sealed else version_of(bid)
    if answered >= request.version:
        return None
    changes = difference(content_at(request, answered), content_of(request))
    by_line = {line.line_id: line for line in changes.changed if line.line_id is not None}
    own = (
        {line.line_id for line in sealed.lines}
        if sealed
        else set(bid.lines.values_list("line_id", flat=True))
    )
    waits = bid.state == BidState.SENT and answered < asked_version(request)
    return ToConfirm(
        changes,
        waits=waits,
        by_press=waits and bool(own) and all(by_line[line].is_light for line in own & set(by_line)),
        own=sum(by_line[line].is_material for line in own & set(by_line)),
        by_line=by_line,
    )


def asks_otherwise(
    request: BuyerRequest, bid: Bid | None, sealed: OwnBid | None = None, *, but: Collection[int]
) -> set[int]:
    """Lines, but for those, that ask for another good than when the bid was written: no old price is put to them."""
    found = to_confirm(request, bid, sealed)
    return (
        {pk for pk, line in found.by_line.items() if not line.is_light and pk not in but} if found else set()
    )


def carried(drafts: Sequence[DraftLine], request: BuyerRequest, bid: Bid | None) -> list[DraftLine]:
    """The bid's form after a change: its old prices, for the new quantity where all of a line was offered."""
    found = to_confirm(request, bid)
    if found is None:
        return list(drafts)
    before = {
        line_id: Decimal(change.before)
        for line_id, line in found.by_line.items()
        for change in line.changes
        if change.name == "quantity"
    }
    return [
        replace(draft, given=for_quantity(draft.given, before.get(draft.line.pk), draft.line.quantity))
        if draft.given is not None and draft.line.pk in before
        else draft
        for draft in drafts
    ]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a request side by side, and all there are, newest first."""

    versions: list[RequestRevision]
    before: RequestRevision
    after: RequestRevision
    changes: Difference

    @property
    def lines(self) -> list[RequestLine]:
        return lines_of(self.after.content)


def compared(request: BuyerRequest, before: int | None, after: int | None) -> Compared | None:
    """Two versions; where none or unknown ones are asked for, the last two. None where there is but one."""
    versions = list(RequestRevision.objects.filter(request=request).defer("content").order_by("-number"))
    if len(versions) < 2:
        return None
    known = {version.number: version for version in versions}
    second = known.get(after or 0, versions[0])
    first = known.get(before or 0) or known.get(second.number - 1, versions[-1])
    return Compared(versions, first, second, difference(first.content, second.content))
