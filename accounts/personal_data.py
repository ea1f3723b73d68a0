"""A person's data over all rooms: what is kept of them, as a file, and its erasure.

Each room joins with what it keeps, in `AppConfig.ready()`:

    from accounts import personal_data
    personal_data.register("buyer_requests", export=export_requests, erase=erase_requests)

`export(user)` returns what JSON can carry. `erase(user)` deletes, or takes the person out of, what the room may
not keep; it runs inside one transaction with all others and must not fail on a person it knows nothing of.
`blockers(user)` names, in sentences, what the person must settle first (the last owner of a company).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Keeper:
    """What one room keeps of people."""

    room: str
    export: Callable[[User], Any]
    erase: Callable[[User], None]
    blockers: Callable[[User], Iterable[str]]


_keepers: dict[str, Keeper] = {}


def _nothing(_user: User) -> Iterable[str]:
    return ()


def register(
    room: str,
    *,
    export: Callable[[User], Any],
    erase: Callable[[User], None],
    blockers: Callable[[User], Iterable[str]] = _nothing,
) -> None:
    """Joins a room; the same name again replaces it."""
    _keepers[room] = Keeper(room, export, erase, blockers)


def keepers() -> list[Keeper]:
    """The rooms that joined, in the order of their names, the account itself last: others need its rows."""
    return sorted(_keepers.values(), key=lambda keeper: (keeper.room == "accounts", keeper.room))
