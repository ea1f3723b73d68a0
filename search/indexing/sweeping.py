"""Tombstones that no late write can meet any more are forgotten."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.utils import timezone

from search.engines import get_engine
from search.selectors import gone_before

log = structlog.get_logger(__name__)
#: A write is late by what it waits in a worker's hands: minutes; jobs are given up after hours.
KEEP = timedelta(days=7)
PAGE = 10_000


def sweep_tombstones(*, keep: timedelta = KEEP) -> int:
    """Forgets the tombstones of offers that went off sale longer ago than `keep`; returns how many."""
    engine = get_engine()
    moment = timezone.now() - keep
    last = swept = 0
    while page := engine.stored(after=last, limit=PAGE):
        last = page[-1].id
        dead = [each.id for each in page if not each.alive]
        if dead and (ids := sorted(gone_before(moment, dead))):
            swept += engine.sweep_tombstones(ids)
    log.info("search.tombstones_swept", count=swept)
    return swept
