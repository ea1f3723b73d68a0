"""Suspensions that end by themselves, holidays, notes among operators, and visits to a company's desk."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from core.audit import kinds
from core.audit.services import record
from core.errors import Conflict, InvalidInput, NotFound
from notifications.services import notify
from vendors.care.models import DeskVisit, VendorNote
from vendors.enums import VendorState
from vendors.errors import WrongVendorState
from vendors.locks import lock_note, lock_vendor, lock_visits_of
from vendors.models import Vendor
from vendors.own_company import require_not_own
from vendors.selectors import people_to_tell
from vendors.services.onboarding import end_suspension

SET_HOLIDAY = kinds.register("vendors.set_holiday", _("Set a vendor's holiday"))
ADD_NOTE = kinds.register("vendors.add_note", _("Wrote a note about a vendor"))
PIN_NOTE = kinds.register("vendors.pin_note", _("Pinned or unpinned a note about a vendor"))
REMOVE_NOTE = kinds.register("vendors.remove_note", _("Removed a note about a vendor"))
BEGIN_VISIT = kinds.register("vendors.begin_visit", _("Entered a vendor's desk"))
END_VISIT = kinds.register("vendors.end_visit", _("Left a vendor's desk"))

#: How long a visit lasts at most.
VISIT: Final = dt.timedelta(minutes=30)
LONGEST_HOLIDAY: Final = dt.timedelta(days=120)
LONGEST_NOTE: Final = 2000


def end_due_visits() -> int:
    """Ends visits whose time is over, so that each has its end in the journal and on the company's page. Returns how
    many; each in a transaction of its own.
    """
    ended = 0
    due = DeskVisit.objects.filter(ended_at=None, ends_at__lte=clock.now())
    for operator in list(due.order_by("pk").values_list("operator", flat=True)):
        with transaction.atomic():
            now = clock.now()
            for visit in lock_visits_of(operator):
                if visit.ends_at <= now:
                    _end(visit, now)
                    ended += 1
    return ended


def end_due_suspensions() -> int:
    """Lets companies sell again whose suspension is over. Returns how many; each in a transaction of its own."""
    due = Vendor.objects.filter(state=VendorState.SUSPENDED, suspended_until__lte=clock.now())
    ended = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        try:
            ended += end_suspension(vendor_id=pk, now=clock.now())
        except WrongVendorState:
            continue  # an operator was quicker
    return ended


@transaction.atomic
def set_holiday(
    *,
    vendor: Vendor,
    actor: User,
    first: dt.date | None,
    last: dt.date | None,
    hides: bool,
    by_operator: bool = False,
    reason: str = "",
) -> Vendor:
    """Closes the company from `first` to `last`, both included; None for both ends a holiday. Locks the company.

    `hides`: its offers are out of sight meanwhile; else they stay and say when it is back. By an operator it is traced
    and the company's people are told. Raises InvalidInput for days that make no holiday.
    """
    locked = lock_vendor(vendor.pk)
    if by_operator:
        require_not_own(actor, locked.pk)
    if (first is None) != (last is None):
        raise InvalidInput("half_a_holiday", _("Enter both days, or none to end the holiday."), field="last")
    if first is not None and last is not None:
        if last < first:
            raise InvalidInput("holiday_backwards", _("The last day is before the first."), field="last")
        if last < timezone.localdate():
            raise InvalidInput("holiday_over", _("The last day is over already."), field="last")
        if last - first > LONGEST_HOLIDAY:
            raise InvalidInput("holiday_long", _("A holiday lasts 120 days at most."), field="last")
    before = [str(locked.holiday_from or ""), str(locked.holiday_until or ""), locked.holiday_hides]
    locked.holiday_from, locked.holiday_until = first, last
    locked.holiday_hides = hides and first is not None
    locked.save(update_fields=["holiday_from", "holiday_until", "holiday_hides"])
    if by_operator:
        record(
            actor=actor.typed_id,
            action=SET_HOLIDAY,
            subject=f"vendor:{locked.pk}",
            subject_name=locked.name,
            reason=reason.strip(),
            details={"before": before, "after": [str(first or ""), str(last or ""), locked.holiday_hides]},
        )
        notify(
            users=people_to_tell(locked).values_list("pk", flat=True),
            kind="vendor.holiday",
            params={"vendor": locked.name, "first": str(first or "–"), "last": str(last or "–")},
            url=reverse("desk:holiday", args=[locked.slug]),
            key=f"vendor.holiday:{locked.pk}:{clock.now().isoformat()}",
        )
    return locked


@transaction.atomic
def add_note(*, vendor: Vendor, actor: User, text: str, pinned: bool = False) -> VendorNote:
    """Raises InvalidInput without words. The journal tells that there is a note, not what it says."""
    text = text.strip()
    if not text:
        raise InvalidInput("no_text", _("Write the note."), field="text")
    note = VendorNote.objects.create(
        vendor=vendor,
        text=text[:LONGEST_NOTE],
        author=actor.typed_id,
        pinned=pinned,
        created_at=clock.now(),
    )
    _trace_note(note, actor, ADD_NOTE)
    return note


@transaction.atomic
def pin_note(*, vendor: Vendor, actor: User, note_id: int, pinned: bool) -> VendorNote:
    """Locks the note. Raises NotFound."""
    note = _note(vendor, note_id)
    note.pinned = pinned
    note.save(update_fields=["pinned"])
    _trace_note(note, actor, PIN_NOTE)
    return note


@transaction.atomic
def remove_note(*, vendor: Vendor, actor: User, note_id: int) -> None:
    """Its words go, that it was there stays. Locks the note. Raises NotFound."""
    note = _note(vendor, note_id)
    note.text, note.pinned, note.removed_at = "", False, clock.now()
    note.save(update_fields=["text", "pinned", "removed_at"])
    _trace_note(note, actor, REMOVE_NOTE)


def _note(vendor: Vendor, note_id: int) -> VendorNote:
    note = lock_note(note_id)
    if note is None or note.vendor_id != vendor.pk or note.removed_at is not None:
        raise NotFound("unknown_note")
    return note


def _trace_note(note: VendorNote, actor: User, action: str) -> None:
    record(
        actor=actor.typed_id,
        action=action,
        subject=f"vendor:{note.vendor_id}",
        subject_name=note.vendor.name,
        details={"note": note.pk, "pinned": note.pinned},
    )


@transaction.atomic
def begin_visit(*, vendor: Vendor, operator: User, reason: str) -> DeskVisit:
    """Opens the company's desk to the operator; a visit elsewhere ends. Its people are told.

    Locks the operator's visits. Raises InvalidInput without a reason, Conflict for a desk that is closed or one's own.
    """
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why: the company's people will read it."), field="reason")
    if vendor.state != VendorState.APPROVED:
        raise Conflict("desk_closed", _("The desk of this company is closed."))
    if vendor.memberships.filter(user=operator).exists():
        raise Conflict("own_desk", _("You work for this company: use its desk as yourself."))
    now = clock.now()
    for visit in lock_visits_of(operator.typed_id):
        _end(visit, now)
    visit = DeskVisit.objects.create(
        vendor=vendor,
        operator=operator.typed_id,
        reason=reason.strip()[:1000],
        began_at=now,
        ends_at=now + VISIT,
    )
    record(
        actor=operator.typed_id,
        action=BEGIN_VISIT,
        subject=f"vendor:{vendor.pk}",
        subject_name=vendor.name,
        reason=visit.reason,
        details={"visit": visit.pk},
    )
    notify(
        users=people_to_tell(vendor).values_list("pk", flat=True),
        kind="vendor.visited",
        params={"vendor": vendor.name, "reason": visit.reason},
        url=reverse("desk:visits", args=[vendor.slug]),
        key=f"vendor.visited:{visit.pk}",
    )
    return visit


@transaction.atomic
def end_visit(*, operator: User) -> None:
    """Of the operator, wherever it is. Locks it."""
    now = clock.now()
    for visit in lock_visits_of(operator.typed_id):
        _end(visit, now)


def _end(visit: DeskVisit, now: dt.datetime) -> None:
    visit.ended_at = min(now, visit.ends_at)
    visit.save(update_fields=["ended_at"])
    record(
        actor=visit.operator,
        action=END_VISIT,
        subject=f"vendor:{visit.vendor_id}",
        subject_name=visit.vendor.name,
        details={"visit": visit.pk, "deeds": visit.deeds},
    )
