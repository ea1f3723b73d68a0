"""Cards of offers: what a result list shows of each, resolved for a whole page in a few queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.reading import Fact
from catalog.attributes.reading import facts_of as typed_facts_of
from catalog.condition import says_new
from catalog.freshness import Freshness, Rules
from catalog.groups import group_number
from catalog.models import Offer, Product
from catalog.photos.pictures import Picture, first_pictures
from core.money import Money
from core.rates import Rates, current_rates
from search.highlighting import highlight
from search.query import Alternative, Hit, Why
from search.selectors import hidden_vendor_ids
from storefront.selectors.missing import missed
from storefront.selectors.prices import AS_SOLD, AskedPrice, SidePrices, side_prices
from storefront.selectors.reasons import why_here
from vendors.enums import Participation

#: Attributes shown on a card; the page of the offer has all.
FACTS_ON_CARD = 4
LONGEST_FACT = 40
_UNSAFE_IN_LINK = re.compile(r"[\s\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Action:
    """The one button of an offer, by the vendor's way of taking part. `leaves`: it goes to the vendor's site."""

    label: str
    url: str
    leaves: bool = False


@dataclass(slots=True)
class Card:
    """An offer as a list shows it."""

    offer: Offer
    url: str
    title: str
    title_segments: list[tuple[str, bool]]  # pieces, and whether each answers the words
    price: Money
    old_price: Money | None
    base_price: Money | None  # in the row's currency, where the vendor's is another and its rate is known
    beside: SidePrices  # for a measure of it, and with delivery
    photo: Picture | None
    facts: list[tuple[str, str]]
    others: int  # further offers of the same good
    freshness: Freshness
    action: Action
    miss: str = ""  # the limit that it misses, in words
    why: str = ""  # why it stands where it stands, in words
    is_pinned: bool = False  # editors put it higher than it stands by itself
    mark: str = ""  # tells of which search it was opened, with its question mark


def title_of(offer: Offer, language: str | None = None) -> str:
    """The title in the reader's language where the vendor gives one."""
    return offer.title_in(language or get_language() or "")


def title_of_good(offers: Iterable[Offer], product: Product) -> str:
    """The title in the reader's language by the first offer that gives one, else the good's own."""
    language = get_language() or ""
    told = (offer.texts.get(language) for offer in offers)
    titles = (text.get("title") for text in told if isinstance(text, dict))
    return next((title for title in titles if title), product.title)


def facts_of(
    offer: Offer, tree: TreeRules | None = None
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Typed values of its category's attributes, and what else the vendor tells; as pairs of text."""
    return _in_words(offer, typed_facts_of(offer, tree))


def _in_words(offer: Offer, typed: Sequence[Fact]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    said = {heading for fact in typed for heading in fact.headings}
    told = [
        (str(name), str(value))
        for name, value in offer.attributes.items()
        if value not in (None, "") and str(name) not in said and not says_new(str(name), str(value))
    ]
    return [(fact.name, fact.text) for fact in typed], told


def short_facts_of(offer: Offer, tree: TreeRules, limit: int = FACTS_ON_CARD) -> list[tuple[str, str]]:
    """The first of them that are short."""
    return _short(facts_of(offer, tree), limit)


def _short(
    facts: tuple[list[tuple[str, str]], list[tuple[str, str]]], limit: int = FACTS_ON_CARD
) -> list[tuple[str, str]]:
    every = (fact for part in facts for fact in part)
    return [fact for fact in every if len(fact[0]) + len(fact[1]) <= LONGEST_FACT][:limit]


def outbound_url(offer: Offer) -> str:
    """The stored link of a listing vendor's offer: only over HTTP(S), only to a named host; empty otherwise."""
    way = offer.participation or offer.vendor.participation
    if way != Participation.LISTING or _UNSAFE_IN_LINK.search(offer.url):
        return ""
    try:
        parts = urlsplit(offer.url)
    except ValueError:
        return ""
    return offer.url if parts.scheme in {"http", "https"} and parts.hostname else ""


def action_of(offer: Offer) -> Action:
    """To the vendor's shop if it only lists here and gave a link, else to the offer's own page."""
    if outbound_url(offer):
        return Action(_("To the shop"), reverse("storefront:leave", args=[offer.pk]), leaves=True)
    return Action(_("Open"), reverse("storefront:offer", args=[offer.pk]))


def cards(hits: Sequence[Hit], *, words: str = "", asked: AskedPrice = AS_SOLD) -> list[Card]:
    """Cards in the order of the hits. What went off sale since it was indexed is left out."""
    offers = Offer.objects.on_sale().select_related("vendor", "supply", "category")
    found = offers.in_bulk([hit.offer_id for hit in hits]) if hits else {}
    shown = [found[hit.offer_id] for hit in hits if hit.offer_id in found]
    reasons = {hit.offer_id: why_here(hit, found[hit.offer_id]) for hit in hits if hit.offer_id in found}
    drawn = _drawn(shown, words, asked, reasons=reasons)
    lifted = {hit.offer_id for hit in hits if Why.PINNED in hit.why}
    for card in drawn if lifted else ():
        card.is_pinned = card.offer.pk in lifted
    return drawn


def alternative_cards(
    alternatives: Sequence[Alternative], *, words: str = "", asked: AskedPrice = AS_SOLD, region: str = ""
) -> list[Card]:
    """Cards of what misses one limit; each says which, and by how much. `region`: the one that was asked for."""
    by_offer = {alternative.hit.offer_id: alternative for alternative in alternatives}
    offers = Offer.objects.on_sale().select_related("vendor", "supply", "category")
    found = offers.in_bulk(list(by_offer)) if by_offer else {}
    shown = [found[pk] for pk in by_offer if pk in found]
    misses = {offer.pk: missed(by_offer[offer.pk], offer, region=region) for offer in shown}
    return _drawn(shown, words, asked, misses)


def cards_of_offers(offers: Iterable[Offer]) -> list[Card]:
    """Cards of offers that were read with their vendor, supply and category."""
    return _drawn(list(offers), "")


def _drawn(
    offers: list[Offer],
    words: str,
    asked: AskedPrice = AS_SOLD,
    misses: dict[int, str] | None = None,
    reasons: dict[int, str] | None = None,
) -> list[Card]:
    if not offers:
        return []
    rates, rules, tree = current_rates(), Rules.now(), known_rules()
    pictures = first_pictures(offers)
    same = _offers_by_group([offer for offer in offers if offer.group_id > 0])
    return [
        _card(
            offer,
            words,
            rates,
            rules.of(offer),
            tree,
            asked=asked,
            photo=pictures.get(offer.pk),
            others=same.get(offer.group_id, 1) - 1,
            miss=(misses or {}).get(offer.pk, ""),
            why=(reasons or {}).get(offer.pk, ""),
        )
        for offer in offers
    ]


def _card(
    offer: Offer,
    words: str,
    rates: Rates,
    freshness: Freshness,
    tree: TreeRules,
    *,
    asked: AskedPrice,
    photo: Picture | None,
    others: int,
    miss: str,
    why: str,
) -> Card:
    title = title_of(offer)
    price = offer.price
    typed = typed_facts_of(offer, tree)
    return Card(
        offer=offer,
        url=reverse("storefront:offer", args=[offer.pk]),
        title=title,
        title_segments=highlight(title, words) if words else [(title, False)],
        price=price,
        old_price=offer.old_price,
        base_price=rates.to_base(price) if price.currency != settings.BASE_CURRENCY else None,
        beside=side_prices(offer, typed, tree, rates, asked),
        photo=photo,
        facts=_short(_in_words(offer, typed)),
        others=max(0, others),
        freshness=freshness,
        action=action_of(offer),
        miss=miss,
        why=why,
    )


def _offers_by_group(offers: list[Offer]) -> dict[int, int]:
    """How many offers there are of each good."""
    if not offers:
        return {}
    # Vendors are judged here: joined, the database would start from them and read all that they sell.
    same = Offer.objects.in_groups_of(offers).filter(withdrawn_at__isnull=True, hidden_at__isnull=True)
    hidden = hidden_vendor_ids()
    rows = same.values_list("pk", "gtin", "product_id", "stands_alone", "vendor_id")
    return Counter(
        group_number(pk, gtin, product, stands_alone=alone)
        for pk, gtin, product, alone, vendor in rows
        if vendor not in hidden
    )
