"""A PostgreSQL database filled set by set with a row of N offers and what grows with them, for `database_plans`.

Sizes of vendors are as uneven as in life: the first of two hundred has some 17 % of all offers. Words are real
titles, analysed as the product does it; the rest is drawn by the database with a fixed seed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg.sql

from benchmarks.search_inputs import titles

VENDORS = 200
TOP_CATEGORIES, LEAVES = 20, 15
WORDS = 20_000  # different titles


def fill(offers: int) -> None:
    """Fills the migrated, empty database of this process."""
    from django.db import DatabaseError, connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT setseed(0.42)")
        # What is made here fits: without the keys' triggers it is there in half the time, where we may say so.
        with suppress(DatabaseError), transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
        _people_and_vendors()
        _categories()
        _offers(offers)
        _price_lists(offers)
        _requests(offers)
        _core(offers)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")


def _series(model: Any, count: int, /, rows_of: str = "", **expressions: str) -> None:
    """`count` rows (or those of `rows_of`, a FROM clause) whose columns are SQL expressions of `n`.

    Columns that are not named have the field's default.
    """
    from django.db import connection
    from django.db.models import NOT_PROVIDED

    meta = model._meta  # noqa: SLF001 - Django's documented API
    values = dict(expressions)
    for field in meta.concrete_fields:
        if field.column in values or (field.primary_key and not field.has_default()):
            continue
        if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
            values[field.column] = "now()"
        elif field.get_internal_type() == "UUIDField" and not field.null:
            values[field.column] = "gen_random_uuid()"
        elif field.default is not NOT_PROVIDED:
            ready = field.get_db_prep_save(field.get_default(), connection)
            values[field.column] = psycopg.sql.Literal(ready).as_string(connection.connection)
        elif not field.null:
            values[field.column] = "''"
    names = ", ".join(f'"{name}"' for name in values)
    told = ", ".join(values.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({names}) SELECT {told} FROM'
            f" {rows_of or f'generate_series(1, {count}) AS n'}"
        )
        if "id" in expressions:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{meta.db_table}', 'id'), max(id)) FROM {meta.db_table}"
            )


def _people_and_vendors() -> None:
    from accounts.models import User
    from catalog.models import Supply
    from price_lists.models import Source
    from vendors.models import Membership, Vendor

    _series(User, 5_000, id="n", email="'person' || n || '@ryad.example'", password="''")
    _series(
        Vendor, VENDORS, id="n", slug="'bench-' || n", name="'Bench ' || n",
        state="CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'approved' END",
    )  # fmt: skip
    _series(Membership, VENDORS, vendor_id="n", user_id="n", role="'owner'")
    _series(
        Supply, 2 * VENDORS, id="n", vendor_id="(n - 1) / 2 + 1", source="'price_source:' || n", confirmed_at="now()"
    )  # fmt: skip
    _series(Source, 2 * VENDORS, id="n", vendor_id="(n - 1) / 2 + 1", name="'list ' || n", supply_id="n")


def _categories() -> None:
    from catalog.models import Category

    for top in range(TOP_CATEGORIES):
        root = Category.add_root(slug=f"top-{top}", name=f"Розділ {top}")
        for leaf in range(LEAVES):
            Category.objects.get(pk=root.pk).add_child(slug=f"leaf-{top}-{leaf}", name=f"Група {leaf}")


def _offers(offers: int) -> None:
    from django.db import connection

    from catalog.models import Offer, OfferEdit, OfferPrice, OutboundClick, PriceChange, StockLevel
    from core import text

    pool = titles()[0][:WORDS]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE words (n int PRIMARY KEY, title text, search_text text, key text, brand text)"
        )
        with cursor.copy("COPY words FROM STDIN") as copy:
            for number, title in enumerate(each[:200] for each in pool):
                copy.write_row((
                    number, title, text.search_text(title), text.collation_key(title), title.split()[0][:120]
                ))  # fmt: skip
        cursor.execute(
            "CREATE TEMP TABLE leaves AS SELECT id, row_number() OVER () - 1 AS n FROM catalog_category"
        )
        cursor.execute("SELECT count(*) FROM leaves")
        (leaves,) = cursor.fetchone()
        cursor.execute("ANALYZE words")
    _series(
        Offer, offers, id="d.n", vendor_id="(d.supply - 1) / 2 + 1", supply_id="d.supply", category_id="l.id",
        title="left(w.title || ' ' || d.n, 500)",
        texts="jsonb_build_object('uk', jsonb_build_object('title', w.title || ' ' || d.n, 'description',"
        " repeat(w.title || '. ', 6)))",
        search_text="w.search_text || 'n' || d.n || ' '", collation_key="left(w.key, 255)", brand="w.brand",
        article="'AR-' || d.n", gtin="CASE WHEN d.n % 3 = 0 THEN lpad((d.n / 9)::text, 13, '4') ELSE '' END",
        url="'https://shop.example/p/' || d.n", attributes="'{\"Колір\": \"синій\", \"Вага\": \"1 кг\"}'",
        price_amount="10000 + (random() * 10000000)::bigint",
        price_currency="CASE WHEN d.n % 20 = 0 THEN 'USD' ELSE 'UAH' END",
        availability="(ARRAY['in_stock', 'to_order', 'none', 'unknown'])[1 + d.n % 4]", vat="'included'",
        withdrawn_at="CASE WHEN d.n % 25 = 0 THEN now() END", hidden_at="CASE WHEN d.n % 500 = 1 THEN now() END",
        rows_of=f"(SELECT n, 1 + (power(random(), 3) * {2 * VENDORS - 1})::int AS supply FROM"
        f" generate_series(1, {offers}) AS n) AS d"
        f" JOIN words w ON w.n = d.n % {len(pool)} JOIN leaves l ON l.n = d.n % {leaves}",
    )  # fmt: skip
    _series(
        PriceChange,
        offers,
        offer_id="n",
        amount="10000",
        currency="'UAH'",
        changed_at="now() - interval '90 days'",
    )
    _series(
        PriceChange, offers, offer_id=f"1 + (random() * {offers - 1})::bigint", amount="20000", currency="'UAH'",
        changed_at="now() - random() * interval '80 days'",
    )  # fmt: skip
    _series(StockLevel, offers, offer_id="n", state="'in_stock'", quantity="n % 100")
    _series(
        OfferPrice,
        offers // 4,
        offer_id="4 * n",
        kind="'wholesale'",
        amount="9000",
        currency="'UAH'",
        min_quantity="10",
    )
    _series(
        OfferEdit,
        offers // 100,
        offer_id="n * 100",
        field="'title'",
        value="'\"x\"'",
        rank="1",
        actor="'user:1'",
    )
    _series(
        OutboundClick, offers // 4, offer_id=f"1 + (random() * {offers - 1})::bigint", vendor_id="1",
        session_hash="md5(n::text)", day="current_date - n % 60",
    )  # fmt: skip


def _price_lists(offers: int) -> None:
    from price_lists.models import CategoryLink, ImportRun, PriceList, RowProblem, SourceItem

    _series(
        CategoryLink, 30 * VENDORS, id="n", vendor_id=f"1 + n % {VENDORS}", path="'Розділ / ' || n",
        path_hash="decode(md5(n::text), 'hex')", category_id="CASE WHEN n % 3 > 0 THEN (SELECT min(id) FROM catalog_category) END",
        confirmed_at="CASE WHEN n % 2 = 0 THEN now() END",
    )  # fmt: skip
    _series(
        SourceItem, 0, source_id="supply_id", key="'article:' || article", raw_hash="decode(md5(article), 'hex')",
        price_hash="decode(md5('p'), 'hex')", stock_hash="decode(md5('s'), 'hex')",
        text_hash="decode(md5('t'), 'hex')", offer_id="id", link_id=f"1 + id % {30 * VENDORS}",
        withdrawn="withdrawn_at IS NOT NULL", rows_of="catalog_offer ORDER BY id",
    )  # fmt: skip
    runs = 20 * VENDORS
    _series(
        PriceList, runs, id="n", source_id=f"1 + n % {2 * VENDORS}", file="'x'", original_name="'list.csv'", size="1",
        sha256="md5(n::text)",
    )  # fmt: skip
    _series(
        ImportRun, runs, id="n", vendor_id=f"(n % {2 * VENDORS}) / 2 + 1", source_id=f"1 + n % {2 * VENDORS}",
        price_list_id="n", state="CASE WHEN n % 100 = 0 THEN 'review' ELSE 'applied' END", finished_at="now()",
    )  # fmt: skip
    _series(
        RowProblem, offers // 5, run_id=f"1 + n % {runs}", row="n", code="'price_missing'", message="'x'",
        severity="'error'",
    )  # fmt: skip


def _requests(offers: int) -> None:
    from buyer_requests.models import BuyerRequest, LineMatch, RequestLine, VendorFit, VendorNotice

    requests = max(50, offers // 50)
    _series(
        BuyerRequest, requests, id="n", buyer_id="1 + n % 5000", title="'Потрібно ' || n",
        state="CASE WHEN n % 10 = 0 THEN 'open' ELSE 'closed' END",
        deadline_at="now() + (CASE WHEN n % 10 = 0 THEN 1 ELSE -1 END) * (n % 30 + 1) * interval '1 day'",
        published_at="now()",
    )  # fmt: skip
    _series(
        RequestLine, 5 * requests, id="n", request_id="(n - 1) / 5 + 1", position="(n - 1) % 5 + 1",
        text="'папір ' || n", quantity="1", ceiling_amount="1000000",
    )  # fmt: skip
    _series(
        LineMatch, 0, line_id="line", offer_id="offer", vendor_id="vendor_id", score="0.5", price_base="10000",
        rows_of=f"(SELECT DISTINCT 1 + (random() * {5 * requests - 1})::bigint AS line,"
        f" 1 + (random() * {offers - 1})::bigint AS offer FROM generate_series(1, {offers // 2})) AS p"
        " JOIN catalog_offer o ON o.id = p.offer",
    )  # fmt: skip
    _series(
        VendorFit, 0, line_id="line_id", vendor_id="vendor_id", count="n",
        rows_of="(SELECT line_id, vendor_id, count(*) AS n FROM buyer_requests_linematch GROUP BY 1, 2) AS f",
    )  # fmt: skip
    _series(
        VendorNotice, 0, request_id="request_id", vendor_id="vendor_id", reason="'fits'",
        rows_of="(SELECT DISTINCT l.request_id, f.vendor_id FROM buyer_requests_vendorfit f"
        " JOIN buyer_requests_requestline l ON l.id = f.line_id) AS t",
    )  # fmt: skip


def _core(offers: int) -> None:
    from core.models import Job, OutboxEntry
    from notifications.models import Notification
    from search.models import QueryLog

    _series(
        OutboxEntry, max(500, offers // 100), consumer="CASE WHEN n % 10 = 0 THEN 'search' ELSE 'requests' END",
        topic="'offers_changed'", payload="jsonb_build_object('offers', jsonb_build_array(n))", visible_at="now()",
    )  # fmt: skip
    _series(
        Job, offers // 20, kind="'price_lists.import'", task="'price_lists.advance'", owner="'user:' || n % 5000",
        subject="'import_run:' || n", state="CASE WHEN n % 5000 = 0 THEN 'running' ELSE 'done' END",
        heartbeat_at="now()", finished_at="CASE WHEN n % 5000 > 0 THEN now() END",
    )  # fmt: skip
    _series(
        Notification, offers // 5, user_id="1 + n % 5000", kind="'requests.published'", key="'k' || n",
        read_at="CASE WHEN n % 20 > 0 THEN now() END", emailed_at="CASE WHEN n % 1000 > 0 THEN now() END",
    )  # fmt: skip
    _series(
        QueryLog, offers // 4, words="'папір'", total="5", searched_at="now() - random() * interval '90 days'"
    )
