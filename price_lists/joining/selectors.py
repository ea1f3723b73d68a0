"""What pages show of goods: their offers with reasons, doubtful pairs, barcodes in quarantine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from catalog.models import Offer, Product
from price_lists.joining import barcodes
from price_lists.joining.enums import ConflictState, PairState
from price_lists.joining.models import GtinConflict, OfferJoin, OfferPair
from price_lists.joining.words import Reason, in_words


@dataclass(frozen=True, slots=True)
class Member:
    """An offer of a good and why it is one."""

    offer: Offer
    join: OfferJoin | None
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair to be decided, side by side."""

    pair: OfferPair
    reasons: list[Reason]

    @property
    def offers(self) -> tuple[Offer, Offer]:
        return self.pair.left, self.pair.right


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A barcode in quarantine with its offers."""

    conflict: GtinConflict
    offers: list[Offer]
    reasons: list[Reason]


_SHOWN_OFFERS = 10


def short_reasons(offer_ids: Iterable[int]) -> dict[int, str]:
    """Offer → why it is of its good, in the few words that vendors and buyers read."""
    joins = OfferJoin.objects.filter(offer__in=list(offer_ids)).only("offer_id", "kind")
    return {join.offer_id: str(join.get_kind_display()) for join in joins}


def members_of(product: Product) -> list[Member]:
    """All offers of the good, withdrawn ones too, in the order in which they came to be of it."""
    offers = Offer.objects.filter(product=product).select_related("vendor", "join", "join__witness")
    members = []
    for offer in offers.order_by("join__created_at", "pk"):
        join = getattr(offer, "join", None)
        members.append(Member(offer, join, in_words(join.evidence) if join else []))
    return members


def goods() -> QuerySet[Product]:
    """All goods with the number of their offers, the newest first."""
    return Product.objects.annotate(offer_count=Count("offers")).order_by("-pk")


def open_pairs() -> QuerySet[OfferPair]:
    """What waits for a person, the likeliest first; both offers are on sale and not one good by now."""
    on_sale = {
        f"{side}__{field}__isnull": True
        for side in ("left", "right")
        for field in ("withdrawn_at", "hidden_at")
    }
    one_good = Q(left__product__isnull=False, left__product=F("right__product"))
    pairs = OfferPair.objects.filter(state=PairState.OPEN, **on_sale).exclude(one_good)
    return pairs.select_related("left__vendor", "right__vendor").order_by("-probability", "pk")


def doubts(pairs: Iterable[OfferPair]) -> list[Doubt]:
    return [Doubt(pair, in_words(pair.evidence)) for pair in pairs]


def conflicts(state: ConflictState | None = None) -> QuerySet[GtinConflict]:
    """Barcodes in quarantine and those that were judged, the newest first."""
    found = GtinConflict.objects.order_by("-pk")
    return found if state is None else found.filter(state=state)


def quarantines(found: Iterable[GtinConflict]) -> list[Quarantine]:
    """Each with some of its offers, read for all at once."""
    found = list(found)
    written = {each: one.gtin for one in found for each in barcodes.spellings(one.gtin)}
    offers: dict[str, list[Offer]] = {one.gtin: [] for one in found}
    read = Offer.objects.with_barcode(*written).filter(withdrawn_at__isnull=True).select_related("vendor")
    for offer in read.order_by("pk")[: 50 * len(found)] if written else ():
        same = offers[written[offer.gtin]]
        if len(same) < _SHOWN_OFFERS:
            same.append(offer)
    return [Quarantine(one, offers[one.gtin], in_words(_against(one.evidence))) for one in found]


def _against(evidence: list[Any]) -> list[Any]:
    """What speaks against a barcode, each thing once."""
    seen: dict[str, list[Any]] = {}
    for _left, _right, reasons in evidence:
        for reason in reasons:
            if reason[3] < 0:
                seen.setdefault(str(reason[:3]), reason)
    return list(seen.values())[:5]
