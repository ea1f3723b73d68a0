"""Barcodes that stand on different goods: who of their offers agree, who stands apart, and which are no use at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from price_lists.identity import Decision, Evidence, Verdict
from price_lists.identity.comparing import decision
from price_lists.identity.features import meet
from price_lists.joining.enums import ConflictReason
from price_lists.joining.goods import Good
from price_lists.joining.judging import Judged

#: Titles of one vendor under one barcode from which on it tells nothing about that vendor's goods.
REUSED = 4
#: Offers that may stand for all of a barcode; one of them is compared with all.
_CORES = 5
#: Conflicts that are shown to a person.
_SHOWN = 5


@dataclass(slots=True)
class Finding:
    """What became of one barcode. `odd` offers are asked about; with a `reason` all of it goes into quarantine."""

    joined: list[Judged] = field(default_factory=list)
    odd: list[Judged] = field(default_factory=list)
    reason: ConflictReason | None = None
    conflicts: list[Judged] = field(default_factory=list)


def examine(goods: Sequence[Good], *, is_trusted: bool) -> Finding:
    """All offers of one barcode. The most vendors who describe one good prevail, if they are more than half of all;
    where nobody prevails, nobody can say what the barcode stands for.
    """
    if len(goods) < 2:
        return Finding()
    # Newcomers join what is there, not what was taken out of it.
    goods = sorted(goods, key=lambda good: (not good.has_product, good.stands_alone, good.id))
    if is_trusted:
        core = goods[0]
        same = [Judged(other, core, _sure(_compare(other, core))) for other in goods[1:]]
        return Finding(joined=same)
    reusing = _reusing(goods)
    vendors = {good.vendor for good in goods}
    fit = [good for good in goods if good.vendor not in reusing] or list(goods)
    tries = []
    for core in fit[:_CORES]:
        verdicts = [Judged(other, core, _compare(other, core)) for other in goods if other is not core]
        agreeing = {one.left.vendor for one in verdicts if not one.verdict.conflict} | {core.vendor}
        tries.append((len(agreeing - reusing), verdicts))
        if not reusing and not any(one.verdict.conflict for one in verdicts):
            return Finding(joined=verdicts)
    most, verdicts = max(tries, key=lambda each: each[0])
    against = [one for one in verdicts if one.verdict.conflict or one.left.vendor in reusing]
    if most >= 2 and 2 * most > len(vendors):
        return Finding(joined=[one for one in verdicts if one not in against], odd=against)
    reason = ConflictReason.REUSED if reusing else ConflictReason.GOODS_DIFFER
    return Finding(reason=reason, conflicts=(against or verdicts)[:_SHOWN])


def without_barcode(good: Good) -> Good:
    """As if the offer told none."""
    facts = good.weighed.facts
    bare = replace(facts, gtin="", record=replace(facts.record, gtin=""))
    return replace(good, gtin="", weighed=replace(good.weighed, facts=bare))


def _reusing(goods: Sequence[Good]) -> set[int]:
    titles: dict[int, set[str]] = defaultdict(set)
    for good in goods:
        titles[good.vendor].add(good.weighed.facts.sorted_spelling)
    return {vendor for vendor, said in titles.items() if len(said) >= REUSED}


def _compare(left: Good, right: Good) -> Verdict:
    """Under one barcode two offers are one good, unless they cannot be or have not a word in common."""
    one, two = left.weighed.facts, right.weighed.facts
    shared = meet(one, two)
    found = decision(one, two, shared, 0.0)
    strangers = not shared.pairs and len(one.counts) > 1 and len(two.counts) > 1
    if strangers and not found.conflict and (not one.brand_key or one.brand_key != two.brand_key):
        apart = Evidence("words_missing", one.record.title, two.record.title, -1.0)
        return replace(found, decision=Decision.DOUBTFUL, conflict=True, evidence=(apart, *found.evidence))
    return found


def _sure(verdict: Verdict) -> Verdict:
    return replace(verdict, decision=Decision.SAME, conflict=False)
