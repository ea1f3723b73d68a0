"""Searches of people done again, with what is live and with a draft."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Final

import orjson
from django.db.models import Count, Max
from django.utils import timezone

from catalog.models import Offer
from search.analysis import query_words
from search.curation.matching import StopTable
from search.models import QueryLog, StopWord
from search.query import SearchQuery
from search.services import search
from search.synonyms import SynonymTable
from search.tuning.comparing import FIRST, Asked, Comparison, Listed, listed
from search.tuning.current import Tuning, live_secondary, live_tuning
from search.tuning.enums import Subject, TuningState
from search.tuning.models import RankingWeights, Synonym

#: The searches that most people made, and some of the others.
FREQUENT, RARE = 100, 100
#: Looked at from the shortest on, until there are so many different searches.
_SPANS: Final = (dt.timedelta(days=1), dt.timedelta(days=7), dt.timedelta(days=180))
_ENOUGH: Final = 50
#: Different searches, the most frequent, in which the words of a draft are looked for.
MOST_LOOKED_AT: Final = 20_000


def draft_weights() -> RankingWeights | None:
    return RankingWeights.objects.filter(state=TuningState.DRAFT).first()


def draft_stops() -> list[StopWord]:
    return list(StopWord.objects.filter(state=TuningState.DRAFT).order_by("pk"))


def draft_synonyms() -> list[Synonym]:
    return list(Synonym.objects.filter(state=TuningState.DRAFT).order_by("pk"))


def fingerprint(subject: str) -> str:
    """Of the draft, and of what it would replace; "" where there is no draft. What counts beside the draft (points for
    synonyms, synonyms for points) is left out: it changes little in how the draft does.
    """
    if subject == Subject.WEIGHTS:
        draft = draft_weights()
        told: Any = draft and [live_secondary().points(), draft.secondary.points()]
    elif subject == Subject.STOPS:
        drafted = draft_stops()
        live_words = StopWord.objects.filter(state=TuningState.LIVE).order_by("pk")
        told = drafted and [[[row.word, row.language] for row in rows] for rows in (live_words, drafted)]
    else:
        live = Synonym.objects.filter(state=TuningState.LIVE).order_by("pk")
        drafts = draft_synonyms()
        told = drafts and [[row.pairs() for row in rows] for rows in (live, drafts)]
    return hashlib.sha256(orjson.dumps(told)).hexdigest() if told else ""


def tunings(subject: str) -> tuple[Tuning, Tuning]:
    """What is live, and the same with the draft."""
    now = live_tuning()
    if subject == Subject.WEIGHTS:
        draft = draft_weights()
        return now, replace(now, secondary=draft.secondary if draft else now.secondary)
    both = [TuningState.LIVE, TuningState.DRAFT]
    if subject == Subject.STOPS:
        words = StopWord.objects.filter(state__in=both).values_list("word", "language")
        return now, replace(now, stops=StopTable(words))
    rows = Synonym.objects.filter(state__in=both).order_by("pk")
    return now, replace(now, synonyms=SynonymTable(pair for row in rows for pair in row.pairs()))


def touched(subject: str) -> Callable[[Asked], bool] | None:
    """Which searches a draft of words can change at all; None where it may be any."""
    if subject == Subject.WEIGHTS:
        return None
    if subject == Subject.STOPS:
        stops = StopTable((row.word, row.language) for row in draft_stops())
        return lambda asked: any(stops.has(word, asked.language) for word in query_words(asked.words))
    table = SynonymTable(pair for row in draft_synonyms() for pair in row.pairs())

    def is_widened(asked: Asked) -> bool:
        words = query_words(asked.words)
        return table.widened(words, asked.language) != words

    return is_widened


def searches_to_replay(
    *, now: dt.datetime | None = None, touched: Callable[[Asked], bool] | None = None
) -> tuple[list[Asked], int, int]:
    """The most frequent of the last day and a random part of the rest; over how many days they are: more than one where
    a day has too few; and how many different ones were looked through. With `touched`, only of those that it says yes to.
    """
    now = now or timezone.now()
    found: list[Asked] = []
    days = looked = 0
    for span in _SPANS:
        rows = QueryLog.objects.filter(searched_at__gte=now - span).values_list("words")
        counted = rows.annotate(spoken=Max("language"), times=Count("pk")).order_by("-times", "words")
        every = [Asked(*row) for row in counted[:MOST_LOOKED_AT]]
        found, days, looked = (
            [each for each in every if touched is None or touched(each)],
            span.days,
            len(every),
        )
        if len(found) >= _ENOUGH:
            break
    rest = found[FREQUENT:]
    # The same searches for all drafts of a day, so that two replays can be compared.
    chosen = random.Random(now.date().toordinal()).sample(rest, min(RARE, len(rest)))  # noqa: S311 - no secret
    return [*found[:FREQUENT], *chosen], days, looked


def replay(
    subject: str, *, report: Callable[[int, int], None] = lambda _done, _total: None
) -> dict[str, Any]:
    """Figures and the most changed searches with both their lists; nothing is logged as a search of people.

    `report` is told how many searches are done, and may raise to stop.
    """
    asked, days, looked = searches_to_replay(touched=touched(subject))
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
        "looked_at": looked,
        "figures": asdict(comparison.figures),
        "changed": [listed(each, titles) for each in changed],
    }
