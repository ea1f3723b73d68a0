"""Vendors' own categories and where they lead in the row's tree: suggested, applied if sure, confirmed by people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.models import Category
from catalog.services.offers import categorise_offers
from core import text
from core.errors import Unavailable
from core.jobs.services import start_job
from core.jobs.work import Work
from price_lists.categorising import examples, storing
from price_lists.categorising.deciding import Verdict, good_verdicts, path_verdict
from price_lists.categorising.model import Model
from price_lists.categorising.training import learn
from price_lists.categorising.tree import Tree
from price_lists.locks import lock_links, locked_links_by_goods
from price_lists.models import CategoryLink, OfferSuggestion, SourceItem
from price_lists.remembering.offering import is_offered
from price_lists.services.drafting import PATH_SEPARATOR, digest
from price_lists.sources.leading import Leading
from search.synonyms import synonyms
from vendors.enums import VendorState
from vendors.models import Membership, Vendor
from vendors.services.onboarding import operators_for

if TYPE_CHECKING:
    from accounts.models import User

#: From here on a suggestion is used before anybody has looked at it.
SURE = 0.75
#: What fewer vendors decided elsewhere than it takes to be believed.
_BY_FEW = 0.7
#: Below it a suggestion is not worth showing.
WORTH = 0.3
#: Offers that a request itself moves: some 0.3 s.
MOVED_AT_ONCE = 1_000
#: Goods that are placed one by one in a transaction.
_PLACED = 500

#: The row's tree and what was learnt, built once for several questions.
Known = tuple[Tree, Model | None]

_UNSURE = Q(confidence__lt=SURE) | Q(category__isnull=True)


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


def links_by_goods(vendor_id: int) -> frozenset[int]:
    """Paths whose goods are placed one by one, by their titles."""
    links = CategoryLink.objects.filter(vendor=vendor_id, by_goods=True, confirmed_at__isnull=True)
    return frozenset(links.values_list("pk", flat=True))


def suggest_categories(*, vendor: Vendor) -> int:
    """Looks for a category for each path that nobody has decided and no sure suggestion is there for.

    What other vendors decided for the same path counts most, then what was learnt from all decisions and what the
    tree's names say. Returns for how many paths something new was found.
    """
    return len(_suggested(vendor))


def _suggested(vendor: Vendor, known: Known | None = None) -> list[CategoryLink]:
    # what a person called mixed (`confirmed_by` without a moment) is no question any more
    links = list(undecided(vendor).exclude(by_goods=True, confirmed_by__isnull=False).order_by("pk"))
    if not links:
        return []
    tree, model = known or _known()
    elsewhere = _decisions_elsewhere(vendor, [bytes(link.path_hash) for link in links])
    shown = set(tree.names)
    found = []
    for link in links:
        decided = elsewhere.get(bytes(link.path_hash))
        if decided and decided[1] >= SURE:
            verdict = Verdict(*decided)
        else:
            verdict = path_verdict(tree, model, _parts(link), link.titles, shown=shown, sure=SURE)
            if decided and not verdict.by_goods and decided[1] > verdict.confidence:
                verdict = Verdict(*decided)
        before = (link.category_id, link.confidence, link.by_goods)
        if verdict.by_goods:
            link.category_id, link.confidence, link.by_goods = None, 0.0, True
        elif verdict.category is not None and verdict.confidence >= WORTH:
            link.category_id, link.confidence = verdict.category, round(verdict.confidence, 3)
            link.by_goods = False
        if before != (link.category_id, link.confidence, link.by_goods):
            found.append(link)
    with transaction.atomic():
        for link in found:  # a person may have decided in the meantime
            CategoryLink.objects.filter(pk=link.pk, confirmed_at__isnull=True).update(
                category=link.category_id, confidence=link.confidence, by_goods=link.by_goods
            )
        whole = [link.pk for link in found if not link.by_goods]
        OfferSuggestion.objects.filter(link__in=whole).delete()
    return found


def place_goods(*, vendor: Vendor, known: Known | None = None) -> int:
    """Goods under mixed paths get a suggestion each; the sure ones move there. Returns how many moved.

    Goods with a suggestion of the present model are left alone, and so is where a person put a good. Goods for which
    the model found nothing worth keeping are asked about each time.
    """
    if not links_by_goods(vendor.pk):
        return 0
    tree, model = known or _known()
    version = model.version if model is not None else 0
    mixed = SourceItem.objects.filter(link__in=links_by_goods(vendor.pk), withdrawn=False)
    elsewhere = Leading(vendor.pk, categories_of(vendor.pk)).placed_elsewhere(mixed, gives_way=True)
    moved, last = 0, 0
    while True:
        items = SourceItem.objects.filter(
            link__in=links_by_goods(vendor.pk),  # anew each time: a person may have decided about one
            withdrawn=False,
            offer_id__gt=last,
        )
        fresh = items.exclude(offer__category_suggestion__version=version).order_by("offer_id")
        page = list(fresh.values_list("offer_id", "offer__title", "link_id", "link__path")[:_PLACED])
        if not page:
            return moved
        last = page[-1][0]
        rows = [row for row in page if row[0] not in elsewhere]
        verdicts = good_verdicts(
            tree,
            model,
            [(title, tuple(path.split(PATH_SEPARATOR))) for _pk, title, _link, path in rows],
            shown=set(tree.names),
            sure=SURE,
        )
        moved += _placed(rows, verdicts, version)


def _placed(rows: list[tuple[int, str, int, str]], verdicts: list[Verdict], version: int) -> int:
    kept: dict[int, OfferSuggestion] = {}
    for (offer_id, _title, link_id, _path), verdict in zip(rows, verdicts, strict=True):
        if verdict.category is None or verdict.confidence < WORTH:
            continue
        kept[offer_id] = OfferSuggestion(
            offer_id=offer_id,
            link_id=link_id,
            category_id=verdict.category,
            confidence=round(verdict.confidence, 3),
            version=version,
        )
    with transaction.atomic():
        # Who decides about a path meanwhile waits, and then moves its goods; what was decided before is left alone.
        still = locked_links_by_goods({link_id for _offer, _title, link_id, _path in rows})
        kept = {pk: suggestion for pk, suggestion in kept.items() if suggestion.link_id in still}
        to: dict[int, list[int]] = defaultdict(list)
        for suggestion in kept.values():  # one for a good that stands under two mixed paths
            if suggestion.confidence >= SURE:
                to[suggestion.category_id].append(suggestion.offer_id)
        OfferSuggestion.objects.bulk_create(
            kept.values(),
            update_conflicts=True,
            unique_fields=["offer"],
            update_fields=["link", "category", "confidence", "version"],
        )
        return sum(categorise_offers(offer_ids=ids, category_id=category) for category, ids in to.items())


def learn_categories() -> int:
    """Learns anew if people decided something since; each vendor with what waits is then asked about by a job of its
    own. Returns the new version or 0: where nobody decided anything yet, nothing is learnt.

    The jobs are there before the model and wait for it: a process killed between the two leaves the learning to the
    next call and no vendor out. Two workers at it at once write the same file.
    """
    decided_at = examples.decided_at()
    version = int(decided_at.timestamp() * 1000) if decided_at is not None else 0
    if version <= storing.newest_version():
        return 0
    model = learn(examples.examples(), version=version)
    if model is None:
        return 0
    waiting = CategoryLink.objects.filter(_UNSURE, confirmed_at__isnull=True).values("vendor")
    with transaction.atomic():
        for vendor_id in Vendor.objects.filter(pk__in=waiting).order_by("pk").values_list("pk", flat=True):
            start_job(
                kind="price_lists.categories",
                task="price_lists.ask_again",
                kwargs={"vendor_id": vendor_id, "version": version},
                queue="imports",
                subject=f"vendor:{vendor_id}",
            )
    storing.keep(model)
    return version


def ask_again(*, vendor: Vendor, version: int) -> int:
    """What waits for a category is asked about with what is known now; offers follow. Returns how many goods were
    placed one by one. Repeating it changes nothing more. Raises Unavailable until `version` or a later one is kept.
    """
    if storing.newest_version() < version:
        raise Unavailable("not_learnt_yet")
    known = _known()
    _suggested(vendor, known)
    # Not only what this call found: one that was killed may have left its offers where they were.
    sure = CategoryLink.objects.filter(
        vendor=vendor, confirmed_at__isnull=True, category__isnull=False, confidence__gte=SURE
    )
    follow_links(list(sure.values_list("pk", flat=True)))
    return place_goods(vendor=vendor, known=known)


def suggestions(link: CategoryLink, limit: int = 5) -> list[tuple[int, float]]:
    """The best categories for a path, with how sure each is."""
    return _tree().ranked(_parts(link), link.titles)[:limit]


def confirm_category(*, link: CategoryLink, category: Category | None, user: User | None) -> int:
    """A person decides where a path leads (None: nowhere); its offers follow. Returns how many moved."""
    with transaction.atomic():
        _record([link.pk], category, user, overrule=True)
        link.refresh_from_db()
        return follow_links([link.pk])


def decide_category(*, link: CategoryLink, category: Category | None, user: User) -> None:
    """The same from a page: where many offers stand under the path, a worker moves them."""
    decide_links(link_ids=[link.pk], category=category, user=user, overrule=True)
    link.refresh_from_db()


def decide_links(
    *, link_ids: Sequence[int], category: Category | None, user: User, overrule: bool = False
) -> list[int]:
    """One decision about several paths, of several vendors perhaps. Returns those that it holds for: without `overrule`
    what a person decided before, or meanwhile, stays. The offers move with the decision, or a job does it that is
    written down with it.
    """
    with transaction.atomic():
        decided = _record(link_ids, category, user, overrule=overrule)
        if SourceItem.objects.filter(link__in=decided)[: MOVED_AT_ONCE + 1].count() <= MOVED_AT_ONCE:
            follow_links(decided)
        else:
            start_job(
                kind="price_lists.categories",
                task="price_lists.follow_links",
                kwargs={"link_ids": decided},
                queue="imports",
                owner=user.typed_id,
                subject=f"category_link:{decided[0]}",
            )
    return decided


def accept_suggestions(*, vendor: Vendor, user: User) -> int:
    """A person takes over every sure suggestion; the offers follow. Returns how many paths."""
    links = sure_suggestions(vendor)
    with transaction.atomic():
        lock_links(list(links.values_list("pk", flat=True)))
        # Under their locks: what somebody decided meanwhile is no suggestion any more.
        ids = list(links.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return 0
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


def _record(
    link_ids: Sequence[int], category: Category | None, user: User | None, *, overrule: bool
) -> list[int]:
    now = timezone.now()
    with transaction.atomic():
        lock_links(link_ids)
        links = CategoryLink.objects.filter(pk__in=link_ids)
        (links if overrule else links.filter(confirmed_at__isnull=True)).update(
            category=category,
            by_goods=False,
            confidence=1.0 if category else 0.0,
            confirmed_at=now,
            confirmed_by=user,
        )
        # A person who was quicker is not overwritten, and their moment is another one.
        decided = list(links.filter(confirmed_at=now, confirmed_by=user).values_list("pk", flat=True))
        OfferSuggestion.objects.filter(link__in=decided).delete()
    return decided


def follow_links(link_ids: list[int], work: Work | None = None) -> int:
    """Brings the offers of the paths to where the paths lead, in chunks. Repeating it changes nothing more. A good that
    several lists bring follows the path of one of them, see `sources.leading`.

    Raises JobCancelled or JobTakenOver between two paths, if done for a job.
    """
    moved = 0
    vendors: dict[int, Leading] = {}
    for done, link in enumerate(CategoryLink.objects.filter(pk__in=link_ids).order_by("pk")):
        if work is not None:
            work.progress(done, len(link_ids))
        if link.vendor_id not in vendors:
            vendors[link.vendor_id] = Leading(link.vendor_id, categories_of(link.vendor_id))
        category_id = leads_to(link)
        items = SourceItem.objects.filter(link=link, withdrawn=False)
        elsewhere = vendors[link.vendor_id].placed_elsewhere(items, gives_way=category_id is None)
        to: dict[int | None, list[int]] = defaultdict(list)
        for offer_id in items.order_by("offer_id").values_list("offer_id", flat=True).distinct():
            if category_id is None or offer_id not in elsewhere:
                to[elsewhere.get(offer_id)].append(offer_id)
        for other_id, ids in to.items():
            moved += categorise_offers(offer_ids=ids, category_id=other_id or category_id)
    if work is not None:
        work.progress(len(link_ids), len(link_ids))
    return moved


def redirect_links(*, source: Category, target: Category) -> None:
    """A category was merged: paths that led to it lead to the other one. In the caller's transaction."""
    CategoryLink.objects.filter(category=source).update(category=target)


def undecided(vendor: Vendor) -> QuerySet[CategoryLink]:
    """Paths whose offers stand in no category until a person decides."""
    return CategoryLink.objects.filter(_UNSURE, vendor=vendor, confirmed_at__isnull=True)


def sure_suggestions(vendor: Vendor) -> QuerySet[CategoryLink]:
    """Paths that nobody decided, whose suggestion is used meanwhile."""
    links = CategoryLink.objects.filter(vendor=vendor, confirmed_at__isnull=True)
    return links.filter(category__isnull=False, confidence__gte=SURE)


def _decisions_elsewhere(vendor: Vendor, hashes: list[bytes]) -> dict[bytes, tuple[int, float]]:
    """What was decided for the same path of other vendors, if they agree: surely by operators, or by as many vendors
    as it takes for a word to be offered to others; fewer only suggest it.
    """
    votes: dict[bytes, Counter[int]] = defaultdict(Counter)
    operators: dict[bytes, Counter[int]] = defaultdict(Counter)
    decided = CategoryLink.objects.filter(
        path_hash__in=hashes,
        confirmed_at__isnull=False,
        category__is_active=True,
        vendor__state=VendorState.APPROVED,
    ).exclude(vendor=vendor)
    # By the right and not by being on the desk; and where one works for the company it is the company that spoke.
    surely = operators_for("catalog.change_category").filter(is_staff=True).values("pk")
    own = Membership.objects.filter(vendor=OuterRef("vendor"), user=OuterRef("confirmed_by"))
    decided = decided.annotate(is_operators=Q(confirmed_by__in=surely) & ~Exists(own))
    for each, category_id, is_operators in decided.values_list("path_hash", "category_id", "is_operators"):
        if category_id is not None:
            votes[bytes(each)][category_id] += 1
            operators[bytes(each)][category_id] += bool(is_operators)
    answers = {}
    for each, count in votes.items():
        said = +operators[each] or count
        category_id, number = said.most_common(1)[0]
        others = said.total() - number
        if number > others:
            is_sure = said is not count or is_offered(number, others)
            answers[each] = (category_id, 0.95 if is_sure else _BY_FEW)
    return answers


def _known() -> Known:
    return _tree(), storing.newest()


def _tree() -> Tree:
    return Tree(examples.nodes(), synonyms)


def _parts(link: CategoryLink) -> list[str]:
    return link.path.split(PATH_SEPARATOR) if link.path else []
