"""Held names that an operator looked at and holds: the vendor reads why, mends the name, or appeals."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.locks import lock_offers
from core.audit import kinds as audit_kinds
from core.audit.services import record
from price_lists.models import TitleRemark
from price_lists.title_rules import selectors, services
from price_lists.title_rules.offer_names import names_hash, names_of
from vendors.appeals import kinds
from vendors.appeals.models import Decision
from vendors.appeals.services import note
from vendors.own_company import require_not_own

HELD = "name.held"
PASSED = audit_kinds.register("price_lists.pass_names", _("Let names pass"))
KEPT = audit_kinds.register("price_lists.keep_name_held", _("Kept a name held"))


def undecided_names() -> QuerySet[TitleRemark]:
    """Held names that no operator has looked at in their present form."""
    return selectors.held_remarks().exclude(kept_hash=F("names_hash"))


@transaction.atomic
def let_pass(*, operator: User, seen: Mapping[int, str], reason: str = "") -> tuple[int, int]:
    """As `title_rules.services.let_pass`, with a trace."""
    _require_others(operator, seen)
    passed, others = services.let_pass(seen=seen, actor=operator.typed_id)
    for pk in seen if passed else ():
        record(actor=operator.typed_id, action=PASSED, subject=f"offer:{pk}", reason=reason)
    return passed, others


@transaction.atomic
def keep_held(*, operator: User, seen: Mapping[int, str], reason: str) -> tuple[int, int]:
    """The names stay held, and the vendors are told why. Returns how many, and how many are others by now."""
    lock_offers(seen.keys())
    _require_others(operator, seen)
    kept = 0
    for remark in selectors.held_remarks().filter(pk__in=seen):
        names = names_hash(names_of({"title": remark.offer.title, "texts": remark.offer.texts}))
        if names.hex() != seen[remark.pk]:
            continue
        TitleRemark.objects.filter(pk=remark.pk).update(kept_hash=F("names_hash"))
        note(
            kind=HELD,
            subject=f"offer:{remark.pk}",
            subject_name=remark.offer.title,
            vendor=remark.vendor,
            reason=reason,
            actor=operator.typed_id,
            details={"seen": names.hex()},
        )
        record(
            actor=operator.typed_id,
            action=KEPT,
            subject=f"offer:{remark.pk}",
            subject_name=remark.offer.title,
            reason=reason.strip()[:500],
        )
        kept += 1
    return kept, len(seen) - kept


def _require_others(operator: User, seen: Mapping[int, str]) -> None:
    vendors = TitleRemark.objects.filter(pk__in=seen).order_by().values_list("vendor", flat=True).distinct()
    require_not_own(operator, *vendors)


def connect() -> None:
    """Called once when the application starts."""
    kinds.register(
        HELD, label=_("A name stays held"), permission="price_lists.change_titlerule", undo=_pass_after_all
    )


def _pass_after_all(decision: Decision, operator: User, _reason: str) -> None:
    """The name that was appealed about; another one meanwhile was judged anew anyway."""
    pk = int(decision.subject.removeprefix("offer:"))
    services.let_pass(seen={pk: decision.details["seen"]}, actor=operator.typed_id)
