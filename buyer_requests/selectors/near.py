"""Near misses as people read them: the offer, its price, and the one limit that it misses, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from buyer_requests.bidding.prefill import to_currency
from buyer_requests.matching.near import SHOWN, Near, near_line
from buyer_requests.matching.terms import place_of
from buyer_requests.matching.wants import Denial
from buyer_requests.models import RequestLine
from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.enums import AttributeKind
from catalog.attributes.reading import Fact, facts_of, read_facts
from catalog.attributes.units import shown
from catalog.models import Offer
from core import text
from core.templatetags.ui import money_text, number
from core.units import unit_name
from search.percolation import Missed
from vendors.regions import Region


@dataclass(frozen=True, slots=True)
class NearOffer:
    """`price` is per unit of the line in 1/10,000 of the request's currency; `code` names the limit for programs."""

    near: Near
    offer: Offer
    price: int | None
    code: str
    reason: str

    @property
    def url(self) -> str:
        """The offer's page in this row."""
        return reverse("storefront:offer", args=[self.offer.pk])

    @property
    def is_substitute(self) -> bool:
        """Another good than the one that was asked for, not merely dearer, later or from elsewhere."""
        return self.near.missed in {None, Missed.WORD, Missed.CATEGORY}


def near_offers(
    line: RequestLine, *, vendor_ids: Collection[int] | None = None, limit: int = SHOWN
) -> list[NearOffer]:
    """The nearest offers for a line (with its request at hand), with reasons in the active language."""
    found = near_line(line, vendor_ids=vendor_ids, limit=limit)
    offers = Offer.objects.select_related("vendor", "category").in_bulk([near.offer_id for near in found])
    rules = known_rules()
    return [
        NearOffer(
            near,
            offer,
            to_currency(near.price, line.request.currency),
            near.missed.value if near.missed else "attribute",
            reason_of(near, offer, rules),
        )
        for near in found
        if (offer := offers.get(near.offer_id)) is not None
    ]


def reason_of(near: Near, offer: Offer, rules: TreeRules) -> str:
    """In words of the active language: what is missed, and by how much."""
    match near.missed:
        case None if near.denial is not None:
            said = _instead(near.denial.fact, _asked(near.denial))
        case Missed.PRICE | Missed.QUANTITY | Missed.DAYS:
            said = _by_how_much(near)
        case Missed.PLACE:
            said = _("does not deliver here: %(region)s") % {"region": Region(place_of(near.line)).label}
        case Missed.UNIT:
            said = _("sold by another unit: %(unit)s") % {"unit": unit_name(offer.unit)}
        case Missed.CATEGORY:
            said = _("in another category: %(category)s") % {"category": offer.category or ""}
        case Missed.VENDOR:
            said = _("its vendor is not among those you chose")
        case _:
            said = _missing_word(near, offer, rules)
    return said


def _by_how_much(near: Near) -> str:
    line, currency = near.line, near.line.request.currency
    if near.missed == Missed.PRICE:
        over = None if near.by is None else to_currency(int(near.by), currency)
        if over is None:
            return _("its price is not known")
        return _("%(sum)s over the ceiling") % {"sum": money_text(over, currency)}
    if near.missed == Missed.QUANTITY:
        there = max(line.quantity - Decimal(str(near.by or 0)), Decimal(0))
        return _("only %(there)s of %(asked)s in stock") % {
            "there": number(there),
            "asked": number(line.quantity),
        }
    days = int(near.by or 0)
    return ngettext("%(days)d day later than needed", "%(days)d days later than needed", days) % {
        "days": days
    }


def _instead(fact: Fact, asked: str) -> str:
    return _("%(attribute)s: %(said)s instead of %(asked)s") % {
        "attribute": fact.name,
        "said": fact.text,
        "asked": asked,
    }


def _asked(denial: Denial) -> str:
    rule, value = denial.fact.attribute, denial.required.value
    if rule.kind == AttributeKind.CHOICE and value in rule.choices:
        return rule.choices[value].name_in(get_language() or "")
    if value in {"yes", "no"}:
        return _("yes") if value == "yes" else _("no")
    try:
        told = shown(float(value), rule.unit)
    except ValueError:
        return value
    return {">=": f"≥ {told}", "<=": f"≤ {told}"}.get(denial.required.op, told)


def _missing_word(near: Near, offer: Offer, rules: TreeRules) -> str:
    """The word that the offer's name lacks; where it says an attribute, what the offer says of that instead."""
    words = [
        token.text for token in text.tokens(near.line.text) if not set(token.terms).isdisjoint(near.terms)
    ]
    word = words[0] if words else near.terms[0]
    own = rules.of(offer.category_id)
    if own:
        asked = read_facts(own, titles=(near.line.text,), columns={})
        without = {fact.label for fact in read_facts(own, titles=(_cut(near.line.text, word),), columns={})}
        theirs = {fact.attribute.code: fact for fact in facts_of(offer, rules)}
        for fact in asked:
            said = theirs.get(fact.attribute.code)
            if fact.label not in without and said is not None and said.label != fact.label:
                return _instead(said, fact.text)
    return _("“%(word)s” is not in its name") % {"word": word}


def _cut(line: str, word: str) -> str:
    return " ".join(part for part in line.split() if word.lower() not in part.lower())
