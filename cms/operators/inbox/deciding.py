"""Decisions from the inbox: each in a transaction of its own, with the same service that the queue's own page calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cms.operators.inbox import claims, queues
from cms.operators.inbox.errors import ItemGone, ItemTaken, UnknownItem
from cms.operators.inbox.models import InboxClaim
from cms.operators.inbox.queues import Act, Answer, Shown, Source
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import Conflict, DomainError, InvalidInput, NotFound

DECIDED = audit_kinds.register("inbox.decide_item", _("Decided about an item of the inbox"))
#: Items that one answer may be about.
AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: done, changed (by others, meanwhile), taken (by a colleague) or refused."""

    item: str
    title: str
    outcome: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item with what told its state when it was looked at."""

    item: str
    stamp: str = ""


def decide(*, operator: User, chosen: Chosen, act: str, answer: Answer) -> str:
    """Returns the item's title. Raises UnknownItem, ItemTaken, ItemGone, and what the act refuses."""
    found = queues.find(operator, chosen.item)
    if found is None:
        raise UnknownItem("unknown_item")
    queue, source, number = found
    way = source.act(act)
    if way is None:
        raise UnknownItem("unknown_act", _("Choose a decision."))
    check(way, answer)
    with transaction.atomic():
        claims.require_free(operator, chosen.item)
        row = source.rows().filter(pk=number).first()
        if row is None:
            raise ItemGone("item_gone")
        shown = source.show([row])[0]
        if chosen.stamp and shown.stamp != chosen.stamp:
            raise ItemGone("item_gone")
        way.run(row, operator, answer)
        if not way.traced:
            record(
                actor=operator.typed_id,
                action=DECIDED,
                subject=chosen.item,
                subject_name=shown.title,
                reason=answer.reason,
                details={"queue": queue.key, "act": act}
                | ({"category": answer.category.pk} if answer.category else {}),
            )
        if way.ends:
            InboxClaim.objects.filter(item=chosen.item).delete()
    return shown.title


def decide_many(*, operator: User, chosen: Sequence[Chosen], act: str, answer: Answer) -> list[Result]:
    """One item after the other: what cannot be decided stops none of the others.

    Raises UnknownItem for what no preview would have let through: several kinds, an act that is not for many, an item
    without the state in which it was looked at.
    """
    if not all(each.stamp for each in chosen):
        raise UnknownItem("not_looked_at", _("Look at what you decide about first."))
    preview(operator=operator, items=[each.item for each in chosen], act=act)
    return [_result(operator, each, act, answer) for each in chosen[:AT_ONCE]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk decision would be about: what still waits, and what does not."""

    source: Source
    act: Act
    rows: list[tuple[str, Shown]]
    gone: int
    taken: int

    @property
    def count(self) -> int:
        return len(self.rows)


def preview(*, operator: User, items: Sequence[str], act: str) -> Preview:
    """Raises UnknownItem where the items are of several kinds, or the act is not for many."""
    found = [queues.find(operator, item) for item in dict.fromkeys(items[:AT_ONCE])]
    known = [each for each in found if each is not None]
    sources = {source.key: source for _queue, source, _number in known}
    if len(sources) != 1:
        raise UnknownItem("several_kinds", _("Choose items of one kind: one decision is about all of them."))
    (source,) = sources.values()
    way = source.act(act)
    if way is None or not way.is_bulk:
        raise UnknownItem("unknown_act", _("Choose a decision."))
    numbers = [number for _queue, _source, number in known]
    rows = list(source.rows().filter(pk__in=numbers).order_by(source.at, "pk"))
    taken = set(
        InboxClaim.objects.filter(source=source.key, number__in=numbers, until__gt=claims.clock.now())
        .exclude(operator=operator)
        .values_list("number", flat=True)
    )
    free = [row for row in rows if row.pk not in taken]
    shown = source.show(free) if free else []
    return Preview(
        source,
        way,
        [(source.item(row.pk), each) for row, each in zip(free, shown, strict=True)],
        gone=len(numbers) - len(rows),
        taken=len(rows) - len(free),
    )


def _result(operator: User, chosen: Chosen, act: str, answer: Answer) -> Result:
    try:
        title = decide(operator=operator, chosen=chosen, act=act, answer=answer)
    except ItemTaken as error:
        return Result(chosen.item, chosen.item, "taken", str(error))
    except (Conflict, NotFound) as error:
        return Result(chosen.item, chosen.item, "changed", str(error))
    except DomainError as error:
        return Result(chosen.item, chosen.item, "refused", str(error))
    return Result(chosen.item, title, "done")


def check(way: Act, answer: Answer) -> None:
    if way.needs_reason and not answer.reason.strip():
        raise InvalidInput("no_reason", _("Say why: those concerned will read it."), field="reason")
    if way.needs_category and answer.category is None:
        raise InvalidInput("no_category", _("Choose a category from the list."), field="category")


def sums(results: Sequence[Result]) -> dict[str, Any]:
    """How many ended how."""
    return {
        name: sum(each.outcome == name for each in results)
        for name in ("done", "changed", "taken", "refused")
    }
