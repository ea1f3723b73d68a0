"""What the stack's benchmarks share: the services that `make services` started, and a database full of offers.

The offers are synthetic over real titles (see `search_inputs.titles`): a title of their own, a description of two
more, brand, article, a vendor of 200, a category of 300, price and availability drawn with a fixed seed. They go in
by COPY, for an import of a million rows is another benchmark's work.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.search_inputs import ROOT, titles
from benchmarks.tables import like_migrated, make_tables, schema_digest

VENDORS = 200
TOP_CATEGORIES, LEAVES = 20, 15
_COLUMNS = (
    "id", "vendor_id", "supply_id", "category_id", "title", "texts", "search_text", "collation_key", "brand",
    "maker", "country", "article", "mpn", "gtin", "url", "photos", "videos", "attributes", "unit", "pack_count",
    "price_amount", "price_currency", "vat", "vat_percent", "availability", "participation", "version",
    "created_at", "updated_at", "hidden_reason",
)  # fmt: skip


def services() -> dict[str, str]:
    """The addresses of PostgreSQL, Redis and OpenSearch: the environment's, else what `make services` wrote."""
    noted = ROOT / "var" / "services" / "env"
    found = dict(line.split("=", 1) for line in noted.read_text().split()) if noted.exists() else {}
    names = ("RYAD_DATABASE_URL", "RYAD_REDIS_URL", "RYAD_OPENSEARCH_URL")
    addresses = {name: os.environ.get(name) or found.get(name, "") for name in names}
    missing = [name for name, address in addresses.items() if not address]
    if missing:
        raise SystemExit(f"{', '.join(missing)} must be set, or the services running: make services")
    return addresses


def use_services(database: str, *, settings: str = "benchmarks.stack_settings") -> dict[str, str]:
    """Points this process (before Django is set up) at a database of that name and of today's migrations, made if it is
    not there, and at an index of the same name. A database of that name and other migrations is brought up to today's,
    so that what it holds need not be made again. Returns the environment for further processes.
    """
    import psycopg

    addresses = services()
    name, database = database, f"{database}_{schema_digest()}"
    parts = urlsplit(addresses["RYAD_DATABASE_URL"])
    environment = {
        **addresses,
        "RYAD_DATABASE_URL": urlunsplit(parts._replace(path=f"/{database}")),
        "RYAD_OPENSEARCH_PREFIX": name.replace("_", "-"),
        "RYAD_DATABASE_STATEMENT_SECONDS": "600",
        "RYAD_DEMO": "no",
        "RYAD_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": settings,
    }
    with psycopg.connect(addresses["RYAD_DATABASE_URL"], autocommit=True) as connection:
        there = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
        old = _of_other_schemas(name, database, there)
        if database not in there and old:
            brought = urlunsplit(parts._replace(path=f"/{old[-1]}"))
            if not _migrates({**os.environ, **environment, "RYAD_DATABASE_URL": brought}):
                raise SystemExit(
                    f'"{old[-1]}" cannot be brought up to today\'s migrations: mend them, or drop it'
                )
            connection.execute(f'ALTER DATABASE "{old[-1]}" RENAME TO "{database}"')
            old = old[:-1]
        for each in old:
            connection.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f'CREATE DATABASE "{database}"{like_migrated()}')
    os.environ.update(environment)
    return {**os.environ}


def _migrates(environment: dict[str, str]) -> bool:
    """In a process of its own: this one's Django is not set up yet, and a failed migration must not end it."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def _of_other_schemas(name: str, database: str, there: Iterable[str]) -> list[str]:
    """Of all databases the ones that a benchmark made under this name when migrations were others, with or without a
    digest.
    """
    old = re.compile(rf"{re.escape(name)}(_[0-9a-f]{{10}})?")
    return sorted(each for each in there if old.fullmatch(each) and each != database)


def fill_and_index(offers: int) -> float:
    """`fill`, and all of it in the index; what of that is there already is left alone."""
    from search.engines import get_engine
    from search.services import rebuild_index

    filled = fill(offers)
    status = get_engine().status()
    if filled or not status.exists or status.documents != offers:
        rebuild_index()
    return filled


def fill(offers: int) -> float:
    """Migrates and fills the database with so many offers, unless it has them; returns the seconds that took."""
    from django.db import connection

    from catalog.models import Offer

    make_tables()
    if Offer.objects.count() == offers:
        return 0.0
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalog_offer, catalog_category, vendors_vendor, core_outboxentry CASCADE")
    columns, rows = made(offers)
    with connection.cursor() as cursor:
        statement = f"COPY catalog_offer ({', '.join(columns)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("SELECT setval(pg_get_serial_sequence('catalog_offer', 'id'), %s)", [offers])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - begun


def made(offers: int) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """Puts vendors and categories into the database; columns and rows of the offers to go with them."""
    return _COLUMNS, _rows(offers, _vendors(), _categories())


def _vendors() -> list[tuple[int, int]]:
    """(vendor, supply) ids."""
    from django.utils import timezone

    from catalog.models import Supply
    from vendors.models import Vendor

    vendors = Vendor.objects.bulk_create(
        Vendor(slug=f"bench-{number}", name=f"Bench {number}", state="approved") for number in range(VENDORS)
    )
    supplies = Supply.objects.bulk_create(
        Supply(vendor=vendor, source="form", confirmed_at=timezone.now()) for vendor in vendors
    )
    return [(supply.vendor_id, supply.pk) for supply in supplies]


def _categories() -> list[int]:
    """Ids of the leaves."""
    from catalog.models import Category

    leaves = []
    for top in range(TOP_CATEGORIES):
        root = Category.add_root(slug=f"top-{top}", name=f"Розділ {top}")
        for leaf in range(LEAVES):
            child = Category.objects.get(pk=root.pk).add_child(
                slug=f"leaf-{top}-{leaf}", name=f"Група {leaf}"
            )
            leaves.append(child.pk)
    return leaves


def _rows(offers: int, supplies: list[tuple[int, int]], categories: list[int]) -> Iterator[tuple[Any, ...]]:
    import orjson
    from django.utils import timezone

    from catalog.services.drafts import searched_text
    from core import text

    chance = random.Random(20241101)
    found, _source = titles()
    now = timezone.now()
    for number in range(1, offers + 1):
        title = found[number % len(found)][:200]
        if number > len(found):
            title += f" {number // len(found)}"
        vendor, supply = supplies[chance.randrange(VENDORS)]
        told = {"uk": {"title": title, "description": " ".join(chance.choices(found, k=2))}}
        columns = {
            "title": title, "texts": told, "brand": title.split()[0][:120], "maker": "", "attributes": {},
            "article": f"AR-{number}", "mpn": "", "gtin": "",
        }  # fmt: skip
        yield (
            number, vendor, supply, chance.choice(categories), title, orjson.dumps(told).decode(),
            searched_text(columns), text.collation_key(title), columns["brand"], "", "", columns["article"], "", "",
            f"https://shop.example/p/{number}", "[]", "[]", "{}", "H87", 1, chance.randint(10_000, 100_000_000),
            "UAH", "included", 20, chance.choice(("in_stock", "to_order", "none")), "", 1, now, now, "",
        )  # fmt: skip


def versions() -> dict[str, Any]:
    """Of the servers that a figure depends on."""
    from django.db import connection

    from search.engines import get_engine

    client = get_engine().client  # type: ignore[attr-defined]  # of OpenSearch, whose settings are in force
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgresql = cursor.fetchone()[0]
    return {"postgresql": postgresql, "opensearch": client.call("GET", "/")["version"]["number"]}
