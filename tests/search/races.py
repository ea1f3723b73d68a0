"""A process that changes offers from several threads, drains the outbox from several others, and rebuilds meanwhile.

    python -m tests.search.races OFFERS WRITERS DRAINERS REBUILDS

Prints what came of it as JSON. The installation is named by the environment.
"""

import json
import os
import random
import sys
import threading
import time
from pathlib import Path

import django

django.setup()

from django.db import OperationalError, connection, transaction  # noqa: E402 - needs django.setup()
from django.utils import timezone  # noqa: E402 - needs django.setup()

from catalog.models import Offer, Supply  # noqa: E402 - needs django.setup()
from catalog.services import changes  # noqa: E402 - needs django.setup()
from core import outbox  # noqa: E402 - needs django.setup()
from core.outbox import registry  # noqa: E402 - needs django.setup()
from search import indexing, services  # noqa: E402 - needs django.setup()
from search.indexing import rebuilding  # noqa: E402 - needs django.setup()
from search.query import SearchQuery  # noqa: E402 - needs django.setup()
from tests import migrated  # noqa: E402 - beside the others
from vendors.models import Vendor  # noqa: E402 - needs django.setup()

SEED = 4
rebuilding.CHUNK = rebuilding.CHUNK_ALONE = 50


def filled(count):
    if connection.vendor == "sqlite":
        migrated.copy_to(Path(connection.settings_dict["NAME"]))
    else:
        migrated.migrate(os.environ["RYAD_DATABASE_URL"])
    vendor = Vendor.objects.create(slug="v", name="V", state="approved")
    supply = Supply.objects.create(vendor=vendor, source="form", confirmed_at=timezone.now())
    Offer.objects.bulk_create(
        Offer(vendor=vendor, supply=supply, title=f"Степлер {n}", price_amount=n, price_currency="UAH")
        for n in range(count)
    )
    return sorted(Offer.objects.values_list("pk", flat=True))


def change(ids, chance):
    """One small business action on a few offers: retitled, withdrawn, put back on sale, or a new one."""
    some = sorted(chance.sample(ids, 5))
    with transaction.atomic():
        chosen = Offer.objects.filter(pk__in=some)
        match chance.randrange(4):
            case 0:
                changes.touch(chosen, title=f"Лампа {chance.random()}")
            case 1:
                changes.touch(chosen, withdrawn_at=timezone.now())
            case 2:
                changes.touch(chosen, withdrawn_at=None)
            case 3:
                like = chosen.first()
                like.pk, like.title = None, f"Новий {chance.random()}"
                like.save(force_insert=True)
                changes.announce([like.pk], consumers=["search"])


class Race:
    """Threads that go on until the race is over; what they raise is told."""

    def __init__(self):
        self.over = threading.Event()
        self.counts = {"changes": 0, "searches": 0, "without_index": 0}
        self.failures = []
        self.threads = []

    def add(self, work, *values):
        self.threads.append(threading.Thread(target=self._run, args=(work, values)))

    def _run(self, work, values):
        try:
            while not self.over.is_set():
                work(*values)
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent process tells it
            self.failures.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    def write(self, ids, chance):
        try:
            change(ids, chance)
            self.counts["changes"] += 1
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "40P01":  # two met crosswise: one is undone
                raise
        time.sleep(0.005)

    def drain(self):
        outbox.drain("search", deadline=time.monotonic() + 0.2)
        time.sleep(0.01)

    def look(self):
        results = services.search(SearchQuery(words="степлер"))
        self.counts["searches"] += 1
        self.counts["without_index"] += results.engine == "database"
        time.sleep(0.02)


def main(count, writers, drainers, rebuilds):
    ids = filled(count)
    indexing.rebuild_index()
    race, rebuilt = Race(), 0
    for number in range(writers):
        race.add(race.write, ids, random.Random(SEED + number))
    for _ in range(drainers):
        race.add(race.drain)
    race.add(race.look)
    for each in race.threads:
        each.start()
    try:
        for _ in range(rebuilds):
            indexing.rebuild_index(patience=0)
            rebuilt += 1
        time.sleep(0.5)
    finally:
        race.over.set()
        for each in race.threads:
            each.join()
    drained = outbox.drain_until_empty(["search"], timeout=60)
    result = indexing.verify_index(patience=0)
    outcome = {
        **race.counts,
        "exclusive": registry.consumer("search").is_exclusive,
        "rebuilds": rebuilt,
        "failures": race.failures,
        "drained": drained,
        "differences": {kind.value: found for kind, found in result.found.items()},
        "offers": result.offers,
        "documents": indexing.index_status().documents,
    }
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
