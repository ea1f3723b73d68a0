"""How fast new offers meet open lines: 10,000 offers against 10,000 lines, matched, stored, queued and told, on SQLite.

    python benchmarks/matching.py                                   # writes results/matching.json
    python benchmarks/matching.py --offers 100000 --lines 100000 --rounds 2 --queued-only   # results/matching_100000.json
    python benchmarks/matching.py --offers 300 --lines 300 --rounds 1 --no-result     # for correctness

The offers come as the catalogue announces them (outbox entries of 500). "Queued" is when every match is stored, every
vendor to tell is written down and the facts that they are to be told lie in the outbox; "told" is when every message lies in
its inbox. Beside it, in the same rounds: the bare reverse matcher on the same texts (the anchor),
and the way of a buyer's list of 40 lines: read, and searched among all offers. Titles are drawn with a fixed seed
from `titles_vocab.tsv.gz` of RYAD_SHARED_DATA where it is present, else made up; lines are two to four words of
a title, so they are synthetic.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("RYAD_SHARED_DATA", ROOT.parent / "shared" / "data"))
FOLDER = Path(tempfile.mkdtemp(prefix="ryad-bench-matching-"))
sys.path.insert(0, str(ROOT))
os.environ["RYAD_VAR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
os.environ.setdefault("RYAD_LOG_LEVEL", "ERROR")

import django  # noqa: E402 - the folder has to be named first

django.setup()

from django.db import connection, transaction  # noqa: E402 - after django.setup()
from django.utils import timezone  # noqa: E402 - after django.setup()

from accounts.models import User  # noqa: E402 - after django.setup()
from benchmarks.tables import make_tables  # noqa: E402 - found by the path above
from buyer_requests.matching.documents import variants  # noqa: E402 - after django.setup()
from buyer_requests.matching.forward import match_texts  # noqa: E402 - after django.setup()
from buyer_requests.matching.queries import stored_queries  # noqa: E402 - after django.setup()
from buyer_requests.models import (  # noqa: E402 - after django.setup()
    BuyerRequest,
    LineMatch,
    RequestLine,
    VendorFit,
    VendorNotice,
)
from buyer_requests.parsing import parse_text  # noqa: E402 - after django.setup()
from catalog.models import Offer, Supply  # noqa: E402 - after django.setup()
from catalog.services.changes import announce  # noqa: E402 - after django.setup()
from core import outbox  # noqa: E402 - after django.setup()
from core.models import OutboxEntry  # noqa: E402 - after django.setup()
from core.text import search_text  # noqa: E402 - after django.setup()
from notifications.models import Notification  # noqa: E402 - after django.setup()
from search.percolation import match  # noqa: E402 - after django.setup()
from vendors.models import Membership, Vendor  # noqa: E402 - after django.setup()

VENDORS = 40
LINES_A_REQUEST = 20
LINES_OF_A_LIST = 40
#: Beyond so many the figures are told in a file of their own.
FEW = 10_000
LIST = """1. Папір А4 80 г/м² — {} пач до 150 грн
ручки кулькові сині, {} шт., не дорожче 8 грн
Бумага А4 500л - {} пачек
степлер №24/6 {}шт по 120
Скотч 48мм*50м .... {} рул
HDMI cable 2m, {} pcs, up to $8 each
Файли А4 100 шт/уп {} уп
картридж HP 1020 х {}"""


def titles(count: int, chance: random.Random) -> list[str]:
    source = SHARED / "titles_vocab.tsv.gz"
    if source.is_file():
        with gzip.open(source, "rt", encoding="utf-8") as file:
            known = [line.rstrip("\n").split("\t")[-1].strip('"')[:300] for line in file][1:]
    else:
        things = ["Степлер", "Папір", "Ручка", "Зошит", "Маркер", "Папка", "Клей", "Миша", "Кабель", "Лампа"]
        kinds = ["металевий", "офісний", "синий", "чорний", "A4", "24/6", "0,5 мм", "HDMI", "LED", "10 шт"]
        known = [
            f"{chance.choice(things)} {' '.join(chance.sample(kinds, 3))} {number}"
            for number in range(20_000)
        ]
    return [chance.choice(known) for _ in range(count)]


def fill(offers: int, lines: int) -> None:
    chance = random.Random(20_261_123)
    make_tables()
    now = timezone.now()
    names = titles(offers, chance)
    with transaction.atomic():
        vendors = [
            Vendor.objects.create(slug=f"v{number}", name=f"Vendor {number}", state="approved")
            for number in range(VENDORS)
        ]
        for number, vendor in enumerate(vendors):
            Membership.objects.create(vendor=vendor, user=User.objects.create(email=f"v{number}@example.com"))
        supplies = [
            Supply.objects.create(vendor=vendor, source="bench", confirmed_at=now) for vendor in vendors
        ]
        buyer = User.objects.create(email="buyer@example.com")
    rows = []
    for name in names:
        place = chance.randrange(VENDORS)
        rows.append(
            Offer(
                vendor=vendors[place],
                supply=supplies[place],
                title=name,
                search_text=search_text(name),
                price_amount=chance.randint(10, 50_000) * 1000,
                price_currency="UAH",
                availability="in_stock",
            )
        )
    Offer.objects.bulk_create(rows, batch_size=2000)
    requests = BuyerRequest.objects.bulk_create(
        BuyerRequest(
            buyer=buyer,
            title=f"Request {number}",
            state="open",
            deadline_at=now + timezone.timedelta(days=30),
            published_at=now,
        )
        for number in range(max(1, lines // LINES_A_REQUEST))
    )
    wanted = []
    for number in range(lines):
        words = chance.choice(names).split()
        start = chance.randrange(max(1, len(words) - 3))
        wanted.append(
            RequestLine(
                request=requests[number % len(requests)],
                position=number // len(requests) + 1,
                text=" ".join(words[start : start + chance.randint(2, 4)])[:500],
                ceiling_amount=chance.choice([None, chance.randint(1000, 50_000) * 1000]),
            )
        )
    RequestLine.objects.bulk_create(wanted, batch_size=2000)


def clear() -> None:
    for model in (LineMatch, VendorFit, VendorNotice, Notification):
        model.objects.all().delete()
    RequestLine.objects.update(match_count=0, matched_at=None)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def announce_all() -> None:
    ids = list(Offer.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        with transaction.atomic():
            announce(ids[start : start + 500], consumers=["requests"])


def is_queued() -> bool:
    """Nothing waits but the telling."""
    return not OutboxEntry.objects.filter(consumer="requests").exclude(topic="tell").exists()


def queue_all() -> None:
    """The offers as facts of the catalogue, carried until the last vendor to tell is written down and queued."""
    announce_all()
    while not is_queued():
        assert outbox.drain("requests", until=is_queued)


def tell_all() -> None:
    """What is queued, carried until the last message lies in its inbox."""
    while outbox.drain("requests"):
        pass


def bare() -> int:
    queries = stored_queries(RequestLine.objects.select_related("request"))
    documents = [variant.document for variant in variants(Offer.objects.all())]
    return sum(1 for _pair in match(queries, documents))


def forward() -> int:
    """A list of forty lines among all offers: as when it is published, but for what is stored."""
    some = list(RequestLine.objects.order_by("pk").select_related("request")[:LINES_OF_A_LIST])
    return sum(len(found) for found in match_texts(stored_queries(some)).values())


def one_round(*, queued_only: bool) -> dict[str, float]:
    clear()
    anchor, pairs = timed(bare)
    processor = time.process_time()
    queueing, _ = timed(queue_all)
    processor = time.process_time() - processor
    stored = LineMatch.objects.count()
    figures = {
        "match_store_queue_s": queueing,
        "match_store_queue_processor_s": processor,
        "a_stored_match_us": 1e6 * queueing / max(1, stored),
        "a_stored_match_processor_us": 1e6 * processor / max(1, stored),
        "anchor_bare_match_s": anchor,
        "pairs": pairs,
        "pairs_a_line": pairs / max(1, RequestLine.objects.count()),
        "counted": sum(RequestLine.objects.values_list("match_count", flat=True)),
        "stored": stored,
        "notices": VendorNotice.objects.count(),
    }
    if Offer.objects.count() <= FEW:  # of more, a line and vendor may have more offers than are told apart
        assert figures["counted"] == pairs, "not all is counted"
    if not queued_only:
        telling = time.process_time()
        figures["tell_s"], _ = timed(tell_all)
        figures["tell_processor_s"] = time.process_time() - telling
        figures["messages"] = Notification.objects.count()
    OutboxEntry.objects.all().delete()
    text = "\n".join(LIST.format(*range(1, 9)) for _ in range(5))
    figures["list_of_40_read_s"], parsed = timed(lambda: parse_text(text))
    assert len(parsed.lines) == LINES_OF_A_LIST
    processor = time.process_time()
    figures["list_of_40_matched_s"], figures["list_of_40_pairs"] = timed(forward)
    figures["list_of_40_matched_processor_s"] = time.process_time() - processor
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5, help="the first is dropped if there are several")
    parser.add_argument("--queued-only", action="store_true", help="messages are not written into inboxes")
    parser.add_argument("--no-result", action="store_true")
    options = parser.parse_args()
    try:
        fill(options.offers, options.lines)
        rounds = [one_round(queued_only=options.queued_only) for _ in range(options.rounds)]
    finally:
        connection.close()
        shutil.rmtree(FOLDER, ignore_errors=True)
    kept = rounds[1:] or rounds
    result = {
        "command": "python benchmarks/matching.py "
        f"--offers {options.offers} --lines {options.lines} --rounds {options.rounds}"
        f"{' --queued-only' if options.queued_only else ''}",
        "offers": options.offers,
        "lines": options.lines,
        "titles": "titles_vocab (real), lines synthetic" if SHARED.is_dir() else "made up",
        "median": {key: round(statistics.median(each[key] for each in kept), 3) for key in kept[0]},
        "spread": {
            key: [round(min(each[key] for each in kept), 3), round(max(each[key] for each in kept), 3)]
            for key in kept[0]
            if key.endswith("_s")
        },
        "first_round": {key: round(value, 3) for key, value in rounds[0].items()},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "load": [round(value, 2) for value in os.getloadavg()],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "database": connection.vendor,
        "at": time.strftime("%Y-%m-%d %H:%M"),
    }
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if not options.no_result:
        target = ROOT / "benchmarks" / "results"
        target.mkdir(exist_ok=True)
        name = "matching.json" if options.offers <= FEW else f"matching_{options.offers}.json"
        (target / name).write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
