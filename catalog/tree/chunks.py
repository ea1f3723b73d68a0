"""Moving offers of one category to others, chunk by chunk: each a transaction that keeps what went where, for undoing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from catalog.enums import EditRank
from catalog.locks import lock_offers
from catalog.models import MovedOffers, Offer, OfferEdit, TreeOperation
from catalog.services.changes import CHUNK, announce
from catalog.tree.splitting import COLUMNS

Report = Callable[[int, int], None]


def move_chunks(
    operation: TreeOperation,
    *,
    to: int | None = None,
    sort: Callable[[Sequence[Sequence[Any]]], dict[int, list[int]]] | None = None,
    by_hand: bool = False,
    report: Report | None = None,
) -> None:
    """Offers of the source go to `to`, or to where `sort` says. `by_hand`: it counts as a person's word about each
    offer, so that no import puts it back.
    """
    source_id = operation.source_id or 0
    total = Offer.objects.filter(category=source_id, pk__gt=operation.cursor).order_by().count()
    done = 0
    while True:
        if report is not None:
            report(done, total)
        with transaction.atomic():
            rows = list(
                Offer.objects.filter(category=source_id, pk__gt=operation.cursor)
                .order_by("pk")
                .values_list(*COLUMNS if sort else ("pk",))[:CHUNK]
            )
            if not rows:
                break
            lock_offers([row[0] for row in rows])
            parts = sort(rows) if sort else {to or 0: [row[0] for row in rows]}
            for place_, ids in sorted(parts.items()):
                _move_part(operation, ids, place_, by_hand=by_hand)
            operation.cursor = rows[-1][0]
            operation.save(update_fields=["cursor", "moved"])
        done += len(rows)


def _move_part(operation: TreeOperation, ids: list[int], to: int, *, by_hand: bool) -> None:
    source_id = operation.source_id or 0
    # Somebody may have taken it elsewhere between reading and locking.
    here = list(
        Offer.objects.filter(pk__in=ids, category=source_id).order_by("pk").values_list("pk", flat=True)
    )
    if not here:
        return
    edits = OfferEdit.objects.filter(offer__in=here, field="category_id")
    edited = sorted(edits.filter(value=source_id).values_list("offer_id", flat=True).distinct())
    edits.filter(value=source_id).update(value=to)
    if by_hand:
        spoken = set(edits.values_list("offer_id", flat=True))
        OfferEdit.objects.bulk_create(
            [
                OfferEdit(
                    offer_id=pk,
                    field="category_id",
                    value=to,
                    rank=EditRank.OPERATOR,
                    actor=word_of(operation),
                )
                for pk in here
                if pk not in spoken
            ],
            batch_size=500,
        )
    Offer.objects.filter(pk__in=here).update(category=to, version=F("version") + 1)
    announce(here)
    MovedOffers.objects.create(
        operation=operation,
        number=operation.chunks.count(),
        from_category=source_id,
        to_category=to,
        offers=here,
        edited=edited,
    )
    operation.moved += len(here)


def word_of(operation: TreeOperation) -> str:
    """Who says so of each offer: undoing takes these words back."""
    return f"tree_operation:{operation.pk}"
