"""A page with results: from a form and the engine's answer to plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import Category
from core.money import Money
from search import metrics
from search import services as search_services
from search.query import Alternative, Limit, SearchQuery, SearchResults, Sort, Step, StepCode
from storefront import selectors
from storefront.forms import MAX_PAGE, SearchForm
from storefront.listing.addresses import Addresses
from storefront.listing.beside import Beside, beside, said_above, similar
from storefront.listing.chips import Chip, chips
from storefront.listing.options import Option, Panel, panel
from storefront.selectors import AskedPrice, Card
from vendors.models import Vendor

MAX_ALTERNATIVES = 12
#: Prices that are farther from each other are told without fractions.
_WHOLE_FROM = 20


@dataclass(slots=True)
class Listing:
    """What a page with results needs. `path` is its address without the question."""

    form: SearchForm
    query: SearchQuery
    results: SearchResults
    category_path: list[Category]
    path: str
    cards: list[Card]
    beside: list[Beside]
    panel: Panel
    sorts: list[Option] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    unapplied: list[str] = field(default_factory=list)  # limits that could not be met, in words
    exact_url: str = ""
    corrected_url: str = ""  # from exactly these words to what they may mean
    everywhere_url: str = ""  # the words in the whole row, from a page that is a part of it
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    clear_url: str = ""
    url: str = ""
    request_url: str = ""

    @property
    def last_page(self) -> int:
        return min(self.results.pages, MAX_PAGE)

    @property
    def has_nothing(self) -> bool:
        """Nothing was found and no limit is to blame, so there is nothing to filter."""
        return not (self.cards or self.beside or self.chips or self.form.errors)

    @property
    def is_narrowed(self) -> bool:
        """Whether the page differs from its plain address: words, limits, another order or a later page."""
        return self.url != self.path

    @property
    def shares_words(self) -> bool:
        """Something has a word of the question, and nothing answers it."""
        return any(
            step.code is StepCode.NOTHING and step.params.get("shares_words") for step in self.results.steps
        )


def listing(
    form: SearchForm, *, path: str, category: Category | None = None, vendor: Vendor | None = None
) -> Listing:
    """Runs the search. `category` or `vendor`: the page is theirs, so that limit is not the reader's to drop."""
    if vendor is not None:
        form.vendors, form.without = [vendor], []
    if category is not None:
        form.category = category
    query = form.query(get_language() or settings.LANGUAGE_CODE)
    results = search_services.search(query)
    words = results.words or form.words
    page = Addresses(form, path, category=category, vendor=vendor)
    alternatives = _worth_showing(results, category, vendor)
    asked = AskedPrice(form.basis, form.delivered)
    with metrics.stage("names"):
        # Read together; what is similar is below the hits and not among their number.
        every = selectors.cards((*results.hits, *results.similar), words=words, asked=asked)
        below = {hit.offer_id for hit in results.similar}
        cards = [card for card in every if card.offer.pk not in below]
        cards_beside = selectors.alternative_cards(alternatives, words=words, asked=asked, region=form.region)
    category_path = selectors.category_path(form.category)
    found = Listing(
        form=form,
        query=query,
        results=results,
        category_path=category_path,
        path=path,
        cards=cards,
        beside=[
            *beside(alternatives, cards_beside, form, page),
            *similar([card for card in every if card.offer.pk in below]),
        ],
        panel=panel(form, results, category_path, page),
        chips=chips(form, page),
        url=page.url(page=form.page),
        clear_url=page.cleared(),
        request_url=request_url(form.words or (category.name if category else "")),
    )
    price = results.facets.price
    if price is not None:
        found.price_low, found.price_high = _ends(price.low, price.high)
    found.sorts = [
        Option(str(sort), name, None, selected=sort == form.sort) for sort, name in _sort_names().items()
    ]
    found.understood = _understood(results.steps) + said_above(alternatives)
    found.unapplied = [name for limit, name in _limit_names().items() if limit in results.unapplied]
    if any(step.code in _CORRECTIONS for step in results.steps):
        found.exact_url = page.url(exact="1")
    if form.exact and form.words:
        found.corrected_url = page.url(drop={"exact"})
    if form.words and (category is not None or vendor is not None):
        found.everywhere_url = page.everywhere()
    return found


def _ends(low: int, high: int) -> tuple[Decimal, Decimal]:
    """Between which prices everything found is; in whole numbers where fractions would say nothing."""
    ends = tuple(Money.from_price(each, settings.BASE_CURRENCY).amount for each in (low, high))
    if ends[1] < 1:
        return ends[0], ends[1]
    step = Decimal(1) if ends[1] - ends[0] >= _WHOLE_FROM else Decimal("0.01")
    return ends[0].quantize(step, ROUND_FLOOR), ends[1].quantize(step, ROUND_CEILING)


def request_url(words: str) -> str:
    """The form for a new request, filled with what was searched for."""
    base = reverse("requests:new")
    return f"{base}?{urlencode({'lines': words})}" if words else base


_CORRECTIONS = {StepCode.LAYOUT, StepCode.TRANSLITERATED, StepCode.SPELLING}


def _understood(steps: tuple[Step, ...]) -> list[str]:
    """What the search did with the words, said to the reader."""
    texts = {
        StepCode.LAYOUT: _("Read with another keyboard layout: “%(to)s” instead of “%(from)s”."),
        StepCode.TRANSLITERATED: _("Read in the other alphabet: “%(to)s” instead of “%(from)s”."),
        StepCode.SPELLING: _("Corrected: “%(to)s” instead of “%(from)s”."),
        StepCode.SYNONYMS: _("No offer has these very words; these have other words for the same."),
        StepCode.PARTIAL: _("No offer has all the words; not every one below has: %(missing)s."),
    }
    return [
        texts[step.code] % {"from": "", "to": "", "missing": "", **step.params}
        for step in steps
        if step.code in texts
    ]


def _worth_showing(
    results: SearchResults, category: Category | None, vendor: Vendor | None
) -> tuple[Alternative, ...]:
    """On a category's or a vendor's own page, goods of another one are no alternative."""
    own = {limit for limit, owner in ((Limit.CATEGORY, category), (Limit.VENDORS_IN, vendor)) if owner}
    return tuple(one for one in results.alternatives if one.limit not in own)[:MAX_ALTERNATIVES]


def _limit_names() -> dict[Limit, str]:
    """Those that the database cannot always meet."""
    return {
        Limit.MIN_PRICE: _("lowest price for a measure"),
        Limit.MAX_PRICE: _("highest price for a measure"),
        Limit.FACT: _("properties"),
        Limit.CONDITION: _("condition"),
    }


def _sort_names() -> dict[Sort, str]:
    return {
        Sort.RELEVANCE: _("best match"),
        Sort.PRICE_ASC: _("cheapest first"),
        Sort.PRICE_DESC: _("dearest first"),
        Sort.NEWEST: _("newest first"),
    }
