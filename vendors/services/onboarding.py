"""From an application to a company that sells, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import structlog
from django.contrib.auth.models import Permission
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, outbox
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import Conflict, InvalidInput
from notifications.services import notify
from vendors import desk
from vendors.enums import Participation, Role, VendorState
from vendors.errors import WrongVendorState
from vendors.locks import lock_vendor
from vendors.models import Membership, Vendor
from vendors.onboarding.services import ASK_SITE, require_complete
from vendors.own_company import require_not_own
from vendors.signals import vendor_state_changed
from vendors.slugs import RESERVED, slug_of
from vendors.tax_ids import clean_tax_id

logger = structlog.get_logger(__name__)

#: Kinds of messages by the state that they tell of.
_TRACED = {
    VendorState.APPLIED: audit_kinds.register("vendors.reopen", _("Reopened an application")),
    VendorState.APPROVED: audit_kinds.register("vendors.approve", _("Approved a vendor")),
    VendorState.REJECTED: audit_kinds.register("vendors.reject", _("Refused a vendor")),
    VendorState.SUSPENDED: audit_kinds.register("vendors.suspend", _("Suspended a vendor")),
}
_TOLD = {
    VendorState.APPLIED: "vendor.reopened",
    VendorState.APPROVED: "vendor.approved",
    VendorState.REJECTED: "vendor.rejected",
    VendorState.SUSPENDED: "vendor.suspended",
}


def apply_as_vendor(
    *,
    applicant: User,
    name: str,
    participation: Participation = Participation.LISTING,
    tax_id: str = "",
    **details: Any,
) -> Vendor:
    """Stores the application with `applicant` as owner and tells the operators.

    `details` are further fields of `Vendor` (legal_name, default_currency, city, region, site_url, email, phone,
    description, vat_status). Raises InvalidInput for a tax number that does not add up, Conflict where the same
    number belongs to a company that waits or sells already.
    """
    tax_id = clean_tax_id(tax_id)
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return _apply(applicant, name.strip(), participation, tax_id, details)
        except IntegrityError:  # another company took the slug between the look and the write
            continue
    raise Conflict("slug_taken")


def _apply(
    applicant: User, name: str, participation: Participation, tax_id: str, details: dict[str, Any]
) -> Vendor:
    live = Vendor.objects.exclude(state=VendorState.REJECTED)
    if tax_id and live.filter(tax_id=tax_id).exists():
        raise Conflict(
            "tax_id_taken",
            _("A company with the tax number %(tax_id)s is here already. Ask its owner to invite you."),
            tax_id=tax_id,
        )
    vendor = Vendor.objects.create(
        slug=_free_slug(name),
        name=name,
        tax_id=tax_id,
        participation=participation,
        applied_by=applicant,
        **details,
    )
    Membership.objects.create(vendor=vendor, user=applicant, role=Role.OWNER)
    notify(
        users=operators_for("vendors.change_vendor"),
        kind="vendor.applied",
        params={"vendor": vendor.name, "city": vendor.city or "–"},
        url=desk.operator_page_of(vendor),
        key=f"vendor.applied:{vendor.pk}",
    )
    if vendor.site_url:
        outbox.emit(ASK_SITE, "vendor.site", {"vendor": vendor.pk})
    logger.info("vendors.applied", vendor=vendor.pk, actor=applicant.typed_id)
    return vendor


def approve_vendor(*, vendor: Vendor, actor: User, reason: str = "") -> Vendor:
    """Lets the company sell. `reason` is a word to its people, if there is one.

    Raises OnboardingIncomplete while required points of the checklist are open; a suspended company passed them once.
    """
    states = {VendorState.APPLIED, VendorState.REJECTED, VendorState.SUSPENDED}
    return _decide(vendor, actor, VendorState.APPROVED, reason, states)


def reject_vendor(*, vendor: Vendor, actor: User, reason: str) -> Vendor:
    """Refuses an application; `reason` says what would have to be different."""
    return _decide(vendor, actor, VendorState.REJECTED, _needed(reason), {VendorState.APPLIED})


def suspend_vendor(*, vendor: Vendor, actor: User, reason: str, until: dt.datetime | None = None) -> Vendor:
    """Takes the company's offers out of sight and closes its desk until it is approved again, or until that moment.

    At once: searches, lists of offers, automatic bids, imports and auctions ask the company's state each time.
    """
    if until is not None and until <= clock.now():
        raise InvalidInput("until_over", _("This moment is over already."), field="until")
    return _decide(vendor, actor, VendorState.SUSPENDED, _needed(reason), {VendorState.APPROVED}, until=until)


@transaction.atomic
def end_suspension(*, vendor_id: int, now: dt.datetime) -> bool:
    """Lets a company sell again whose suspension is over; False where an operator changed that meanwhile."""
    locked = lock_vendor(vendor_id)
    if (
        locked.state != VendorState.SUSPENDED
        or locked.suspended_until is None
        or locked.suspended_until > now
    ):
        return False
    _decide(locked, None, VendorState.APPROVED, "", {VendorState.SUSPENDED})
    return True


def reopen_application(*, vendor: Vendor, actor: User, reason: str) -> Vendor:
    """A refused application waits for a decision again, with all that was said about its checklist."""
    return _decide(vendor, actor, VendorState.APPLIED, _needed(reason), {VendorState.REJECTED})


@transaction.atomic
def _decide(
    vendor: Vendor,
    actor: User | None,
    state: VendorState,
    reason: str,
    allowed: Collection[VendorState],
    *,
    until: dt.datetime | None = None,
) -> Vendor:
    """Locks the company's row, so that of two operators one decides. Without an actor it is the clock.
    Raises NotAllowed for one's own company.
    """
    by = actor.typed_id if actor is not None else "system"
    locked = lock_vendor(vendor.pk)
    if actor is not None:
        require_not_own(actor, locked.pk)
    if locked.state not in allowed:
        raise WrongVendorState("wrong_vendor_state", state=locked.get_state_display())
    before = VendorState(locked.state)
    if state == VendorState.APPROVED and before != VendorState.SUSPENDED:
        require_complete(locked)
    locked.state = state
    locked.state_reason = reason.strip()
    locked.decided_at = timezone.now()
    locked.suspended_until = until
    locked.save(update_fields=["state", "state_reason", "decided_at", "suspended_until"])
    record(
        actor=by,
        action=_TRACED[state],
        subject=f"vendor:{locked.pk}",
        subject_name=locked.name,
        reason=locked.state_reason,
        details={"before": before, **({"until": until.isoformat()} if until else {})},
    )
    notify(
        users=locked.memberships.values_list("user_id", flat=True),
        kind=_TOLD[state],
        params={"vendor": locked.name, "reason": locked.state_reason},
        url=reverse("desk:home", args=[locked.slug]),
        key=f"{_TOLD[state]}:{locked.pk}:{locked.decided_at.isoformat()}",
    )
    vendor_state_changed.send(sender=Vendor, vendor=locked, before=before, actor=by)
    logger.info("vendors.decided", vendor=locked.pk, before=before, state=state, actor=by)
    return locked


def operators_for(permission: str) -> models.QuerySet[User]:
    """Active operators who hold `permission` ("app.codename"), by themselves or through a group."""
    app, codename = permission.split(".")
    granted = Permission.objects.filter(content_type__app_label=app, codename=codename)
    return User.objects.filter(
        models.Q(is_superuser=True)
        | models.Q(user_permissions__in=granted)
        | models.Q(groups__permissions__in=granted),
        is_active=True,
    ).distinct()


def _needed(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("reason_missing", _("Say why: the company's people will read it."), field="reason")
    return reason


def _free_slug(name: str) -> str:
    base = slug_of(name)
    taken = set(Vendor.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)
