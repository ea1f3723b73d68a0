"""Candidates in the order in which they are shown, with the reading's own reasons among theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search import metrics, ranking
from search.engines.base import Candidate
from search.ladder import Reading
from search.query import Hit, StepCode, Why
from search.standings import Standings
from search.tuning.weights import Secondary

#: Of a query's information, how much must stand in a hit's title, brand, kind or codes for the query to count
#: as answered: a word that only a long description mentions answers nothing.
MIN_STRONG = 0.5

#: What a step of the ladder says of every hit that it led to.
_BY_STEP = {
    StepCode.LAYOUT: Why.CORRECTED,
    StepCode.TRANSLITERATED: Why.CORRECTED,
    StepCode.SPELLING: Why.CORRECTED,
    StepCode.SYNONYMS: Why.OTHER_WORDS,
}
#: These lead in `Hit.why`; how the words were read comes next.
_LEADING = frozenset([Why.CODE, Why.ALL_WORDS, Why.SOME_WORDS])


@dataclass(frozen=True, slots=True)
class Ranker:
    """Puts candidates in order by the points that count beside relevance and by how offers' sources stand."""

    secondary: Secondary
    standings: Standings
    now: float

    @metrics.stage("ranking")
    def __call__(
        self, reading: Reading | None, candidates: Sequence[Candidate], *, is_page: bool = False
    ) -> list[ranking.Ranked]:
        """Ranked candidates of a reading (None: nothing was asked by words), with the reading's own reason."""
        ranked = ranking.rank(
            reading.words if reading else (),
            candidates,
            code=reading.code if reading else "",
            partial=bool(reading and reading.groups),
            secondary=self.secondary,
            standings=self.standings,
            now=self.now,
            is_page=is_page,
        )
        steps = reading.steps if reading else ()
        led = tuple(dict.fromkeys(_BY_STEP[step.code] for step in steps if step.code in _BY_STEP))
        if not led:
            return ranked
        return [replace(each, why=_with(each.why, led)) for each in ranked]


def _with(why: tuple[Why, ...], led: tuple[Why, ...]) -> tuple[Why, ...]:
    first = tuple(each for each in why if each in _LEADING)
    return tuple(dict.fromkeys((*first, *led, *why)))


def hit_of(ranked: ranking.Ranked, *, others: int = 0) -> Hit:
    candidate = ranked.candidate
    return Hit(
        candidate.id,
        candidate.group,
        ranked.score,
        candidate.price,
        ranked.why,
        others,
        candidate.basis_price,
    )
