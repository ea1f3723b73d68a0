"""Offers written by the thousand, as a price list gives them: set by set, in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from catalog.enums import Availability
from catalog.locks import locked_offers
from catalog.models import Offer, OfferEdit, OfferPrice, PriceChange, StockLevel, Supply
from catalog.services.changes import PHOTOS, WATCHING, announce
from catalog.services.drafts import OfferDraft, with_edits
from catalog.services.freshness import confirm
from core.bulk import allocate_ids, database_time, insert_rows, json_text, update_rows

_JSON = ("texts", "photos", "videos", "attributes")
#: Columns of JSON that a draft does not settle; they come from people's edits alone.
_EDITED_JSON = ("facts",)
_TEXT_COLUMNS = (
    "title", "texts", "search_text", "collation_key", "brand", "maker", "country", "article", "mpn", "gtin",
    "url", "photos", "videos", "attributes", "unit", "pack_count", "category_id",
)  # fmt: skip
_PRICE_COLUMNS = ("price_amount", "price_currency", "old_price_amount", "vat", "vat_percent")
_DRAFT_COLUMNS = (*_TEXT_COLUMNS, *_PRICE_COLUMNS, "availability")
_PLAIN = tuple(name for name in _DRAFT_COLUMNS if name not in _JSON)
_EMPTY = {"texts": "{}", "photos": "[]", "videos": "[]", "attributes": "{}"}
_plain_values = itemgetter(*_PLAIN)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft on its way into the catalogue, with its columns worked out before the transaction.

    Without `offer_id` it becomes a new offer. `category_id` None with `keep_category` leaves the offer where
    it is. `text`, `price` and `stock` say which parts differ from what the source said before; `returned`
    brings a withdrawn offer back.
    """

    draft: OfferDraft
    columns: dict[str, Any]
    offer_id: int | None = None
    category_id: int | None = None
    keep_category: bool = False
    text: bool = True
    price: bool = True
    stock: bool = True
    returned: bool = False


class Written(NamedTuple):
    """What became of one proposal; the old price is None for a new offer."""

    offer_id: int
    created: bool
    old_amount: int | None
    old_currency: str


class _Before(NamedTuple):
    id: int
    price_amount: int
    price_currency: str
    availability: str
    category_id: int | None
    participation: str


def write_offers(*, supply: Supply, proposals: Sequence[Proposal], now: dt.datetime) -> list[Written]:
    """Creates and changes offers with prices, stock and price history, and announces those that changed.

    To be called inside a transaction, whose rows of the changed offers it locks. Answers in the order of
    `proposals`. What a person said about a field stays. A change of quantity alone touches `StockLevel` and
    nothing else.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("write_offers belongs into a transaction")
    new = [proposal for proposal in proposals if proposal.offer_id is None]
    ids = iter(allocate_ids(Offer, len(new)))
    before = _before([proposal.offer_id for proposal in proposals if proposal.offer_id is not None])
    edits = _edits(list(before))
    writer = _Writer(supply=supply, now=now)
    written = []
    for proposal in proposals:
        if proposal.offer_id is None:
            offer_id = next(ids)
            writer.create(offer_id, proposal)
            written.append(Written(offer_id, created=True, old_amount=None, old_currency=""))
        else:
            old = before[proposal.offer_id]
            writer.change(old, proposal, edits.get(old.id, ()))
            written.append(Written(old.id, False, old.price_amount, old.price_currency))
    writer.flush()
    return written


def withdraw_offers(*, offer_ids: Sequence[int], now: dt.datetime) -> int:
    """Takes offers off sale, in the caller's transaction; they keep their ids for when they return."""
    on_sale = locked_offers(offer_ids).filter(withdrawn_at__isnull=True)
    gone = list(on_sale.values_list("pk", flat=True))
    if gone:
        Offer.objects.filter(pk__in=gone).update(withdrawn_at=now, updated_at=now, version=F("version") + 1)
        announce(gone, consumers=("search", WATCHING))
    return len(gone)


def confirm_supply(*, supply: Supply, now: dt.datetime) -> None:
    """The vendor said that the offers of this source hold: one row, no offer touched."""
    confirm(Supply.objects.filter(pk=supply.pk), now=now)


class _Writer:
    """Collects the rows of one chunk by statement, then sends each statement once."""

    def __init__(self, *, supply: Supply, now: dt.datetime) -> None:
        self.supply = supply
        self.now = database_time(now)
        self.offers: list[tuple[Any, ...]] = []
        self.updates: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        self.history: list[tuple[Any, ...]] = []
        self.stock: list[tuple[Any, ...]] = []
        self.tiers: list[tuple[Any, ...]] = []
        self.stale_tiers: list[int] = []
        self.changed: list[int] = []
        self.newly_fitting: list[int] = []
        self.retold: list[int] = []
        self.pictured: list[int] = []

    def create(self, offer_id: int, proposal: Proposal) -> None:
        columns = {**proposal.columns, "category_id": proposal.category_id}
        values = _new_offer_values(columns)
        vendor_id, supply_id = self.supply.vendor_id, self.supply.pk
        self.offers.append((offer_id, vendor_id, supply_id, *values, "", 1, self.now, self.now, ""))
        self.history.append((offer_id, columns["price_amount"], columns["price_currency"], self.now))
        self._add_stock(offer_id, proposal.draft)
        self._add_tiers(offer_id, proposal.draft)
        self.changed.append(offer_id)
        self.newly_fitting.append(offer_id)
        self._tell(offer_id, columns)

    def change(self, old: _Before, proposal: Proposal, edits: Sequence[tuple[str, Any]]) -> None:
        columns = {**proposal.columns, "category_id": proposal.category_id}
        if proposal.keep_category:
            columns["category_id"] = old.category_id
        if edits:
            columns = with_edits(columns, edits)
        names: tuple[str, ...] = ()
        if proposal.text or proposal.returned:
            names += (*_TEXT_COLUMNS, *(each for each in _EDITED_JSON if each in columns))
            self._tell(old.id, columns)
        if proposal.price or proposal.returned:
            names += _PRICE_COLUMNS
            self.stale_tiers.append(old.id)
            self._add_tiers(old.id, proposal.draft)
        new_price = (columns["price_amount"], columns["price_currency"])
        if _PRICE_COLUMNS[0] in names and new_price != (old.price_amount, old.price_currency):
            self.history.append((old.id, *new_price, self.now))
        if proposal.stock or proposal.returned:
            self._add_stock(old.id, proposal.draft)
            if columns["availability"] != old.availability:
                names += ("availability",)
        if not names and not proposal.returned:
            return  # a quantity alone: the index has nothing to learn
        key = (*names, "withdrawn_at") if proposal.returned else names
        values = _database_values({**columns, "withdrawn_at": None}, key)
        self.updates.setdefault(key, []).append((*values, self.now, old.id))
        self.changed.append(old.id)
        if names != ("availability",) or columns["availability"] != Availability.NONE:
            self.newly_fitting.append(old.id)

    def _tell(self, offer_id: int, columns: Mapping[str, Any]) -> None:
        self.retold.append(offer_id)
        if columns["photos"]:
            self.pictured.append(offer_id)

    def _add_stock(self, offer_id: int, draft: OfferDraft) -> None:
        said = draft.stock
        self.stock.append((offer_id, said["state"], said["quantity"], said["days"]))

    def _add_tiers(self, offer_id: int, draft: OfferDraft) -> None:
        self.tiers.extend((offer_id, *tier) for tier in draft.price["tiers"])

    def flush(self) -> None:
        insert_rows(
            Offer,
            (
                "id", "vendor_id", "supply_id", *_JSON, *_PLAIN, "participation", "version", "created_at",
                "updated_at", "hidden_reason",
            ),
            self.offers,
        )  # fmt: skip
        for names, rows in self.updates.items():
            update_rows(Offer, (*names, "updated_at"), rows, also="version = version + 1")
        if self.stale_tiers:
            OfferPrice.objects.filter(offer__in=self.stale_tiers).delete()
        insert_rows(
            OfferPrice,
            ("offer_id", "kind", "label", "amount", "currency", "min_quantity"),
            self.tiers,
            "ON CONFLICT DO NOTHING",  # a file may repeat a column
        )
        insert_rows(PriceChange, ("offer_id", "amount", "currency", "changed_at"), self.history)
        insert_rows(
            StockLevel,
            ("offer_id", "state", "quantity", "order_days"),
            self.stock,
            "ON CONFLICT (offer_id) WHERE point_id IS NULL DO UPDATE SET state = excluded.state,"
            " quantity = excluded.quantity, order_days = excluded.order_days",
        )
        announce(self.changed, consumers=("search", WATCHING))
        announce(self.newly_fitting, consumers=("requests",))
        announce(self.retold, consumers=("identity",))
        announce(self.pictured, consumers=(PHOTOS,))


def _database_values(columns: Mapping[str, Any], names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(
        json_text(columns[name]) if name in _JSON or name in _EDITED_JSON else columns[name] for name in names
    )


def _new_offer_values(columns: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of `_JSON`, then of `_PLAIN`."""
    return (
        *(json_text(said) if (said := columns[name]) else _EMPTY[name] for name in _JSON),
        *_plain_values(columns),
    )


def _before(offer_ids: list[int]) -> dict[int, _Before]:
    if not offer_ids:
        return {}
    found = locked_offers(offer_ids).values_list(*_Before._fields)
    return {row[0]: _Before(*row) for row in found}


def _edits(offer_ids: list[int]) -> dict[int, list[tuple[str, Any]]]:
    """People's words by offer, the weightiest last."""
    found: dict[int, list[tuple[str, Any]]] = {}
    if offer_ids:
        edits = OfferEdit.objects.filter(offer__in=offer_ids).order_by("offer_id", "rank", "pk")
        for offer_id, field, value in edits.values_list("offer_id", "field", "value"):
            found.setdefault(offer_id, []).append((field, value))
    return found
