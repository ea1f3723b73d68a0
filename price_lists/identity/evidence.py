"""Reasons of a verdict in a person's terms: what the features add, gathered under a few codes with the values seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from price_lists.identity.context import RIVALS, UNKNOWN
from price_lists.identity.facts import Facts
from price_lists.identity.features import MISSING, TOPICS, Shared
from price_lists.identity.records import Evidence
from price_lists.identity.statistics import Weighed

#: Feature → what it is told as; a pair's own score among its rivals is not told.
_TOPIC = TOPICS | dict.fromkeys(RIVALS, "candidates")
_CODES = {
    "words": ("words_same", "words_missing"),
    "spelling": ("spelling", "spelling"),
    "model": ("model_same", "model_unlike"),
    "number": ("number_same", "number_unlike"),
    "measure": ("measure_same", "measure_unlike"),
    "pack": ("pack_same", "pack_unlike"),
    "colour": ("colour_same", "colour_unlike"),
    "brand": ("brand_same", "brand_different"),
    "price": ("price_near", "price_far"),
    "description": ("description", "description"),
    "candidates": ("best_candidate", "rival_candidate"),
}
#: Log-odds below which a reason is not worth a line.
_SLIGHT = 0.1


def reasons(
    one: Weighed, two: Weighed, shared: Shared, row: Mapping[str, float], added: Mapping[str, float]
) -> list[Evidence]:
    """What speaks for and against, the weightiest first. Values that neither side tells give no reason."""
    weights: dict[str, float] = {}
    for feature, weight in added.items():
        topic = _TOPIC.get(feature)
        # Leads may be below 0, too, but far above what stands for an unknown one.
        nothing = UNKNOWN if topic == "candidates" else MISSING
        if topic is not None and row[feature] > nothing:
            weights[topic] = weights.get(topic, 0.0) + weight
    found = []
    for topic, weight in weights.items():
        values = _values(topic, one, two, shared, more=weight > 0)
        if topic in _CODES and abs(weight) >= _SLIGHT and values is not None:
            found.append(Evidence(_CODES[topic][weight < 0], *values, round(weight, 2)))
    return sorted(found, key=lambda item: -abs(item.weight))


def _values(topic: str, one: Weighed, two: Weighed, shared: Shared, *, more: bool) -> tuple[str, str] | None:
    """What both sides say on a topic; None where nothing is said that could be shown."""
    if topic == "candidates":
        return "", ""
    if topic == "words":
        mine, theirs = (shared.pairs, tuple(shared.pairs.values())) if more else (shared.left, shared.right)
        told = (_told(one.facts.shown, mine), _told(two.facts.shown, theirs))
    else:
        told = (_said(topic, one.facts), _said(topic, two.facts))
    return told if any(told) else None


def _said(topic: str, facts: Facts) -> str:
    price = facts.record.price
    said = {
        "model": _told(facts.shown, sorted(facts.models)),
        "number": _told(facts.shown, sorted(facts.numbers)),
        "measure": ", ".join(facts.amounts),
        "pack": listed(facts.pieces),
        "colour": listed(facts.colours),
        "brand": facts.record.brand,
        "price": "" if price is None else f"{price / 100:.2f}",
    }
    return said.get(topic, facts.record.title)


def _told(shown: Mapping[str, str], words: Iterable[str]) -> str:
    return ", ".join(shown.get(word, word) for word in words)


def amounts(measures: Mapping[str, frozenset[float]]) -> str:
    """«500 ml, 12 pc», in base units."""
    return ", ".join(
        f"{value:g} {unit}" for unit, values in sorted(measures.items()) for value in sorted(values)
    )


def listed(values: frozenset[int] | frozenset[str]) -> str:
    return ", ".join(str(value) for value in sorted(values))
