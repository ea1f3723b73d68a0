"""Reads about names: the rules that hold, names that are held, and what each rule would touch."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import QuerySet

from catalog.models import Offer, Supply
from catalog.services.holding import HELD_BY_RULE
from core.models import Job
from price_lists.title_rules.actions import NameRules
from price_lists.title_rules.cleaning import cleaned
from price_lists.title_rules.detecting import found, suspicious
from price_lists.title_rules.enums import DEFAULTS, Action, Rule, rules_in
from price_lists.title_rules.models import TitleRemark, TitleRule
from price_lists.title_rules.offer_names import names_hash, names_of
from price_lists.title_rules.words import remark
from vendors.models import Vendor

#: Of the job that goes through all names.
KIND = "price_lists.title_rules"
#: The newest names that examples are looked for in: some 20 ms.
SAMPLE = 2_000
_EXAMPLES = 3


class Piece(NamedTuple):
    """A part of a name, and whether it should not stand there."""

    text: str
    is_wrong: bool


class Example(NamedTuple):
    pieces: list[Piece]
    cleaned: str  # empty where nothing better comes of it


class Touched(NamedTuple):
    """What a rule would find among the newest names."""

    rule: Rule
    action: Action
    number: int
    examples: list[Example]


class Held(NamedTuple):
    """A held name for showing: with its faults marked, why and what to do."""

    remark: TitleRemark
    names: list[list[Piece]]
    reasons: list[str]
    seen: str  # what tells these names from others that the offer may have by the time of an answer


def actions_now() -> dict[Rule, Action]:
    """What is done about each rule. One query."""
    said = {
        Rule(code): Action(action)
        for code, action in TitleRule.objects.values_list("code", "action")
        if code in Rule.values and action in Action.values
    }
    return DEFAULTS | said


def current_rules() -> NameRules:
    return NameRules.of(actions_now())


def held_remarks(*, vendor: Vendor | None = None, rule: Rule | None = None) -> QuerySet[TitleRemark]:
    """Offers that are hidden for their names and would be on sale otherwise, the newest first."""
    remarks = TitleRemark.objects.filter(
        offer__hidden_reason__startswith=HELD_BY_RULE, offer__withdrawn_at__isnull=True
    )
    if vendor is not None:
        remarks = remarks.filter(vendor=vendor)
    if rule is not None:
        remarks = remarks.filter(offer__hidden_reason__contains=rule.value)
    return remarks.select_related("offer", "vendor").order_by("-pk")


def held_count(vendor: Vendor, supply: Supply | None = None) -> int:
    """How many offers of the vendor, or of one of its sources, are hidden for their names."""
    remarks = held_remarks(vendor=vendor)
    return (remarks if supply is None else remarks.filter(offer__supply=supply)).count()


def shown(remark_: TitleRemark) -> Held:
    """One held name as pages show it."""
    offer, rules = remark_.offer, rules_in(remark_.rules)
    titles = [offer.title, *(words.get("title", "") for words in offer.texts.values())]
    names: list[list[Piece]] = []
    reasons: dict[Rule, str] = {}
    for name in dict.fromkeys(filter(None, titles)):
        faults = found(name, rules, brand=offer.brand)
        if faults:
            names.append(pieces(name, rules, brand=offer.brand))
        for rule, spans in faults.items():
            start, end = spans[0][0], spans[-1][1] if rule is Rule.SHOUTING else spans[0][1]
            reasons.setdefault(rule, remark(rule, name[start:end].strip()))
    seen = names_hash(names_of({"title": offer.title, "texts": offer.texts})).hex()
    return Held(remark_, names or [[Piece(offer.title, is_wrong=False)]], list(reasons.values()), seen)


def pieces(name: str, rules: Collection[Rule], *, brand: str = "") -> list[Piece]:
    """The name cut where faults begin and end."""
    spans = sorted(span for spans in found(name, rules, brand=brand).values() for span in spans)
    cut: list[Piece] = []
    last = 0
    for start, end in spans:
        if start < last:
            continue
        if start > last:
            cut.append(Piece(name[last:start], is_wrong=False))
        cut.append(Piece(name[start:end], is_wrong=True))
        last = end
    if last < len(name):
        cut.append(Piece(name[last:], is_wrong=False))
    return cut


def last_judging() -> Job | None:
    """The newest job that goes through all names, under way or over."""
    return Job.objects.filter(kind=KIND).order_by("-created_at").first()


def touched() -> tuple[int, list[Touched]]:
    """(how many of the newest names on offer were looked at, what each rule finds among them)."""
    rows = list(
        Offer.objects.filter(withdrawn_at__isnull=True).order_by("-pk").values_list("title", "brand")[:SAMPLE]
    )
    look = suspicious(frozenset(Rule))
    counts = dict.fromkeys(Rule, 0)
    examples: dict[Rule, list[Example]] = {rule: [] for rule in Rule}
    for title, brand in rows:
        for rule in found(title, brand=brand) if look(title) else ():
            counts[rule] += 1
            if len(examples[rule]) < _EXAMPLES:
                better = cleaned(title, (rule,), brand=brand)
                examples[rule].append(
                    Example(pieces(title, (rule,), brand=brand), better if better != title else "")
                )
    actions = actions_now()
    return len(rows), [Touched(rule, actions[rule], counts[rule], examples[rule]) for rule in Rule]


def names_of_today(vendor: Vendor) -> dict[str, Any] | None:
    """For the desk's first page; None where no name is held."""
    count = held_count(vendor)
    return {"count": count} if count else None
