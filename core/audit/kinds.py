"""Kinds of actions that leave a trace: each room names its own when it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is "room.verb_noun" and stays for ever: rows name it. `label` is what a reader sees."""

    name: str
    label: Promise | str


_KINDS: Final[dict[str, Kind]] = {}


def register(name: str, label: Promise | str) -> str:
    """Returns the name, so that a room can keep it in a constant."""
    _KINDS[name] = Kind(name, label)
    return name


def get(name: str) -> Kind:
    """A kind that no room knows any more is shown by its name."""
    return _KINDS.get(name) or Kind(name, name)


def all_kinds() -> list[Kind]:
    return sorted(_KINDS.values(), key=lambda kind: kind.name)
