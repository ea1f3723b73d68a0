"""Vendors' own categories and where they lead in the row's tree: suggested, applied if sure, confirmed by people."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import Category
from catalog.services.offers import categorise_offers
from core import text
from core.jobs.services import start_job
from core.jobs.work import Work
from price_lists.models import CategoryLink, SourceItem
from price_lists.services.drafting import PATH_SEPARATOR, digest
from vendors.models import Vendor

if TYPE_CHECKING:
    from accounts.models import User

#: From here on a suggestion is used before anybody has looked at it.
SURE = 0.75
#: Below it a suggestion is not worth showing.
WORTH = 0.3
#: Offers that a request itself moves: some 0.3 s.
MOVED_AT_ONCE = 1_000
#: What one of a vendor's own words is worth, counted from the leaf: "Office / Stationery / Staplers".
_LEVEL_WEIGHTS = (1.0, 0.8, 0.6, 0.5)
_TITLE_WEIGHT = 0.8


def path_hash(path: Iterable[str]) -> bytes:
    """Equal for paths that differ in case, spelling of look-alike letters and spacing only."""
    return digest(PATH_SEPARATOR.join(" ".join(text.fold(part).split()) for part in path).encode())


def leads_to(link: CategoryLink) -> int | None:
    """The category that offers of the path get: a person's word, or a suggestion that is sure enough."""
    if link.confirmed_at is not None or link.confidence >= SURE:
        return link.category_id
    return None


def categories_of(vendor_id: int) -> dict[int, int | None]:
    """Link id -> category, for all paths of a vendor."""
    return {link.pk: leads_to(link) for link in CategoryLink.objects.filter(vendor=vendor_id).iterator()}


def suggest_categories(*, vendor: Vendor) -> int:
    """Looks for a category for each path that nobody has decided and nothing was suggested for. Returns how many."""
    links = list(CategoryLink.objects.filter(vendor=vendor, confirmed_at__isnull=True, category__isnull=True))
    if not links:
        return 0
    tree = _Tree()
    elsewhere = _decisions_elsewhere(vendor, [bytes(link.path_hash) for link in links])
    found = []
    for link in links:
        decided = elsewhere.get(bytes(link.path_hash))
        category_id, confidence = decided or tree.best(link.path.split(PATH_SEPARATOR), link.titles)
        if category_id is not None and confidence >= WORTH:
            link.category_id, link.confidence = category_id, round(confidence, 3)
            found.append(link)
    with transaction.atomic():
        CategoryLink.objects.bulk_update(found, ["category", "confidence"], batch_size=200)
    return len(found)


def suggestions(link: CategoryLink, limit: int = 5) -> list[tuple[int, float]]:
    """The best categories for a path, with how sure each is."""
    return _Tree().ranked(link.path.split(PATH_SEPARATOR), link.titles)[:limit]


def confirm_category(*, link: CategoryLink, category: Category | None, user: User | None) -> int:
    """A person decides where a path leads (None: nowhere); its offers follow. Returns how many moved."""
    _record(link, category, user)
    return follow_links([link.pk])


def decide_category(*, link: CategoryLink, category: Category | None, user: User) -> None:
    """The same from a page: where many offers stand under the path, a worker moves them."""
    _record(link, category, user)
    if SourceItem.objects.filter(link=link).count() <= MOVED_AT_ONCE:
        follow_links([link.pk])
    else:
        start_job(
            kind="price_lists.categories",
            task="price_lists.follow_links",
            kwargs={"link_ids": [link.pk]},
            queue="imports",
            owner=user.typed_id,
            subject=f"category_link:{link.pk}",
        )


def accept_suggestions(*, vendor: Vendor, user: User) -> int:
    """A person takes over every suggestion that waits; the offers follow. Returns how many paths."""
    links = undecided(vendor).filter(category__isnull=False)
    ids = list(links.values_list("pk", flat=True))
    with transaction.atomic():
        CategoryLink.objects.filter(pk__in=ids).update(
            confidence=1.0, confirmed_at=timezone.now(), confirmed_by=user
        )
        start_job(
            kind="price_lists.categories",
            task="price_lists.follow_links",
            kwargs={"link_ids": ids},
            queue="imports",
            owner=user.typed_id,
            subject=f"vendor:{vendor.pk}",
        )
    return len(ids)


def _record(link: CategoryLink, category: Category | None, user: User | None) -> None:
    with transaction.atomic():
        CategoryLink.objects.filter(pk=link.pk).update(
            category=category,
            confidence=1.0 if category else 0.0,
            confirmed_at=timezone.now(),
            confirmed_by=user,
        )
    link.refresh_from_db()


def follow_links(link_ids: list[int], work: Work | None = None) -> int:
    """Brings the offers of the paths to where the paths lead, in chunks. Repeating it changes nothing more.

    Raises JobCancelled or JobTakenOver between two paths, if done for a job.
    """
    moved = 0
    for done, link in enumerate(CategoryLink.objects.filter(pk__in=link_ids)):
        if work is not None:
            work.progress(done, len(link_ids))
        items = SourceItem.objects.filter(link=link).order_by("offer_id")
        moved += categorise_offers(
            offer_ids=list(items.values_list("offer_id", flat=True)), category_id=leads_to(link)
        )
    if work is not None:
        work.progress(len(link_ids), len(link_ids))
    return moved


def redirect_links(*, source: Category, target: Category) -> None:
    """A category was merged: paths that led to it lead to the other one. In the caller's transaction."""
    CategoryLink.objects.filter(category=source).update(category=target)


def undecided(vendor: Vendor) -> QuerySet[CategoryLink]:
    """Paths whose offers stand in no category until a person decides."""
    unsure = Q(confidence__lt=SURE) | Q(category__isnull=True)
    return CategoryLink.objects.filter(unsure, vendor=vendor, confirmed_at__isnull=True)


def _decisions_elsewhere(vendor: Vendor, hashes: list[bytes]) -> dict[bytes, tuple[int, float]]:
    """What people of other vendors decided for the same path, if they agree."""
    votes: dict[bytes, Counter[int]] = defaultdict(Counter)
    decided = CategoryLink.objects.filter(
        path_hash__in=hashes, confirmed_at__isnull=False, category__is_active=True
    ).exclude(vendor=vendor)
    for each, category_id in decided.values_list("path_hash", "category_id"):
        if category_id is not None:
            votes[bytes(each)][category_id] += 1
    answers = {}
    for each, count in votes.items():
        category_id, number = count.most_common(1)[0]
        if number > sum(count.values()) / 2:
            answers[each] = (category_id, 0.95)
    return answers


class _Tree:
    """The row's categories by the words of their names in all languages, and of what stands above them."""

    def __init__(self) -> None:
        self.names: dict[int, list[frozenset[str]]] = {}
        self.above: dict[int, frozenset[str]] = {}
        self.leaf: dict[int, bool] = {}
        by_path: dict[str, int] = {}
        for category in Category.objects.filter(is_active=True).order_by("path"):
            said = {category.name_uk or "", category.name_ru or "", category.name_en or ""}
            self.names[category.pk] = [words for words in map(_words, said) if words]
            by_path[category.path] = category.pk
            parent = by_path.get(category.path[: -category.steplen])
            own_above = (
                frozenset().union(*self.names[parent]) | self.above[parent]
                if parent is not None
                else frozenset()
            )
            self.above[category.pk] = own_above
            self.leaf[category.pk] = category.numchild == 0
        holders = Counter(word for names in self.names.values() for word in frozenset().union(*names))
        total = max(len(self.names), 1)
        self.weight = {word: math.log(1 + total / number) for word, number in holders.items()}
        self.unknown = math.log(1 + total)
        self.of_word: dict[str, set[int]] = defaultdict(set)
        for pk, names in self.names.items():
            for word in frozenset().union(*names):
                self.of_word[word].add(pk)

    def best(self, path: list[str], titles: list[str]) -> tuple[int | None, float]:
        ranked = self.ranked(path, titles)
        if not ranked:
            return None, 0.0
        pk, score = ranked[0]
        if len(ranked) > 1 and score < 0.95:
            # Two that are as good as each other are no certainty.
            score *= 1 - 0.3 * max(0.0, 1 - (score - ranked[1][1]) / 0.1)
        return pk, score

    def ranked(self, path: list[str], titles: list[str]) -> list[tuple[int, float]]:
        parts = [_words(part) for part in reversed(path)]
        words_of_titles = [_words(title) for title in titles]
        wanted = frozenset().union(*parts, *words_of_titles)
        candidates = set().union(*(self.of_word[word] for word in wanted if word in self.of_word))
        context = frozenset().union(*parts[1:]) if len(parts) > 1 else frozenset()
        scored = []
        for pk in candidates:
            by_path = max(
                (
                    weight * self._likeness(part, name)
                    for weight, part in zip(_LEVEL_WEIGHTS, parts, strict=False)
                    for name in self.names[pk]
                ),
                default=0.0,
            )
            by_titles = _TITLE_WEIGHT * self._share(pk, words_of_titles)
            score = 1 - (1 - by_path) * (1 - by_titles)
            if context & self.above[pk]:
                score += 0.05
            if self.leaf[pk]:
                score += 0.01
            scored.append((pk, min(score, 0.99)))
        return sorted(scored, key=lambda each: (-each[1], each[0]))

    def _likeness(self, part: frozenset[str], name: frozenset[str]) -> float:
        """Shared weight of the words over all of them (Dice)."""
        shared = sum(self.weight.get(word, self.unknown) for word in part & name)
        if not shared:
            return 0.0
        both = sum(self.weight.get(word, self.unknown) for word in part)
        both += sum(self.weight.get(word, self.unknown) for word in name)
        return 2 * shared / both

    def _share(self, pk: int, titles: list[frozenset[str]]) -> float:
        """Share of the titles that hold all words of one of the category's names."""
        if not titles:
            return 0.0
        named = sum(any(name <= title for name in self.names[pk]) for title in titles)
        return named / len(titles)


def _words(said: str) -> frozenset[str]:
    return frozenset(term for term in text.index_terms(said) if len(term) > 1 and not term.isdigit())
