"""The same good twice in one file: further prices of one offer, or the last one wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from price_lists.messages import issue
from price_lists.rows import OfferRow, PriceTier, RowIssue, Severity, is_by_name, repeated_key

_NATIONAL = "UAH"


def merge_duplicates(items: Iterable[OfferRow | RowIssue]) -> Iterator[OfferRow | RowIssue]:
    """Offers by key: another currency is a further price of the same offer, else the later row wins.

    Rows that only their names tell apart are kept unless they differ in currency alone: nothing in the file
    says that they are one good. Every merge is told by a warning. Issues pass through at once, offers come at
    the end in the order of their first rows: all offers are held in memory, so big imports do the same over
    staged rows, with `merged` for each group.
    """
    offers: dict[str, OfferRow] = {}
    repeats: dict[str, int] = {}
    for item in items:
        if isinstance(item, RowIssue):
            yield item
            continue
        key = item.key()
        known = offers.get(key)
        if known is None:
            offers[key] = item
            continue
        if is_by_name(key) and not _another_currency(known, item):
            repeats[key] = repeats.get(key, 1) + 1
            offers[repeated_key(key, repeats[key])] = item
            continue
        offers[key], note = merged(known, item)
        yield note
    yield from offers.values()


def merged(first: OfferRow, second: OfferRow) -> tuple[OfferRow, RowIssue]:
    """One offer of two rows with the same key, and what happened. `second` stands later in the file."""
    if _another_currency(first, second):
        main, other = (second, first) if second.currency == _NATIONAL else (first, second)
        tier = PriceTier("retail", other.price, other.currency)
        whole = replace(main, tiers=(*main.tiers, *(t for t in other.tiers if t not in main.tiers), tier))
        code, severity, at, value = "merged_price", Severity.WARNING, second, str(first.row)
        return whole, issue(code, row=at.row, column="", value=value, sheet=at.sheet, severity=severity)
    kept = tuple(tier for tier in first.tiers if tier.kind == "retail" and tier.currency != second.currency)
    whole = replace(second, tiers=(*second.tiers, *kept)) if kept else second
    return whole, issue(
        "duplicate_article",
        row=first.row,
        value=str(second.row),
        sheet=first.sheet,
        severity=Severity.WARNING,
    )


def _another_currency(first: OfferRow, second: OfferRow) -> bool:
    known = {first.currency, *(tier.currency for tier in first.tiers if tier.kind == "retail")}
    return bool(second.currency and first.currency) and second.currency not in known
