"""What an operator may do on a company's desk: look at most of it, and work on its price lists.

No money terms, people or keys (a visitor is no manager), and nothing of requests: bids are nobody's business but the
bidder's and the buyer's. What is not named here does not exist for a visitor.
"""

from __future__ import annotations

from typing import Final

#: Namespaces and pages of which a visitor sees what assistants see.
_SEEN: Final = frozenset({"desk:home", "desk:checklist", "desk:decisions", "desk:visits"})
_SEEN_ROOMS: Final = frozenset({"price_lists", "reviews_desk"})
#: Rooms in which a visitor works as an assistant does.
_WORKED_IN: Final = frozenset({"price_lists"})
#: Names that stay the company's own there.
_KEPT_BACK: Final = ("key", "source_new", "source_edit", "source_forget", "source_remove")


def may_visit(view_name: str, *, changes: bool) -> bool:
    """`view_name` with its namespace, as the address resolves."""
    room, _colon, name = view_name.rpartition(":")
    if any(word in name for word in _KEPT_BACK):
        return False
    if changes:
        return view_name == "desk:end_visit" or room in _WORKED_IN
    return view_name in _SEEN or room in _SEEN_ROOMS
