"""Many pairs of offers compared at once, with their reasons where somebody will read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from price_lists.identity import Decision, Verdict, context, model
from price_lists.identity.comparing import decision, verdict
from price_lists.identity.features import features, meet
from price_lists.joining.goods import Good


class Judged(NamedTuple):
    """Two offers and the verdict on them, which is the same good or a doubt, or a conflict of their barcodes. Its
    evidence holds proofs and vetoes; what else speaks for it and against takes some ms to say (`explained`).
    """

    left: Good
    right: Good
    verdict: Verdict
    row: tuple[float, ...] = ()

    def explained(self) -> Verdict:
        """With all reasons; a verdict that was not learnt has no more of them."""
        if not self.row or self.verdict.conflict:
            return self.verdict
        left, right = self.left.weighed, self.right.weighed
        return verdict(left, right, meet(left.facts, right.facts), self.row, self.verdict.probability)


def judge(pairs: Sequence[tuple[Good, Good]]) -> list[Judged]:
    """Verdicts on the pairs; what is plainly different is left out.

    Offers of one vendor rival each other for a good of another vendor, since a vendor lists each of its goods once;
    offers of several vendors do not, since all of them may sell it.
    """
    if not pairs:
        return []
    met = [meet(left.weighed.facts, right.weighed.facts) for left, right in pairs]
    rows = np.array(
        [features(a.weighed, b.weighed, shared) for (a, b), shared in zip(pairs, met, strict=True)],
        np.float64,
    )
    weights = model.shipped()
    groups: dict[tuple[int, int], int] = {}
    lefts = [groups.setdefault((left.id, right.vendor), len(groups)) for left, right in pairs]
    numbers: dict[int, int] = {}
    rights = [numbers.setdefault(right.id, len(numbers)) for _left, right in pairs]
    around = context.context(
        weights.alone.log_odds(rows),
        np.array(lefts, np.int64),
        np.array(rights, np.int64),
        sides=(True, False),
    )
    full = np.hstack([rows, around])
    chances = model.probability(weights.among.log_odds(full)).tolist()
    judged = []
    for at, ((left, right), shared, chance) in enumerate(zip(pairs, met, chances, strict=True)):
        bare = decision(left.weighed.facts, right.weighed.facts, shared, chance)
        if bare.conflict:
            judged.append(Judged(left, right, bare))
        elif bare.decision != Decision.DIFFERENT:
            judged.append(Judged(left, right, bare, tuple(full[at].tolist())))
    return judged


def forbidden(left: Good, right: Good) -> Verdict:
    """What two goods cannot differ in, without any likelihood: for offers that others would bring together."""
    one, two = left.weighed.facts, right.weighed.facts
    return decision(one, two, meet(one, two), 0.0)
