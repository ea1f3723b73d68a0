"""Reads for the operators' queue: paths that wait, some goods of each, and where they may belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from catalog.models import OfferEdit
from price_lists.categorising import examples, storing
from price_lists.categorising.deciding import good_verdicts
from price_lists.categorising.model import Good, Model
from price_lists.categorising.tree import Node, Tree
from price_lists.models import CategoryLink, OfferSuggestion
from price_lists.services.categories import SURE
from price_lists.services.drafting import PATH_SEPARATOR
from search.synonyms import synonyms
from vendors.enums import VendorState

#: Suggestions beside a path, and goods named under it.
BEST: Final = 3
_TITLES = 3
#: A suggestion below it is no help.
_LEAST = 0.05
#: Nobody looks at what is said of a few words of a search, so it must be likelier than not.
_LIKELY: Final = 0.5


class Suggestion(NamedTuple):
    category: int
    confidence: float


class Waiting(NamedTuple):
    """A path of the queue with what helps to decide."""

    link: CategoryLink
    titles: list[str]
    suggestions: list[Suggestion]


class Sums(NamedTuple):
    paths: int
    offers: int


def queue(vendor_id: int | None = None) -> QuerySet[CategoryLink]:
    """Undecided paths of all vendors, those first under which most offers on sale have no category. What a person
    called mixed is decided; its unsure goods are asked about one by one.
    """
    links = CategoryLink.objects.filter(
        confirmed_at__isnull=True, waiting__gt=0, vendor__state=VendorState.APPROVED
    ).exclude(by_goods=True, confirmed_by__isnull=False)
    if vendor_id is not None:
        links = links.filter(vendor=vendor_id)
    return links.select_related("vendor").order_by("-waiting", "id")


def sums(links: QuerySet[CategoryLink]) -> Sums:
    found = links.order_by().aggregate(paths=Count("pk"), offers=Sum("waiting"))
    return Sums(found["paths"], found["offers"] or 0)


def waiting_vendors() -> list[tuple[int, str, int]]:
    """(id, name, offers) of vendors that have something in the queue, by name."""
    rows = queue().order_by().values("vendor", name=F("vendor__name")).annotate(number=Sum("waiting"))
    return sorted(
        ((row["vendor"], row["name"], row["number"]) for row in rows), key=lambda row: row[1].casefold()
    )


def with_suggestions(links: Sequence[CategoryLink]) -> list[Waiting]:
    """Each with its best categories: what was suggested first, then what the model and the names say beside it."""
    tree, model = _tree(tuple(examples.nodes())), storing.newest()
    learnt = _learnt(links, model)
    return [Waiting(link, link.titles[:_TITLES], _best(link, learnt[link.pk], tree)) for link in links]


def unsure_goods(vendor_id: int | None = None) -> QuerySet[OfferSuggestion]:
    """Goods under mixed paths whose own suggestion is too unsure to be used, and that nobody placed by hand."""
    placed = OfferEdit.objects.filter(offer=OuterRef("offer"), field="category_id")
    found = OfferSuggestion.objects.filter(
        ~Exists(placed),
        confidence__lt=SURE,
        link__by_goods=True,
        link__confirmed_at__isnull=True,
        offer__category__isnull=True,
        offer__withdrawn_at__isnull=True,
        offer__hidden_at__isnull=True,
        offer__vendor__state=VendorState.APPROVED,
    )
    if vendor_id is not None:
        found = found.filter(link__vendor=vendor_id)
    return found.select_related("offer__vendor", "link").order_by("pk")


def _learnt(links: Sequence[CategoryLink], model: Model | None) -> dict[int, dict[int, float]]:
    """By path: category -> share of its goods, weighed by how sure each is. One question for all paths."""
    goods = [(link.pk, Good(title, _parts(link))) for link in links for title in link.titles]
    shares: dict[int, Counter[int]] = {link.pk: Counter() for link in links}
    if model is None:
        return {pk: {} for pk in shares}
    for (pk, _good), guesses in zip(goods, model.guesses([good for _pk, good in goods]), strict=True):
        for guess in guesses:
            shares[pk][guess.category] += guess.confidence  # type: ignore[assignment]  # fractions of votes
    return {
        link.pk: {category: votes / len(link.titles) for category, votes in shares[link.pk].items()}
        for link in links
    }


def _best(link: CategoryLink, learnt: dict[int, float], tree: Tree) -> list[Suggestion]:
    said: dict[int, float] = {}
    for category, score in tree.ranked(_parts(link), link.titles)[:BEST]:
        said[category] = min(score, SURE)  # names alone do not make sure
    for category, share in learnt.items():
        if category in tree.names:
            said[category] = max(said.get(category, 0.0), share)
    first = link.category_id if link.category_id in tree.names else None
    if first is not None:
        # the verdict weighed what speaks for the others already
        said = {category: min(score, link.confidence) for category, score in said.items()}
        said[first] = link.confidence
    ranked = sorted(said.items(), key=lambda each: (each[0] != first, -each[1], each[0]))
    return [Suggestion(category, round(score, 2)) for category, score in ranked if score >= _LEAST][:BEST]


def categories_of_texts(texts: Sequence[str]) -> list[int | None]:
    """A category's id for each text of a few words, such as buyers search for, by the tree's names and what was learnt from
    price lists; None where that is unsure.
    """
    tree = _tree(tuple(examples.nodes()))
    goods: list[tuple[str, tuple[str, ...]]] = [(text, ()) for text in texts]
    verdicts = good_verdicts(tree, storing.newest(), goods, shown=set(tree.names), sure=SURE)
    return [each.category if each.confidence >= _LIKELY else None for each in verdicts]


@lru_cache(maxsize=2)
def _tree(nodes: tuple[Node, ...]) -> Tree:
    """Analysing some thousand names takes a second, so it is done when one of them changed."""
    return Tree(nodes, synonyms)


def _parts(link: CategoryLink) -> list[str]:
    return link.path.split(PATH_SEPARATOR) if link.path else []
