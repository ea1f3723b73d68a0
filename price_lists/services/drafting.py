"""From a row as read to an offer's draft, and the hashes by which two readings are compared. No database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings

from catalog.enums import PriceKind
from catalog.services.drafts import TEXT_LIMITS, OfferDraft
from core.money import PRICE_SCALE, round_half_up
from price_lists.mapping.model import Mapping
from price_lists.rows import OfferRow
from price_lists.title_rules.actions import NameRules
from vendors.enums import VatStatus

#: Raise it when the same file would be read into other values than before: raw hashes then no longer count.
RULES_VERSION = 2
PATH_SEPARATOR = " / "
_MAX_QUANTITY = Decimal(10) ** 10
_KINDS = frozenset(PriceKind.values)
_LANGUAGES = ("uk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for rows that do not say it themselves."""

    currency: str
    vat: str
    vat_percent: int


@dataclass(frozen=True, slots=True)
class StagedDraft:
    """A draft as it is staged: its JSON and the hash of each part."""

    draft: OfferDraft
    json: str
    price_hash: bytes
    stock_hash: bytes
    text_hash: bytes


def draft_of(row: OfferRow, terms: Terms) -> OfferDraft:
    """The catalogue's values of a row. The Ukrainian title leads where there are several."""
    texts: dict[str, dict[str, str]] = {}
    for language, title in row.titles.items():
        texts[language] = {"title": title}
    if not texts:
        texts[""] = {"title": row.title}
    for language, description in row.descriptions.items():
        if description:
            texts.setdefault(language, {})["description"] = description
    title = next((row.titles[each] for each in _LANGUAGES if row.titles.get(each)), row.title)
    text = {
        "title": title[: TEXT_LIMITS["title"]],
        "texts": texts,
        "brand": row.brand[: TEXT_LIMITS["brand"]],
        "maker": row.maker[: TEXT_LIMITS["maker"]],
        "country": row.country[: TEXT_LIMITS["country"]],
        "article": row.article[: TEXT_LIMITS["article"]],
        "mpn": row.mpn[: TEXT_LIMITS["mpn"]],
        "gtin": row.gtin[: TEXT_LIMITS["gtin"]],
        "url": row.url if len(row.url) <= TEXT_LIMITS["url"] else "",
        "photos": row.photos,
        "videos": row.videos,
        "attributes": row.attributes,
        "unit": row.unit or "H87",
        "pack_count": max(row.pack_count, 1),
    }
    currency = row.currency or terms.currency
    vat = row.vat or terms.vat
    price = {
        "amount": _stored(row.price),
        "currency": currency,
        "old": None if row.old_price is None else _stored(row.old_price),
        "vat": vat,
        "vat_percent": _vat_percent(row, vat, terms),
        "tiers": [
            [
                tier.kind if tier.kind in _KINDS else PriceKind.OTHER.value,
                "" if tier.kind in _KINDS else tier.kind[:80],
                _stored(tier.amount),
                tier.currency or currency,
                max(1, min(int(tier.min_quantity), 2_000_000_000)),
            ]
            for tier in row.tiers
        ],
    }
    return OfferDraft(text=text, price=price, stock=_stock(row))


def _vat_percent(row: OfferRow, vat: str, terms: Terms) -> int:
    if vat == VatStatus.NONE:
        return 0
    if row.vat_rate is not None and 0 <= row.vat_rate <= 100:
        return int(row.vat_rate)
    return terms.vat_percent


def _stock(row: OfferRow) -> dict[str, Any]:
    days = row.order_days
    return {
        "state": str(row.availability),
        "quantity": None if row.stock is None else _quantity_text(row.stock),
        "days": days if days is None else max(0, min(days, 3650)),
    }


@lru_cache(maxsize=4096)
def _quantity_text(quantity: Decimal) -> str:
    return f"{min(max(quantity, Decimal(0)), _MAX_QUANTITY).normalize():f}"


def _stored(amount: Decimal) -> int:
    """As `core.money.to_price`, without rounding where there is nothing to round: nearly always."""
    scaled = amount * PRICE_SCALE
    whole = int(scaled)
    return whole if whole == scaled else round_half_up(scaled)


def staged(draft: OfferDraft, path: tuple[str, ...]) -> StagedDraft:
    """A draft with its hashes. The vendor's category counts as text: moving a good there changes it."""
    text = orjson.dumps(draft.text, option=orjson.OPT_SORT_KEYS)
    price = orjson.dumps(draft.price)
    stock = orjson.dumps(draft.stock)
    joined = b'{"text":' + text + b',"price":' + price + b',"stock":' + stock + b"}"
    return StagedDraft(
        draft=draft,
        json=joined.decode(),
        price_hash=digest(price),
        stock_hash=digest(stock),
        text_hash=digest(text + PATH_SEPARATOR.join(path).encode()),
    )


def merged(first: StagedDraft, later: StagedDraft) -> tuple[StagedDraft, StagedDraft, bool]:
    """One draft of two rows of one good: (draft, the one of the two that it mostly is, whether it is of both).

    As `price_lists.duplicates.merged`: another currency is a further price, the national one leads; otherwise
    the later row wins.
    """
    one, two = first.draft.price, later.draft.price
    known = {one["currency"], *(tier[3] for tier in one["tiers"] if tier[0] == PriceKind.RETAIL)}
    if two["currency"] not in known:
        main, other = (later, first) if two["currency"] == settings.BASE_CURRENCY else (first, later)
        price = main.draft.price
        further = [tier for tier in other.draft.price["tiers"] if tier not in price["tiers"]]
        further.append(
            [PriceKind.RETAIL.value, "", other.draft.price["amount"], other.draft.price["currency"], 1]
        )
        return _with_tiers(main, [*price["tiers"], *further]), main, True
    kept = [tier for tier in one["tiers"] if tier[0] == PriceKind.RETAIL and tier[3] != two["currency"]]
    return (_with_tiers(later, [*two["tiers"], *kept]), later, True) if kept else (later, later, False)


def _with_tiers(row: StagedDraft, tiers: list[list[Any]]) -> StagedDraft:
    draft = replace(row.draft, price={**row.draft.price, "tiers": tiers})
    again = staged(draft, ())
    return replace(again, text_hash=row.text_hash)  # which knows the vendor's category


def from_json(data: str | bytes | dict[str, Any]) -> OfferDraft:
    parts = data if isinstance(data, dict) else orjson.loads(data)
    return OfferDraft(text=parts["text"], price=parts["price"], stock=parts["stock"])


def fingerprint(mapping: Mapping, terms: Terms, names: NameRules) -> str:
    """Equal where the same raw row would be read into the same draft. What is only said of a name counts for nothing."""
    tables = [
        [
            table.currency,
            table.decimal,
            table.vat,
            table.category_rows,
            table.category_separator,
            [
                [
                    column.index,
                    column.heading,
                    column.field,
                    column.kind,
                    column.currency,
                    column.min_quantity,
                ]
                for column in table.columns
            ],
        ]
        for table in mapping.tables
    ]
    said = [
        RULES_VERSION,
        mapping.format,
        mapping.currency,
        mapping.options,
        tables,
        [terms.currency, terms.vat, terms.vat_percent],
        *names.fingerprint,
    ]
    return digest(orjson.dumps(said)).hex()


def digest(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=16).digest()
