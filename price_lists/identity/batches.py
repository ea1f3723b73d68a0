"""Many records against their candidates at once: decisions without reasons, for imports of whole price lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from price_lists.identity import context, model
from price_lists.identity.comparing import decision
from price_lists.identity.facts import Facts, read_facts
from price_lists.identity.features import Shared, features, meet
from price_lists.identity.records import Match, Record
from price_lists.identity.statistics import Statistics, Weighed

#: Records that are judged in one go.
CHUNK = 2000


def best_of_many(
    asked: Iterable[tuple[Record | Facts, Sequence[Record]]], statistics: Statistics
) -> Iterator[Match | None]:
    """The likeliest candidate of each record, in order; None where there is no candidate.

    The same judgement as `rank`, but the evidence of a verdict holds proofs and vetoes only; `rank` says the rest for
    the pairs that somebody looks at. Facts may be given in place of a record whose facts are at hand.
    """
    chunk: list[tuple[Record | Facts, Sequence[Record]]] = []
    for item in asked:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield from _judged(chunk, statistics)
            chunk = []
    yield from _judged(chunk, statistics)


def _judged(
    chunk: Sequence[tuple[Record | Facts, Sequence[Record]]], statistics: Statistics
) -> Iterator[Match | None]:
    known: dict[str, Weighed] = {}
    pairs: list[tuple[int, Weighed, Weighed, Shared]] = []
    for number, (asking, candidates) in enumerate(chunk):
        one = statistics.weigh(asking if isinstance(asking, Facts) else read_facts(asking))
        for record in candidates:
            two = known.get(record.id)
            if two is None:
                two = known[record.id] = statistics.weigh(read_facts(record))
            pairs.append((number, one, two, meet(one.facts, two.facts)))
    best: dict[int, int] = {}
    chances = np.empty(0)
    if pairs:
        rows = np.array([features(one, two, shared) for _, one, two, shared in pairs], np.float64)
        weights = model.shipped()
        lefts = np.array([number for number, *_ in pairs], np.int64)
        around = context.context(
            weights.alone.log_odds(rows), lefts, np.arange(len(pairs), dtype=np.int64), sides=(True, False)
        )
        chances = model.probability(weights.among.log_odds(np.hstack([rows, around])))
        # A proof wins over any likeness.
        sure = np.array([_proved(one.facts, two.facts) for _, one, two, _ in pairs])
        for at in np.lexsort((-chances, ~sure, lefts)).tolist():
            best.setdefault(int(lefts[at]), at)
    for number in range(len(chunk)):
        at = best.get(number)
        if at is None:
            yield None
            continue
        _, one, two, shared = pairs[at]
        verdict = decision(one.facts, two.facts, shared, float(chances[at]))
        yield Match(one.facts.record.id, two.facts.record.id, verdict)


def _proved(left: Facts, right: Facts) -> bool:
    return bool(left.gtin) and left.gtin == right.gtin
