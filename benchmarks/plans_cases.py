"""What `database_plans` explains: the product's selectors and services at their usual sizes, with their bounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from benchmarks.database_plans import Case
from benchmarks.plans_inputs import VENDORS

_MOST = 5  # the source whose list is imported: of the third vendor, with some 1 % of all offers


def cases(offers: int) -> list[Case]:
    """Bounds are of the full size, at about twice what was measured: a plan that turns is far beyond that."""
    return [*_pages(offers), *_fallback(), *_index(offers), *_imports(offers), *_requests(offers), *_desks()]


def _pages(offers: int) -> list[Case]:
    from catalog.models import Offer, PriceChange
    from cms import selectors as cms
    from search.query import Hit
    from storefront import selectors

    middle = offers // 2
    some = [Hit(pk, -pk, 0.0, None) for pk in range(middle, middle + 24)]
    on_sale = next(iter(Offer.objects.on_sale().filter(pk__gt=middle).exclude(gtin="").order_by("pk")[:1]))
    return [
        Case("cards of a result page", lambda: selectors.cards(some), 1_000),
        Case("page of an offer", lambda: selectors.good(on_sale.pk), 1_000),
        Case(
            "price history of an offer",
            lambda: list(PriceChange.objects.filter(offer=on_sale).order_by("-changed_at")[:12]),
            50,
        ),
        Case("home page: categories", lambda: cms.top_categories(12), 12_000),
        Case("home page: vendors", lambda: cms.vendors_for_row(8), 12_000),
        Case("directory of vendors", lambda: list(selectors.public_vendors()[:24]), 12_000),
    ]


def _fallback() -> list[Case]:
    from core.money import Money
    from search import fallback
    from search.query import SearchQuery, Sort
    from search.selectors import hidden_vendor_ids

    def asked(**query: Any) -> Any:
        return lambda: fallback.search(SearchQuery(**query))

    hryvnias = Money.from_price(5_000_000, "UAH")
    return [
        Case("hidden vendors", hidden_vendor_ids, 20),
        Case("database search: one word", asked(words=_word(3)), 60_000),
        Case(
            "database search: words and ceiling",
            asked(words=f"{_word(3)} {_word(40)}", max_price=hryvnias),
            60_000,
        ),
        Case("database search: a code", asked(words="AR-4711"), 5_000),
        Case(
            "database search: a vendor's newest",
            asked(vendors_in=frozenset({VENDORS // 2}), sort=Sort.NEWEST),
            30_000,
        ),
        Case("database search: a category", asked(category_id=_leaf(), sort=Sort.PRICE_ASC), 30_000),
    ]


def _word(place: int) -> str:
    """A word of the vocabulary, by how many titles have it: 0 is the most frequent one."""
    from collections import Counter

    from benchmarks.plans_inputs import WORDS
    from benchmarks.search_inputs import titles

    if not _words:
        counted = Counter(
            word
            for title in titles()[0][:WORDS]
            for word in set(title.lower().split())
            if word.isalpha() and len(word) > 4
        )
        _words.extend(word for word, _number in counted.most_common(200))
    return _words[min(place, len(_words) - 1)]


_words: list[str] = []


def _leaf() -> int:
    from catalog.models import Category

    return Category.objects.filter(depth=2).order_by("pk")[7].pk


def _index(offers: int) -> list[Case]:
    from catalog.models import Offer
    from core import outbox
    from core.outbox import claims, registry, selectors
    from search import selectors as search_selectors

    def claim() -> None:
        lease, entries = claims.claim(registry.consumer("requests"), limit=200)
        claims.finish(lease, [entry.id for entry in entries])

    def emit() -> None:
        from django.db import transaction

        with transaction.atomic():
            outbox.emit("search", "offers_changed", {"offers": [1, 2]})

    def page_from(pk: int) -> list[Any]:
        offers = search_selectors.on_sale().filter(pk__gt=pk).order_by("pk")
        return list(search_selectors.document_rows(offers)[:2_000])

    scattered = range(1, offers, max(1, offers // 2_000))
    return [
        Case("outbox: claim and finish 200", claim, 15_000),
        Case("outbox: write", emit, 100),
        # It counts every entry there is.
        Case(
            "outbox: what waits", lambda: list(selectors.backlogs()), 2_000, frozenset({"core_outboxentry"})
        ),
        Case("index: offers of an entry", lambda: search_selectors.offer_batch(scattered), 20_000),
        Case("index: the first page of all", lambda: page_from(0), 4_000),
        Case("index: a page in the middle", lambda: page_from(offers // 2), 4_000),
        Case("index: who is there", lambda: Offer.objects.filter(pk__in=list(scattered)).count(), 20_000),
    ]


class _Work:
    """A job's heart without a job."""

    def progress(self, *_: Any) -> None: ...
    def check_cancelled(self) -> None: ...


def _staged(offers: int) -> Any:
    """A run of a source whose file names all its goods, one in ten with a new price; made in the case's transaction."""
    from price_lists.enums import RunState
    from price_lists.models import ImportRun, PriceList

    price_list = PriceList.objects.filter(source=_MOST).first()
    assert price_list is not None
    run = ImportRun.objects.create(
        vendor_id=price_list.source.vendor_id, source_id=_MOST, price_list=price_list, state=RunState.READING,
        mapping={}, inspection={"confirmed": True},
    )  # fmt: skip
    draft = {
        "text": {"title": "Папір", "texts": {"uk": {"title": "Папір"}}, "brand": "", "maker": "", "country": "",
                 "article": "", "mpn": "", "gtin": "", "url": "", "photos": [], "videos": [], "attributes": {},
                 "unit": "H87", "pack_count": 1},
        "price": {"amount": 123, "currency": "UAH", "old": None, "vat": "included", "vat_percent": 20, "tiers": []},
        "stock": {"state": "in_stock", "quantity": "5", "days": None},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO price_lists_stagedrow (run_id, row, sheet, key, raw_hash, price_hash, stock_hash,
                text_hash, price_amount, price_currency, data, link_id, change, kinds)
            SELECT %s, id, '', key, CASE WHEN id %% 10 = 0 THEN decode(md5('new' || id), 'hex') ELSE raw_hash END,
                decode(md5('other'), 'hex'), stock_hash, text_hash, 123, 'UAH',
                CASE WHEN id %% 10 = 0 THEN %s::jsonb END, link_id, 'new', 0
            FROM price_lists_sourceitem WHERE source_id = %s AND NOT withdrawn
            """,
            [run.pk, orjson.dumps(draft).decode(), _MOST],
        )
        cursor.execute("ANALYZE price_lists_stagedrow")
    return run


def _imports(offers: int) -> list[Case]:
    from price_lists.models import SourceItem
    from price_lists.services import applying, diffing, guarding, staged
    from price_lists.services.imports import sweep

    hashes = [
        bytes(each)
        for each in SourceItem.objects.filter(source=_MOST).values_list("raw_hash", flat=True)[:2_000]
    ]

    def known() -> list[Any]:
        items = SourceItem.objects.filter(source=_MOST, raw_hash__in=hashes, withdrawn=False)
        return list(items.values_list("raw_hash", "key", "link_id", "offer__price_currency"))

    def compare() -> None:
        run = _staged(offers)
        run.mapping = {"format": "csv"}
        assert diffing.diff_run(run=run, work=_Work())  # type: ignore[arg-type]
        guarding.guard_run(run=run)
        applying._Applying(run, _Work()).apply()  # type: ignore[arg-type]  # noqa: SLF001 - without what comes after
        staged.forget_staged(run=run)

    return [
        Case("import: rows known by their hash", known, 40_000),
        # The staged rows are a table of the run's own size.
        Case(
            "import: compare, judge, apply, forget", compare, 2_000_000, frozenset({"price_lists_stagedrow"})
        ),
        Case("import: sweep", sweep, 10_000),
    ]


def _requests(offers: int) -> list[Case]:
    from buyer_requests.matching.documents import variants
    from buyer_requests.matching.incremental import _held
    from buyer_requests.matching.open_lines import open_lines
    from buyer_requests.selectors import desk
    from catalog.models import Offer
    from vendors.models import Vendor

    vendor = Vendor.objects.get(pk=3)
    changed = set(range(1000, 2000))

    def held() -> None:
        _held(changed, {}, open_lines().by_id)

    return [
        Case(
            "match: a thousand changed offers",
            lambda: variants(Offer.objects.on_sale().filter(pk__in=changed)),
            30_000,
        ),
        # One line in ten is open here: reading all of them costs less than looking those up.
        Case("match: open lines and what they hold", held, 60_000, frozenset({"buyer_requests_requestline"})),
        Case("desk: fitting requests", lambda: list(desk.fitting(vendor)[:20]), 120_000),
        Case("desk: how many wait", lambda: desk.waiting_count(vendor), 120_000),
    ]


def _desks() -> list[Case]:
    from accounts.models import User
    from core.jobs import selectors as jobs
    from core.jobs.services import revive_stale_jobs
    from notifications.selectors import inbox_of
    from price_lists import selectors
    from search.models import QueryLog
    from vendors.models import Vendor

    vendor, user = Vendor.objects.get(pk=3), User.objects.get(pk=3)
    week = timezone.now() - dt.timedelta(days=7)
    return [
        Case("desk: imports", lambda: list(selectors.runs_of(vendor=vendor)[:20]), 500),
        Case("desk: the vendor's categories", lambda: list(selectors.links_of(vendor=vendor)[:50]), 60_000),
        Case("desk: categories to decide", lambda: selectors.undecided_count(vendor), 60_000),
        Case("desk: today", lambda: selectors.imports_of_today(vendor), 60_000),
        Case("inbox: unread", lambda: inbox_of(user, unread_only=True).count(), 500),
        Case("inbox: a page", lambda: list(inbox_of(user)[:20]), 100),
        Case("jobs: of a subject", lambda: jobs.latest_job(subject="import_run:77"), 20),
        Case("jobs: stale ones", revive_stale_jobs, 500),
        Case(
            "operators: searches of a week",
            lambda: QueryLog.objects.filter(searched_at__gte=week).count(),
            60_000,
        ),
    ]
