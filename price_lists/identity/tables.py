"""Two whole tables matched with each other: candidates both ways, then every pair among its rivals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from price_lists.identity import context, model
from price_lists.identity.candidates import Candidates
from price_lists.identity.facts import Facts, read_facts
from price_lists.identity.features import features
from price_lists.identity.records import Record
from price_lists.identity.statistics import Statistics

#: Candidates of a left record, and of a right one.
FORTH, BACK = 30, 5
Matrix = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One table: each content once, in order of first appearance, and which of them each id has."""

    facts: list[Facts]
    content: dict[str, int]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Side:
        numbers: dict[tuple[object, ...], int] = {}
        content: dict[str, int] = {}
        facts: list[Facts] = []
        for record in records:
            said = (
                *(record.title, record.brand, record.mpn, record.gtin, record.article, record.price),
                *(record.currency, record.pack_count, record.description, *sorted(record.attributes.items())),
            )
            if said not in numbers:
                numbers[said] = len(facts)
                facts.append(read_facts(record))
            content[record.id] = numbers[said]
        return cls(facts, content)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of contents of two tables with their features, one row a pair."""

    left: Side
    right: Side
    lefts: Numbers
    rights: Numbers
    rows: Matrix

    def judged(self, weights: model.Model) -> Matrix:
        """The probability of each pair, its rivals taken into account."""
        alone = weights.alone.log_odds(self.rows)
        among = context.context(alone, self.lefts, self.rights)
        return model.probability(weights.among.log_odds(np.hstack([self.rows, among])))


def pairs_of(
    left: Sequence[Record], right: Sequence[Record], listed: Iterable[tuple[str, str]] = ()
) -> Pairs:
    """All pairs worth judging, and the `listed` ones (ids of both sides)."""
    one, two = Side.of(left), Side.of(right)
    statistics = Statistics()
    for facts in (*one.facts, *two.facts):
        statistics.add(facts)
    wanted = {(one.content[a], two.content[b]) for a, b in listed}
    wanted.update(_found(one, two, FORTH))
    wanted.update((mine, theirs) for theirs, mine in _found(two, one, BACK))
    ordered = sorted(wanted)
    weighed_left = [statistics.weigh(facts) for facts in one.facts]
    weighed_right = [statistics.weigh(facts) for facts in two.facts]
    rows = np.array([features(weighed_left[a], weighed_right[b]) for a, b in ordered], np.float64)
    numbers = np.array(ordered, np.int64).reshape(-1, 2)
    return Pairs(one, two, numbers[:, 0], numbers[:, 1], rows)


def _found(asking: Side, asked: Side, limit: int) -> Iterable[tuple[int, int]]:
    index = Candidates()
    index.add_facts(asked.facts)
    # The id of a record may stand in both tables and mean two things.
    place = {facts.record.id: number for number, facts in enumerate(asked.facts)}
    found = index.lookup_facts(asking.facts, limit=limit, itself=True)
    for number, candidates in enumerate(found):
        for candidate in candidates:
            yield number, place[candidate.id]
