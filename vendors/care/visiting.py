"""What an operator may do on a company's desk: look at most of it, and work on its price lists.

No money terms, people or keys (a visitor is no manager), and nothing of requests: bids are nobody's business but the
bidder's and the buyer's. What is not named here does not exist for a visitor.
"""

from __future__ import annotations

from typing import Final

#: Namespaces and pages of which a visitor sees what assistants see.
_SEEN: Final = frozenset({"desk:home", "desk:checklist", "desk:decisions", "desk:visits"})
_SEEN_ROOMS: Final = frozenset({"price_lists", "reviews_desk"})
#: What a visitor does as an assistant would. Not here: where categories lead (that is said once for all vendors), what is
#: still in stock, going back to an earlier list, and what a source is. Of held imports, see `price_lists.views.apply`.
_WORKED_ON: Final = frozenset(
    {
        "desk:end_visit",
        "price_lists:upload",
        "price_lists:part_new",
        "price_lists:part_append",
        "price_lists:part_finish",
        "price_lists:part_discard",
        "price_lists:columns",
        "price_lists:guess",
        "price_lists:as_partial",
        "price_lists:apply",
        "price_lists:cancel",
        "price_lists:retry",
        "price_lists:source_sync",
        "price_lists:photos_again",
    }
)
#: Names that stay the company's own there.
_KEPT_BACK: Final = ("key", "source_new", "source_edit", "source_forget", "source_remove")


def may_visit(view_name: str, *, changes: bool) -> bool:
    """`view_name` with its namespace, as the address resolves."""
    room, _colon, name = view_name.rpartition(":")
    if any(word in name for word in _KEPT_BACK):
        return False
    if changes:
        return view_name in _WORKED_ON
    return view_name in _SEEN or room in _SEEN_ROOMS
