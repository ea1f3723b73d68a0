"""What the rooms tell of their kinds of long work: a name for people, and what follows from a stop or a new try.

    from core.jobs import kinds
    kinds.register("price_lists.import", label=_("Import of a price list"), on_cancel=stop, on_retry=go_on)

`on_cancel(job)` is called once a job is cancelled that no worker has in hand: what it was about must not stay as if
somebody worked on it. Inside the work, JobCancelled says the same. `on_retry(job)` is called in the transaction
that lets a job wait again, and raises a DomainError if there is nothing to go on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.models import Job


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work; `label` is translated when shown."""

    name: str
    label: Any
    on_cancel: Callable[[Job], None] | None = None
    on_retry: Callable[[Job], None] | None = None


_kinds: dict[str, JobKind] = {}


def register(
    name: str,
    *,
    label: Any,
    on_cancel: Callable[[Job], None] | None = None,
    on_retry: Callable[[Job], None] | None = None,
) -> None:
    """Add a kind; the same name again replaces it."""
    _kinds[name] = JobKind(name, label, on_cancel, on_retry)


def get(name: str) -> JobKind:
    """The kind; for one that no installed room knows, a nameless one, so that old rows can be shown."""
    return _kinds.get(name) or JobKind(name, name)


def all_kinds() -> list[JobKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)
