"""Points of the checklist. A room adds its own when the application starts; a key stays for ever: rows name it.

from vendors.onboarding import items
items.register(items.Item(
    key="price_list", label=_("A price list is applied"), how=How.COMPUTED, look=price_list_of, order=60,
))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from vendors.models import Vendor
from vendors.onboarding.enums import How


@dataclass(frozen=True, slots=True)
class Finding:
    """What the row itself sees. `evidence` is shown to operators and to the vendor."""

    is_met: bool
    evidence: str = ""


def always(_vendor: Vendor) -> bool:
    return True


def never(_vendor: Vendor) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Item:
    """`required(vendor)`: it blocks approval until it is met or waived. `look(vendor)` is for computed points alone.

    `help` tells the vendor what to do; `url_name` is the desk's page where that is done (it takes `vendor_slug`).
    """

    key: str
    label: Any
    how: How
    help: Any = ""
    required: Callable[[Vendor], bool] = never
    look: Callable[[Vendor], Finding] | None = None
    url_name: str = ""
    order: int = 50


_ITEMS: Final[dict[str, Item]] = {}


def register(item: Item) -> None:
    """The same key again replaces the point. Raises ValueError for a computed one that nobody can look up."""
    if (item.how == How.COMPUTED) != (item.look is not None):
        raise ValueError(f"{item.key}: computed points have a look, and no others")
    _ITEMS[item.key] = item


def get(key: str) -> Item | None:
    return _ITEMS.get(key)


def all_items() -> list[Item]:
    return sorted(_ITEMS.values(), key=lambda item: (item.order, item.key))
