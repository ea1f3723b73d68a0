"""Signed links of reminders: whoever has one may say, once, that the offers of one source still hold.

A link names the moment of the last confirmation. So it is used up by itself as soon as the source is confirmed by
anybody in any way, and nothing has to be stored of it. Opening it changes nothing: programs that check letters follow
links, too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from catalog.freshness import Rules
from catalog.services.freshness import confirm_supplies
from price_lists.freshness.reads import Holding, holdings
from price_lists.models import Source
from vendors.enums import VendorState

_SALT = "price_lists.still"
_GOOD_FOR = dt.timedelta(days=60)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to. `holding` is None where no offer of the source is on sale any more."""

    source: Source
    is_used: bool
    holding: Holding | None


def link_for(source: Source) -> str:
    """The path for a source read with its supply."""
    told = [source.pk, _microseconds(source.supply.confirmed_at)]
    return reverse("price_lists_public:still", args=[signing.dumps(told, salt=_SALT)])


def open_link(token: str) -> Opened | None:
    """None for a link that is not ours, is too old, or whose source or vendor is gone."""
    try:
        source_id, confirmed_at = signing.loads(token, salt=_SALT, max_age=_GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Source.objects.filter(pk=source_id, vendor__state=VendorState.APPROVED)
    source = found.select_related("supply", "feed", "vendor").first()
    if source is None:
        return None
    held = holdings(found.select_related("supply", "feed", "vendor"), rules=Rules.now(), now=timezone.now())
    is_used = _microseconds(source.supply.confirmed_at) != confirmed_at
    return Opened(source, is_used, held[0] if held else None)


def use_link(opened: Opened) -> None:
    """The source is confirmed; a link that was used before changes nothing."""
    if not opened.is_used:
        confirm_supplies(vendor=opened.source.vendor, ids=[opened.source.supply_id])


def _microseconds(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)
