"""Goods of several full sources follow the one that goes on confirming them when another has gone quiet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from catalog.locks import lock_offers
from catalog.services.bulk import write_offers
from catalog.services.merging import move_to_supply
from core import clock
from price_lists.models import SharedValue, Source
from price_lists.sources.enums import Role
from price_lists.sources.meeting import Asked, Meeting, words_of
from price_lists.sources.precedence import HOLDS, Above
from price_lists.sources.shared_applying import proposals_of
from price_lists.title_rules.holding import hold_names

#: So much later the other one was confirmed: below the shortest days of a category that are of use.
LATER: Final = dt.timedelta(days=2)
CHUNK: Final = 500
#: Offers of one sweep; the rest is for the next one.
AT_ONCE: Final = 20_000


def follow_confirmations() -> int:
    """Gives offers to the source that was confirmed last, and works out anew what holds where a source has gone quiet
    for `HOLDS`, or is back. Returns how many offers were looked at.

    Offers that only one source brings are never among them. Repeating it changes nothing.
    """
    return _hand_over() + _stand_anew()


def _hand_over() -> int:
    # The offer's own source is the one of its supply; a word of another says that this one brings it too.
    later = _on_sale().filter(source__supply__confirmed_at__gt=F("offer__supply__confirmed_at") + LATER)
    return _by_chunks(later, hands_over=True)


def _stand_anew() -> int:
    """Where nobody changes a row, no import tells that a source's price and stock stand behind the others' by now."""
    held = clock.now() - HOLDS
    gone = Q(is_quiet=False, source__supply__confirmed_at__lt=held)
    back = Q(is_quiet=True, source__supply__confirmed_at__gte=held)
    return _by_chunks(_on_sale().filter(gone | back, source__role=Role.FULL), hands_over=False)


def _on_sale() -> QuerySet[SharedValue]:
    return SharedValue.objects.filter(offer__withdrawn_at__isnull=True)


def _by_chunks(words: QuerySet[SharedValue], *, hands_over: bool) -> int:
    rows = list(words.order_by("source_id", "offer_id").values_list("source_id", "offer_id")[:AT_ONCE])
    by_source: dict[int, list[int]] = {}
    for source_id, offer_id in rows:
        by_source.setdefault(source_id, []).append(offer_id)
    for source in Source.objects.filter(pk__in=by_source).select_related("supply").order_by("pk"):
        ids = by_source[source.pk]
        for start in range(0, len(ids), CHUNK):
            with transaction.atomic():
                _follow(source, ids[start : start + CHUNK], hands_over=hands_over)
    return len(rows)


def _follow(source: Source, offer_ids: Sequence[int], *, hands_over: bool) -> None:
    now = clock.now()
    # First, for it takes the locks of the offers: an import that wrote them has then written its words, too.
    if hands_over:
        move_to_supply(offer_ids=offer_ids, supply=source.supply, now=now)
    else:
        lock_offers(offer_ids)
    words = words_of(offer_ids)
    asked = [
        Asked(pk, words[pk][source.pk].data, words[pk][source.pk].link_id)
        for pk in offer_ids
        if source.pk in words.get(pk, {})
    ]
    meeting = Meeting(source, now=now, brings=False)
    met = meeting.of(asked)
    found = {each.offer_id: said for each, said in zip(asked, met, strict=True) if said is not None}
    held = {offer_id: said.precedence for offer_id, said in found.items()}
    proposals = Above(source).over(proposals_of(found), held)
    written = write_offers(supply=source.supply, proposals=proposals, now=now)
    hold_names(proposals=proposals, written=written, now=now)
    for pk, standing in meeting.standing.items():
        worked_out = SharedValue.objects.filter(source=pk, offer__in=offer_ids)
        worked_out.filter(is_quiet=standing.is_fresh).update(is_quiet=not standing.is_fresh)
