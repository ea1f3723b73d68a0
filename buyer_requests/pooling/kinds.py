"""Kinds of messages about pooled requests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def connect() -> None:
    """Called once when the application starts."""
    _while_joining()
    _after()


def _register(kind: str, label: Any, subject: Any, body: Any, icon: str, *, optional: bool = True) -> None:
    kinds.register(
        kind,
        label=label,
        subject=subject,
        body=body,
        icon=icon,
        action=_("Open the request"),
        optional=optional,
    )


def _while_joining() -> None:
    members = ngettext_lazy("%(members)d buyer takes part.", "%(members)d buyers take part.", "members")
    _register(
        "pool.joined",
        _("A buyer joins my request"),
        _("Another buyer has joined: %(request)s"),
        members,
        "user-plus",
    )
    _register(
        "pool.left", _("A buyer leaves my request"), _("A buyer has left: %(request)s"), members, "logout"
    )
    _register(
        "pool.put_out",
        _("The organiser puts me out of a pooled request"),
        _("You no longer take part: %(request)s"),
        _("The organiser put you out and gives this reason: %(reason)s\nNothing binds you any more."),
        "user",
        optional=False,
    )
    _register(
        "pool.grew",
        _("A pooled request grows or shrinks a lot"),
        _("The total has changed: %(request)s"),
        members,
        "users",
    )
    _register(
        "pool.tier",
        _("A pooled request reaches the next price"),
        _("Cheaper for everybody: %(request)s"),
        _("%(line)s: now %(price)s per unit."),
        "trending-down",
    )
    _register(
        "pool.tier_lost",
        _("A pooled request loses a price"),
        _("Dearer again: %(request)s"),
        _("%(line)s: now %(price)s per unit, because somebody takes less."),
        "trending-up",
    )
    _register(
        "pool.ended",
        _("Joining of a pooled request ends"),
        _("Nobody joins any more: %(request)s"),
        _(
            "What everybody wrote is binding now. After the bids' deadline you learn what you pay, and to whom."
        ),
        "lock",
        optional=False,
    )
    _register(
        "pool.total",
        _("The total of a pooled request that I bid on stands"),
        _("The total stands: %(request)s"),
        _("Nobody joins any more. Your bid covers the whole quantity; you may still revise it."),
        "packages",
    )
    _register(
        "pool.total_short",
        _("A pooled request outgrows my bid"),
        _("More is wanted than you offer: %(request)s"),
        _("Of some lines more is taken now than your bid offers, so it cannot win them. Raise the quantity."),
        "alert-triangle",
    )
    _register(
        "pool.prolonged",
        _("The deadline of a pooled request that I joined moves"),
        _("Vendors have more time: %(request)s"),
        _("Bids are taken until %(moment)s now, and it is decided after that."),
        "clock",
    )
    _register(
        "pool.cancelled",
        _("A pooled request that I joined is cancelled"),
        _("Cancelled by the organiser: %(request)s"),
        _("Nothing binds you any more."),
        "ban",
        optional=False,
    )


def _after() -> None:
    _register(
        "pool.share",
        _("What I pay in a pooled request"),
        _("Decided: %(request)s"),
        _("You pay %(total)s to %(vendor)s, delivered to: %(place)s. The vendor has three days to accept."),
        "award",
        optional=False,
    )
    _register(
        "pool.fell",
        _("A pooled request is too dear for me"),
        _("Over your limit: %(request)s"),
        _("You take no part in these lines, because the price is over your limit: %(lines)s"),
        "circle-x",
        optional=False,
    )
    _register(
        "pool.unmet",
        _("Nobody serves what I want in a pooled request"),
        _("Not served: %(request)s"),
        _("No bid that was chosen serves you with: %(lines)s"),
        "circle-x",
        optional=False,
    )
    _register(
        "pool.accepted",
        _("The vendor of my share accepts"),
        _("%(vendor)s accepts: %(request)s"),
        _("You have each other's contacts now. You pay the vendor directly."),
        "circle-check",
        optional=False,
    )
    _register(
        "pool.declined",
        _("The vendor of my share declines"),
        _("%(vendor)s does not deliver: %(request)s"),
        _("You owe it nothing. The organiser asks the rule again for what is free."),
        "circle-x",
        optional=False,
    )
    _register(
        "pool.fell_away",
        _("A participant does not take his share"),
        _("A participant fell away: %(request)s"),
        _("Told by %(vendor)s. Nobody else's price changes."),
        "user",
    )
    _register(
        "pool.fell_away.member",
        _("A vendor says that I do not take my share"),
        _("You are said not to take your share: %(request)s"),
        _(
            "%(vendor)s says that you do not take what was given to you; nothing else is given to you by it. If that is not so, tell the operators."
        ),
        "user",
        optional=False,
    )
    _register(
        "pool.fell_away.vendor",
        _("A participant of a pooled request that I won falls away"),
        _("A participant fell away: %(request)s"),
        _("Look at what remains: if it is less than was stated, you may withdraw."),
        "user",
        optional=False,
    )
