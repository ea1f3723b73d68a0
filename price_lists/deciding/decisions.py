"""An operator's decisions about vendors' paths and single goods: the vendor's own word stays unless asked otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.enums import EditRank
from catalog.locks import locked_offers
from catalog.models import Category, OfferEdit
from catalog.services.offers import edit_offer
from core.jobs.services import start_job
from price_lists.categorising import storing
from price_lists.locks import lock_links
from price_lists.models import CategoryLink, OfferSuggestion

if TYPE_CHECKING:
    from accounts.models import User


def mark_mixed(*, link_ids: Sequence[int], user: User) -> int:
    """Goods of several categories stand under these paths: a worker places each by its title. Returns how many paths.

    `confirmed_by` without `confirmed_at` says that a person did so: no suggestion for the whole path undoes it.
    """
    with transaction.atomic():
        lock_links(link_ids)
        links = CategoryLink.objects.filter(pk__in=link_ids, confirmed_at__isnull=True)
        marked = links.update(by_goods=True, category=None, confidence=0.0, confirmed_by=user)
        version = storing.newest_version()
        for vendor_id in sorted(set(links.order_by().values_list("vendor", flat=True))):
            start_job(
                kind="price_lists.categories",
                task="price_lists.ask_again",
                kwargs={"vendor_id": vendor_id, "version": version},
                queue="imports",
                owner=user.typed_id,
                subject=f"vendor:{vendor_id}",
            )
    return marked


def place_by_hand(
    *, offer_ids: Sequence[int], category: Category, user: User, overrule: bool = False
) -> tuple[int, int]:
    """Puts single goods into a category. Returns how many, and how many a person had placed already."""
    with transaction.atomic():
        # Under their locks: what a person says meanwhile is said before or after, never between.
        offers = list(locked_offers(offer_ids))
        edits = OfferEdit.objects.filter(offer__in=offers, field="category_id")
        said = set(edits.values_list("offer", flat=True))
        moved = [offer for offer in offers if overrule or offer.pk not in said]
        for offer in moved:
            edit_offer(
                offer=offer,
                values={"category_id": category.pk},
                rank=EditRank.OPERATOR,
                actor=user.typed_id,
            )
        OfferSuggestion.objects.filter(offer__in=moved).delete()
    return len(moved), len(offers) - len(moved)
