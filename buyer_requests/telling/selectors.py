"""How far a request went, for its buyer in numbers and for a vendor about itself; no names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from buyer_requests.enums import NoticeReason
from buyer_requests.models import BuyerRequest, VendorNotice, WaitingVendor
from buyer_requests.telling.enums import NoticeState
from vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Told:
    """Vendors by reason; `waiting` have their turn if few bid, `spared` do not want to hear of such requests."""

    by_reason: list[tuple[str, int]]
    waiting: int
    spared: int

    @property
    def total(self) -> int:
        return sum(count for _reason, count in self.by_reason)

    @property
    def sentences(self) -> list[str]:
        """In the active language."""
        return [_SAYS[NoticeReason(reason)](count) for reason, count in self.by_reason]


_SAYS: dict[NoticeReason, Any] = {
    NoticeReason.INVITED: lambda n: ngettext("%(n)d that you chose", "%(n)d that you chose", n) % {"n": n},
    NoticeReason.MATCH: lambda n: (
        ngettext("%(n)d for matching offers", "%(n)d for matching offers", n) % {"n": n}
    ),
    NoticeReason.PAST: lambda n: (
        ngettext(
            "%(n)d that sold or offered such goods before", "%(n)d that sold or offered such goods before", n
        )
        % {"n": n}
    ),
    NoticeReason.CATEGORY: lambda n: (
        ngettext("%(n)d that follows the category", "%(n)d that follow the category", n) % {"n": n}
    ),
}


def told_of(request: BuyerRequest) -> Told:
    rows = (
        VendorNotice.objects.filter(request=request)
        .order_by()
        .values_list("reason", "state")
        .annotate(vendors=Count("pk"))
    )
    counts: dict[str, int] = {}
    spared = 0
    for reason, state, vendors in rows:
        if state == NoticeState.SPARED:
            spared += vendors
        else:
            counts[reason] = counts.get(reason, 0) + vendors
    ordered = [(reason.value, counts[reason]) for reason in _SAYS if counts.get(reason)]
    return Told(ordered, WaitingVendor.objects.filter(request=request).count(), spared)


def why_told(request: BuyerRequest, vendor: Vendor) -> str:
    """The reason in a sentence to the vendor, "" where it was not told."""
    notice = VendorNotice.objects.filter(request=request, vendor=vendor).first()
    if notice is None:
        return ""
    past = _past(notice.why or {})
    match notice.reason:
        case NoticeReason.INVITED:
            said = _("The buyer chose your company.")
        case NoticeReason.MATCH:
            said = ngettext(
                "Your offers fit %(n)d line.", "Your offers fit %(n)d lines.", len(notice.lines)
            ) % {"n": len(notice.lines)}
        case NoticeReason.CATEGORY:
            said = _("You follow its category.")
        case _:
            return past
    return f"{said} {past}".strip()


def _past(why: dict[str, Any]) -> str:
    what = why.get("what", {})
    named = {
        "what": what.get(get_language() or "") or what.get("uk", ""),
        "n": why.get("won") or why.get("bid", 0),
    }
    if why.get("won"):
        return (
            ngettext(
                "You won %(what)s for %(n)d request before.",
                "You won %(what)s for %(n)d requests before.",
                named["n"],
            )
            % named
        )
    if why.get("bid"):
        return (
            ngettext(
                "You offered %(what)s for %(n)d request before.",
                "You offered %(what)s for %(n)d requests before.",
                named["n"],
            )
            % named
        )
    return ""
