"""Goods of several full sources follow the one that goes on confirming them when another has gone quiet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F

from catalog.services.bulk import write_offers
from catalog.services.merging import move_to_supply
from core import clock
from price_lists.models import SharedValue, Source
from price_lists.sources.meeting import Asked, Meeting, words_of
from price_lists.sources.precedence import Above
from price_lists.sources.shared_applying import proposals_of

#: So much later the other one was confirmed: below the shortest days of a category that are of use.
LATER: Final = dt.timedelta(days=2)
CHUNK: Final = 500
#: Offers of one sweep; the rest is for the next one.
AT_ONCE: Final = 20_000


def follow_confirmations() -> int:
    """Gives offers to the source that was confirmed last, with the prices that then hold. Returns how many.

    Offers that only one source brings are never looked at. Repeating it changes nothing.
    """
    # The offer's own source is the one of its supply; a word of another says that this one brings it too.
    quiet = SharedValue.objects.filter(
        offer__withdrawn_at__isnull=True,
        source__supply__confirmed_at__gt=F("offer__supply__confirmed_at") + LATER,
    )
    rows = list(quiet.order_by("source_id", "offer_id").values_list("source_id", "offer_id")[:AT_ONCE])
    by_source: dict[int, list[int]] = {}
    for source_id, offer_id in rows:
        by_source.setdefault(source_id, []).append(offer_id)
    for source in Source.objects.filter(pk__in=by_source).select_related("supply").order_by("pk"):
        ids = by_source[source.pk]
        for start in range(0, len(ids), CHUNK):
            with transaction.atomic():
                _follow(source, ids[start : start + CHUNK])
    return len(rows)


def _follow(source: Source, offer_ids: Sequence[int]) -> None:
    now = clock.now()
    # First, for it takes the locks of the offers: an import that wrote them has then written its words, too.
    move_to_supply(offer_ids=offer_ids, supply=source.supply, now=now)
    words = words_of(offer_ids)
    asked = [
        Asked(pk, words[pk][source.pk].data, words[pk][source.pk].link_id)
        for pk in offer_ids
        if source.pk in words.get(pk, {})
    ]
    met = Meeting(source, now=now).of(asked)
    proposals = proposals_of(
        {each.offer_id: said for each, said in zip(asked, met, strict=True) if said is not None}
    )
    write_offers(supply=source.supply, proposals=Above(source).over(proposals), now=now)
