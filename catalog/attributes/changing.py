"""What a change of an attribute would do to the values that are known by it, before it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count

from catalog.attributes.current import stored_rules
from catalog.attributes.enums import AttributeKind
from catalog.attributes.names import Value
from catalog.attributes.reading import Fact, read_offer
from catalog.attributes.rules import LANGUAGES, AttributeRule, CategoryRules, attribute_rule
from catalog.attributes.services import AttributeInput
from catalog.attributes.told import read_stored
from catalog.models import Attribute, Offer, OfferEdit
from catalog.services.drafts import FACT

#: Offers that are read twice, by the rules as they are and as they would be: the newest, some 0.2 s.
READ: Final = 1_500
SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Changed:
    """One offer whose value is another one then; None where nothing is told."""

    offer: Offer
    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Of `read` offers: `before` told the attribute, `after` would; `lost`, `gained` and `other` of them change.
    `set_by_people` values stand on offers, of which `meaningless` ones would say nothing any more; both are of all offers.
    """

    read: int
    before: int
    after: int
    lost: int
    gained: int
    other: int
    set_by_people: int
    meaningless: int
    samples: list[Changed] = field(default_factory=list)
    all_read: bool = True

    @property
    def is_nothing(self) -> bool:
        return not (self.lost or self.gained or self.other or self.meaningless)


def effect_of(attribute: Attribute, given: AttributeInput) -> Effect:
    """Reads the newest offers of the attribute's categories by both rules; people's own values are counted all."""
    tree = stored_rules()
    new = rule_of(attribute, given)
    both: dict[int, tuple[CategoryRules, CategoryRules]] = {}
    for pk, rules in tree.by_category.items():
        if any(each.code == attribute.code for each in rules.attributes):
            both[pk] = rules, _with(rules, new)
    counts: Counter[str] = Counter()
    samples: list[Changed] = []
    offers = Offer.objects.filter(withdrawn_at__isnull=True, hidden_at__isnull=True, category__in=both)
    rows = list(offers.defer("search_text", "photos", "videos").order_by("-pk")[: READ + 1])
    for offer in rows[:READ]:
        old_rules, new_rules = both[offer.category_id or 0]
        old, now = _fact(old_rules, offer, attribute.code), _fact(new_rules, offer, attribute.code)
        counts["before"] += old is not None
        counts["after"] += now is not None
        kind = _kind(None if old is None else old.value, None if now is None else now.value)
        if kind:
            counts[kind] += 1
            if len(samples) < SHOWN:
                samples.append(Changed(offer, old, now))
    told, meaningless = _of_people(attribute, new)
    return Effect(
        read=min(len(rows), READ),
        before=counts["before"],
        after=counts["after"],
        lost=counts["lost"],
        gained=counts["gained"],
        other=counts["other"],
        set_by_people=told,
        meaningless=meaningless,
        samples=samples,
        all_read=len(rows) <= READ,
    )


def rule_of(attribute: Attribute, given: AttributeInput) -> AttributeRule:
    """The rule that the attribute would be read by; values that are there keep their codes, new ones have none yet."""
    codes = dict(attribute.choices.values_list("pk", "code"))
    is_number = given.kind == AttributeKind.NUMBER
    choices = [
        (codes.get(each.id or 0, f"new-{number}"), _filled(each.names), each.words)
        for number, each in enumerate(given.choices)
    ]
    return attribute_rule(
        code=attribute.code,
        names=_filled(given.names),
        kind=given.kind,
        unit=given.unit if is_number else "",
        lowest=given.lowest if is_number else None,
        highest=given.highest if is_number else None,
        bare=given.bare and is_number,
        name_rule=given.name_rule,
        words=given.words,
        choices=choices if given.kind == AttributeKind.CHOICE else (),
    )


def _filled(names: Mapping[str, str]) -> dict[str, str]:
    return {language: names[language] for language in LANGUAGES if names.get(language)}


def _with(rules: CategoryRules, new: AttributeRule) -> CategoryRules:
    return CategoryRules(
        [new if each.code == new.code else each for each in rules.attributes], not_sold_by=rules.not_sold_by
    )


def _fact(rules: CategoryRules, offer: Offer, code: str) -> Fact | None:
    return next((fact for fact in read_offer(rules, offer) if fact.attribute.code == code), None)


def _kind(old: Value | None, new: Value | None) -> str:
    if old == new:
        return ""
    if new is None:
        return "lost"
    return "gained" if old is None else "other"


def _of_people(attribute: Attribute, new: AttributeRule) -> tuple[int, int]:
    said = OfferEdit.objects.filter(field=FACT + attribute.code).order_by()
    told = meaningless = 0
    values: list[tuple[Any, int]] = list(said.values_list("value").annotate(number=Count("pk")))
    for value, number in values:
        if value is None:
            continue
        told += number
        if read_stored(new, value) is None:
            meaningless += number
    return told, meaningless
