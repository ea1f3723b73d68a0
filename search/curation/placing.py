"""Where pinned and buried goods stand, once everything else is in order. Pure: the same whatever engine found them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from catalog.groups import group_number
from search.curation.enums import PlaceKind
from search.engines.base import Candidate
from search.query import Why
from search.ranking import Ranked

#: A good's card: its number and its offers, the one that stands for it first.
Card = tuple[int, list[Ranked]]


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Of an offer, or of a good with all its offers. `place` of a pin: it does not stand below this one, from 1. Times in
    seconds since 1970.
    """

    pk: int
    kind: str
    offer: int | None
    product: int | None
    place: int
    starts: float
    ends: float

    @property
    def group(self) -> int | None:
        """The number of the good, None where an offer is meant."""
        if self.product is None:
            return None
        return group_number(0, "", self.product, stands_alone=False)

    def means(self, candidate: Candidate) -> bool:
        return candidate.id == self.offer if self.offer is not None else candidate.group == self.group

    def acts(self, now: float) -> bool:
        return self.starts <= now < self.ends and (self.offer is not None or self.product is not None)


def pins(rules: Sequence[PlaceRule]) -> list[PlaceRule]:
    """Highest places first; of two for one place, the one that was set first has it."""
    return sorted(
        (rule for rule in rules if rule.kind == PlaceKind.PIN), key=lambda rule: (rule.place, rule.pk)
    )


def buried(ranked: Sequence[Ranked], rules: Sequence[PlaceRule]) -> list[Ranked]:
    """Those that are buried come after all others, in their own order. What is pinned, too, is not buried."""
    down = [rule for rule in rules if rule.kind == PlaceKind.BURY]
    if not down:
        return list(ranked)
    up = pins(rules)
    above: list[Ranked] = []
    below: list[Ranked] = []
    for each in ranked:
        is_down = any(rule.means(each.candidate) for rule in down)
        if is_down and not any(rule.means(each.candidate) for rule in up):
            below.append(replace(each, why=(*each.why, Why.BURIED)))
        else:
            above.append(each)
    return above + below


def pinned(cards: Sequence[Card], extra: Sequence[Ranked], rules: Sequence[PlaceRule]) -> list[Card]:
    """The cards with pinned goods no lower than their places. `extra` are offers of pinned goods that were not among what
    was found. Who stands high enough by itself stays where it is, and nothing is said of it.
    """
    out = list(cards)
    taken = -1
    for rule in pins(rules):
        own = [each for each in extra if rule.means(each.candidate)]
        at = next((number for number, (_group, members) in enumerate(out) if _is_in(rule, members)), None)
        if at is None and not own:
            continue
        place = max(rule.place - 1, taken + 1)
        if at is not None and at <= place:
            taken = max(taken, at) if at >= rule.place - 1 else taken
            out[at] = _leading(rule, out[at], is_lifted=False)
            continue
        if at is None:
            group = own[0].candidate.group
            # An offer of a good that is there by another offer takes that one's card along.
            near = next((number for number, card in enumerate(out) if card[0] == group), None)
            members = [*own, *(out.pop(near)[1] if near is not None else ())]
            card: Card = (group, members)
        else:
            card = out.pop(at)
        taken = min(place, len(out))
        out.insert(taken, _leading(rule, card, is_lifted=True))
    return out


def _is_in(rule: PlaceRule, members: Sequence[Ranked]) -> bool:
    return any(rule.means(each.candidate) for each in members)


def _leading(rule: PlaceRule, card: Card, *, is_lifted: bool) -> Card:
    """A pinned offer stands for its good."""
    group, members = card
    first = next(each for each in members if rule.means(each.candidate))
    rest = [each for each in members if each is not first]
    return group, [replace(first, why=(*first.why, Why.PINNED)) if is_lifted else first, *rest]


#: Offers of one good that are looked at for a pin.
MOST_OFFERS: Final = 50
