"""When a diff looks so unlike a price list's usual change that the vendor is asked before it is applied.

The thresholds stand in docs/import-safety.md too, which a test compares with these.
"""

from __future__ import annotations

import math
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from catalog.enums import Availability
from catalog.models import Offer
from price_lists.enums import Change, Kind
from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun, RowProblem, SourceItem, StagedRow
from price_lists.rows import Severity
from price_lists.services.columns import UNSURE, confidence, terms_of
from price_lists.services.diffing import dropped_items, vanished_items
from price_lists.services.drafting import RULES_VERSION
from price_lists.services.renaming import renamed

#: (share of the offers before, at least so many of them): a short list may lose a few, a long one a few hundred.
VANISHED = ((0.5, 5), (0.3, 100))
#: A median price ratio from here on is a slipped decimal mark, another currency or another column.
JUMP = 4.0
JUMP_ROWS, JUMP_SHARE = 3, 0.2
OUTLIER, OUTLIER_SHARE, OUTLIER_ROWS = 9.0, 0.05, 5
CURRENCY_SHARE = 0.1
ERROR_SHARE, ERROR_ROWS = 0.5, 3
DUPLICATE_SHARE, DUPLICATE_ROWS = 0.2, 10
#: Each brand that goes as a whole, if it is so big a part of the list.
BRAND_SHARE, BRAND_ROWS = 0.05, 10
#: So many goods lost their stock in this file, and hardly any are left with one.
ZEROED_SHARE, ZEROED_ROWS, LEFT_SHARE = 0.3, 5, 0.02
#: Goods that moved to another category of the vendor's, or are sold in another unit.
MOVED_SHARE, MOVED_ROWS = 0.3, 10
UNIT_SHARE, UNIT_ROWS = 0.1, 5
#: Goods that got the name of another good of the list, or one that shares hardly a word with theirs.
SWAPPED_SHARE, SWAPPED_ROWS = 0.1, 5
REPLACED_SHARE, REPLACED_ROWS = 0.5, 10
EXAMPLES = 3
_AVAILABLE = (Availability.IN_STOCK, Availability.TO_ORDER)


def guard_run(*, run: ImportRun) -> list[dict[str, Any]]:
    """Why to ask, as [{code, …figures, examples}]; empty where the diff may be applied. Stored with the run.

    Also notes what the run's rows were read with, so that the same file can be read alike later on.
    """
    mapping = Mapping.from_json(run.mapping or {})
    reasons = [
        *_layout(run, mapping),
        *_vanished(run),
        *_brands(run),
        *_prices(run),
        *_stock(run),
        *_texts(run),
        *_rows(run),
    ]
    terms = terms_of(run, mapping)
    run.guard = reasons
    run.read_as = run.read_as | {
        "rules": RULES_VERSION,
        "currency": terms.currency,
        "vat": terms.vat,
        "vat_percent": terms.vat_percent,
    }
    ImportRun.objects.filter(pk=run.pk).update(guard=reasons, read_as=run.read_as)
    return reasons


def _layout(run: ImportRun, mapping: Mapping) -> list[dict[str, Any]]:
    inspection = run.inspection or {}
    if inspection.get("confirmed") or inspection.get("remembered"):
        return []  # a person has said what the columns mean
    drift = inspection.get("drift")
    if drift:
        return [{"code": "layout_changed", **drift}]
    sure = confidence(mapping)
    return [{"code": "columns_unsure", "percent": round(sure * 100)}] if sure < UNSURE else []


def _compared(run: ImportRun) -> int:
    """How many goods were there before and are there now."""
    return sum(run.counts.get(name, 0) for name in ("changed", "unchanged", "returned"))


def _vanished(run: ImportRun) -> list[dict[str, Any]]:
    # Also those that another source goes on bringing: a file that lost half its rows is a suspicious one.
    gone, before = run.counts.get("vanished", 0) + run.counts.get("left", 0), run.counts.get("before", 0)
    if not any(gone >= least and gone > share * before for share, least in VANISHED):
        return []
    items = dropped_items(run).order_by("pk").values_list(
        "key", "offer__title", "offer__price_amount", "offer__price_currency"
    )  # fmt: skip
    return [
        {
            "code": "many_vanished",
            "vanished": gone,
            "before": before,
            "percent": round(100 * gone / before),
            "examples": [
                _example(key, title, before=["price", amount, currency])
                for key, title, amount, currency in items[:EXAMPLES]
            ],
        }
    ]


def _brands(run: ImportRun) -> list[dict[str, Any]]:
    """Brands all of whose offers vanish, and which no new row has."""
    before = run.counts.get("before", 0)
    if not BRAND_ROWS <= run.counts.get("vanished", 0) < before:
        return []
    least = max(BRAND_ROWS, BRAND_SHARE * before)
    gone = vanished_items(run).exclude(offer__brand="").values("offer__brand").annotate(number=Count("pk"))
    lost = {row["offer__brand"]: row["number"] for row in gone.order_by() if row["number"] >= least}
    items = SourceItem.objects.filter(source=run.source_id, withdrawn=False, offer__brand__in=list(lost))
    had = items.order_by().values_list("offer__brand").annotate(number=Count("pk"))
    whole = {brand for brand, number in had if lost[brand] == number}
    if whole:
        come = StagedRow.objects.filter(run=run, change=Change.NEW, data__isnull=False)
        come = come.annotate(brand=_said("data__text__brand")).filter(brand__in=whole)
        whole -= set(come.order_by().values_list("brand", flat=True).distinct())
    if not whole:
        return []
    named = sorted(whole, key=lambda brand: (-lost[brand], brand))
    goods = vanished_items(run).filter(offer__brand__in=named).order_by("pk").values_list(
        "key", "offer__title", "offer__price_amount", "offer__price_currency"
    )  # fmt: skip
    return [
        {
            "code": "brand_gone",
            "brands": named[:5],
            "offers": sum(lost[brand] for brand in named),
            "examples": [
                _example(key, title, before=["price", amount, currency])
                for key, title, amount, currency in goods[:EXAMPLES]
            ],
        }
    ]


_FROM_PRICES = """
 FROM price_lists_stagedrow s JOIN catalog_offer o ON o.id = s.offer_id
 WHERE s.run_id = %s AND s.data IS NOT NULL
    AND (s.price_amount <> o.price_amount OR s.price_currency <> o.price_currency)
"""
_OTHER_CURRENCY = " AND s.price_currency <> o.price_currency"
_SAME_CURRENCY = " AND s.price_currency = o.price_currency AND o.price_amount > 0 AND s.price_amount > 0"


def _prices(run: ImportRun) -> list[dict[str, Any]]:
    """Prices of the same goods before and after, compared in the database."""
    compared = _compared(run)
    if not compared:
        return []
    reasons: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), SUM(CASE WHEN s.price_currency <> o.price_currency THEN 1 ELSE 0 END)"
            + _FROM_PRICES,
            [run.pk],
        )
        changed, other_currency = cursor.fetchone()
        other_currency = other_currency or 0
        if other_currency >= JUMP_ROWS and other_currency > CURRENCY_SHARE * compared:
            cursor.execute(
                "SELECT o.price_currency, s.price_currency, COUNT(*)"
                + _FROM_PRICES
                + _OTHER_CURRENCY
                + " GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1",
                [run.pk],
            )
            before, after, _number = cursor.fetchone()
            reasons.append(
                {
                    "code": "currency_changed",
                    "offers": other_currency,
                    "before": before,
                    "after": after,
                    "examples": _price_examples(run, _OTHER_CURRENCY, "s.id"),
                }
            )
        same = changed - other_currency
        if same < JUMP_ROWS:
            return reasons
        cursor.execute(
            "SELECT 1.0 * s.price_amount / o.price_amount"
            + _FROM_PRICES
            + _SAME_CURRENCY
            + " ORDER BY 1 LIMIT 1 OFFSET %s",
            [run.pk, same // 2],
        )
        row = cursor.fetchone()
        median = float(row[0]) if row else 1.0
        if same > JUMP_SHARE * compared and (median >= JUMP or median <= 1 / JUMP):
            return [*reasons, _jump(run, median, same)]
        cursor.execute(
            "SELECT COUNT(*)"
            + _FROM_PRICES
            + " AND s.price_currency = o.price_currency AND o.price_amount > 0"
            " AND (s.price_amount >= o.price_amount * %s OR s.price_amount * %s <= o.price_amount)",
            [run.pk, OUTLIER, OUTLIER],
        )
        (wild,) = cursor.fetchone()
    if wild >= OUTLIER_ROWS and wild > OUTLIER_SHARE * compared:
        reasons.append({"code": "wild_prices", "offers": wild, "examples": _widest(run)})
    return reasons


def _jump(run: ImportRun, median: float, offers: int) -> dict[str, Any]:
    """Says "10 times" where the ratio is about a power of ten, else the ratio as it is."""
    factor = median if median >= 1 else 1 / median
    power = round(math.log10(factor))
    if power and abs(math.log10(factor) - power) < 0.15:
        factor = 10**power
    return {
        "code": "prices_up" if median >= 1 else "prices_down",
        "factor": round(factor, 1),
        "percent": abs(round(100 * (median - 1))),
        "offers": offers,
        "examples": _widest(run),
    }


def _widest(run: ImportRun) -> list[dict[str, Any]]:
    """The changed prices that went farthest, whichever the direction: the bigger of the two ways to divide."""
    up, down = "1.0 * s.price_amount / o.price_amount", "1.0 * o.price_amount / s.price_amount"
    order = f"CASE WHEN s.price_amount > o.price_amount THEN {up} ELSE {down} END DESC, s.id"
    return _price_examples(run, _SAME_CURRENCY, order)


def _price_examples(run: ImportRun, condition: str, order: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.row, s.key, o.title, o.price_amount, o.price_currency, s.price_amount, s.price_currency"
            + _FROM_PRICES
            + f"{condition} ORDER BY {order} LIMIT %s",
            [run.pk, EXAMPLES],
        )
        return [
            _example(key, title, row=row, before=["price", *old], after=["price", *new])
            for row, key, title, *amounts in cursor.fetchall()
            for old, new in [(amounts[:2], amounts[2:])]
        ]


def _said(path: str) -> Cast:
    """A text of the drafts, as a text: compared as it is, a key of JSON would take the other side for JSON too."""
    return Cast(KT(path), TextField())


def _stock(run: ImportRun) -> list[dict[str, Any]]:
    """Whether hardly anything is in stock any more because this file says so."""
    compared, offers = _compared(run), run.counts.get("offers", 0)
    if run.counts.get("stock", 0) < ZEROED_ROWS:
        return []
    said = StagedRow.objects.filter(run=run, data__isnull=False).annotate(
        state=_said("data__stock__state"), part=F("kinds").bitand(int(Kind.STOCK))
    )
    zeroed = said.exclude(part=0).filter(state=Availability.NONE)
    number = zeroed.count()
    if number < ZEROED_ROWS or number <= ZEROED_SHARE * compared:
        return []
    # Goods that the file names and says nothing new of: all but those that are staged with what it says, or as gone.
    told = StagedRow.objects.filter(run=run, key=OuterRef("key")).filter(
        Q(data__isnull=False) | Q(change=Change.VANISHED)
    )
    known = SourceItem.objects.filter(
        ~Exists(told), source=run.source_id, withdrawn=False, offer__availability__in=_AVAILABLE
    )
    left = said.filter(state__in=_AVAILABLE).count() + known.count()
    if left > LEFT_SHARE * offers:
        return []
    shown = list(zeroed.order_by("pk").values_list("row", "key", "offer_id")[:EXAMPLES])
    were = Offer.objects.in_bulk([offer_id for _row, _key, offer_id in shown])
    return [
        {
            "code": "stock_gone",
            "offers": number,
            "left": left,
            "examples": [
                _example(
                    key,
                    were[offer_id].title,
                    row=row,
                    before=["stock", were[offer_id].availability],
                    after=["stock", Availability.NONE.value],
                )
                for row, key, offer_id in shown
                if offer_id in were
            ],
        }
    ]


def _texts(run: ImportRun) -> list[dict[str, Any]]:
    """Categories, units and names of the same goods before and after."""
    compared = _compared(run)
    if run.counts.get("text", 0) < min(MOVED_ROWS, UNIT_ROWS, SWAPPED_ROWS, REPLACED_ROWS):
        return []
    found = renamed(run, examples=EXAMPLES)
    judged = (
        ("titles_swapped", found.swapped, SWAPPED_ROWS, SWAPPED_SHARE),
        ("titles_replaced", found.replaced, REPLACED_ROWS, REPLACED_SHARE),
        ("categories_moved", found.moved, MOVED_ROWS, MOVED_SHARE),
        ("units_changed", found.units, UNIT_ROWS, UNIT_SHARE),
    )
    reasons = [
        {
            "code": code,
            "offers": number,
            "compared": compared,
            "percent": round(100 * number / compared),
            "examples": [
                _example(key, title, row=row, before=before, after=after)
                for row, key, title, before, after in found.examples.get(code, ())
            ],
        }
        for code, number, least, share in judged
        if number >= least and number > share * compared
    ]
    if any(reason["code"] == "titles_swapped" for reason in reasons):
        return [reason for reason in reasons if reason["code"] != "titles_replaced"]
    return reasons


def _rows(run: ImportRun) -> list[dict[str, Any]]:
    counts = run.counts
    reasons: list[dict[str, Any]] = []
    errors, offers, duplicates = counts.get("errors", 0), counts["offers"], counts.get("duplicates", 0)
    if errors >= ERROR_ROWS and errors > ERROR_SHARE * (errors + offers):
        wrong = RowProblem.objects.filter(run=run, severity=Severity.ERROR.value).order_by("row", "pk")
        reasons.append(
            {
                "code": "many_errors",
                "errors": errors,
                "rows": errors + offers,
                "examples": [_wrong(problem) for problem in wrong[:EXAMPLES]],
            }
        )
    if duplicates >= DUPLICATE_ROWS and duplicates > DUPLICATE_SHARE * (offers + duplicates):
        twice = RowProblem.objects.filter(run=run, code="duplicate_article").order_by("row", "pk")
        reasons.append(
            {
                "code": "many_duplicates",
                "duplicates": duplicates,
                "rows": offers + duplicates,
                "examples": [_wrong(problem) for problem in twice[:EXAMPLES]],
            }
        )
    return reasons


def _wrong(problem: RowProblem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "problem": [problem.code, problem.column, problem.value[:120]],
    }


def _example(
    key: str,
    title: str,
    *,
    row: int = 0,
    before: list[Any] | None = None,
    after: list[Any] | None = None,
) -> dict[str, Any]:
    """`before` and `after` are ["price", amount, currency], ["text", …], ["unit", code] or ["stock", state]."""
    return {
        "row": row,
        "key": key.partition(":")[2] or key,
        "title": title[:120],
        "before": before,
        "after": after,
    }
