"""Which offers: an operator's filter over a million of them, read by id so that no page and no job ever counts them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from catalog.attributes.current import TreeRules, stored_rules
from catalog.attributes.reading import read_offer
from catalog.enums import EditRank
from catalog.models import Attribute, Category, Offer, OfferEdit, OfferQuerySet
from catalog.selectors import categories_below
from catalog.services.holding import HELD_BY_RULE

ON_PAGE: Final = 50
#: Offers that one page looks at, at most, where a condition has no index: some 50 ms.
WINDOW: Final = 20_000
#: The same where offers have to be read for their attributes: some 100 ms.
READ_WINDOW: Final = 1_500
#: Beyond that a page says "more than".
COUNTED: Final = 10_000
STATES: Final = ("on_sale", "hidden", "held", "withdrawn", "all")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked of offers. Prices are in 1/10,000 of the offer's own currency. `missing` is the id of an attribute of
    which nothing may be known; it counts only where the offer's category has it.
    """

    state: str = "on_sale"
    category: int | None = None
    uncategorised: bool = False
    vendor: int | None = None
    price_from: int | None = None
    price_to: int | None = None
    no_photo: bool = False
    edited: bool = False
    missing: int | None = None

    @classmethod
    def of(cls, told: dict[str, Any]) -> Criteria:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})

    def told(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def has_index(self) -> bool:
        """Whether each page is read off an index alone, but for a few rows."""
        return (
            self.price_from is None
            and self.price_to is None
            and not (self.no_photo or self.edited or self.missing)
        )


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`after` leads on (None at the end); `looked_at` offers were gone through, all of them where `is_whole`."""

    offers: list[Offer]
    after: int | None
    looked_at: int
    is_whole: bool


def narrowed(criteria: Criteria) -> OfferQuerySet:
    """The part that an index answers."""
    offers = Offer.objects.all()
    if criteria.uncategorised:
        offers = offers.filter(category__isnull=True)
    elif criteria.category:
        offers = offers.filter(category__in=categories_below({criteria.category}))
    if criteria.vendor:
        offers = offers.filter(vendor=criteria.vendor)
    match criteria.state:
        case "on_sale":
            offers = offers.filter(withdrawn_at__isnull=True, hidden_at__isnull=True)
        case "hidden":
            offers = offers.filter(hidden_at__isnull=False)
        case "held":
            offers = offers.filter(hidden_at__isnull=False, hidden_reason__startswith=HELD_BY_RULE)
        case "withdrawn":
            offers = offers.filter(withdrawn_at__isnull=False)
    return offers


def filtered(criteria: Criteria, offers: OfferQuerySet) -> OfferQuerySet:
    """The rest of what the database can tell."""
    if criteria.price_from is not None:
        offers = offers.filter(price_amount__gte=criteria.price_from)
    if criteria.price_to is not None:
        offers = offers.filter(price_amount__lte=criteria.price_to)
    if criteria.no_photo:
        offers = offers.filter(photos=[])
    if criteria.edited:
        offers = offers.filter(pk__in=OfferEdit.objects.filter(rank=EditRank.OPERATOR).values("offer"))
    return offers


def page(criteria: Criteria, *, before: int | None = None) -> OfferPage:
    """The newest offers that match, below `before`. Where it would have to look at more than a window it stops there and
    says so: its next page goes on.
    """
    offers = narrowed(criteria).order_by("-pk")
    if before:
        offers = offers.filter(pk__lt=before)
    if criteria.missing:
        return _lacking(criteria, offers)
    if criteria.has_index:
        found = list(_shown(offers)[: ON_PAGE + 1])
        more = len(found) > ON_PAGE
        return OfferPage(found[:ON_PAGE], found[ON_PAGE - 1].pk if more else None, len(found), not more)
    floor = offers.values_list("pk", flat=True)[WINDOW : WINDOW + 1].first()
    looked = offers if floor is None else offers.filter(pk__gt=floor)
    found = list(_shown(filtered(criteria, looked))[: ON_PAGE + 1])
    if len(found) > ON_PAGE:
        return OfferPage(found[:ON_PAGE], found[ON_PAGE - 1].pk, WINDOW, is_whole=False)
    return OfferPage(found, None if floor is None else floor + 1, WINDOW, floor is None)


def counted(criteria: Criteria) -> tuple[int, bool]:
    """How many match, and whether that is all: at most COUNTED, and of the newest WINDOW where no index tells."""
    offers = narrowed(criteria).order_by()
    if criteria.missing:
        return 0, False
    if criteria.has_index:
        number = offers.values("pk")[: COUNTED + 1].count()
        return min(number, COUNTED), number <= COUNTED
    floor = offers.order_by("-pk").values_list("pk", flat=True)[WINDOW : WINDOW + 1].first()
    looked = offers if floor is None else offers.filter(pk__gt=floor)
    number = filtered(criteria, looked).values("pk")[: COUNTED + 1].count()
    return min(number, COUNTED), floor is None and number <= COUNTED


def walk(criteria: Criteria, *, after: int, up_to: int, size: int) -> Iterator[tuple[list[Offer], int]]:
    """All that match by rising id, above `after` and not above `up_to`, chunk by chunk, with the last id looked at."""
    lacks = _lack(criteria.missing) if criteria.missing else None
    offers = filtered(criteria, narrowed(criteria)).filter(pk__lte=up_to).order_by("pk")
    while chunk := list(_read(offers.filter(pk__gt=after))[:size]):
        after = chunk[-1].pk
        yield [each for each in chunk if lacks is None or lacks(each)], after


def of_ids(ids: list[int]) -> list[Offer]:
    return list(_read(Offer.objects.filter(pk__in=ids)).order_by("pk"))


def newest_offer() -> int:
    """The point in time at which a choice is frozen: what has a higher id is not part of it."""
    return Offer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _lacking(criteria: Criteria, offers: OfferQuerySet) -> OfferPage:
    lacks = _lack(criteria.missing or 0)
    looked = list(_shown(filtered(criteria, offers))[: READ_WINDOW + 1])
    found: list[Offer] = []
    for number, offer in enumerate(looked[:READ_WINDOW]):
        if lacks(offer):
            found.append(offer)
            if len(found) == ON_PAGE:
                more = number + 1 < len(looked)
                return OfferPage(found, offer.pk if more else None, number + 1, not more)
    more = len(looked) > READ_WINDOW
    return OfferPage(found, looked[READ_WINDOW - 1].pk if more else None, len(looked), not more)


def _lack(attribute_id: int) -> Any:
    code = Attribute.objects.filter(pk=attribute_id).values_list("code", flat=True).first() or ""
    tree: TreeRules = stored_rules()

    def lacks(offer: Offer) -> bool:
        rules = tree.of(offer.category_id)
        has_it = any(each.code == code for each in rules.attributes)
        return has_it and all(fact.attribute.code != code for fact in read_offer(rules, offer))

    return lacks


def _shown(offers: OfferQuerySet) -> OfferQuerySet:
    return offers.select_related("vendor", "category").defer("search_text", "collation_key", "videos")


def _read(offers: OfferQuerySet) -> OfferQuerySet:
    return offers.only(
        "vendor_id", "category_id", "title", "texts", "brand", "attributes", "facts", "pack_count", "version",
        "hidden_at", "hidden_reason", "product_id",
    )  # fmt: skip


def category_by_slug(slug: str) -> Category | None:
    return Category.objects.filter(slug=slug, merged_into__isnull=True).first()
