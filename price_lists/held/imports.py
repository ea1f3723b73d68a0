"""Held imports: the vendor's word is the vendor's. An operator reminds it, and speaks in its place only after a while."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import Conflict, InvalidInput
from notifications import kinds as messages
from notifications.services import notify
from price_lists.enums import RunState
from price_lists.models import ImportRun
from price_lists.services import cancel_run, request_apply, start
from vendors.own_company import require_not_own
from vendors.selectors import people_to_tell

#: How long the vendor has before an operator may speak for it.
PATIENCE: Final = dt.timedelta(days=3)
NUDGED = audit_kinds.register("price_lists.nudge_vendor", _("Asked a vendor about a held import"))
APPLIED = audit_kinds.register("price_lists.apply_for_vendor", _("Applied a held import for its vendor"))
DROPPED = audit_kinds.register("price_lists.drop_for_vendor", _("Gave up a held import for its vendor"))


class VendorHasTime(Conflict):
    """Three days are not over yet."""

    message = _("The vendor has until %(until)s to answer. Ask it; its word comes first.")


def held_runs() -> QuerySet[ImportRun]:
    """Imports that wait for their vendor's word, the oldest first."""
    return ImportRun.objects.filter(state=RunState.HELD).order_by("created_at", "pk")


def may_decide(run: ImportRun, now: dt.datetime | None = None) -> bool:
    return (now or timezone.now()) >= run.created_at + PATIENCE


@transaction.atomic
def nudge(*, operator: User, run: ImportRun, text: str) -> int:
    """Asks the vendor's people to look. Returns how many are told. Raises Conflict for one that waits no longer."""
    run = _held(run)
    if not text.strip():
        raise InvalidInput("no_reason", _("Write what the vendor should look at."), field="reason")
    record(
        actor=operator.typed_id,
        action=NUDGED,
        subject=f"import_run:{run.pk}",
        subject_name=str(run.source),
        reason=text.strip()[:500],
        details={"vendor": run.vendor_id},
    )
    return _tell(run, "import.nudged", text, key=f"import.nudged:{run.pk}:{timezone.now():%Y%m%d%H%M}")


@transaction.atomic
def apply_for_vendor(*, operator: User, run: ImportRun, reason: str) -> ImportRun:
    """Says yes in the vendor's place. Raises VendorHasTime, Conflict, InvalidInput without a reason, NotAllowed for one's
    own company.
    """
    run = _ready(operator, run, reason)
    request_apply(run=run, confirmed=True)
    start(run=run, owner=operator.typed_id)
    _done(operator, run, APPLIED, "import.applied_for_you", reason)
    return run


@transaction.atomic
def drop_for_vendor(*, operator: User, run: ImportRun, reason: str) -> ImportRun:
    """Says no in the vendor's place: its offers stay as they were. Raises as `apply_for_vendor`."""
    run = _ready(operator, run, reason)
    cancel_run(run=run)
    _done(operator, run, DROPPED, "import.dropped_for_you", reason)
    return run


def _held(run: ImportRun) -> ImportRun:
    found = ImportRun.objects.select_related("vendor", "source").filter(pk=run.pk).first()
    if found is None or found.state != RunState.HELD:
        raise Conflict("not_held")
    return found


def _ready(operator: User, run: ImportRun, reason: str) -> ImportRun:
    run = _held(run)
    require_not_own(operator, run.vendor_id)
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why: the company's people will read it."), field="reason")
    if not may_decide(run):
        until = timezone.localtime(run.created_at + PATIENCE)
        raise VendorHasTime("vendor_has_time", until=f"{until:%d.%m.%Y %H:%M}")
    return run


def _done(operator: User, run: ImportRun, action: str, kind: str, reason: str) -> None:
    record(
        actor=operator.typed_id,
        action=action,
        subject=f"import_run:{run.pk}",
        subject_name=str(run.source),
        reason=reason.strip()[:500],
        details={"vendor": run.vendor_id, "guard": [each.get("code", "") for each in run.guard]},
    )
    _tell(run, kind, reason, key=f"{kind}:{run.pk}")


def _tell(run: ImportRun, kind: str, reason: str, key: str) -> int:
    return notify(
        users=people_to_tell(run.vendor),
        kind=kind,
        params={"source": str(run.source), "vendor": run.vendor.name, "reason": reason.strip()[:500]},
        url=reverse("price_lists:run", args=[run.vendor.slug, run.pk]),
        key=key,
    )


def register_messages() -> None:
    """Called once when the application starts."""
    messages.register(
        "import.nudged",
        label=_("An operator asks about a held import"),
        subject=_("“%(source)s” waits for your word"),
        body=_("The operator asks: %(reason)s"),
        icon="hourglass",
        action=_("Look at the import"),
        optional=False,
    )
    messages.register(
        "import.applied_for_you",
        label=_("An operator applied a held import"),
        subject=_("“%(source)s” was applied by an operator"),
        body=_("Nobody of %(vendor)s answered for three days. The operator says: %(reason)s"),
        icon="circle-check",
        action=_("Look at the import"),
        optional=False,
    )
    messages.register(
        "import.dropped_for_you",
        label=_("An operator gave up a held import"),
        subject=_("“%(source)s” was not applied"),
        body=_("Your offers stay as they were. The operator says: %(reason)s"),
        icon="circle-x",
        action=_("Look at the import"),
        optional=False,
    )
