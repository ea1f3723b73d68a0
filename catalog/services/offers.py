"""What people do to single offers: edit, hide, show again, put into a category. No import reverts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalog.enums import EditRank
from catalog.errors import FieldNotEditable
from catalog.locks import locked_offers
from catalog.models import Offer, OfferEdit, PriceChange, Supply
from catalog.services.changes import CHUNK, PHOTOS, SHOWN_TO, announce, touch
from catalog.services.drafts import EDITABLE, with_edits
from catalog.services.holding import HELD_BY_RULE, NOT_HIDDEN_BY_PERSON
from catalog.signals import offer_renamed
from vendors.models import Vendor

#: What tells which good an offer is.
_TELLING = frozenset({"title", "brand", "mpn", "gtin", "article", "unit", "pack_count", "attributes"})
#: By what rules about names judge it.
_NAMING = frozenset({"title", "brand"})
_COLUMNS = (*sorted(EDITABLE - {"description"}), "texts", "search_text", "collation_key")


def open_supply(*, vendor: Vendor, source: str) -> Supply:
    """The row that stands for one source of a vendor's offers; made when it is first asked for."""
    supply, _created = Supply.objects.get_or_create(
        vendor=vendor, source=source, defaults={"confirmed_at": timezone.now()}
    )
    return supply


def edit_offer(*, offer: Offer, values: Mapping[str, Any], rank: EditRank, actor: str) -> Offer:
    """Records a person's word about fields of an offer (see `drafts.EDITABLE`) and makes it hold.

    Prices are in 1/10,000, a category is its id. An operator's word about a field stays above the vendor's,
    whoever speaks last. `actor` is a typed id.
    """
    unknown = sorted(set(values) - EDITABLE)
    if unknown:
        raise FieldNotEditable(field=unknown[0])
    with transaction.atomic():
        current = locked_offers([offer.pk]).get()
        for field, value in values.items():
            OfferEdit.objects.update_or_create(
                offer=current, field=field, rank=rank, defaults={"value": value, "actor": actor}
            )
        edits = current.edits.order_by("rank", "pk").values_list("field", "value")
        columns = with_edits({name: getattr(current, name) for name in _COLUMNS}, edits)
        price = (columns["price_amount"], columns["price_currency"])
        if price != (current.price_amount, current.price_currency):
            PriceChange.objects.create(
                offer=current, amount=price[0], currency=price[1], changed_at=timezone.now()
            )
        Offer.objects.filter(pk=current.pk).update(
            **columns, version=F("version") + 1, updated_at=timezone.now()
        )
        announce([current.pk])
        if _TELLING & values.keys():
            announce([current.pk], consumers=("identity",))
        if "photos" in values:
            announce([current.pk], consumers=(PHOTOS,))
        if _NAMING & values.keys():
            offer_renamed.send(sender=Offer, offer=current)
    offer.refresh_from_db()
    return offer


def hide_offers(*, offer_ids: list[int], reason: str) -> int:
    """Takes offers out of buyers' sight, whatever their price lists say, until a person shows them again.

    Those that a rule had hidden are from now on hidden by a person. Returns how many were in sight or held by a rule.
    """
    if reason.startswith(HELD_BY_RULE):
        reason = f"“{reason}”"  # else it would be a rule's, and rules would show the offers
    hidden = Offer.objects.filter(NOT_HIDDEN_BY_PERSON, pk__in=offer_ids)
    return touch(hidden, hidden_at=timezone.now(), hidden_reason=reason[:255])


def unhide_offers(*, offer_ids: list[int]) -> int:
    """A person shows offers again, whoever hid them. Returns how many were hidden."""
    shown = Offer.objects.filter(pk__in=offer_ids, hidden_at__isnull=False)
    return touch(shown, consumers=SHOWN_TO, hidden_at=None, hidden_reason="")


def categorise_offers(*, offer_ids: list[int], category_id: int | None) -> int:
    """Puts offers into a category, except those that a person put elsewhere. Chunks are transactions."""
    moved = 0
    for start in range(0, len(offer_ids), CHUNK):
        chunk = Offer.objects.filter(pk__in=offer_ids[start : start + CHUNK])
        chunk = chunk.exclude(category=category_id) if category_id else chunk.exclude(category__isnull=True)
        edited = OfferEdit.objects.filter(field="category_id").values("offer")
        moved += touch(chunk.exclude(pk__in=edited), category=category_id)
    return moved
