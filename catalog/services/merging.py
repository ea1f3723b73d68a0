"""Offers that turn out to be one, and what an offer shows as a draft: for vendors that bring a good by several lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from catalog.enums import Availability
from catalog.locks import lock_offers
from catalog.models import Offer, OfferEdit, OfferPrice, StockLevel, Supply
from catalog.services.bulk import withdraw_offers
from catalog.services.changes import announce

#: The columns of Offer that the text part of a draft holds.
TEXT_COLUMNS = (
    "title", "texts", "brand", "maker", "country", "article", "mpn", "gtin", "url", "photos", "videos",
    "attributes", "unit", "pack_count",
)  # fmt: skip
_PRICE_COLUMNS = ("price_amount", "price_currency", "old_price_amount", "vat", "vat_percent")


def shown_drafts(offer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What these offers show, in the shape of a draft (see `drafts.OfferDraft`). Three queries."""
    if not offer_ids:
        return {}
    tiers: dict[int, list[list[Any]]] = {}
    rows = OfferPrice.objects.filter(offer__in=offer_ids).order_by("pk")
    for offer_id, *tier in rows.values_list(
        "offer_id", "kind", "label", "amount", "currency", "min_quantity"
    ):
        tiers.setdefault(offer_id, []).append(tier)
    levels = {
        offer_id: {"state": state, "quantity": _plain(quantity), "days": days}
        for offer_id, state, quantity, days in StockLevel.objects.filter(
            offer__in=offer_ids, point__isnull=True
        ).values_list("offer_id", "state", "quantity", "order_days")
    }
    unknown = {"state": Availability.UNKNOWN.value, "quantity": None, "days": None}
    drafts = {}
    for pk, *values in Offer.objects.filter(pk__in=offer_ids).values_list(
        "pk", *TEXT_COLUMNS, *_PRICE_COLUMNS
    ):
        said = dict(zip((*TEXT_COLUMNS, *_PRICE_COLUMNS), values, strict=True))
        drafts[pk] = {
            "text": {name: said[name] for name in TEXT_COLUMNS},
            "price": {
                "amount": said["price_amount"],
                "currency": said["price_currency"],
                "old": said["old_price_amount"],
                "vat": said["vat"],
                "vat_percent": said["vat_percent"],
                "tiers": tiers.get(pk, []),
            },
            "stock": levels.get(pk, unknown),
        }
    return drafts


def retire_offers(*, kept_for: Mapping[int, int], now: dt.datetime) -> None:
    """Offers that are another one: {the one that goes: the one that stays}. In the caller's transaction.

    What people said of the first is said of the second, where nobody of that rank said anything; it goes off sale with
    its history and clicks. The caller sees to it that the next writing of the second lets these words hold.
    """
    edits = []
    rows = OfferEdit.objects.filter(offer__in=kept_for).order_by("pk")
    for offer_id, field, value, rank, actor in rows.values_list(
        "offer_id", "field", "value", "rank", "actor"
    ):
        edits.append(OfferEdit(offer_id=kept_for[offer_id], field=field, value=value, rank=rank, actor=actor))
    OfferEdit.objects.bulk_create(edits, ignore_conflicts=True, batch_size=500)
    withdraw_offers(offer_ids=sorted(kept_for), now=now)


def move_to_supply(*, offer_ids: Sequence[int], supply: Supply, now: dt.datetime) -> None:
    """Another source is the one that confirms these offers from now on. In the caller's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("move_to_supply belongs into a transaction")
    if offer_ids:
        lock_offers(offer_ids)
        Offer.objects.filter(pk__in=offer_ids).update(supply=supply, updated_at=now, version=F("version") + 1)
        announce(offer_ids)


def _plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else f"{quantity.normalize():f}"
