"""The registry of queues: what waits in each, who may see it, how long it may wait, and what can be decided.

    register(Queue("vendors", _("Vendor applications"), dt.timedelta(days=1), (source,), order=10))

A queue has one or several sources, because a thing that waits may be one of several rooms' rows. An item's id is the
source's key and the row's: "vendor:12".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import User
from catalog.models import Category


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operator says with a decision."""

    reason: str = ""
    category: Category | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One way to decide. `run(row, operator, answer)` is called in a transaction and raises a DomainError where it cannot.

    `ends`: the item waits no longer. `is_bulk`: may be said of many. `traced`: what `run` calls writes a trace of its own,
    which says more than the inbox could; everything else the inbox traces itself.
    """

    key: str
    label: Any
    run: Callable[[Any, User, Answer], None]
    needs_reason: bool = False
    needs_category: bool = False
    is_bulk: bool = True
    is_hard: bool = False
    ends: bool = True
    traced: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as pages show it. `facts` are (label, text); `choices` are (value, label) of an act that asks for one."""

    title: str
    vendor_id: int = 0
    vendor: str = ""
    facts: Sequence[tuple[Any, str]] = ()
    url: str = ""
    stamp: str = ""
    category: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind that wait. `rows()` has no order; `at` is the column of their age, indexed together with the key.

    `show(rows)` draws many in a fixed number of queries. `vendor_field` filters by vendor, "" where none is concerned.
    """

    key: str
    permission: str
    rows: Callable[[], QuerySet[Any]]
    at: str
    show: Callable[[Sequence[Any]], list[Shown]]
    acts: tuple[Act, ...]
    vendor_field: str = ""
    extra: str = ""  # a template that the item's page includes, with `row`

    def item(self, number: int) -> str:
        return f"{self.key}:{number}"

    def act(self, key: str) -> Act | None:
        return next((act for act in self.acts if act.key == key), None)


@dataclass(frozen=True, slots=True)
class Queue:
    """`within` is the service level: an item is due that long after it came."""

    key: str
    label: Any
    within: dt.timedelta
    sources: tuple[Source, ...]
    order: int = 50
    more: str = field(default="", compare=False)  # name of the page that shows the queue alone

    def sources_for(self, operator: User) -> list[Source]:
        return [source for source in self.sources if operator.has_perm(source.permission)]


_QUEUES: Final[dict[str, Queue]] = {}


def register(queue: Queue) -> None:
    """The same key again replaces the queue."""
    _QUEUES[queue.key] = queue


def queues_for(operator: User) -> list[Queue]:
    """Those of which the operator may see something."""
    return [
        queue
        for queue in sorted(_QUEUES.values(), key=lambda queue: (queue.order, queue.key))
        if queue.sources_for(operator)
    ]


def find(operator: User, item: str) -> tuple[Queue, Source, int] | None:
    """The queue and source of an item that the operator may see."""
    key, _colon, number = item.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    for queue in _QUEUES.values():
        for source in queue.sources_for(operator):
            if source.key == key:
                return queue, source, int(number)
    return None
