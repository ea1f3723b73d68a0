"""Whose path tells where a good stands that several lists of a vendor bring: the one whose title it bears, else the next.

A path that leads nowhere leaves the good to the next list's. Where a vendor has one whole list it asks one statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from django.db.models import QuerySet

from price_lists.models import SharedValue, Source, SourceItem
from price_lists.sources.enums import Role

#: Goods asked about together: no index leads from an offer to its items, so each time the other lists are walked.
CHUNK: Final = 20_000
_Place = tuple[int, dt.datetime, int]


class Leading:
    """The whole lists of one vendor. `categories`: where each path of the vendor leads, by link id."""

    def __init__(self, vendor_id: int, categories: Mapping[int, int | None]) -> None:
        full = Source.objects.filter(vendor=vendor_id, role=Role.FULL)
        self._precedence = dict(full.values_list("pk", "precedence"))
        self._categories = categories

    def placed_elsewhere(self, items: QuerySet[SourceItem], *, gives_way: bool) -> dict[int, int]:
        """Of items of some paths the offers that a path of another list places, and in which category: of one whose
        title stands before, or of any where these paths give way, because they lead nowhere themselves.
        """
        found: dict[int, int] = {}
        if len(self._precedence) > 1:
            for chunk in _by_offer(items):
                if before := self._before(chunk, gives_way=gives_way):
                    found |= self._placed(before, chunk)
        return found

    def _placed(self, before: dict[int, dict[int, _Place]], own: dict[int, dict[int, int]]) -> dict[int, int]:
        sources = sorted({pk for each in before.values() for pk in each})
        told = SourceItem.objects.filter(
            source__in=sources, offer__in=before, withdrawn=False, link__isnull=False
        )
        found: dict[int, tuple[_Place, int]] = {}
        for offer_id, source_id, link_id in told.values_list("offer_id", "source_id", "link_id"):
            category_id = self._categories.get(link_id)
            place = before[offer_id].get(source_id)
            if place and category_id is not None and link_id not in own[offer_id].values():
                found[offer_id] = max(found.get(offer_id, (place, category_id)), (place, category_id))
        return {offer_id: category_id for offer_id, (_place, category_id) in found.items()}

    def _before(self, chunk: dict[int, dict[int, int]], *, gives_way: bool) -> dict[int, dict[int, _Place]]:
        """By offer the lists that come before those of its items, and at which place."""
        places: dict[int, dict[int, _Place]] = {}
        for offer_id, source_id, text_at in SharedValue.objects.filter(offer__in=chunk).values_list(
            "offer_id", "source_id", "text_at"
        ):
            if source_id in self._precedence:  # the order in which `merging` chooses the title
                place = (self._precedence[source_id], text_at, -source_id)
                places.setdefault(offer_id, {})[source_id] = place
        found: dict[int, dict[int, _Place]] = {}
        for offer_id, said in places.items():
            own = max((place for pk, place in said.items() if pk in chunk[offer_id]), default=None)
            others = {pk: place for pk, place in said.items() if pk not in chunk[offer_id]}
            if first := {
                pk: place for pk, place in others.items() if gives_way or own is None or place > own
            }:
                found[offer_id] = first
        return found


def _by_offer(items: QuerySet[SourceItem]) -> Iterator[dict[int, dict[int, int]]]:
    """{offer: {source: link}} of the items, so many offers at once."""
    last = 0
    ordered = items.order_by("offer_id").values_list("offer_id", "source_id", "link_id")
    while rows := list(ordered.filter(offer_id__gt=last)[:CHUNK]):
        last = rows[-1][0]
        chunk: dict[int, dict[int, int]] = {}
        for offer_id, source_id, link_id in rows:
            chunk.setdefault(offer_id, {})[source_id] = link_id
        yield chunk
