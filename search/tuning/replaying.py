"""Searches of people done again, with what is live and with a draft."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import orjson
from django.db.models import Count, Max
from django.utils import timezone

from catalog.models import Offer
from search.models import QueryLog
from search.query import SearchQuery
from search.services import search
from search.synonyms import SynonymTable
from search.tuning.comparing import FIRST, Asked, Comparison, Listed, listed
from search.tuning.current import Tuning, live_secondary, live_synonyms
from search.tuning.enums import Subject, TuningState
from search.tuning.models import RankingWeights, Synonym

#: The searches that most people made, and some of the others.
FREQUENT, RARE = 100, 100
#: Looked at from the shortest on, until there are so many different searches.
_SPANS: Final = (dt.timedelta(days=1), dt.timedelta(days=7), dt.timedelta(days=180))
_ENOUGH: Final = 50


def draft_weights() -> RankingWeights | None:
    return RankingWeights.objects.filter(state=TuningState.DRAFT).first()


def draft_synonyms() -> list[Synonym]:
    return list(Synonym.objects.filter(state=TuningState.DRAFT).order_by("pk"))


def fingerprint(subject: str) -> str:
    """Of the draft, and of what it would replace; "" where there is no draft. What counts beside the draft (points for
    synonyms, synonyms for points) is left out: it changes little in how the draft does.
    """
    if subject == Subject.WEIGHTS:
        draft = draft_weights()
        told: Any = draft and [live_secondary().points(), draft.secondary.points()]
    else:
        live = Synonym.objects.filter(state=TuningState.LIVE).order_by("pk")
        drafts = draft_synonyms()
        told = drafts and [[row.pairs() for row in rows] for rows in (live, drafts)]
    return hashlib.sha256(orjson.dumps(told)).hexdigest() if told else ""


def tunings(subject: str) -> tuple[Tuning, Tuning]:
    """What is live, and the same with the draft."""
    now = Tuning(live_secondary(), live_synonyms())
    if subject == Subject.WEIGHTS:
        draft = draft_weights()
        return now, Tuning(draft.secondary if draft else now.secondary, now.synonyms)
    rows = Synonym.objects.filter(state__in=[TuningState.LIVE, TuningState.DRAFT]).order_by("pk")
    return now, Tuning(now.secondary, SynonymTable(pair for row in rows for pair in row.pairs()))


def searches_to_replay(*, now: dt.datetime | None = None) -> tuple[list[Asked], int]:
    """The most frequent of the last day and a random part of the rest, and over how many days they are: more than one
    where a day has too few.
    """
    now = now or timezone.now()
    found: list[Asked] = []
    days = 0
    for span in _SPANS:
        rows = QueryLog.objects.filter(searched_at__gte=now - span).values_list("words")
        counted = rows.annotate(spoken=Max("language"), times=Count("pk")).order_by("-times", "words")
        found, days = [Asked(*row) for row in counted], span.days
        if len(found) >= _ENOUGH:
            break
    rest = found[FREQUENT:]
    # The same searches for all drafts of a day, so that two replays can be compared.
    chosen = random.Random(now.date().toordinal()).sample(rest, min(RARE, len(rest)))  # noqa: S311 - no secret
    return [*found[:FREQUENT], *chosen], days


def replay(
    subject: str, *, report: Callable[[int, int], None] = lambda _done, _total: None
) -> dict[str, Any]:
    """Figures and the most changed searches with both their lists; nothing is logged as a search of people.

    `report` is told how many searches are done, and may raise to stop.
    """
    asked, days = searches_to_replay()
    live, draft = tunings(subject)
    comparison = Comparison()
    for number, each in enumerate(asked):
        report(number, len(asked))
        query = SearchQuery(words=each.words, language=each.language, page_size=FIRST, with_facets=False)
        before, after = (search(query, tuning=tuning) for tuning in (live, draft))
        comparison.add(
            each,
            *(Listed(found.total, tuple(hit.offer_id for hit in found.hits)) for found in (before, after)),
        )
    report(len(asked), len(asked))
    changed = comparison.most_changed()
    shown = {
        offer for each in changed for offers in (each.before.offers, each.after.offers) for offer in offers
    }
    titles = dict(Offer.objects.filter(pk__in=shown).values_list("pk", "title"))
    return {
        "days": days,
        "figures": asdict(comparison.figures),
        "changed": [listed(each, titles) for each in changed],
    }
