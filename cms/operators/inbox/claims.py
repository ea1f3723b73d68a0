"""Claiming items, so that two operators do not decide about the same thing."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cms.operators.inbox import queues
from cms.operators.inbox.errors import ItemGone, ItemTaken, UnknownItem
from cms.operators.inbox.locks import lock_claim
from cms.operators.inbox.models import InboxClaim, QueueKeeper
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from notifications import kinds as messages
from notifications.services import notify

#: A working day: what is forgotten in the evening is free in the morning.
LIFE: Final = dt.timedelta(hours=8)
CLAIMED = audit_kinds.register("inbox.claim_item", _("Took an item of the inbox"))
RELEASED = audit_kinds.register("inbox.release_item", _("Gave an item of the inbox back"))
HANDED = audit_kinds.register("inbox.hand_over_item", _("Handed an item of the inbox over"))
KEEPER = audit_kinds.register("inbox.set_keeper", _("Set who looks after a queue"))


@transaction.atomic
def claim(*, operator: User, item: str) -> InboxClaim:
    """Takes an item for a working day; one's own is taken anew. Raises UnknownItem, ItemGone, ItemTaken."""
    source, number = _waiting(operator, item)
    now = clock.now()
    held = _free_or_own(operator, item, now)
    if held is None:
        try:
            with transaction.atomic():
                held = InboxClaim.objects.create(
                    item=item,
                    source=source,
                    number=number,
                    operator=operator,
                    claimed_at=now,
                    until=now + LIFE,
                )
        except IntegrityError:  # a colleague took it in this very moment
            held = _free_or_own(operator, item, now)
            if held is None:
                raise ItemGone("item_gone") from None
    held.operator, held.claimed_at, held.until = operator, now, now + LIFE
    held.save(update_fields=["operator", "claimed_at", "until"])
    record(actor=operator.typed_id, action=CLAIMED, subject=item)
    return held


@transaction.atomic
def release(*, operator: User, item: str) -> bool:
    """Gives one's own back. Returns whether there was one. Raises ItemTaken for a colleague's."""
    held = _free_or_own(operator, item, clock.now())
    if held is None or held.operator_id != operator.pk:
        return False
    held.delete()
    record(actor=operator.typed_id, action=RELEASED, subject=item)
    return True


@transaction.atomic
def hand_over(*, operator: User, item: str, to: User) -> InboxClaim:
    """Gives an item that is nobody's or one's own to a colleague, who is told. Raises as `claim`."""
    found = queues.find(to, item)
    if found is None or not to.is_active:
        raise UnknownItem("unknown_item", _("This colleague has no right to decide about it."))
    held = claim(operator=operator, item=item)
    held.operator = to
    held.save(update_fields=["operator"])
    record(actor=operator.typed_id, action=HANDED, subject=item, details={"to": to.typed_id})
    notify(
        users=[to],
        kind="inbox.handed",
        params={"title": found[1].show([_row(found[1], found[2])])[0].title},
        url=reverse("operators_inbox_item", args=[item]),
        key=f"inbox.handed:{item}:{held.claimed_at.isoformat()}",
    )
    return held


@transaction.atomic
def set_keeper(*, operator: User, queue: str, keeps: bool) -> None:
    """Whoever presses it looks after the queue from now on, or no longer."""
    if queue not in {each.key for each in queues.queues_for(operator)}:
        raise UnknownItem("unknown_queue")
    if keeps:
        QueueKeeper.objects.update_or_create(
            queue=queue, defaults={"operator": operator, "since": clock.now()}
        )
    else:
        QueueKeeper.objects.filter(queue=queue, operator=operator).delete()
    record(actor=operator.typed_id, action=KEEPER, subject=f"queue:{queue}", details={"keeps": keeps})


def require_free(operator: User, item: str) -> None:
    """Locks the claim, if there is one. Raises ItemTaken while a colleague has the item."""
    _free_or_own(operator, item, clock.now())


def _free_or_own(operator: User, item: str, now: dt.datetime) -> InboxClaim | None:
    held = lock_claim(item)
    if held is not None and held.operator_id != operator.pk and held.until > now:
        raise ItemTaken(
            "item_taken",
            who=held.operator.name or held.operator.email,
            until=f"{timezone.localtime(held.until):%H:%M}",
        )
    return held


def _waiting(operator: User, item: str) -> tuple[str, int]:
    found = queues.find(operator, item)
    if found is None:
        raise UnknownItem("unknown_item")
    _queue, source, number = found
    if not source.rows().filter(pk=number).exists():
        raise ItemGone("item_gone")
    return source.key, number


def _row(source: queues.Source, number: int) -> object:
    return source.rows().get(pk=number)


def register_messages() -> None:
    """Called once when the application starts."""
    messages.register(
        "inbox.handed",
        label=_("A colleague hands me an item of the inbox"),
        subject=_("For you: %(title)s"),
        body="",
        icon="inbox",
        action=_("Open the item"),
    )
