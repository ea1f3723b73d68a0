"""What a saved search limits beyond the matcher's knowledge, judged on the few pairs whose words fit.

Two limits are looked at here. All others, those that questions will learn later too, are judged by the site's own
search: the few offers are put into an index that lives only for this, and the question is asked of it. So a saved search
and its page can never mean different things by a limit, and nobody waits for the real index to learn of an offer.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from search.engines.base import EngineQuery
from search.engines.embedded import EmbeddedEngine
from search.query import SearchQuery, Sort
from search.saved.offers import Seen
from search.saved.wanting import Wanted
from search.selectors import Around, offer_batch
from search.services.limits import filters_of

#: Offers of one such index.
AT_ONCE = 2_000
_HERE = frozenset({"availability", "brands"})


def keeping_rest(found: Sequence[tuple[int, Seen]], wanted: Mapping[int, Wanted]) -> list[tuple[int, Seen]]:
    """Those of the pairs that keep every limit of their search."""
    kept = []
    asked: dict[int, list[tuple[int, Seen]]] = defaultdict(list)
    for pk, offer in found:
        rest = wanted[pk].rest
        if rest and not _kept_here(wanted[pk].query, offer):
            continue
        if rest - _HERE:
            asked[offer.id].append((pk, offer))
        else:
            kept.append((pk, offer))
    if asked:
        kept += _kept_by_search(asked, wanted)
    return kept


def _kept_here(query: SearchQuery, offer: Seen) -> bool:
    return (not query.availability or offer.availability in query.availability) and (
        not query.brands or offer.brand in query.brands
    )


def _kept_by_search(
    asked: Mapping[int, list[tuple[int, Seen]]], wanted: Mapping[int, Wanted]
) -> Iterator[tuple[int, Seen]]:
    ids, around = sorted(asked), Around.now()
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        by_question: dict[SearchQuery, list[tuple[int, Seen]]] = defaultdict(list)
        for pk, offer in (pair for offer_id in some for pair in asked[offer_id]):
            by_question[_question(wanted[pk])].append((pk, offer))
        with _index_of(some, around) as engine:
            for question, pairs in by_question.items():
                filters = filters_of(question, None)
                answer = engine.search(
                    EngineQuery(filters=filters, sort=Sort.NEWEST, limit=len(some), with_facets=False)
                )
                keeping = {candidate.id for candidate in answer.candidates}
                yield from (pair for pair in pairs if pair[1].id in keeping)


def _question(wanted: Wanted) -> SearchQuery:
    """Limits alone, alike for all searches that limit alike."""
    category = next(iter(wanted.stored.category_ids or ()), None)
    plain = SearchQuery()
    return replace(wanted.query, words="", category_id=category, sort=plain.sort, exact=plain.exact)


@contextmanager
def _index_of(offer_ids: Sequence[int], around: Around) -> Iterator[EmbeddedEngine]:
    with tempfile.TemporaryDirectory(prefix="ryad-watching-") as folder:
        engine = EmbeddedEngine(Path(folder))
        generation = engine.begin_rebuild()
        engine.write_rebuild(generation, offer_batch(offer_ids, around).documents)
        engine.finish_rebuild(generation)
        yield engine
