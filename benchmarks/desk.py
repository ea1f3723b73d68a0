"""Pages of the operators' desk at full size: median time and number of statements of each, as an operator gets them.

    RYAD_DATABASE_URL=postgresql://… python benchmarks/desk.py                # writes results/desk.json
    python benchmarks/desk.py --categories 200 --offers 300 --rounds 2 --no-result

The tree is three levels deep; offers are synthetic and spread over it unevenly. A page is asked through Django's client:
middleware, view and template, without the network. Other rooms' lists: add a row to `ADDRESSES`. The goal is a median
under 300 ms on PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(tempfile.mkdtemp(prefix="ryad-bench-desk-"))
sys.path.insert(0, str(ROOT))
os.environ["RYAD_VAR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
os.environ.setdefault("RYAD_LOG_LEVEL", "ERROR")

import django  # noqa: E402 - the folder has to be named first

django.setup()

from django.contrib.auth.models import Permission  # noqa: E402 - after django.setup()
from django.db import connection, transaction  # noqa: E402 - after django.setup()
from django.test import Client  # noqa: E402 - after django.setup()
from django.test.utils import CaptureQueriesContext  # noqa: E402 - after django.setup()
from django.urls import NoReverseMatch, reverse  # noqa: E402 - after django.setup()
from django.utils import timezone  # noqa: E402 - after django.setup()

from accounts.models import User  # noqa: E402 - after django.setup()
from benchmarks.tables import make_tables  # noqa: E402 - found by the path above
from catalog.models import Category, Offer, Supply  # noqa: E402 - after django.setup()
from catalog.tree.counting import count_tree  # noqa: E402 - after django.setup()
from core.text import collation_key, search_text  # noqa: E402 - after django.setup()
from vendors.enums import VendorState  # noqa: E402 - after django.setup()
from vendors.models import Vendor  # noqa: E402 - after django.setup()

GOAL_MS = 300
VENDORS = 50
WORDS = ("папір", "ручка", "степлер", "кабель", "лампа", "чайник", "стілець", "дриль", "фарба", "насос")
Address = tuple[str, Callable[[dict[str, int]], str]]


def plain(name: str) -> Callable[[dict[str, int]], str]:
    return lambda _ids: reverse(name)


#: Label and address. `ids` has "top" (a large branch), "leaf" (with offers) and "other" (another top).
ADDRESSES: list[Address] = [
    ("tree", plain("operators_categories")),
    ("tree, one level", lambda ids: f"{reverse('operators_categories')}?at={ids['top']}"),
    ("tree, found by name", lambda _ids: f"{reverse('operators_categories')}?q=лампа"),
    ("tree, to be translated", lambda _ids: f"{reverse('operators_categories')}?show=translate"),
    ("category", lambda ids: reverse("operators_category_rename", args=[ids["leaf"]])),
    ("history", lambda ids: reverse("operators_category_history", args=[ids["leaf"]])),
    (
        "preview of a move",
        lambda ids: f"{reverse('operators_category_move', args=[ids['top']])}?target={ids['other']}",
    ),
    (
        "preview of a merge",
        lambda ids: f"{reverse('operators_category_merge', args=[ids['leaf']])}?target={ids['other']}",
    ),
    (
        "preview of a deletion",
        lambda ids: f"{reverse('operators_category_delete', args=[ids['leaf']])}?target={ids['other']}",
    ),
    ("split", lambda ids: reverse("operators_category_split", args=[ids["leaf"]])),
    ("what was done", plain("operators_tree_operations")),
    ("proposals", plain("operators_category_proposals")),
    ("categories to decide", plain("operators_category_queue")),
    ("vendors", plain("operators_vendors:index")),
    ("imports", plain("operators_imports:index")),
    ("jobs", plain("operators_jobs:index")),
    ("attributes", plain("operators_attributes")),
    ("attributes of a category", lambda ids: reverse("operators_category_attributes", args=[ids["leaf"]])),
    ("what is known of offers", plain("operators_coverage")),
    ("offers", plain("operators_offers")),
    ("offers of a branch", lambda ids: f"{reverse('operators_offers')}?category={ids['top']}"),
    ("offers of a category", lambda ids: f"{reverse('operators_offers')}?category={ids['leaf']}"),
    ("offers by price", lambda _ids: f"{reverse('operators_offers')}?low=899&high=899"),
    (
        "offers without a photo",
        lambda ids: f"{reverse('operators_offers')}?no_photo=on&category={ids['top']}",
    ),
    ("offers that are hidden", lambda _ids: f"{reverse('operators_offers')}?state=hidden"),
    ("offers in no category", lambda _ids: f"{reverse('operators_offers')}?uncategorised=on"),
    ("offers, deep in the list", lambda _ids: f"{reverse('operators_offers')}?before=5000"),
    ("changes of many offers", plain("operators_bulk_edits")),
]


def place_of(above: str, number: int) -> str:
    """Where treebeard would put the child of this number."""
    return str(Category._get_path(above, len(above) // Category.steplen + 1, number))  # noqa: SLF001 - its own way to count


def make_tree(number: int) -> None:
    """Three levels: 20 tops with 30 below each, the rest below those; fewer of a small tree."""
    tops, middles = (20, 30) if number >= 1_000 else (4, 5)
    each, more = divmod(max(0, number - tops - tops * middles), tops * middles)
    places: list[tuple[str, int]] = []  # path, children
    for top in range(1, tops + 1):
        path = place_of("", top)
        places.append((path, middles))
        for middle in range(1, middles + 1):
            below = place_of(path, middle)
            here = each + ((top - 1) * middles + middle <= more)
            places.append((below, here))
            places += [(place_of(below, leaf), 0) for leaf in range(1, here + 1)]
    rows = []
    for place, (path, children) in enumerate(places):
        name = f"{WORDS[place % len(WORDS)]} {place}"
        depth = len(path) // Category.steplen
        row = Category(path=path, depth=depth, numchild=children, slug=f"category-{place}")
        row.name_uk, row.name_ru, row.name_en = name, name, None if place % 3 else name
        rows.append(row)
    Category.objects.bulk_create(rows, batch_size=1_000)


def make_offers(number: int) -> None:
    now = timezone.now()
    supplies = []
    for place in range(VENDORS):
        vendor = Vendor.objects.create(
            name=f"Vendor {place}", slug=f"vendor-{place}", state=VendorState.APPROVED
        )
        supplies.append(Supply.objects.create(vendor=vendor, source="form", confirmed_at=now))
    ids = list(Category.objects.order_by("path").values_list("pk", flat=True))
    texts = [(f"{word} {second}", search_text(f"{word} {second}")) for word in WORDS for second in WORDS]
    for start in range(0, number, 5_000):
        rows = []
        for place in range(start, min(start + 5_000, number)):
            title, words = texts[place % len(texts)]
            supply = supplies[place % VENDORS]
            # A quarter of all stands in the first thousandth of the tree.
            category = (
                ids[place % max(1, len(ids) // 1000)] if place % 4 == 0 else ids[place * 7919 % len(ids)]
            )
            rows.append(
                Offer(
                    vendor_id=supply.vendor_id,
                    supply=supply,
                    category_id=category,
                    title=f"{title} {place}",
                    search_text=words,
                    collation_key=collation_key(title),
                    price_amount=(place % 900 + 1) * 10_000,
                    price_currency="UAH",
                )
            )
        with transaction.atomic():
            Offer.objects.bulk_create(rows, batch_size=1_000)


def operator() -> Client:
    user = User.objects.create_user("bench@example.com", "a-long-password", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client = Client(headers={"accept-language": "uk", "host": "localhost"})
    client.force_login(user)
    return client


def measure(client: Client, path: str, rounds: int) -> dict[str, float | int]:
    seconds, statements = [], 0
    for number in range(rounds + 1):
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            answer = client.get(path)
            took = time.perf_counter() - begun
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code}")
        if number:
            seconds.append(took)
        statements = len(queries)
    return {
        "median_ms": round(1e3 * statistics.median(seconds), 1),
        "slowest_ms": round(1e3 * max(seconds), 1),
        "statements": statements,
        "bytes": len(answer.content),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--categories", type=int, default=20_000)
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--no-result", action="store_true")
    options = parser.parse_args()
    make_tables()
    if Offer.objects.exists():
        parser.error("the database holds offers: name an empty one in RYAD_DATABASE_URL")
    make_tree(options.categories)
    make_offers(options.offers)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    begun = time.perf_counter()
    count_tree()
    counted = time.perf_counter() - begun
    tops = list(Category.objects.filter(depth=1).order_by("path").values_list("pk", flat=True)[:2])
    ids = {"top": tops[0], "other": tops[-1], "leaf": Offer.objects.order_by("pk")[1].category_id or 0}
    client, pages = operator(), {}
    for label, address in ADDRESSES:
        try:
            path = address(ids)
        except NoReverseMatch:  # a room's page that this installation has not
            print(f"{label}: no such page", file=sys.stderr)
            continue
        pages[label] = measure(client, path, options.rounds)
        print(f"{label:28} {pages[label]}", flush=True)
    slow = [label for label, figures in pages.items() if figures["median_ms"] >= GOAL_MS]
    figures = {
        "database": connection.vendor,
        "categories": Category.objects.count(),
        "offers": Offer.objects.count(),
        "seconds_to_count_the_tree": round(counted, 2),
        "goal_ms": GOAL_MS,
        "over_the_goal": slow,
        "pages": pages,
        "load": os.getloadavg(),
        "python": platform.python_version(),
    }
    print(json.dumps({name: said for name, said in figures.items() if name != "pages"}, ensure_ascii=False))
    if not options.no_result:
        (ROOT / "benchmarks" / "results" / "desk.json").write_text(
            json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
