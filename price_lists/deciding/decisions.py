"""An operator's decisions about vendors' paths and single goods: the vendor's own word stays unless asked otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.enums import EditRank
from catalog.locks import locked_offers
from catalog.models import Category, OfferEdit
from catalog.services.offers import edit_offer
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.jobs.services import start_job
from price_lists.categorising import storing
from price_lists.locks import lock_links
from price_lists.models import CategoryLink, OfferSuggestion
from price_lists.services import decide_links

if TYPE_CHECKING:
    from accounts.models import User


MAPPED = audit_kinds.register("price_lists.decide_paths", _("Decided where vendors' categories lead"))
MIXED = audit_kinds.register("price_lists.mark_mixed", _("Called vendors' categories mixed"))
PLACED = audit_kinds.register("price_lists.place_goods", _("Placed goods by hand"))
#: Rows that one trace names; of more it tells the number.
_NAMED = 100


@transaction.atomic
def map_paths(
    *, link_ids: Sequence[int], category: Category | None, user: User, overrule: bool = False
) -> list[int]:
    """`services.decide_links` from the operators' desk: with a trace."""
    decided = decide_links(link_ids=link_ids, category=category, user=user, overrule=overrule)
    if decided:
        details = {"category": category.pk if category else None, "overrule": overrule}
        _trace(user, MAPPED, "category_link", decided, str(category or ""), **details)
    return decided


def _trace(user: User, action: str, kind: str, ids: Sequence[int], name: str, **details: Any) -> None:
    record(
        actor=user.typed_id,
        action=action,
        subject=f"{kind}:{ids[0]}",
        subject_name=name,
        details=details | {"ids": list(ids[:_NAMED]), "count": len(ids)},
    )


def mark_mixed(*, link_ids: Sequence[int], user: User) -> int:
    """Goods of several categories stand under these paths: a worker places each by its title. Returns how many paths.

    `confirmed_by` without `confirmed_at` says that a person did so: no suggestion for the whole path undoes it.
    """
    with transaction.atomic():
        lock_links(link_ids)
        links = CategoryLink.objects.filter(pk__in=link_ids, confirmed_at__isnull=True)
        ids = list(links.order_by("pk").values_list("pk", flat=True))
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
        if marked:
            _trace(user, MIXED, "category_link", ids, "")
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
        if moved:
            ids = [offer.pk for offer in moved]
            _trace(user, PLACED, "offer", ids, str(category), category=category.pk, overrule=overrule)
    return len(moved), len(offers) - len(moved)
