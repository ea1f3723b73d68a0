"""What two goods cannot differ in: each difference found is a reason never to join them automatically."""

from __future__ import annotations

from price_lists.identity.evidence import amounts, listed
from price_lists.identity.facts import Facts
from price_lists.identity.features import Shared
from price_lists.identity.records import VETO_WEIGHT, Evidence

#: Amounts that two shops round alike (1 lb as 453 g and 454 g).
_TOLERANCE = 0.01
#: Units of what is counted; they are read as packs.
_COUNTED = frozenset({"pc", "pack", "sheet"})


def vetoes(left: Facts, right: Facts, shared: Shared) -> list[Evidence]:
    """All of them. A value that one side does not tell never forbids."""
    found: list[Evidence] = []

    def against(code: str, one: object, two: object) -> None:
        found.append(Evidence(code, str(one), str(two), VETO_WEIGHT))

    if left.gtin and right.gtin and left.gtin != right.gtin:
        against("gtin_different", left.record.gtin, right.record.gtin)
    if _parts_differ(left, right):
        against("mpn_different", left.record.mpn, right.record.mpn)
    if left.pieces and right.pieces and left.pieces.isdisjoint(right.pieces):
        against("pack_different", listed(left.pieces), listed(right.pieces))
    for one, two in _measures(left, right):
        against("measure_different", one, two)
    if left.sizes and right.sizes and left.sizes.isdisjoint(right.sizes):
        against("size_different", listed(left.sizes), listed(right.sizes))
    if left.colours and right.colours and left.colours.isdisjoint(right.colours):
        against("colour_different", listed(left.colours), listed(right.colours))
    mine, theirs = _strangers(left, right), _strangers(right, left)
    if mine and theirs and left.models.isdisjoint(right.models):
        against("model_different", _shown(left, mine), _shown(right, theirs))
    only_left = [word for word in shared.left if word in left.numbers and word not in right.figures]
    only_right = [word for word in shared.right if word in right.numbers and word not in left.figures]
    if only_left and only_right:
        against("number_different", _shown(left, only_left), _shown(right, only_right))
    return found


def _parts_differ(left: Facts, right: Facts) -> bool:
    """Part numbers of one maker; of two makers they say nothing about each other."""
    if not left.mpn or not right.mpn or left.mpn in right.mpn or right.mpn in left.mpn:
        return False
    return not left.brand_key or not right.brand_key or left.brand_key == right.brand_key


def _measures(left: Facts, right: Facts) -> list[tuple[str, str]]:
    """Amounts of one kind that differ. «1 л» is litres or sheets: where one reading agrees, that one is meant."""
    differ: list[tuple[str, str]] = []
    for unit, values in left.measures.items():
        theirs = right.measures.get(unit)
        if theirs is None:
            continue
        if any(abs(a - b) <= _TOLERANCE * max(a, b) for a in values for b in theirs):
            if unit not in _COUNTED:
                continue
            return differ
        if unit not in _COUNTED:
            differ.append((amounts({unit: values}), amounts({unit: theirs})))
    return differ


def _strangers(facts: Facts, other: Facts) -> list[str]:
    """Model codes that the other one does not have, in part or in whole."""
    return [
        code
        for code in sorted(facts.models)
        if code not in other.compact and not any(code in each or each in code for each in other.models)
    ]


def _shown(facts: Facts, words: list[str]) -> str:
    return ", ".join(facts.shown.get(word, word) for word in words)
