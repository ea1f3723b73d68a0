"""What people are told about sources that fetch themselves: once when one begins to fail, once when it is well again."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.services import notify
from price_lists.models import Feed, ImportRun
from vendors.selectors import people_to_tell

FAILING = "price_lists.feed_failing"
RECOVERED = "price_lists.feed_recovered"
WAITING = "price_lists.feed_waiting"
NOT_TAKEN = "price_lists.feed_not_taken"
LEFT = "price_lists.feed_left"


def register() -> None:
    kinds.register(
        FAILING,
        label=_("A price list cannot be fetched"),
        subject=_("“%(source)s” cannot be fetched"),
        body=_(
            "The link has given no price list since %(since_at)s. Your offers stay as they were; it is tried again by"
            " itself. The page says what is wrong and what to do."
        ),
        icon="alert-triangle",
    )
    kinds.register(
        RECOVERED,
        label=_("A price list can be fetched again"),
        subject=_("“%(source)s” is fetched again"),
        body=_("The link gives a price list again. There is nothing to do."),
        icon="circle-check",
    )
    kinds.register(
        WAITING,
        label=_("A fetched price list waits for a yes"),
        subject=_("“%(source)s”: a new version waits for your yes"),
        body=_(
            "It changes so much that it was not applied without you. Until then your offers stay as they were."
        ),
        icon="hourglass",
    )
    kinds.register(
        NOT_TAKEN,
        label=_("A fetched price list could not be taken"),
        subject=_("“%(source)s”: the new version could not be taken"),
        body=_("Your offers stay as they were. The page says what is wrong with the file."),
        icon="alert-triangle",
    )
    kinds.register(
        LEFT,
        label=_("A link is not asked any more"),
        subject=_("“%(source)s” is paused: who set its link no longer works here"),
        body=_(
            "Your offers stay as they were, but nothing confirms them now. Look whether the link is still yours, and"
            " resume it: from then on it is asked in your name."
        ),
        icon="player-pause",
    )


def tell_failing(feed: Feed, *, since: dt.datetime) -> int:
    return _tell(feed, FAILING, key=f"since:{since.isoformat()}", since_at=since.isoformat())


def tell_recovered(feed: Feed, *, since: dt.datetime) -> int:
    return _tell(feed, RECOVERED, key=f"well:{since.isoformat()}")


def tell_left(feed: Feed, *, at: dt.datetime) -> int:
    """The link was paused because of who had set it."""
    return _tell(feed, LEFT, key=f"at:{at.isoformat()}")


def tell_of_run(feed: Feed, run: ImportRun, kind: str) -> int:
    """A fetched version stands still: somebody must look at its import."""
    url = reverse("price_lists:run", args=[run.vendor.slug, run.pk])
    return _tell(feed, kind, key=f"run:{run.pk}", url=url)


def _tell(feed: Feed, kind: str, *, key: str, url: str = "", **params: str) -> int:
    source = feed.source
    return notify(
        users=people_to_tell(source.vendor),
        kind=kind,
        params={"source": source.name, **params},
        url=url or reverse("price_lists:source", args=[source.vendor.slug, source.pk]),
        key=f"feed:{source.pk}:{kind}:{key}",
    )
