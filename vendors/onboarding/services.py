"""Words about points of the checklist: the vendor attests, an operator verifies or waives."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, outbox, outgoing
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import InvalidInput
from vendors.locks import lock_vendor
from vendors.models import Membership, Vendor
from vendors.onboarding import items, selectors
from vendors.onboarding.enums import How, MarkState
from vendors.onboarding.errors import OnboardingIncomplete, UnknownPoint
from vendors.onboarding.models import OnboardingMark
from vendors.own_company import require_not_own

logger = structlog.get_logger(__name__)

VERIFIED = audit_kinds.register("vendors.verify_point", _("Checked a point of a vendor's checklist"))
WAIVED = audit_kinds.register("vendors.waive_point", _("Waived a point of a vendor's checklist"))
ASKED = audit_kinds.register("vendors.ask_site", _("Had a vendor's site asked again"))
UNWAIVED = audit_kinds.register("vendors.unwaive_point", _("Took a waiver back"))
#: The outbox consumer that asks companies' sites.
ASK_SITE = "onboarding"
#: The mark under which the last look at the company's site is kept.
SITE = "site"
#: Points whose word holds for what the company said then: field -> points.
_ABOUT: Final = {
    "legal_name": "documents",
    "tax_id": "documents",
    "participation": "documents",
    "phone": "phone",
}
_LIMITS = outgoing.Limits(seconds=10, size=300_000)


@transaction.atomic
def attest(*, membership: Membership, key: str, says: bool) -> OnboardingMark | None:
    """A member's word for the company; taking it back removes it. Raises UnknownPoint."""
    item = items.get(key)
    if item is None or item.how != How.ATTESTED:
        raise UnknownPoint("unknown_point")
    vendor = lock_vendor(membership.vendor_id)
    actor = f"user:{membership.user_id}"
    logger.info("vendors.attested", vendor=vendor.pk, point=key, says=says, actor=actor)
    if not says:
        OnboardingMark.objects.filter(vendor=vendor, item=key).exclude(state=MarkState.WAIVED).delete()
        return None
    return _mark(vendor, key, MarkState.DONE, actor=actor)


@transaction.atomic
def verify(*, operator: User, vendor: Vendor, key: str, is_met: bool, evidence: str) -> OnboardingMark:
    """What an operator saw or heard; `evidence` says it. Raises UnknownPoint, InvalidInput (`no_evidence`),
    NotAllowed for one's own company.
    """
    item = items.get(key)
    if item is None or item.how != How.VERIFIED:
        raise UnknownPoint("unknown_point")
    if not evidence.strip():
        raise InvalidInput("no_evidence", _("Write what you saw or heard."), field="evidence")
    locked = lock_vendor(vendor.pk)
    require_not_own(operator, locked.pk)
    state = MarkState.DONE if is_met else MarkState.FAILED
    record(
        actor=operator.typed_id,
        action=VERIFIED,
        subject=f"vendor:{locked.pk}",
        subject_name=locked.name,
        reason=evidence.strip()[:500],
        details={"point": key, "state": state.value},
    )
    return _mark(locked, key, state, actor=operator.typed_id, evidence=evidence)


@transaction.atomic
def waive(*, operator: User, vendor: Vendor, keys: list[str], reason: str) -> int:
    """Approval no longer waits for these points. Returns how many were waived; met ones are left alone.

    Raises InvalidInput without a reason, UnknownPoint, NotAllowed for one's own company.
    """
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why the point is waived."), field="reason")
    if any(items.get(key) is None for key in keys):
        raise UnknownPoint("unknown_point")
    locked = lock_vendor(vendor.pk)
    require_not_own(operator, locked.pk)
    open_points = [
        point
        for point in selectors.checklist(locked)
        if point.item.key in keys and not (point.is_met or point.is_waived)
    ]
    for point in open_points:
        _mark(locked, point.item.key, MarkState.WAIVED, actor=operator.typed_id, reason=reason)
        record(
            actor=operator.typed_id,
            action=WAIVED,
            subject=f"vendor:{locked.pk}",
            subject_name=locked.name,
            reason=reason.strip()[:500],
            details={"point": point.item.key},
        )
    return len(open_points)


@transaction.atomic
def take_waiver_back(*, operator: User, vendor: Vendor, key: str) -> bool:
    """Whether there was one."""
    locked = lock_vendor(vendor.pk)
    gone, _each = OnboardingMark.objects.filter(vendor=locked, item=key, state=MarkState.WAIVED).delete()
    if gone:
        record(
            actor=operator.typed_id,
            action=UNWAIVED,
            subject=f"vendor:{locked.pk}",
            subject_name=locked.name,
            details={"point": key},
        )
    return bool(gone)


def forget_outdated(*, vendor: Vendor, fields: Sequence[str]) -> None:
    """Of a locked company that changed these fields: what was checked or waived before was about something else."""
    points = {_ABOUT[field] for field in fields if field in _ABOUT}
    if points:
        OnboardingMark.objects.filter(vendor=vendor, item__in=points).delete()


def require_complete(vendor: Vendor) -> None:
    """Of a locked company. Raises OnboardingIncomplete."""
    points = selectors.blocking(vendor)
    if points:
        raise OnboardingIncomplete(
            [point.item.label for point in points], [point.item.key for point in points]
        )


def check_site(*, vendor: Vendor) -> OnboardingMark | None:
    """Asks the company's site and keeps what it answered; None where it names none. Outside of any transaction:
    a site may take ten seconds.
    """
    if not vendor.site_url:
        return None
    try:
        with tempfile.TemporaryFile() as file:
            answer = outgoing.download(vendor.site_url, to=file, limits=_LIMITS)
    except outgoing.AnswerTooBig:  # it answers, and more than we want to know
        state, evidence = MarkState.DONE, vendor.site_url
    except outgoing.OutgoingError as error:
        state, evidence = MarkState.FAILED, f"{vendor.site_url}: {error.code}"
    else:
        state, evidence = MarkState.DONE, answer.url
    return _mark(vendor, SITE, state, actor="system", evidence=evidence)


def ask_sites(facts: Sequence[dict[str, Any]]) -> None:
    """Outbox handler."""
    for vendor in Vendor.objects.filter(pk__in={fact["vendor"] for fact in facts}).order_by("pk"):
        check_site(vendor=vendor)


@transaction.atomic
def ask_site_again(*, operator: User, vendor: Vendor) -> None:
    """Has the site asked by a worker."""
    outbox.emit(ASK_SITE, "vendor.site", {"vendor": vendor.pk})
    record(actor=operator.typed_id, action=ASKED, subject=f"vendor:{vendor.pk}", subject_name=vendor.name)
    logger.info("vendors.site_asked", vendor=vendor.pk, actor=operator.typed_id)


def _mark(
    vendor: Vendor, key: str, state: MarkState, *, actor: str, evidence: str = "", reason: str = ""
) -> OnboardingMark:
    mark, _is_new = OnboardingMark.objects.update_or_create(
        vendor=vendor,
        item=key,
        defaults={
            "state": state,
            "evidence": evidence.strip()[:500],
            "reason": reason.strip()[:500],
            "actor": actor,
            "at": clock.now(),
        },
    )
    return mark
