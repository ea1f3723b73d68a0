"""How rare words are among the titles on sale: counted of a sample, kept in a row, counted anew as the row grows."""

from __future__ import annotations

import datetime as dt
import random
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from catalog.models import Offer
from price_lists.identity import Record, Statistics
from price_lists.joining.models import WordStatistics

#: Titles that are counted: some 2 s of work.
SAMPLE: Final = 20_000
#: A count that is older than this, or was made of half of what there is now, is made again.
OLDEST: Final = dt.timedelta(days=2)
_GROWTH: Final = 2
_KEPT: Final = 2

_known: tuple[int, Statistics] | None = None


def current() -> Statistics:
    """The statistics that verdicts use now. Each process keeps the newest one."""
    global _known  # noqa: PLW0603 - one for the process, which many batches ask
    newest = WordStatistics.objects.order_by("-pk").only("pk", "offers", "documents", "created_at").first()
    highest = Offer.objects.aggregate(highest=Max("pk"))["highest"] or 0
    is_old = newest is None or newest.created_at < timezone.now() - OLDEST
    if newest is None or (is_old and newest.offers != highest) or highest > _GROWTH * max(newest.offers, 100):
        newest = _count(highest)
    if _known is None or _known[0] != newest.pk:
        _known = (newest.pk, Statistics.from_json(newest.data))
    return _known[1]


def _count(highest: int) -> WordStatistics:
    if highest <= 2 * SAMPLE:
        titles = list(Offer.objects.order_by("-pk").values_list("title", flat=True)[:SAMPLE])
    else:
        # Twice as many: numbers have gaps.
        picked = random.sample(range(1, highest + 1), 2 * SAMPLE)
        titles = [
            title
            for at in range(0, len(picked), 5_000)
            for title in Offer.objects.filter(pk__in=picked[at : at + 5_000]).values_list("title", flat=True)
        ][:SAMPLE]
    statistics = Statistics.of(Record(id="", title=title) for title in titles)
    with transaction.atomic():
        made = WordStatistics.objects.create(
            documents=statistics.documents,
            offers=highest,
            data=statistics.to_json(),
            created_at=timezone.now(),
        )
        WordStatistics.objects.filter(pk__lte=made.pk - _KEPT).delete()
    return made
