"""Places on the vendor desk that higher rooms fill: side navigation and the panels of "Today".

A room registers its entries in `AppConfig.ready()`, so that this room never points up:

    from vendors import desk
    desk.add_entry(key="price_lists", label=_("Price lists"), icon="file-spreadsheet",
                   url_name="price_lists:list", order=30, badge=waiting_imports)
    desk.add_panel(key="imports", template="price_lists/_today.html", context=imports_of_today, order=20)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from vendors.access import DeskRequest, has_role
from vendors.care.visiting import may_visit
from vendors.enums import Role, VendorState
from vendors.models import Vendor

Label = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the side navigation. `badge(vendor)` is how many things wait there, 0 for none."""

    key: str
    label: Label
    icon: str
    url_name: str
    order: int
    min_role: Role
    badge: Callable[[Vendor], int] | None
    open_to: frozenset[VendorState]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of "Today". `context(vendor)` is what its template gets, None where there is nothing to say."""

    key: str
    template: str
    context: Callable[[Vendor], dict[str, Any] | None]
    order: int
    min_role: Role


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is drawn."""

    key: str
    label: Label
    icon: str
    url: str
    count: int
    active: bool


#: Whose parts of "Today" an operator on a visit sees: nothing of requests, where even that there is a bid is a secret.
_FOR_VISITORS = ("price_lists/", "vendors/", "desk/")
_operator_page: list[str] = []
_entries: dict[str, Entry] = {}
_panels: dict[str, Panel] = {}


def add_entry(
    *,
    key: str,
    label: Label,
    icon: str,
    url_name: str,
    order: int = 50,
    min_role: Role = Role.ASSISTANT,
    badge: Callable[[Vendor], int] | None = None,
    states: tuple[VendorState, ...] = (VendorState.APPROVED,),
) -> None:
    """Adds a navigation line; `url_name` takes `vendor_slug` alone. The same key again replaces the line."""
    _entries[key] = Entry(key, label, icon, url_name, order, min_role, badge, frozenset(states))


def add_panel(
    *,
    key: str,
    template: str,
    context: Callable[[Vendor], dict[str, Any] | None],
    order: int = 50,
    min_role: Role = Role.ASSISTANT,
) -> None:
    """Adds a part of "Today", drawn from the room's own template with `vendor`, `request` and `context`."""
    _panels[key] = Panel(key, template, context, order, min_role)


def navigation(request: DeskRequest, active: str = "") -> list[Link]:
    """The lines that this member sees; `active` is the key of the open page, else guessed from the address."""
    links = []
    for entry in sorted(_entries.values(), key=lambda entry: (entry.order, entry.key)):
        if not has_role(request.membership, entry.min_role) or request.vendor.state not in entry.open_to:
            continue
        if request.visit is not None and not may_visit(entry.url_name, changes=False):
            continue
        try:
            url = reverse(entry.url_name, args=[request.vendor.slug])
        except NoReverseMatch:
            continue  # the room is installed without its pages
        links.append((entry, url))
    if not active:
        here = [(len(url), entry.key) for entry, url in links if request.path.startswith(url)]
        active = max(here)[1] if here else ""
    return [
        Link(
            entry.key,
            entry.label,
            entry.icon,
            url,
            entry.badge(request.vendor) if entry.badge else 0,
            entry.key == active,
        )
        for entry, url in links
    ]


def today(request: DeskRequest) -> list[SafeString]:
    """The rendered panels that have something to say to this member."""
    drawn = []
    for panel in sorted(_panels.values(), key=lambda panel: (panel.order, panel.key)):
        if not has_role(request.membership, panel.min_role):
            continue
        if request.visit is not None and not panel.template.startswith(_FOR_VISITORS):
            continue
        context = panel.context(request.vendor)
        if context is not None:
            drawn.append(
                render_to_string(panel.template, {"vendor": request.vendor, **context}, request=request)
            )
    return drawn


def set_operator_page(url_name: str) -> None:
    """Names the page on which operators decide about a company; it takes the company's id."""
    _operator_page[:] = [url_name]


def operator_page_of(vendor: Vendor) -> str:
    """Its address, "" where this installation has no operators' desk."""
    try:
        return reverse(_operator_page[0], args=[vendor.pk]) if _operator_page else ""
    except NoReverseMatch:
        return ""
