"""Noting a decision, appealing against it once, judging the appeal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import InvalidInput, NotAllowed, NotFound
from notifications import kinds as messages
from notifications.services import notify
from vendors.appeals import kinds
from vendors.appeals.enums import Outcome
from vendors.appeals.errors import AppealDecided, ChangedSince, NothingToAppeal, SameOperator
from vendors.appeals.locks import lock_decision, lock_in_force
from vendors.appeals.models import Decision
from vendors.appeals.selectors import may_be_appealed
from vendors.locks import lock_vendor
from vendors.models import Vendor
from vendors.selectors import people_to_tell
from vendors.services.onboarding import operators_for

logger = structlog.get_logger(__name__)

JUDGED = audit_kinds.register("vendors.judge_appeal", _("Judged an appeal"))
LIFTED = audit_kinds.register("vendors.lift_decision", _("A decision is no longer in force"))
LONGEST = 1000


@transaction.atomic
def note(
    *,
    kind: str,
    subject: str,
    subject_name: str,
    vendor: Vendor,
    reason: str,
    actor: str,
    details: Mapping[str, Any] | None = None,
) -> Decision:
    """Keeps a decision in the caller's transaction and tells the vendor's people why, in their languages.

    `actor` is a typed id or "system". Raises InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why: the company's people will read it."), field="reason")
    decision = Decision.objects.create(
        vendor=vendor,
        kind=kind,
        subject=subject,
        subject_name=subject_name[:200],
        reason=reason.strip()[:LONGEST],
        details=dict(details or {}),
        decided_by=actor,
        decided_at=clock.now(),
    )
    if kinds.get(kind).told:
        _tell(decision, "decision.taken", decision.reason)
    return decision


@transaction.atomic
def appeal(*, vendor: Vendor, user: User, decision_id: int, text: str) -> Decision:
    """The vendor's word against a decision, once. Locks the company, then it. Raises NotFound, NothingToAppeal, InvalidInput."""
    lock_vendor(vendor.pk)
    decision = lock_decision(decision_id)
    if decision is None or decision.vendor_id != vendor.pk:
        raise NotFound("unknown_decision")
    now = clock.now()
    if not may_be_appealed(decision, now):
        raise NothingToAppeal("nothing_to_appeal")
    if not text.strip():
        raise InvalidInput("empty", _("Write why the decision is wrong."), field="text")
    decision.appeal = text.strip()[:LONGEST]
    decision.appealed_by, decision.appealed_at = user.typed_id, now
    decision.save(update_fields=["appeal", "appealed_by", "appealed_at"])
    logger.info("vendors.appealed", decision=decision.pk, kind=decision.kind, actor=user.typed_id)
    return decision


@transaction.atomic
def judge(*, operator: User, decision_id: int, reverses: bool, reason: str) -> Decision:
    """The last word on a decision; reversing undoes what it did. The vendor's people are told why. Locks the company,
    then the decision: whoever suspends the company comes the same way.

    Raises NotFound, AppealDecided, InvalidInput without a reason, NotAllowed without the right or for one's own
    company, SameOperator where the one who decided judges although somebody else may; and what undoing refuses.
    """
    vendor_id = Decision.objects.filter(pk=decision_id).values_list("vendor", flat=True).first()
    if vendor_id is None:
        raise NotFound("unknown_decision")
    lock_vendor(vendor_id)
    decision = lock_decision(decision_id)
    if decision is None or not decision.waits:
        raise AppealDecided("appeal_decided")
    kind = kinds.get(decision.kind)
    if not operator.has_perm(kind.permission):
        raise NotAllowed("not_allowed")
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why: the company's people will read it."), field="reason")
    if decision.vendor.memberships.filter(user=operator).exists():
        raise NotAllowed("own_company", _("You work for this company yourself. A colleague has to decide."))
    if decision.decided_by == operator.typed_id and _others(operator, kind.permission):
        raise SameOperator("same_operator")
    now = clock.now()
    decision.outcome = Outcome.REVERSED if reverses else Outcome.UPHELD
    decision.outcome_reason = reason.strip()[:LONGEST]
    decision.outcome_by, decision.outcome_at = operator.typed_id, now
    if reverses:
        # Noted before it is undone: what undoing notes of its own is not to find this one in force.
        decision.lifted_at = decision.lifted_at or now
    decision.save(update_fields=["outcome", "outcome_reason", "outcome_by", "outcome_at", "lifted_at"])
    is_put_back = reverses
    if reverses:
        try:
            kind.undo(decision, operator, decision.outcome_reason)
        except ChangedSince:
            # The company is right all the same; it must not read that something was put back.
            is_put_back = False
    record(
        actor=operator.typed_id,
        action=JUDGED,
        subject=decision.subject,
        subject_name=decision.subject_name,
        reason=decision.outcome_reason,
        details={
            "decision": decision.pk,
            "kind": decision.kind,
            "outcome": decision.outcome,
            "put_back": is_put_back,
        },
    )
    told = "decision.upheld" if not reverses else "decision.reversed" if is_put_back else "decision.granted"
    _tell(decision, told, decision.outcome_reason)
    return decision


@transaction.atomic
def lift(*, kind: str, subject: str) -> int:
    """Decisions of the kind about the subject are in force no longer: an operator undid them by another way.

    An appeal that waits against one needs no judge any more: its people are told so, and nobody has granted it.
    """
    found = lock_in_force(kind, subject)
    now = clock.now()
    for decision in found:
        waited = decision.waits
        decision.lifted_at = now
        decision.save(update_fields=["lifted_at"])
        if waited:
            record(
                actor="system",
                action=LIFTED,
                subject=decision.subject,
                subject_name=decision.subject_name,
                details={"decision": decision.pk, "kind": decision.kind},
            )
            _tell(decision, "decision.lifted", decision.reason)
    return len(found)


def _others(operator: User, permission: str) -> bool:
    return operators_for(permission).exclude(pk=operator.pk).exists()


def _tell(decision: Decision, kind: str, reason: str) -> None:
    notify(
        users=people_to_tell(decision.vendor),
        kind=kind,
        params={
            "vendor": decision.vendor.name,
            "what": decision.subject_name or decision.subject,
            # The reader's language is not known yet: all three are kept.
            "decision": _in_all_languages(kinds.get(decision.kind).label),
            "reason": reason,
        },
        url=f"{reverse('desk:decisions', args=[decision.vendor.slug])}#decision-{decision.pk}",
        key=f"{kind}:{decision.pk}",
    )


def _in_all_languages(label: Any) -> dict[str, str]:
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = str(label)
    return said


def register_messages() -> None:
    """Called once when the application starts."""
    messages.register(
        "decision.taken",
        label=_("An operator decided about something of my company's"),
        subject=_("%(decision)s: %(what)s"),
        body=_(
            "The operator says: %(reason)s\nOn the desk of %(vendor)s you can appeal once within 14 days."
        ),
        icon="alert-triangle",
        action=_("See the decision"),
        optional=False,
    )
    messages.register(
        "decision.reversed",
        label=_("My company's appeal was granted"),
        subject=_("The decision was undone: %(what)s"),
        body=_("%(decision)s. Another operator looked at it again and says: %(reason)s"),
        icon="circle-check",
        action=_("See the decision"),
        optional=False,
    )
    messages.register(
        "decision.granted",
        label=_("My company was right, but the matter had changed meanwhile"),
        subject=_("Your appeal was granted: %(what)s"),
        body=_(
            "%(decision)s. The operator says: %(reason)s\nIt was changed by others since the decision, so it stays as it is now."
        ),
        icon="circle-check",
        action=_("See the decision"),
        optional=False,
    )
    messages.register(
        "decision.lifted",
        label=_("A decision that my company appealed against is no longer in force"),
        subject=_("No longer in force: %(what)s"),
        body=_(
            "%(decision)s. This decision does not apply any more, so nobody needs to look at your appeal. It was: %(reason)s"
        ),
        icon="circle-check",
        action=_("See the decision"),
        optional=False,
    )
    messages.register(
        "decision.upheld",
        label=_("My company's appeal was refused"),
        subject=_("The decision stays: %(what)s"),
        body=_("%(decision)s. The appeal was looked at; the operator says: %(reason)s"),
        icon="circle-x",
        action=_("See the decision"),
        optional=False,
    )
