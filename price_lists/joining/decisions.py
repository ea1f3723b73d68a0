"""What people say about offers and goods: it holds against every later comparison. `actor` is a typed id."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Offer, Product
from catalog.services.changes import CHUNK, announce
from core.audit import kinds as audit_kinds
from core.audit.services import record
from price_lists.joining import barcodes
from price_lists.joining.board import Board, Why, mirrored
from price_lists.joining.consumer import CONSUMER
from price_lists.joining.enums import ConflictState, JoinKind, PairState
from price_lists.joining.errors import OfferNotInGood, OffersAreOne, OfferUnknown
from price_lists.joining.models import GtinConflict, OfferJoin, OfferPair

log = structlog.get_logger(__name__)

ANSWER = audit_kinds.register("goods.answer_pair", _("Answered whether two offers are one good"))
JOIN = audit_kinds.register("goods.join_offers", _("Joined offers"))
SPLIT = audit_kinds.register("goods.split_offer", _("Split an offer off its good"))
JUDGE = audit_kinds.register("goods.judge_barcode", _("Judged a barcode"))


@transaction.atomic
def answer_pair(*, pair: OfferPair, is_same: bool, actor: str) -> None:
    """Yes joins the two offers with all that is with them; no keeps them apart for good. The last word counts."""
    if is_same:
        _join(pair.left_id, pair.right_id, actor=actor)
    else:
        board = Board([pair.left_id, pair.right_id])
        if board.are_one(pair.left_id, pair.right_id):
            raise OffersAreOne
        _say([(pair.left_id, pair.right_id)], PairState.DIFFERENT, actor=actor)
        for offer in (pair.left_id, pair.right_id):
            _reconsider_barcode(board, offer, (pair.left_id, pair.right_id))
        board.write()
    record(
        actor=actor,
        action=ANSWER,
        subject=f"offer:{pair.left_id}",
        details={"other": pair.right_id, "same": is_same},
    )
    log.info("identity.answered", left=pair.left_id, right=pair.right_id, same=is_same, actor=actor)


@transaction.atomic
def join_offers(*, offer_id: int, other_id: int, actor: str) -> Product:
    """Makes two offers one good, by hand; what is with them comes along. What kept them apart is forgotten."""
    if offer_id == other_id or Offer.objects.filter(pk__in=[offer_id, other_id]).count() < 2:
        raise OfferUnknown
    _join(offer_id, other_id, actor=actor)
    product = Product.objects.get(offers=offer_id)
    record(
        actor=actor,
        action=JOIN,
        subject=f"product:{product.pk}",
        subject_name=product.title,
        details={"offers": [offer_id, other_id]},
    )
    log.info("identity.joined", offer=offer_id, other=other_id, actor=actor)
    return product


@transaction.atomic
def split_offer(*, offer_id: int, actor: str) -> None:
    """Takes an offer out of its good. It is never joined again to any good that one of the others is of."""
    board = Board([offer_id])
    if offer_id not in board or board.product_of(offer_id) is None:
        raise OfferNotInGood
    product = Product.objects.filter(offers=offer_id).first()
    others = sorted(board.together(offer_id) - {offer_id})
    _say([(offer_id, other) for other in others], PairState.DIFFERENT, actor=actor)
    board.take_out(offer_id)
    _reconsider_barcode(board, offer_id, others)
    board.write()
    record(
        actor=actor,
        action=SPLIT,
        subject=f"product:{product.pk}" if product else f"offer:{offer_id}",
        subject_name=product.title if product else "",
        details={"offer": offer_id, "others": len(others)},
    )
    log.info("identity.split", offer=offer_id, others=len(others), actor=actor)


@transaction.atomic
def judge_barcode(*, conflict: GtinConflict, is_trusted: bool, actor: str) -> None:
    """Trusted, the barcode joins its offers whatever they look like; else it joins nothing, for good."""
    state = ConflictState.TRUSTED if is_trusted else ConflictState.CONFIRMED
    GtinConflict.objects.filter(pk=conflict.pk).update(state=state, actor=actor, decided_at=timezone.now())
    offers = Offer.objects.with_barcode(*barcodes.spellings(conflict.gtin))
    announce_words(offers.order_by("pk").values_list("pk", flat=True))
    record(
        actor=actor,
        action=JUDGE,
        subject=f"barcode:{conflict.gtin}",
        subject_name=conflict.gtin,
        details={"trusted": is_trusted},
    )
    log.info("identity.barcode_judged", gtin=conflict.gtin, trusted=is_trusted, actor=actor)


def announce_words(offer_ids: Iterable[int]) -> int:
    """Has the offers compared again, in the caller's transaction; returns how many."""
    ids = list(offer_ids)
    for start in range(0, len(ids), CHUNK):
        announce(ids[start : start + CHUNK], consumers=(CONSUMER,))
    return len(ids)


def _join(one: int, other: int, *, actor: str) -> None:
    board = Board([one, other])
    pair = (min(one, other), max(one, other))
    asked = OfferPair.objects.filter(left=pair[0], right=pair[1]).first()
    reasons = asked.evidence if asked else []
    if one != pair[0]:
        reasons = mirrored(reasons)
    chance = asked.probability if asked else 1.0
    left, right = board.together(one), board.together(other)
    OfferPair.objects.filter(
        left__in=left | right, right__in=left | right, state=PairState.DIFFERENT
    ).delete()
    _say([pair], PairState.SAME, actor=actor)
    if board.are_one(one, other):
        OfferJoin.objects.filter(offer=one).update(kind=JoinKind.PERSON, actor=actor)
        return
    board.unite(
        one,
        other,
        ones=Why(JoinKind.PERSON, other, chance, reasons, actor),
        others=Why(JoinKind.PERSON, one, chance, mirrored(reasons), actor),
    )
    board.write()


def _say(pairs: Iterable[tuple[int, int]], state: PairState, *, actor: str) -> None:
    now = timezone.now()
    rows = [
        OfferPair(
            left_id=min(pair), right_id=max(pair), state=state, actor=actor, decided_at=now, created_at=now
        )
        for pair in pairs
    ]
    OfferPair.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["left", "right"],
        update_fields=["state", "actor", "decided_at"],
    )


def _reconsider_barcode(board: Board, offer: int, others: Iterable[int]) -> None:
    """What was taken apart is not shown together by an equal barcode."""
    gtin = board.gtin_of(offer)
    if gtin and any(board.gtin_of(other) == gtin for other in others if other != offer):
        board.set_alone(offer, alone=True)
