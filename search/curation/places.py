"""Pinned and buried goods: drafted with a reason, looked at, put live, ended. Nobody can buy a place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Offer, Product
from core import clock
from core.audit.services import record
from search.analysis import query_words
from search.curation import handling
from search.curation.enums import HandledBy, Match, PlaceKind
from search.curation.errors import NotPreviewed, PlacementRefused
from search.curation.matching import Meant, RuleTable, terms_of
from search.curation.models import Placement
from search.learning.keys import query_key
from search.locks import lock_tuning
from search.query import SearchQuery, Why
from search.services import search
from search.tuning import trail
from search.tuning.comparing import FIRST
from search.tuning.current import live_placements_rows, live_tuning, renew_token, rule_of
from search.tuning.enums import TuningState

#: At once: each search looks through those of its words, and more is no editing any more.
MOST_LIVE: Final = 500
MOST_FOR_A_QUERY: Final = 10
LONGEST: Final = dt.timedelta(days=366)
HIGHEST, LOWEST = 1, 10
#: Real queries beside its own words on which a draft is shown.
_SHOWN_QUERIES: Final = 4


def draft_placement(
    *,
    kind: str,
    words: str,
    match: str,
    language: str,
    target: Offer | Product,
    place: int | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    actor: str,
) -> Placement:
    """Raises PlacementRefused, which names the field."""
    words, reason = " ".join(words.split()), reason.strip()
    place = place if kind == PlaceKind.PIN else None
    _check(kind=kind, words=words, place=place, starts_at=starts_at, ends_at=ends_at, reason=reason)
    if not _is_on_sale(target):
        raise PlacementRefused("gone", _("This good is not on sale now."), field="target")
    with transaction.atomic():
        lock_tuning()
        same = Placement.objects.exclude(state=TuningState.PAST).filter(words=words, ends_at__gt=clock.now())
        if same.count() >= MOST_FOR_A_QUERY:
            said = _("There are %(most)s places for this query already: end one of them first.")
            raise PlacementRefused("too_many", said, field="words", most=MOST_FOR_A_QUERY)
        placement = Placement.objects.create(
            kind=kind,
            words=words,
            match=match,
            language=language,
            offer=target if isinstance(target, Offer) else None,
            product=target if isinstance(target, Product) else None,
            name=target.title[:300],
            place=place,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            made_by=actor,
            made_at=clock.now(),
        )
        _trace(actor, trail.PLACE_DRAFTED, placement)
        key = query_key(words)
        if match == Match.EXACT:
            handling.note(
                key=key,
                words=words,
                handled_by=HandledBy.PLACE,
                subject=f"placement:{placement.pk}",
                actor=actor,
            )
    return placement


def _check(
    *,
    kind: str,
    words: str,
    place: int | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
) -> None:
    if not terms_of(query_words(words)):
        raise PlacementRefused(
            "no_words", _("There is no word in it that searching looks at."), field="words"
        )
    if not reason:
        raise PlacementRefused("no_reason", _("Say why: everybody at the desk can read it."), field="reason")
    if kind == PlaceKind.PIN and (place is None or not HIGHEST <= place <= LOWEST):
        said = _("A place from %(first)s to %(last)s.")
        raise PlacementRefused("place", said, field="place", first=HIGHEST, last=LOWEST)
    if ends_at <= max(starts_at, clock.now()):
        raise PlacementRefused("ends", _("It would be over before it begins."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise PlacementRefused("too_long", _("A year at most; then look at it again."), field="ends_at")


def put_placement_live(*, placement: Placement, actor: str) -> Placement:
    """Raises NotPreviewed, and PlacementRefused where too many are live, its days are over or its good is gone."""
    with transaction.atomic():
        lock_tuning()
        row = Placement.objects.get(pk=placement.pk)
        if row.state != TuningState.DRAFT:
            return row
        if row.seen_at is None:
            raise NotPreviewed("not_previewed")
        # A draft may have lain for long: its days may be over, and its good gone.
        _check(
            kind=row.kind,
            words=row.words,
            place=row.place,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
        )
        if row.pk in gone([row]):
            raise PlacementRefused("gone", _("This good is not on sale now."), field="target")
        if live_placements_rows().filter(words=row.words).count() >= MOST_FOR_A_QUERY:
            said = _("There are %(most)s places for this query already: end one of them first.")
            raise PlacementRefused("too_many", said, field="words", most=MOST_FOR_A_QUERY)
        if live_placements_rows().count() >= MOST_LIVE:
            said = _("%(most)s places are live already: end some of them first.")
            raise PlacementRefused("too_many_live", said, most=MOST_LIVE)
        row.state, row.live_by, row.live_at = TuningState.LIVE, actor, clock.now()
        row.save(update_fields=["state", "live_by", "live_at"])
        handling.went_live(subjects=[f"placement:{row.pk}"])
        _trace(actor, trail.PLACE_LIVE, row)
        renew_token()
    return row


def end_placement(*, pk: int, actor: str) -> Placement | None:
    """A draft is forgotten, what was live acts no more. None if it is over already."""
    with transaction.atomic():
        lock_tuning()
        row = Placement.objects.filter(pk=pk).exclude(state=TuningState.PAST).first()
        if row is None:
            return None
        handling.was_ended(subject=f"placement:{pk}")
        _trace(actor, trail.PLACE_ENDED, row)
        if row.state == TuningState.DRAFT:
            Placement.objects.filter(pk=pk).delete()
            return row
        row.state, row.ended_by, row.ended_at = TuningState.PAST, actor, clock.now()
        row.save(update_fields=["state", "ended_by", "ended_at"])
        renew_token()
    return row


def _trace(actor: str, action: str, row: Placement) -> None:
    record(
        actor=actor,
        action=action,
        subject=f"placement:{row.pk}",
        subject_name=f"{row.words}: {row.name}"[:200],
        reason=row.reason,
        details={
            "kind": row.kind,
            "place": row.place,
            "match": row.match,
            "language": row.language,
            "offer": row.offer_id,
            "product": row.product_id,
            "from": row.starts_at.isoformat(),
            "until": row.ends_at.isoformat(),
        },
    )


def _is_on_sale(target: Offer | Product) -> bool:
    offers = Offer.objects.on_sale()
    rows = offers.filter(pk=target.pk) if isinstance(target, Offer) else offers.filter(product=target.pk)
    return rows.exists()


# Reading ------------------------------------------------------------------------------------------------------


def placements(*, over: bool = False) -> QuerySet[Placement]:
    """Drafts and those that are live, or those that are over; the newest first."""
    rows = Placement.objects.order_by("-pk")
    now = clock.now()
    if over:
        return rows.exclude(state=TuningState.DRAFT).exclude(state=TuningState.LIVE, ends_at__gt=now)
    return rows.exclude(state=TuningState.PAST).exclude(state=TuningState.LIVE, ends_at__lte=now)


def gone(rows: list[Placement] | None = None) -> set[int]:
    """Which of the live ones (or of `rows`) are of goods that nobody sells now: those are skipped. Two statements."""
    asked = list(live_placements_rows()) if rows is None else rows
    offers = {row.offer_id for row in asked if row.offer_id}
    products = {row.product_id for row in asked if row.product_id}
    on_sale = Offer.objects.on_sale()
    sold = set(on_sale.filter(pk__in=offers).values_list("pk", flat=True)) if offers else set()
    kept = (
        set(on_sale.filter(product__in=products).values_list("product_id", flat=True).distinct())
        if products
        else set()
    )
    return {row.pk for row in asked if row.offer_id not in sold and row.product_id not in kept}


@dataclass(frozen=True, slots=True)
class Shown:
    """A query's first hits without and with a place: (offer, title, moved up by; None: it was not there, is by the pin)."""

    words: str
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]

    @property
    def is_changed(self) -> bool:
        return [each["id"] for each in self.before] != [each["id"] for each in self.after]


def preview(placement: Placement, *, others: Sequence[str] = ()) -> list[Shown]:
    """What it changes on its own words and on some real queries that it is for, as if it had begun."""
    live = live_tuning()
    meant, rule = rule_of(placement)
    acting = replace(rule, starts=0.0)
    rows = [rule_of(row) for row in live_placements_rows() if row.pk != placement.pk]
    without = replace(live, placements=RuleTable(rows))
    with_it = replace(live, placements=RuleTable([*rows, (meant, acting)]))
    shown = []
    language = placement.language or "uk"
    for words in dict.fromkeys([placement.words, *others]):
        query = SearchQuery(words=words, language=language, page_size=FIRST, with_facets=False)
        before, after = (search(query, tuning=tuning).hits for tuning in (without, with_it))
        titles = dict(
            Offer.objects.filter(pk__in={hit.offer_id for hit in (*before, *after)}).values_list(
                "pk", "title"
            )
        )
        left, right = [hit.offer_id for hit in before], [hit.offer_id for hit in after]
        shown.append(
            Shown(
                words,
                [{"id": pk, "title": titles.get(pk, ""), "gone": pk not in right} for pk in left],
                [
                    {
                        "id": hit.offer_id,
                        "title": titles.get(hit.offer_id, ""),
                        "up": left.index(hit.offer_id) - at if hit.offer_id in left else None,
                        "pinned": Why.PINNED in hit.why,
                    }
                    for at, hit in enumerate(after)
                ],
            )
        )
    return shown


def note_previewed(placement: Placement) -> None:
    Placement.objects.filter(pk=placement.pk, seen_at__isnull=True).update(seen_at=clock.now())


def queries_meant(placement: Placement, common: list[str]) -> list[str]:
    """Those of real queries that it is for beside its own words, the first few."""
    if placement.match == Match.EXACT:
        return []
    meant = Meant.by(placement.words, placement.match)
    met = [words for words in common if meant.holds(terms_of(query_words(words)), "")]
    return [words for words in met if words != placement.words][:_SHOWN_QUERIES]
