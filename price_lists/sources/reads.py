"""Reads about sources for the vendor's desk; each takes the vendor whose they must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.outgoing.errors import MESSAGES
from price_lists.enums import RunState
from price_lists.errors import UNEXPECTED
from price_lists.messages import REFUSALS, in_readers_language
from price_lists.models import Feed, Fetch, ImportRun, Source, UploadKey
from price_lists.sources.registering import keepers
from price_lists.sources.removing import can_be_removed
from vendors.models import Vendor

_SHOWN_LOOKS = 15
_SHOWN_RUNS = 5


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a link, with what went wrong in the reader's language."""

    fetch: Fetch
    text: str
    remedy: str


def sources_of(*, vendor: Vendor) -> list[Source]:
    """All of them with feed, freshness, goods on sale and the newest import's state."""
    newest = ImportRun.objects.filter(source=OuterRef("pk")).order_by("-pk")
    sources = (
        Source.objects.filter(vendor=vendor)
        .select_related("feed", "supply", "target")
        .annotate(
            goods=Count("items", filter=Q(items__withdrawn=False)),
            run_id=Subquery(newest.values("pk")[:1]),
            run_state=Subquery(newest.values("state")[:1]),
            applied_at=Subquery(newest.filter(state=RunState.APPLIED).values("finished_at")[:1]),
        )
        .order_by("role", "name")
    )
    found: list[Source] = list(sources)
    for source in found:
        source.run_label = RunState(source.run_state).label if source.run_state else ""  # type: ignore[attr-defined]  # for the template
    return found


def source_of(*, vendor: Vendor, source_id: int) -> Source:
    """The vendor's own source; NotFound for any other."""
    found = (
        Source.objects.filter(vendor=vendor, pk=source_id)
        .select_related("vendor", "supply", "target")
        .first()
    )
    if found is None:
        raise NotFound("unknown_source")
    return found


def feed_of(source: Source) -> Feed | None:
    return Feed.objects.filter(source=source).select_related("run", "set_by").first()


def page_of(source: Source) -> dict[str, Any]:
    """What the page of a source shows."""
    keys = list(UploadKey.objects.filter(source=source, revoked_at=None).select_related("created_by"))
    members = keepers(source.vendor_id)
    for key in keys:
        key.is_dead = key.created_by_id not in members  # type: ignore[attr-defined]  # for the template
    looks = Fetch.objects.filter(source=source).select_related("run").order_by("-pk")[:_SHOWN_LOOKS]
    shown = [_look(fetch) for fetch in looks]
    feed = feed_of(source)
    return {
        "source": source,
        "feed": feed,
        "setter_left": feed is not None
        and not feed.is_on
        and feed.set_by_id is not None
        and feed.set_by_id not in members,
        "looks": shown,
        "trouble": shown[0] if shown and shown[0].fetch.error_code else None,
        "runs": ImportRun.objects.filter(source=source)
        .select_related("price_list", "source")
        .order_by("-pk")[:_SHOWN_RUNS],
        "keys": keys,
        "removable": can_be_removed(source),
        "told": source.values.count() if source.is_partial else 0,
        "goods": source.items.filter(withdrawn=False).count(),
    }


def in_words(code: str, context: dict[str, Any]) -> tuple[str, str]:
    """What happened and what to do, for the code of an OutgoingError, a Refusal or a fault of ours."""
    if code == UNEXPECTED:
        return _("Something unexpected happened. It was noted; please try again or ask for help."), ""
    said: tuple[Any, Any] | None = MESSAGES.get(code) or REFUSALS.get(code)
    if said is None:
        return "", ""
    return _filled(said[0], context), _filled(said[1], context)


def _filled(text: str | Promise, context: dict[str, Any]) -> str:
    try:
        return str(text) % in_readers_language(context) if context else str(text)
    except (KeyError, ValueError, TypeError):
        return str(text)


def _look(fetch: Fetch) -> Look:
    text, remedy = in_words(fetch.error_code, fetch.error_context)
    return Look(fetch, text, remedy)
