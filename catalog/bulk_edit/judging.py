"""What an edit means for one offer: changes it, is so already, or does not concern it. Pure but for the rules it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from catalog.attributes.current import TreeRules, stored_rules
from catalog.attributes.enums import NameRule, Source
from catalog.attributes.names import Value, read_name
from catalog.attributes.reading import Fact, read_offer
from catalog.attributes.rules import AttributeRule, CategoryRules, heading_keys
from catalog.attributes.told import read_stored, stored_value
from catalog.bulk_edit.enums import Action, Found, RowState
from catalog.bulk_edit.models import BulkEdit
from catalog.models import Offer
from catalog.services.holding import HELD_BY_RULE
from catalog.tree.addresses import where_now


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` None: the offer is not even noted (a name that tells nothing)."""

    state: RowState | None
    found: str = ""
    value: Any = None


_SAME, _CHANGES, _OUT = Verdict(RowState.SAME), Verdict(RowState.WAITING), Verdict(RowState.LEFT_OUT)
_SINCE = Verdict(RowState.CHANGED_SINCE)
Judge = Callable[[Offer], Verdict]


def judge_of(edit: BulkEdit) -> Judge:
    """Reads the rules once; the judge asks the database nothing."""
    match edit.action:
        case Action.CATEGORY:
            target = target_of(edit)
            if target is None:
                return lambda _offer: _SINCE
            return lambda offer: _SAME if offer.category_id == target else _CHANGES
        case Action.HIDE:
            return lambda offer: _SAME if is_hidden_by_person(offer) else _CHANGES
        case Action.SHOW:
            return lambda offer: _SAME if offer.hidden_at is None else _CHANGES
        case Action.FACTS:
            tree = stored_rules()
            return lambda offer: _judge_facts(edit.given, tree, offer)
    return Filler(edit.given["code"], stored_rules()).judge


def target_of(edit: BulkEdit) -> int | None:
    """The category that offers go into; where that was merged since, the one it leads to; None where it is gone."""
    chosen = edit.given["category"]
    return where_now([chosen]).get(chosen)


def is_hidden_by_person(offer: Offer) -> bool:
    return offer.hidden_at is not None and not offer.hidden_reason.startswith(HELD_BY_RULE)


def _judge_facts(given: dict[str, Any], tree: TreeRules, offer: Offer) -> Verdict:
    """`given`: {"set": {code: kept value or None, which says that nothing is to be told}, "clear": [codes]}."""
    rules = tree.of(offer.category_id)
    own = {each.code: each for each in rules.attributes}
    told = {fact.attribute.code: fact.value for fact in read_offer(rules, offer)}
    changes = concerns = False
    for code, wanted in given.get("set", {}).items():
        if code not in own:
            continue
        concerns = True
        meant = None if wanted is None else read_stored(own[code], wanted)
        if wanted is not None and meant is None:
            continue
        is_same = (
            code in offer.facts and offer.facts[code] is None if wanted is None else told.get(code) == meant
        )
        changes = changes or not is_same
    for code in given.get("clear", ()):
        concerns = concerns or code in own or code in offer.facts
        changes = changes or code in offer.facts
    return _CHANGES if changes else _SAME if concerns else _OUT


class Filler:
    """Reads names for one attribute, also where its own rule would not look into them."""

    def __init__(self, code: str, tree: TreeRules) -> None:
        self.code = code
        self.tree = tree
        self._loose: dict[int, tuple[CategoryRules, CategoryRules] | None] = {}

    def judge(self, offer: Offer) -> Verdict:
        found = self._rules(offer.category_id)
        if found is None or self.code in offer.facts:  # a person has spoken
            return Verdict(None) if found is None else _SAME
        rules, loose = found
        known = next((each for each in read_offer(rules, offer) if each.attribute.code == self.code), None)
        said = [
            value
            for value in (self._read(loose, title, offer.brand) for title in titles_of(offer))
            if value is not None
        ]
        if not said:
            return _SAME if known is not None else Verdict(None)
        return self._compare(rules, offer, known, said)

    def _compare(self, rules: CategoryRules, offer: Offer, known: Fact | None, said: list[Value]) -> Verdict:
        attribute = next(each for each in rules.attributes if each.code == self.code)
        value = stored_value(attribute, said[0])
        if known is not None and known.source == Source.COLUMN:
            return _SAME if known.value in said else Verdict(RowState.WAITING, Found.CONFLICT, value)
        if any(each != said[0] for each in said):
            return Verdict(RowState.WAITING, Found.DOUBT, value)
        if known is None:
            # Under the attribute's own name the vendor says something that nobody understands.
            found = Found.CONFLICT if _says_something(attribute, offer) else Found.NEW
            return Verdict(RowState.WAITING, found, value)
        return Verdict(RowState.WAITING, Found.READ if known.value == said[0] else Found.DOUBT, value)

    def _read(self, loose: CategoryRules, title: str, brand: str) -> Value | None:
        return read_name(loose, title, brand=brand).get(self.code)

    def _rules(self, category_id: int | None) -> tuple[CategoryRules, CategoryRules] | None:
        key = category_id or 0
        if key not in self._loose:
            rules = self.tree.of(category_id)
            has_it = any(each.code == self.code for each in rules.attributes)
            self._loose[key] = (rules, loosened(rules, self.code)) if has_it else None
        return self._loose[key]

    def evidence(self, offer: Offer) -> list[str]:
        """The words that gave the value: those of the name without any of which it tells another one, or none."""
        found = self._rules(offer.category_id)
        for title in titles_of(offer) if found else ():
            value = self._read(found[1], title, offer.brand) if found else None
            if found is None or value is None:
                continue
            words = title.split()
            return [
                word
                for at, word in enumerate(words)
                if self._read(found[1], " ".join(words[:at] + words[at + 1 :]), offer.brand) != value
            ]
        return []


def loosened(rules: CategoryRules, code: str) -> CategoryRules:
    """The same rules, but names are read for this attribute wherever it may stand."""
    return CategoryRules(
        [
            replace(each, name_rule=NameRule.ANYWHERE) if each.code == code else each
            for each in rules.attributes
        ],
        not_sold_by=rules.not_sold_by,
    )


def titles_of(offer: Offer) -> list[str]:
    texts = offer.texts.values() if isinstance(offer.texts, dict) else ()
    told = [offer.title, *(str(each.get("title") or "") for each in texts if isinstance(each, dict))]
    return list(dict.fromkeys(each for each in told if each))


def _says_something(attribute: AttributeRule, offer: Offer) -> bool:
    columns = offer.attributes if isinstance(offer.attributes, dict) else {}
    return any(
        said not in ("", None) and not attribute.own_headings.isdisjoint(heading_keys(str(heading)))
        for heading, said in columns.items()
    )
