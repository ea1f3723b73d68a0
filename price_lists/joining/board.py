"""Offers and their products as they stand under the lock: changed in memory, written once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, KeysView
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from catalog.models import Offer
from catalog.services.products import Place, lock_products, make_products, place_offers, settle_products
from core.bulk import database_time, insert_rows, json_text
from price_lists.joining import barcodes
from price_lists.joining.enums import JoinKind, PairState
from price_lists.joining.models import OfferJoin, OfferPair

#: [code, left, right, weight]
Reasons = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Why:
    """Why an offer comes into a product. `reasons` are told from the offer's side; `actor` is '' for the machine."""

    kind: JoinKind
    witness: int
    probability: float = 1.0
    reasons: Reasons = field(default_factory=list)
    actor: str = ""


@dataclass(slots=True)
class _Seat:
    vendor: int
    gtin: str
    product: int | None
    alone: bool


def mirrored(reasons: Iterable[Iterable[Any]]) -> Reasons:
    """The same reasons told from the other side."""
    return [[code, right, left, weight] for code, left, right, weight in reasons]


class Board:
    """To be made and written within one transaction; from then on nobody else moves offers."""

    def __init__(self, offer_ids: Collection[int]) -> None:
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("a board belongs into a transaction")
        lock_products()
        self._seats: dict[int, _Seat] = {}
        self._held: dict[int, set[int]] = defaultdict(set)
        self._touched: set[int] = set()
        self._moved: set[int] = set()
        self._why: dict[int, Why] = {}
        self._new = 0
        self._read(Offer.objects.filter(pk__in=offer_ids))
        products = {seat.product for seat in self._seats.values() if seat.product is not None}
        self._read(Offer.objects.filter(product__in=products))
        self._split: dict[int, set[int]] = defaultdict(set)
        apart = OfferPair.objects.filter(state=PairState.DIFFERENT)
        for side in ("left", "right"):
            pairs = apart.filter(**{f"{side}__in": list(self._seats)}).values_list("left_id", "right_id")
            for left, right in pairs:
                self._split[left].add(right)
                self._split[right].add(left)

    def _read(self, offers: Any) -> None:
        for pk, vendor, gtin, product, alone in offers.values_list(
            "pk", "vendor_id", "gtin", "product_id", "stands_alone"
        ):
            self._seats[pk] = _Seat(vendor, barcodes.valid(gtin), product, alone)
            if product is not None:
                self._held[product].add(pk)

    def __contains__(self, offer: int) -> bool:
        return offer in self._seats

    @property
    def ids(self) -> KeysView[int]:
        return self._seats.keys()

    def product_of(self, offer: int) -> int | None:
        return self._seats[offer].product

    def gtin_of(self, offer: int) -> str:
        return self._seats[offer].gtin

    def vendor_of(self, offer: int) -> int:
        return self._seats[offer].vendor

    def together(self, offer: int) -> set[int]:
        """The offers of its good, itself among them."""
        product = self._seats[offer].product
        return {offer} if product is None else set(self._held[product])

    def are_one(self, one: int, other: int) -> bool:
        product = self._seats[one].product
        return product is not None and product == self._seats[other].product

    def was_split(self, one: int, other: int) -> bool:
        """Whether a person said that the goods of the two are different, of whichever of their offers."""
        others = self.together(other)
        return any(self._split.get(mine, set()) & others for mine in self.together(one))

    def vendors_of(self, offer: int) -> set[int]:
        return {self._seats[each].vendor for each in self.together(offer)}

    def unite(self, one: int, other: int, *, ones: Why, others: Why) -> None:
        """One product of both and all that is with them; each reason stands with the offer that moves."""
        left, right = self._seats[one].product, self._seats[other].product
        if left is not None and left == right:
            return
        if left is None and right is None:
            self._new -= 1
            self._seat(one, self._new, ones)
            self._seat(other, self._new, others)
        elif left is None:
            self._seat(one, right, ones)
        elif right is None:
            self._seat(other, left, others)
        else:
            # The smaller one goes; of equals the younger.
            stays, goes, mover, why = left, right, other, others
            if (len(self._held[right]), -right) > (len(self._held[left]), -left):
                stays, goes, mover, why = right, left, one, ones
            for offer in sorted(self._held[goes]):
                self._seat(offer, stays, why if offer == mover else None)

    def take_out(self, offer: int) -> None:
        if self._seats[offer].product is not None:
            self._seat(offer, None, None)

    def set_alone(self, offer: int, *, alone: bool) -> None:
        seat = self._seats[offer]
        if seat.alone != alone:
            seat.alone = alone
            self._moved.add(offer)

    def _seat(self, offer: int, product: int | None, why: Why | None) -> None:
        seat = self._seats[offer]
        if seat.product is not None:
            self._held[seat.product].discard(offer)
            self._touched.add(seat.product)
        if product is not None:
            self._held[product].add(offer)
            self._touched.add(product)
        seat.product = product
        self._moved.add(offer)
        if why is not None:
            self._why[offer] = why
        elif product is None:
            self._why.pop(offer, None)

    def write(self) -> int:
        """Carries everything out; returns how many offers changed their good."""
        if not self._moved:
            return 0
        made = sorted({product for product in self._touched if product < 0}, reverse=True)
        made = [product for product in made if self._held[product]]
        real = dict(zip(made, make_products(len(made)), strict=True))

        def known(product: int | None) -> int | None:
            return real.get(product, product) if product is not None else None

        moved = place_offers(
            {pk: Place(known(self._seats[pk].product), self._seats[pk].alone) for pk in self._moved}
        )
        self._write_reasons({pk: known(self._seats[pk].product) for pk in self._moved})
        touched = {known(product): product for product in self._touched if product > 0 or product in real}
        usable = self._barcodes({pk: old for pk, old in touched.items() if pk is not None})
        freed = settle_products(list(usable), barcodes=usable)
        OfferJoin.objects.filter(offer__in=freed).delete()
        changed = list(self._moved)
        one_good = OfferPair.objects.filter(
            Q(left__in=changed) | Q(right__in=changed), state=PairState.OPEN, left__product__isnull=False
        )
        one_good.filter(left__product=F("right__product")).delete()
        return len({*moved, *freed})

    def _write_reasons(self, places: dict[int, int | None]) -> None:
        gone = [pk for pk, product in places.items() if product is None]
        OfferJoin.objects.filter(offer__in=gone).delete()
        kept: dict[int, list[int]] = defaultdict(list)
        now = database_time(timezone.now())
        rows: list[tuple[Any, ...]] = []
        for pk, product in sorted(places.items()):
            why = self._why.get(pk)
            if product is None:
                continue
            if why is None:
                kept[product].append(pk)
                continue
            said = json_text(why.reasons)
            rows.append((pk, product, str(why.kind), why.witness, why.probability, said, why.actor, now))
        for product, offers in kept.items():
            OfferJoin.objects.filter(offer__in=offers).update(product=product)
        names = (
            "offer_id",
            "product_id",
            "kind",
            "witness_id",
            "probability",
            "evidence",
            "actor",
            "created_at",
        )
        sets = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        insert_rows(OfferJoin, names, rows, f"ON CONFLICT (offer_id) DO UPDATE SET {sets}")

    def _barcodes(self, touched: dict[int, int]) -> dict[int, str]:
        """The barcode of each product, where its offers tell one that joins."""
        told = {
            pk: {self._seats[offer].gtin for offer in self._held[old]} - {""} for pk, old in touched.items()
        }
        out = barcodes.quarantined({gtin for gtins in told.values() for gtin in gtins})
        single = {pk: next(iter(gtins)) for pk, gtins in told.items() if len(gtins) == 1}
        return {
            pk: gtin if (gtin := single.get(pk, "")) not in out and not barcodes.is_restricted(gtin) else ""
            for pk in touched
        }
