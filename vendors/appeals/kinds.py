"""Kinds of decisions: each room registers its own with the way to undo one.

kinds.register("offer.hidden", label=_("An offer was hidden"), permission="catalog.change_offer", undo=show_again)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from accounts.models import User
    from vendors.appeals.models import Decision


@dataclass(frozen=True, slots=True)
class Kind:
    """`undo(decision, operator, reason)` runs in the transaction that reverses the decision, under its lock.
    It raises ChangedSince, before it changes anything, where later work would be overwritten.

    `told`: members read of it by the message "decision.taken"; False where the room has a message of its own.
    """

    name: str
    label: Any
    permission: str
    undo: Callable[[Decision, User, str], None]
    told: bool


_KINDS: Final[dict[str, Kind]] = {}


def register(
    name: str,
    *,
    label: Any,
    permission: str,
    undo: Callable[[Decision, User, str], None],
    told: bool = True,
) -> str:
    """Returns the name. The same name again replaces the kind."""
    _KINDS[name] = Kind(name, label, permission, undo, told)
    return name


def get(name: str) -> Kind:
    """Raises KeyError for one that no room registered."""
    return _KINDS[name]


def label_of(name: str) -> str:
    """A kind that no room knows any more is shown by its name."""
    return str(_KINDS[name].label) if name in _KINDS else name


def names_for(may: Callable[[str], bool]) -> list[str]:
    """Kinds whose permission `may` grants."""
    return sorted(name for name, kind in _KINDS.items() if may(kind.permission))
