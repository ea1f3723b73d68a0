"""What is live of the operators' settings, kept by each process until the token says that it is another."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import QuerySet

from core import clock
from search.curation.enums import Match, RouteKind
from search.curation.matching import NO_STOPS, Meant, RuleTable, StopTable
from search.curation.models import Placement, QueryRoute, StopWord
from search.curation.placing import PlaceRule
from search.curation.routing import RouteRule
from search.synonyms import NO_SYNONYMS, SynonymTable
from search.tuning.enums import TuningState
from search.tuning.models import RankingWeights, Synonym, TuningToken
from search.tuning.weights import Secondary

#: What the cache forgets by itself shows elsewhere after so many seconds; a cache that processes share, at once.
_KEY, _SECONDS = "search.tuning", 10
_ROW = 1


NO_PLACEMENTS: Final[RuleTable[PlaceRule]] = RuleTable()
NO_ROUTES: Final[RuleTable[RouteRule]] = RuleTable()


@dataclass(frozen=True, slots=True)
class Tuning:
    """Points beside relevance, operators' synonyms and words left out, and what they set for single queries."""

    secondary: Secondary = field(default_factory=Secondary)
    synonyms: SynonymTable = NO_SYNONYMS
    stops: StopTable = NO_STOPS
    placements: RuleTable[PlaceRule] = NO_PLACEMENTS
    routes: RuleTable[RouteRule] = NO_ROUTES


#: As shipped: where no operator has set anything, and for an index that is not the site's own.
SHIPPED: Final = Tuning()
_kept: dict[str, tuple[str, Tuning]] = {"tuning": ("", SHIPPED)}


def known_tuning() -> Tuning:
    """What searches go by. No statement while the cache knows the token."""
    token: str | None = cache.get(_KEY)
    if token is None:
        token = _stored_token()
        with suppress(OSError):  # a full disk
            cache.set(_KEY, token, _SECONDS)
    if not token:
        return SHIPPED
    kept, tuning = _kept["tuning"]
    if kept != token:
        # From where it was written: a replica may be behind the token, which comes by the cache. Should an operator
        # change something in between, it is newer than its token and is read again with the next.
        tuning = live_tuning()
        _kept["tuning"] = (token, tuning)
    return tuning


def live_tuning() -> Tuning:
    return Tuning(live_secondary(), live_synonyms(), live_stops(), live_placements(), live_routes())


def live_stops() -> StopTable:
    rows = StopWord.objects.using(DEFAULT_DB_ALIAS).filter(state=TuningState.LIVE)
    return StopTable(rows.values_list("word", "language"))


def live_placements() -> RuleTable[PlaceRule]:
    """Those that are not over; whether one has begun is asked at each search."""
    return RuleTable(rule_of(row) for row in live_placements_rows())


def live_placements_rows() -> QuerySet[Placement]:
    rows = Placement.objects.using(DEFAULT_DB_ALIAS).filter(state=TuningState.LIVE, ends_at__gt=clock.now())
    return rows.order_by("pk")


def rule_of(row: Placement) -> tuple[Meant, PlaceRule]:
    rule = PlaceRule(
        row.pk or 0,
        row.kind,
        row.offer_id,
        row.product_id,
        row.place or 0,
        row.starts_at.timestamp(),
        row.ends_at.timestamp(),
    )
    return Meant.by(row.words, row.match, row.language), rule


def live_routes() -> RuleTable[RouteRule]:
    rows = QueryRoute.objects.using(DEFAULT_DB_ALIAS).filter(state=TuningState.LIVE)
    return RuleTable(
        (
            Meant.by(row.words, row.match, row.language),
            RouteRule(
                row.pk,
                RouteKind(row.kind),
                row.category_id,
                row.vendor_id,
                row.path,
                row.match == Match.EXACT,
            ),
        )
        for row in rows.order_by("pk")
    )


def live_secondary() -> Secondary:
    live = RankingWeights.objects.using(DEFAULT_DB_ALIAS).filter(state=TuningState.LIVE).first()
    return live.secondary if live else SHIPPED.secondary


def live_synonyms() -> SynonymTable:
    rows = Synonym.objects.using(DEFAULT_DB_ALIAS).filter(state=TuningState.LIVE).order_by("pk")
    return SynonymTable(pair for row in rows for pair in row.pairs())


def renew_token() -> None:
    """To be called in the transaction that changes what is live."""
    TuningToken.objects.update_or_create(pk=_ROW, defaults={"token": secrets.token_hex(16)})
    _forget()
    if connection.in_atomic_block:
        transaction.on_commit(_forget, robust=True)


def _forget() -> None:
    with suppress(OSError):
        cache.delete(_KEY)


def _stored_token() -> str:
    rows = TuningToken.objects.using(DEFAULT_DB_ALIAS).filter(pk=_ROW)
    return rows.values_list("token", flat=True).first() or ""
