"""What 100,000 saved searches cost: 10,000 new offers, and one offer that changes, held against them all, on SQLite.

    python benchmarks/saved_searches.py                             # writes results/saved_searches.json
    python benchmarks/saved_searches.py --searches 400 --offers 200 --brute 100 --rounds 1 --no-result   # for correctness

What is measured ends when every find is a row and every search that has news has its time to speak. Beside it, in the
same rounds: the bare reverse matcher on the same texts (the anchor). Before the rounds, every pair of `--brute` searches
and as many offers is judged by itself, limit by limit, and compared with what is stored by either way of looking.
Titles are drawn with a fixed seed from `titles_vocab.tsv.gz` of RYAD_SHARED_DATA where it is present, else made up;
searches are two to four words of a title, a third with a ceiling, some with a category, a vendor or stock; one in fifty
has limits alone.
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
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("RYAD_SHARED_DATA", ROOT.parent / "shared" / "data"))
FOLDER = Path(tempfile.mkdtemp(prefix="ryad-bench-saved-"))
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
from catalog.models import Category, Offer, Supply  # noqa: E402 - after django.setup()
from catalog.services.changes import announce  # noqa: E402 - after django.setup()
from core import outbox  # noqa: E402 - after django.setup()
from core.money import Money  # noqa: E402 - after django.setup()
from core.rates import current_rates  # noqa: E402 - after django.setup()
from core.text import search_text  # noqa: E402 - after django.setup()
from search.percolation import match  # noqa: E402 - after django.setup()
from search.query import SearchQuery  # noqa: E402 - after django.setup()
from search.saved import matching, wanting  # noqa: E402 - after django.setup()
from search.saved.enums import CONSUMER, Told  # noqa: E402 - after django.setup()
from search.saved.models import SavedMatch, SavedSearch, SearchKey  # noqa: E402 - after django.setup()
from search.saved.offers import read_offers  # noqa: E402 - after django.setup()
from search.saved.queries import pack  # noqa: E402 - after django.setup()
from vendors.models import Vendor  # noqa: E402 - after django.setup()

VENDORS, CATEGORIES, PEOPLE = 40, 60, 2_000
Query = dict[int, SearchQuery]


def titles(count: int, chance: random.Random) -> list[str]:
    source = SHARED / "titles_vocab.tsv.gz"
    if source.is_file():
        with gzip.open(source, "rt", encoding="utf-8") as file:
            known = [line.rstrip("\n").split("\t")[-1].strip('"')[:300] for line in file][1:]
    else:
        things = ["Степлер", "Папір", "Ручка", "Зошит", "Маркер", "Папка", "Клей", "Миша", "Кабель", "Лампа"]
        kinds = ["металевий", "офісний", "синий", "чорний", "A4", "24/6", "0,5 мм", "HDMI", "LED", "10 шт"]
        known = [f"{chance.choice(things)} {' '.join(chance.sample(kinds, 3))} {n}" for n in range(20_000)]
    return [chance.choice(known) for _ in range(count)]


def fill(offers: int, searches: int) -> Query:
    chance, now = random.Random(20_261_123), timezone.now()
    make_tables()
    with transaction.atomic():
        vendors = [
            Vendor.objects.create(slug=f"v{n}", name=f"Vendor {n}", state="approved") for n in range(VENDORS)
        ]
        supplies = [Supply.objects.create(vendor=each, source="bench", confirmed_at=now) for each in vendors]
        categories = [Category.add_root(slug=f"c{n}", name=f"C {n}") for n in range(CATEGORIES)]
        people = User.objects.bulk_create(User(email=f"p{n}@example.com") for n in range(PEOPLE))
    names = titles(offers, chance)
    rows = []
    for name in names:
        place = chance.randrange(VENDORS)
        rows.append(
            Offer(
                vendor=vendors[place],
                supply=supplies[place],
                category=chance.choice(categories),
                title=name,
                search_text=search_text(name),
                brand=chance.choice(["", "", "HP", "Buromax"]),
                price_amount=chance.randint(10, 50_000) * 1000,
                price_currency="UAH",
                availability=chance.choice(["in_stock", "in_stock", "to_order", "none"]),
            )
        )
    Offer.objects.bulk_create(rows, batch_size=2000)
    asked = [
        _question(names, chance, [each.pk for each in vendors], [each.pk for each in categories])
        for _ in range(searches)
    ]
    asked = [query for query in asked if wanting.keys_of(query)]
    made = SavedSearch.objects.bulk_create(
        [
            SavedSearch(
                user=chance.choice(people), name="x", query=pack(query), url="/", looked_at=now, ready_at=now
            )
            for query in asked
        ],
        batch_size=2000,
    )
    return {row.pk: query for row, query in zip(made, asked, strict=True)}


def _question(
    names: list[str], chance: random.Random, vendors: list[int], categories: list[int]
) -> SearchQuery:
    words = chance.choice(names).split()
    start, length = chance.randrange(max(1, len(words) - 3)), chance.randint(2, 4)
    ceiling = Money(Decimal(chance.randint(1, 5_000)), "UAH") if chance.random() < 0.33 else None
    is_bare = chance.random() < 0.02
    return SearchQuery(
        words="" if is_bare else " ".join(words[start : start + length])[:400],
        max_price=ceiling,
        category_id=chance.choice(categories) if is_bare or chance.random() < 0.05 else None,
        vendors_in=frozenset([chance.choice(vendors)]) if is_bare or chance.random() < 0.05 else frozenset(),
        availability=frozenset(["in_stock"]) if chance.random() < 0.2 else frozenset(),
        brands=frozenset(["HP"]) if chance.random() < 0.02 else frozenset(),
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def carry(ids: list[int]) -> None:
    """The offers as facts of the catalogue, carried until the consumer has nothing left."""
    for start in range(0, len(ids), 500):
        with transaction.atomic():
            announce(ids[start : start + 500], consumers=[CONSUMER])
    while outbox.drain(CONSUMER):
        pass


def clear() -> None:
    SavedMatch.objects.all().delete()
    SavedSearch.objects.filter(due_at__isnull=False).update(due_at=None)


def brute_force(queries: Query, ids: list[int]) -> set[tuple[int, int]]:
    """Every pair by itself; words by the matcher on that one pair, limits by plain comparisons."""
    found = set()
    offers = {offer.pk: offer for offer in Offer.objects.filter(pk__in=ids)}
    for seen in read_offers(Offer.objects.filter(pk__in=ids)):
        offer = offers[seen.id]
        for pk, query in queries.items():
            if (
                (query.max_price is not None and offer.price_amount > query.max_price.to_price())
                or (query.category_id is not None and offer.category_id != query.category_id)
                or (query.vendors_in and offer.vendor_id not in query.vendors_in)
                or (query.availability and offer.availability not in query.availability)
                or (query.brands and offer.brand not in query.brands)
            ):
                continue
            wanted = wanting.wanted_of(pk, SearchQuery(words=query.words), rates=current_rates(), merged={})
            if not wanted.has_words or any(match([wanted.stored], [seen.document])):
                found.add((pk, offer.pk))
    return found


def exactness(queries: Query, size: int) -> dict[str, int]:
    """Pairs of some searches and offers that were missed, or are too many, by either way of looking."""
    some = dict(list(queries.items())[:size])
    ids = list(Offer.objects.order_by("pk").values_list("pk", flat=True)[:size])
    expected = brute_force(some, ids)
    result = {"searches": len(some), "offers": len(ids), "pairs": len(expected)}
    usual = matching.WHOLE_FROM
    for name, whole_from in (("whole", 0), ("by_keys", len(ids) + 1)):
        clear()
        matching.WHOLE_FROM = whole_from
        matching.match_offers(ids)
        stored = {pair for pair in SavedMatch.objects.values_list("search_id", "offer_id") if pair[0] in some}
        result |= {f"missed_{name}": len(expected - stored), f"extra_{name}": len(stored - expected)}
        assert stored == expected, result
    matching.WHOLE_FROM = usual
    clear()
    return result


def bare() -> int:
    rates = current_rates()
    offers = [seen.document for seen in read_offers(Offer.objects.all())]
    pages = wanting.searches(rates=rates, merged={})
    return sum(1 for page in pages for _pair in match([each.stored for each in page.values()], offers))


def one_round(ids: list[int]) -> dict[str, float]:
    clear()
    anchor, pairs = timed(bare)
    processor = time.process_time()
    whole, _ = timed(lambda: carry(ids))
    processor = time.process_time() - processor
    rows = SavedMatch.objects.count()
    again, _ = timed(lambda: carry(ids))
    assert SavedMatch.objects.count() == rows, "a fact that is told twice changed something"
    one, _ = timed(lambda: carry(ids[:1]))
    fifty, _ = timed(lambda: carry(ids[:50]))
    return {
        "batch_s": whole,
        "batch_processor_s": processor,
        "anchor_bare_match_s": anchor,
        "same_batch_again_s": again,
        "one_changed_offer_s": one,
        "fifty_changed_offers_s": fifty,
        "pairs_of_bare_match": pairs,
        "finds": rows,
        "waiting": SavedMatch.objects.filter(told=Told.WAITING).count(),
        "searches_with_news": SavedSearch.objects.filter(due_at__isnull=False).count(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, default=10_000)
    parser.add_argument("--searches", type=int, default=100_000)
    parser.add_argument(
        "--brute", type=int, default=2_000, help="searches and offers that are compared pair by pair"
    )
    parser.add_argument("--rounds", type=int, default=3, help="the first is dropped if there are several")
    parser.add_argument("--no-result", action="store_true")
    options = parser.parse_args()
    try:
        queries = fill(options.offers, options.searches)
        keyed, _ = timed(wanting.rekey)
        keys = SearchKey.objects.count()
        exact = exactness(queries, options.brute)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        ids = list(Offer.objects.order_by("pk").values_list("pk", flat=True))
        rounds = [one_round(ids) for _ in range(options.rounds)]
    finally:
        connection.close()
        shutil.rmtree(FOLDER, ignore_errors=True)
    kept = rounds[1:] or rounds
    result = {
        "command": f"python benchmarks/saved_searches.py --searches {options.searches}"
        f" --offers {options.offers} --brute {options.brute} --rounds {options.rounds}",
        "searches": len(queries),
        "offers": options.offers,
        "titles": "titles_vocab (real), searches synthetic" if SHARED.is_dir() else "made up",
        "keys": keys,
        "keys_made_anew_s": round(keyed, 3),
        "exactness": exact,
        "median": {key: round(statistics.median(each[key] for each in kept), 3) for key in kept[0]},
        "spread": {
            key: [round(min(each[key] for each in kept), 3), round(max(each[key] for each in kept), 3)]
            for key in kept[0]
            if key.endswith("_s")
        },
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_memory_before_rounds_mb": before,
        "load": [round(value, 2) for value in os.getloadavg()],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "database": connection.vendor,
        "at": time.strftime("%Y-%m-%d %H:%M"),
    }
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if not options.no_result:
        (ROOT / "benchmarks" / "results" / "saved_searches.json").write_text(
            json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
