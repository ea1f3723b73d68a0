"""A bulk edit from beginning to end: chosen, counted, carried out, taken back. Jobs go through it chunk by chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.bulk_edit import choosing, messages
from catalog.bulk_edit.choosing import Criteria
from catalog.bulk_edit.enums import Action, EditState, Found, RowState
from catalog.bulk_edit.errors import EditNotPossible, NoReason, NothingChosen
from catalog.bulk_edit.judging import judge_of
from catalog.bulk_edit.models import BulkEdit, BulkRow
from catalog.bulk_edit.writing import apply_rows, undo_rows
from catalog.models import Offer
from catalog.services.changes import CHUNK
from catalog.services.holding import HELD_BY_RULE
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.jobs.errors import JobCancelled
from core.jobs.services import start_job
from core.models import Job

PREPARE: Final = "catalog.bulk_prepare"
APPLY: Final = "catalog.bulk_apply"
UNDO: Final = "catalog.bulk_undo"
Report = Callable[[int, int], None]
#: Offers that a request looks through itself: some 0.2 s. More are a job.
AT_ONCE: Final = 500
#: Offers looked at in one go.
LOOKED_AT: Final = 1_000
#: What a fill takes unless told otherwise.
TAKEN: Final = (Found.NEW,)
QUEUE: Final = "index"

APPLIED = audit_kinds.register("catalog.apply_bulk_edit", _("Change of many offers carried out"))
UNDONE = audit_kinds.register("catalog.undo_bulk_edit", _("Change of many offers taken back"))


def begin_edit(
    *,
    action: Action,
    given: Mapping[str, Any],
    actor: str,
    ids: Collection[int] = (),
    criteria: Criteria | None = None,
    words: str = "",
    reason: str = "",
) -> BulkEdit:
    """Freezes which offers are meant (`ids`, else all that meet `criteria` now) and finds out what would change.

    A few are looked at in here; of more a job takes care, and the edit is PREPARING until it is done. Nothing of the
    offers changes. `words` is only noted: by what the ids were found.
    """
    if criteria is None and not ids:
        raise NothingChosen(field="offers")
    reason = reason.strip()
    if action in (Action.HIDE, Action.SHOW) and not reason:
        raise NoReason(field="reason")
    if reason.startswith(HELD_BY_RULE):
        reason = f"“{reason}”"  # else it would be a rule's, and rules would show the offers
    chosen: dict[str, Any] = {"words": words} if words else {}
    chosen |= {"ids": sorted(set(ids))} if criteria is None else {"criteria": criteria.told()}
    with transaction.atomic():
        edit = BulkEdit.objects.create(
            action=action,
            given=dict(given),
            chosen=chosen,
            up_to=choosing.newest_offer(),
            reason=reason[:240],
            actor=actor,
            counts={"cursor": 0, "looked": 0},
        )
        if criteria is None and len(chosen["ids"]) <= AT_ONCE:
            prepare(edit=edit)
        else:
            _start(edit, PREPARE, total=len(chosen.get("ids", ())))
    return edit


def prepare(*, edit: BulkEdit, report: Report | None = None) -> None:
    """Looks at each chosen offer once; goes on where an earlier attempt was cut off."""
    if edit.state not in (EditState.PREPARING, EditState.STOPPED):
        return
    judge = judge_of(edit)
    counts = Counter({name: number for name, number in edit.counts.items() if isinstance(number, int)})
    total = len(edit.chosen.get("ids", ()))
    for offers in _chosen(edit, counts["cursor"]):
        if report is not None:
            report(counts["looked"], max(total, counts["looked"]))
        rows = []
        for offer in offers.found:
            verdict = judge(offer)
            counts["looked"] += 1
            if verdict.state is None:
                counts["none"] += 1
                continue
            counts[RowState(verdict.state).name.lower()] += 1
            if verdict.found:
                counts[verdict.found] += 1
            if verdict.state == RowState.WAITING or edit.action != Action.FILL:
                rows.append(
                    BulkRow(
                        edit=edit,
                        offer_id=offer.pk,
                        state=verdict.state,
                        found=verdict.found,
                        value=verdict.value,
                    )
                )
        counts["cursor"] = offers.last
        with transaction.atomic():
            BulkRow.objects.bulk_create(rows, ignore_conflicts=True)
            BulkEdit.objects.filter(pk=edit.pk).update(counts=dict(counts))
    edit.counts, edit.state = dict(counts), EditState.READY
    BulkEdit.objects.filter(pk=edit.pk).update(counts=edit.counts, state=edit.state)


def apply_edit(*, edit: BulkEdit, actor: str, take: Sequence[str] = TAKEN) -> Job:
    """Starts the job that carries it out. `take` says which finds of a fill. Raises EditNotPossible."""
    with transaction.atomic():
        if not BulkEdit.objects.filter(pk=edit.pk, state=EditState.READY).update(
            state=EditState.APPLYING, applied_at=clock.now()
        ):
            raise EditNotPossible
        edit.refresh_from_db()
        if edit.action == Action.FILL:
            edit.given = {**edit.given, "take": list(take)}
            edit.save(update_fields=["given"])
        total = due_of(edit).count()
        if not total:
            raise NothingChosen(field="take")
        _record(edit, APPLIED, actor, total)
        return _start(edit, APPLY, total=total)


def carry_out(*, edit: BulkEdit, report: Report | None = None) -> dict[str, int]:
    """Goes through what waits; what an earlier attempt did stays done and is not done again."""
    done = edit.rows.exclude(state__in=(RowState.WAITING, RowState.SAME, RowState.LEFT_OUT)).count()
    total = done + due_of(edit).count()
    while rows := list(due_of(edit).order_by("offer_id")[:CHUNK]):
        if report is not None:
            report(done, total)
        apply_rows(edit, rows)
        done += len(rows)
    _end(edit, EditState.APPLIED)
    messages.tell_vendors(edit)
    return edit.counts


def undo_edit(*, edit: BulkEdit, actor: str) -> Job:
    """Starts the job that takes it back, also what a stopped edit did. Raises EditNotPossible."""
    with transaction.atomic():
        if not BulkEdit.objects.filter(
            pk=edit.pk, state__in=(EditState.APPLIED, EditState.STOPPED), applied_at__isnull=False
        ).update(state=EditState.UNDOING, undone_at=clock.now()):
            raise EditNotPossible
        edit.refresh_from_db()
        total = edit.rows.filter(state=RowState.APPLIED).count()
        _record(edit, UNDONE, actor, total)
        return _start(edit, UNDO, total=total)


def take_back(*, edit: BulkEdit, report: Report | None = None) -> dict[str, int]:
    total = edit.rows.filter(state__in=(RowState.APPLIED, RowState.UNDONE)).count()
    done = total - edit.rows.filter(state=RowState.APPLIED).count()
    while rows := list(edit.rows.filter(state=RowState.APPLIED).order_by("offer_id")[:CHUNK]):
        if report is not None:
            report(done, total)
        undo_rows(edit, rows)
        done += len(rows)
    _end(edit, EditState.UNDONE)
    messages.tell_vendors(edit, undone=True)
    return edit.counts


def run(*, edit_id: int, kind: str, report: Report) -> dict[str, int]:
    """What a job calls. One that is stopped leaves the edit STOPPED, with what was done until then."""
    edit = BulkEdit.objects.get(pk=edit_id)
    try:
        if kind == PREPARE:
            prepare(edit=edit, report=report)
            return edit.counts
        return (carry_out if kind == APPLY else take_back)(edit=edit, report=report)
    except JobCancelled:
        _end(edit, EditState.STOPPED)
        raise


def on_cancel(job: Job) -> None:
    """A job was stopped that no worker had in hand."""
    edit = BulkEdit.objects.filter(pk=job.kwargs.get("edit_id")).first()
    if edit is not None:
        _end(edit, EditState.STOPPED)


def on_retry(job: Job) -> None:
    """The same job goes on. Raises EditNotPossible where the edit went another way meanwhile."""
    state = {PREPARE: EditState.PREPARING, APPLY: EditState.APPLYING, UNDO: EditState.UNDOING}[job.kind]
    known = BulkEdit.objects.filter(pk=job.kwargs.get("edit_id"), job=job.pk)
    if not known.filter(state__in=(EditState.STOPPED, state)).update(state=state):
        raise EditNotPossible


def forget_old_edits(*, before: Any) -> int:
    """Rows of edits that nobody takes back any more; what was done stays in the trace and in people's words."""
    deleted = 0
    old = BulkRow.objects.filter(edit__created_at__lt=before).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:5_000]):
        deleted += BulkRow.objects.filter(pk__in=ids).delete()[0]
    BulkEdit.objects.filter(created_at__lt=before).delete()
    return deleted


def due_of(edit: BulkEdit) -> Any:
    """Rows that wait to be carried out."""
    rows = edit.rows.filter(state=RowState.WAITING)
    return rows.filter(found__in=edit.given.get("take", ())) if edit.action == Action.FILL else rows


class _Looked:
    __slots__ = ("found", "last")

    def __init__(self, found: list[Offer], last: int) -> None:
        self.found = found
        self.last = last


def _chosen(edit: BulkEdit, after: int) -> Iterator[_Looked]:
    if "ids" in edit.chosen:
        ids = [pk for pk in edit.chosen["ids"] if pk > after]
        for start in range(0, len(ids), LOOKED_AT):
            chunk = ids[start : start + LOOKED_AT]
            yield _Looked(choosing.of_ids(chunk), chunk[-1])
        return
    criteria = Criteria.of(edit.chosen["criteria"])
    for found, last in choosing.walk(criteria, after=after, up_to=edit.up_to, size=LOOKED_AT):
        yield _Looked(found, last)


def _start(edit: BulkEdit, kind: str, *, total: int) -> Job:
    job = start_job(
        kind=kind,
        task=kind,
        kwargs={"edit_id": edit.pk},
        queue=QUEUE,
        owner=edit.actor,
        subject=f"bulk_edit:{edit.pk}",
        total=total,
    )
    BulkEdit.objects.filter(pk=edit.pk).update(job=job.pk)
    edit.job = job.pk
    return job


def _end(edit: BulkEdit, state: EditState) -> None:
    by_state = Counter(
        {
            RowState(each).name.lower(): edit.rows.filter(state=each).count()
            for each in (RowState.APPLIED, RowState.UNDONE, RowState.CHANGED_SINCE)
        }
    )
    kept = BulkEdit.objects.filter(pk=edit.pk).values_list("counts", flat=True).get()
    edit.counts, edit.state = {**kept, **by_state}, state
    BulkEdit.objects.filter(pk=edit.pk).update(counts=edit.counts, state=state)


def _record(edit: BulkEdit, kind: str, actor: str, total: int) -> None:
    record(
        actor=actor,
        action=kind,
        subject=f"bulk_edit:{edit.pk}",
        subject_name=str(edit.get_action_display()),
        reason=edit.reason,
        details={
            "action": edit.action,
            "given": edit.given,
            "chosen": _in_short(edit.chosen),
            "offers": total,
        },
    )


def _in_short(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Thousands of ids are told by their number; the edit's rows have them."""
    return {name: len(value) if name == "ids" else value for name, value in chosen.items()}
