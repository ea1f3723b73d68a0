"""From an offer that is committed to its vendors' messages: one offer after another against many open lines, on SQLite.

    python benchmarks/matching_latency.py                                       # writes results/matching_latency.json
    python benchmarks/matching_latency.py --lines 300 --changes 5 --no-result   # for correctness

Each change is a new offer of a vendor that nobody told of the request yet, announced in the transaction that writes it;
the clock stops when the outbox has carried it into the inbox. The worker's own pause between two looks is not in it: it is
woken at the commit. Every pair of request and vendor is checked to have exactly one message.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from django.db import connection, transaction
from django.db.models import Count

from benchmarks.matching import FOLDER, ROOT, VENDORS, fill
from buyer_requests.models import RequestLine, VendorNotice
from catalog.models import Offer, Supply
from catalog.services.changes import announce
from core import outbox
from core.text import search_text
from notifications.models import Notification
from vendors.models import Vendor


def one_change(chance: random.Random, title: str) -> tuple[float, float]:
    vendor = Vendor.objects.order_by("pk")[chance.randrange(VENDORS)]
    began, processor = time.perf_counter(), time.process_time()
    with transaction.atomic():
        offer = Offer.objects.create(
            vendor=vendor,
            supply=Supply.objects.get(vendor=vendor),
            title=title,
            search_text=search_text(title),
            price_amount=10_000,
            price_currency="UAH",
            availability="in_stock",
        )
        announce([offer.pk], consumers=["requests"])
    while outbox.drain("requests"):
        pass
    return time.perf_counter() - began, time.process_time() - processor


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 4),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 4),
        "highest": round(ordered[-1], 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--no-result", action="store_true")
    options = parser.parse_args()
    chance = random.Random(20_261_124)
    try:
        fill(100, options.lines)
        texts = list(RequestLine.objects.order_by("pk").values_list("text", flat=True)[:5000])
        first = one_change(chance, chance.choice(texts))
        rounds = [one_change(chance, chance.choice(texts)) for _ in range(options.changes)]
        notices = VendorNotice.objects.count()
        messages = Notification.objects.count()
        doubled = Notification.objects.values("key", "user").annotate(n=Count("pk")).filter(n__gt=1).count()
    finally:
        connection.close()
        shutil.rmtree(FOLDER, ignore_errors=True)
    assert messages == notices, "exactly one message a pair"
    assert not doubled, "no message twice"
    result = {
        "command": f"python benchmarks/matching_latency.py --lines {options.lines} --changes {options.changes}",
        "lines": options.lines,
        "changes": options.changes,
        "committed_to_inbox_s": spread([whole for whole, _cpu in rounds]),
        "processor_s": spread([cpu for _whole, cpu in rounds]),
        "first_of_a_process_s": round(first[0], 3),
        "notices": notices,
        "messages": messages,
        "load": [round(value, 2) for value in os.getloadavg()],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "database": connection.vendor,
        "at": time.strftime("%Y-%m-%d %H:%M"),
    }
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if not options.no_result:
        (ROOT / "benchmarks" / "results" / "matching_latency.json").write_text(
            json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
