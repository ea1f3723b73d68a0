"""Goods side by side: of each its vendors' best offer, and what its vendors tell, as rows of equal meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.reading import Fact
from catalog.attributes.reading import facts_of as typed_facts_of
from catalog.freshness import Rules, State
from catalog.models import Offer, Product
from catalog.photos.pictures import Picture, first_pictures
from catalog.unit_prices import pieces_of
from core.money import Money
from core.rates import current_rates
from core.templatetags.ui import format_money
from core.units import PIECE, unit_name
from storefront.selectors.cards import title_of, title_of_good
from storefront.selectors.offers import MAX_READ, Content, Order, OtherOffer, group_of, ranked, row_of
from vendors.enums import VendorState

#: Of one good's offers so many are asked what it is; the rest tells prices alone.
TELLING: Final = 8
#: Rows of what vendors' columns tell beside the typed attributes, where two goods at least have them.
MOST_TOLD: Final = 30


@dataclass(slots=True)
class Column:
    """A good in the comparison. `pk` is the offer that it was chosen by."""

    pk: int
    offer: Offer
    title: str
    url: str
    photo: Picture | None
    rows: list[OtherOffer]
    facts: dict[str, Fact]
    told: dict[str, tuple[str, str]]  # heading in small letters → heading, value

    @property
    def best(self) -> OtherOffer | None:
        return next((row for row in self.rows if row.is_best), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A property of all the goods; an empty text where one does not tell it."""

    name: str
    cells: tuple[str, ...]
    best: frozenset[int] = frozenset()  # the places of the best ones, where more or less is better
    is_number: bool = False

    @property
    def differs(self) -> bool:
        return len({" ".join(cell.split()).casefold() for cell in self.cells}) > 1


@dataclass(slots=True)
class Comparison:
    """What a page of comparison draws."""

    columns: list[Column] = field(default_factory=list)
    terms: list[Line] = field(default_factory=list)  # prices, stock, vendors
    facts: list[Line] = field(default_factory=list)  # typed attributes, brand, maker
    told: list[Line] = field(default_factory=list)  # what vendors' columns tell beside them
    gone: list[str] = field(default_factory=list)  # names of those that are not on sale any more
    unknown: int = 0
    same: int = 0  # that were left out because they are a good that stands there already


def comparison(ids: Sequence[int], *, most: int) -> Comparison:
    """Of the goods that these offers are of, at most `most`; the number of statements does not depend on how many. Ids
    behind them are not looked at.
    """
    found = Comparison()
    if not ids:
        return found
    named = _named(ids)
    by_group = _until([named[pk] for pk in ids if pk in named], most)
    chosen: dict[int, int] = {}  # group → the id that it was asked by
    for pk in ids:
        offer = named.get(pk)
        if offer is None:
            found.unknown += 1
        elif offer.group_id not in by_group:
            continue  # enough stand there without it
        elif not by_group[offer.group_id]:
            found.gone.append(title_of(offer))
        elif offer.group_id in chosen:
            found.same += 1
        elif len(chosen) < most:
            chosen[offer.group_id] = pk
    _fill(found, chosen, by_group)
    return found


def _until(offers: Iterable[Offer], most: int) -> dict[int, list[Offer]]:
    """What is on sale of the goods that these are of, by group, in their order until `most` goods have something. In one
    statement where the first of them have.
    """
    groups: dict[int, Offer] = {}
    for offer in offers:
        groups.setdefault(offer.group_id, offer)
    found: dict[int, list[Offer]] = {}
    waiting = list(groups.items())
    while waiting and sum(map(bool, found.values())) < most:
        now, waiting = dict(waiting[:most]), waiting[most:]
        limit = len(now) * MAX_READ
        read = group_of(now.values(), most=limit, with_gone=False)
        if len(read) == limit:  # one with very many leaves no room to the others
            read = [each for offer in now.values() for each in group_of([offer], with_gone=False)]
        found |= {group: [] for group in now}
        for each in read:
            if each.group_id in now:
                found[each.group_id].append(each)
    return found


def _named(ids: Sequence[int]) -> dict[int, Offer]:
    """The offers by which goods are asked for: also withdrawn ones, whose good others may sell; never hidden ones."""
    shown = Offer.objects.filter(hidden_at__isnull=True, vendor__state=VendorState.APPROVED)
    return shown.defer("search_text", "attributes", "photos", "videos").in_bulk(list(ids))


def _fill(found: Comparison, chosen: dict[int, int], by_group: dict[int, list[Offer]]) -> None:
    if not chosen:
        return
    rules, rates, tree = Rules.now(), current_rates(), known_rules()
    telling = {
        group: sorted(by_group[group], key=lambda offer: (offer.pk != pk, offer.pk))[:TELLING]
        for group, pk in chosen.items()
    }
    ids = [offer.pk for offers in telling.values() for offer in offers]
    full = Offer.objects.select_related("category").defer("search_text").in_bulk(ids)
    products = Product.objects.in_bulk(
        [each.product_id for each in full.values() if each.product_id is not None]
    )
    pictures = first_pictures(full.values())
    for group, pk in chosen.items():
        tellers = [full[offer.pk] for offer in telling[group] if offer.pk in full]
        if not tellers:
            continue
        first = tellers[0]
        told = _facts(tellers, tree)
        content = Content(tuple(told["facts"].values()), tree.of(first.category_id))
        rows = [row_of(offer, rates, rules.of(offer), content=content) for offer in by_group[group]]
        fresh = [row for row in rows if row.freshness.state != State.EXPIRED]
        rows = fresh or rows
        ranked(rows, Order.PRICE)
        product = products.get(first.product_id) if len(rows) > 1 else None
        found.columns.append(
            Column(
                pk=pk,
                offer=first,
                title=title_of(first) if product is None else title_of_good(tellers, product),
                url=reverse("storefront:product", args=[product.pk])
                if product
                else reverse("storefront:offer", args=[first.pk]),
                photo=next((pictures[each.pk] for each in tellers if each.pk in pictures), None),
                rows=rows,
                **told,
            )
        )
    found.terms = _terms(found.columns)
    found.facts = _fact_lines(found.columns, tree)
    found.told = _told_lines(found.columns)


def _facts(tellers: Iterable[Offer], tree: TreeRules) -> dict[str, dict]:
    """What a good's offers tell of it: of each attribute what the first of them says."""
    facts: dict[str, Fact] = {}
    told: dict[str, tuple[str, str]] = {}
    for offer in tellers:
        typed = typed_facts_of(offer, tree)
        said = {heading for fact in typed for heading in fact.headings}
        for fact in typed:
            facts.setdefault(fact.attribute.code, fact)
        for name, value in offer.attributes.items():
            if value not in (None, "") and str(name) not in said:
                told.setdefault(str(name).strip().casefold(), (str(name), str(value)))
    return {"facts": facts, "told": told}


def _terms(columns: list[Column]) -> list[Line]:
    """What one pays, from whom, and when. The best of each is marked where all can be compared."""
    best = [column.best for column in columns]
    prices = [row.base_price if row else None for row in best]
    units = {(column.offer.unit, column.offer.pack_count) for column in columns}
    lines = [
        Line(
            _("Price"),
            tuple(_price(row) for row in best),
            _least(prices) if len(units) == 1 else frozenset(),
            is_number=True,
        )
    ]
    if len(units) > 1 or any(count > 1 for _unit, count in units):
        pieces = [_piece(row) for row in best]
        texts = (f"{format_money(piece)} / {unit_name(PIECE)}" if piece else "" for piece in pieces)
        lines.append(Line(_("Price of one piece"), tuple(texts), _least(pieces), is_number=True))
    measures = {row.measure for row in best if row is not None}
    if measures - {None}:
        prices = [row.measure_price if row else None for row in best]
        texts = (
            f"{format_money(row.measure_price)} / {row.measure.label}" if row and row.measure_price else ""
            for row in best
        )
        lines.append(
            Line(
                _("Price of a measure"),
                tuple(texts),
                _least(prices) if len(measures) == 1 else frozenset(),
                is_number=True,
            )
        )
    sent = [
        min((row.delivered for row in column.rows if row.delivered), key=_amount, default=None)
        for column in columns
    ]
    lines.append(
        Line(
            _("With delivery"),
            tuple(format_money(price) if price else "" for price in sent),
            _least(sent) if len(units) == 1 else frozenset(),
            is_number=True,
        )
    )
    lines.append(Line(_("Availability"), tuple(_stock(row) for row in best)))
    counts = [len({row.offer.vendor_id for row in column.rows}) for column in columns]
    lines.append(
        Line(
            _("Vendors"),
            tuple(ngettext("%(n)d vendor", "%(n)d vendors", count) % {"n": count} for count in counts),
            is_number=True,
        )
    )
    return lines


def _amount(price: Money) -> object:
    return price.amount


def _price(row: OtherOffer | None) -> str:
    if row is None:
        return ""
    price = row.base_price or row.price
    return f"{format_money(price)} / {unit_name(row.offer.unit)}"


def _piece(row: OtherOffer | None) -> Money | None:
    if row is None or row.base_price is None:
        return None
    if pieces_of(row.offer.unit, row.offer.pack_count) > 1:
        return row.piece_price
    return row.base_price if row.offer.unit == PIECE else None


def _stock(row: OtherOffer | None) -> str:
    return capfirst(str(row.offer.get_availability_display())) if row else ""


def _least(prices: Sequence[Money | None]) -> frozenset[int]:
    """The places of the lowest; none where one is not known or all are alike."""
    known = [
        price.amount for price in prices if price is not None and price.currency == settings.BASE_CURRENCY
    ]
    if len(known) < 2 or len(known) < len(prices) or len(set(known)) == 1:
        return frozenset()
    return frozenset(place for place, price in enumerate(prices) if price and price.amount == min(known))


def _fact_lines(columns: list[Column], tree: TreeRules) -> list[Line]:
    """Typed attributes in the order in which the goods' categories show them; brand, maker and country about them."""
    lines = [Line(_("Brand"), tuple(column.offer.brand for column in columns))]
    order: dict[str, str] = {}
    for column in columns:
        # What a category has and a good does not tell has no line of its own: it would be empty for most.
        for attribute in tree.of(column.offer.category_id).attributes:
            if any(attribute.code in each.facts for each in columns):
                order.setdefault(attribute.code, "")
    for column in columns:
        order |= {code: fact.name for code, fact in column.facts.items() if not order.get(code)}
    lines += [
        Line(
            name,
            tuple(column.facts[code].text if code in column.facts else "" for column in columns),
        )
        for code, name in order.items()
    ]
    lines.append(Line(_("Maker"), tuple(column.offer.maker for column in columns)))
    lines.append(Line(_("Country of origin"), tuple(column.offer.country for column in columns)))
    return [line for line in lines if any(line.cells)]


def _told_lines(columns: list[Column]) -> list[Line]:
    """Vendors' own columns of which two goods have one."""
    counts = Counter(heading for column in columns for heading in column.told)
    shared = [heading for heading, count in counts.items() if count > 1][:MOST_TOLD]
    return [
        Line(
            next(column.told[heading][0] for column in columns if heading in column.told),
            tuple(column.told.get(heading, ("", ""))[1] for column in columns),
        )
        for heading in shared
    ]
