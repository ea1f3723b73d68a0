"""Verdicts: one pair by itself, or one record among all of its candidates, with reasons that can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from price_lists.identity import context, model
from price_lists.identity.evidence import reasons
from price_lists.identity.facts import Facts, read_facts
from price_lists.identity.features import NAMES, Shared, features, meet
from price_lists.identity.records import (
    PROOF_WEIGHT,
    Decision,
    Evidence,
    Match,
    Record,
    Verdict,
)
from price_lists.identity.statistics import Statistics, Weighed
from price_lists.identity.vetoes import vetoes

_PROVED = 0.999
_UNLIKELY = 0.02
_MPN_LONG_ENOUGH = 4
_NAMES = (*NAMES, *context.NAMES)


def compare(left: Record, right: Record, statistics: Statistics) -> Verdict:
    """Whether both are one good, no other candidate being known."""
    one, two = (statistics.weigh(read_facts(record)) for record in (left, right))
    shared = meet(one.facts, two.facts)
    row = features(one, two, shared)
    weights = model.shipped()
    alone = weights.alone.log_odds(np.array([row]))
    nobody = np.zeros(1, np.int64)
    around = context.context(alone, nobody, nobody, sides=(False, False))
    full = [*row, *around[0].tolist()]
    chance = float(model.probability(weights.among.log_odds(np.array([full])))[0])
    return verdict(one, two, shared, full, chance)


def rank(left: Record, candidates: Sequence[Record], statistics: Statistics) -> list[Match]:
    """`left` against all of its candidates, the likeliest first. What rivals each other counts: of two candidates
    that are equally like `left` neither is sure.
    """
    if not candidates:
        return []
    one = statistics.weigh(read_facts(left))
    many = [statistics.weigh(read_facts(record)) for record in candidates]
    met = [meet(one.facts, two.facts) for two in many]
    rows = np.array([features(one, two, shared) for two, shared in zip(many, met, strict=True)])
    weights = model.shipped()
    alone = weights.alone.log_odds(rows)
    numbers = np.arange(len(many), dtype=np.int64)
    around = context.context(alone, np.zeros_like(numbers), numbers, sides=(True, False))
    full = np.hstack([rows, around])
    chances = model.probability(weights.among.log_odds(full))
    order = sorted(range(len(many)), key=lambda at: (-chances[at], at))
    return [
        Match(
            left.id,
            candidates[at].id,
            verdict(one, many[at], met[at], full[at].tolist(), float(chances[at])),
        )
        for at in order
    ]


def verdict(one: Weighed, two: Weighed, shared: Shared, row: Sequence[float], chance: float) -> Verdict:
    """The decision on a pair with its features (those of its context among them) and probability, with all reasons."""
    bare = decision(one.facts, two.facts, shared, chance)
    learnt = reasons(one, two, shared, dict(zip(_NAMES, row, strict=True)), _added(row))
    return replace(bare, evidence=(*bare.evidence, *learnt))


def decision(left: Facts, right: Facts, shared: Shared, chance: float) -> Verdict:
    """The decision, with no reasons but proofs and vetoes."""
    weights = model.shipped()
    against, proofs = vetoes(left, right, shared), _proofs(left, right)
    taken = Decision.DIFFERENT
    if not proofs and not (left.words and right.words):
        # Without a title there is nothing to judge.
        chance = min(chance, _UNLIKELY)
    elif proofs:
        taken = Decision.DOUBTFUL if against else Decision.SAME
        chance = chance if against else max(chance, _PROVED)
    elif against:
        chance = min(chance, weights.doubt if _plain_no(against) else weights.automatic)
        if chance >= weights.decide:
            taken = Decision.DOUBTFUL
    elif chance >= weights.automatic:
        taken = Decision.SAME
    elif chance >= weights.doubt:
        taken = Decision.DOUBTFUL
    conflict = bool(against) and any(proof.code == "gtin_same" for proof in proofs)
    return Verdict(taken, round(chance, 4), (*against, *proofs), conflict)


def _plain_no(against: Sequence[Evidence]) -> bool:
    """Two valid GTINs, or two part numbers of one maker, leave nothing to ask a person."""
    return any(item.code in ("gtin_different", "mpn_different") for item in against)


def _added(row: Sequence[float]) -> dict[str, float]:
    """What each feature adds to the log-odds. What the pair says by itself is told feature by feature."""
    weights = model.shipped()
    added = weights.among.reasons(row)
    whole = added.pop("alone", 0.0)
    own = weights.alone.reasons(row)
    total = sum(abs(value) for value in own.values())
    if total:
        # The first judgement enters the second as one number; its own reasons share it out.
        for name, value in own.items():
            added[name] = added.get(name, 0.0) + value * abs(whole) / total
    return added


def _proofs(left: Facts, right: Facts) -> list[Evidence]:
    found = []
    if left.gtin and left.gtin == right.gtin:
        found.append(Evidence("gtin_same", left.record.gtin, right.record.gtin, PROOF_WEIGHT))
    same_brand = left.brand_key and left.brand_key == right.brand_key
    if same_brand and left.mpn == right.mpn and len(left.mpn) >= _MPN_LONG_ENOUGH:
        told = [f"{facts.record.brand} {facts.record.mpn}" for facts in (left, right)]
        found.append(Evidence("brand_mpn_same", told[0], told[1], PROOF_WEIGHT))
    return found
