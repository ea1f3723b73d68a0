"""What an operation on the tree would change, before it is done: each room tells its part.

    effects.register(Effect("search.saved", _("saved searches"), count_saved, {MERGE: _("find the goods in the new place")}))

Rows that name a category by a foreign key are `pointers`, and counted by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, CategoryAttribute, CategoryState, Offer
from catalog.tree import pointers
from catalog.tree.enums import OperationKind

#: Counted one by one up to here; above it what was last counted on sale is told.
EXACT = 20_000
_SAME = _("stay with it")
_FOLLOW = _("go to the new place; undoing brings them back")


@dataclass(frozen=True, slots=True)
class Change:
    """What is about to happen. `below`: ids of the category and of all below it; `own`: its own alone."""

    kind: OperationKind
    source: Category
    target: Category | None = None
    below: tuple[int, ...] = ()

    @property
    def touched(self) -> tuple[int, ...]:
        """Whose rows are affected: a move takes the branch along, all else is about the category itself."""
        return self.below if self.kind == OperationKind.MOVE else (self.source.pk,)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the preview."""

    key: str
    label: str | Promise
    number: int
    fate: str | Promise
    about: bool = False  # the number is of the last count, on sale


@dataclass(frozen=True, slots=True)
class Effect:
    """`count` answers quickly at a million offers: by an index, or from a table. `fates` by kind of operation."""

    key: str
    label: str | Promise
    count: Callable[[Change], int]
    fates: Mapping[str, str | Promise] = field(default_factory=dict)


_effects: dict[str, Effect] = {}


def register(effect: Effect) -> None:
    """By its key, so that doing it twice is once."""
    _effects[effect.key] = effect


def change_of(kind: OperationKind, source: Category, target: Category | None = None) -> Change:
    below = Category.objects.filter(path__startswith=source.path).order_by("path")
    return Change(kind, source, target, tuple(below.values_list("pk", flat=True)))


def told(change: Change) -> list[Told]:
    """Every line of the preview, those of nothing left out; offers and addresses first."""
    rows = [_offers(change), _offers_below(change)]
    rows += [
        Told(each.key, each.label, each.count(change), each.fates.get(change.kind, _FOLLOW))
        for each in _effects.values()
    ]
    fate = _SAME if change.kind in {OperationKind.MOVE, OperationKind.SPLIT} else _FOLLOW
    rows += [Told(each.key, each.label, sum(_many(each, change)), fate) for each in pointers.all_pointers()]
    return [row for row in rows if row.number]


def _many(pointer: pointers.Pointer, change: Change) -> list[int]:
    return [pointer.of(ids).count() for ids in pointers.batched_ids(change.touched)]


def _offers(change: Change) -> Told:
    fates = {
        OperationKind.MOVE: _("stay in their categories; the index and the matcher learn of the new place"),
        OperationKind.MERGE: _("move to the other category"),
        OperationKind.DELETE: _("move to the category that you choose"),
        OperationKind.SPLIT: _("stay, or move to the new subcategories by your rules"),
    }
    number = affected_offers(change).count_up_to(EXACT + 1)
    if number <= EXACT:
        return Told("catalog.offers", _("offers, hidden and withdrawn ones too"), number, fates[change.kind])
    state = CategoryState.objects.filter(pk=change.source.pk).first()
    whole = change.kind == OperationKind.MOVE
    counted = 0 if state is None else state.all_offers if whole else state.own_offers
    label = _("offers on sale, when last counted")
    return Told("catalog.offers", label, max(counted, EXACT), fates[change.kind], about=True)


def _offers_below(change: Change) -> Told:
    """What a merge or a deletion takes along with the subcategories: by the table of counts."""
    number = 0
    if change.kind in {OperationKind.MERGE, OperationKind.DELETE}:
        state = CategoryState.objects.filter(pk=change.source.pk).first()
        number = state.all_offers - state.own_offers if state is not None else 0
    label, fate = (
        _("offers on sale in its subcategories"),
        _("stay in these; the index and the matcher learn of the new place"),
    )
    return Told("catalog.offers_below", label, max(0, number), fate, about=True)


@dataclass(frozen=True, slots=True)
class Affected:
    offers: QuerySet[Offer]

    def count_up_to(self, most: int) -> int:
        return self.offers.order_by()[:most].count()


def affected_offers(change: Change) -> Affected:
    if change.kind == OperationKind.MOVE:
        return Affected(Offer.objects.filter(category__path__startswith=change.source.path))
    return Affected(Offer.objects.filter(category=change.source.pk))


def _subcategories(change: Change) -> int:
    return len(change.below) - 1


def _addresses(change: Change) -> int:
    if change.kind in {OperationKind.MOVE, OperationKind.SPLIT}:
        return 1 + change.source.old_addresses.count()
    merged = Category.objects.filter(merged_into=change.source.pk).count()
    return 1 + change.source.old_addresses.count() + merged


def _own_attributes(change: Change) -> int:
    return CategoryAttribute.objects.filter(category=change.source.pk).count()


def _inherited_attributes(change: Change) -> int:
    """Those from above that hold in the branch now; in the new place others do."""
    if change.kind != OperationKind.MOVE:
        return 0
    ends = range(Category.steplen, len(change.source.path), Category.steplen)
    above = [change.source.path[:end] for end in ends]
    return CategoryAttribute.objects.filter(category__path__in=above, inherited=True).count() if above else 0


def connect() -> None:
    """The catalogue's own."""
    kept = _("stay as they are")
    redirected = _("lead to the new place for ever")
    register(
        Effect(
            "catalog.subcategories",
            _("subcategories"),
            _subcategories,
            {
                OperationKind.MOVE: _("move along"),
                OperationKind.MERGE: _("move below the other category"),
                OperationKind.DELETE: _("move below the category that you choose"),
                OperationKind.SPLIT: kept,
            },
        )
    )
    register(
        Effect(
            "catalog.addresses",
            _("addresses of pages"),
            _addresses,
            {
                OperationKind.MOVE: kept,
                OperationKind.SPLIT: kept,
                OperationKind.MERGE: redirected,
                OperationKind.DELETE: redirected,
            },
        )
    )
    register(
        Effect(
            "catalog.attributes",
            _("attributes of its own"),
            _own_attributes,
            {
                OperationKind.MOVE: kept,
                OperationKind.SPLIT: _("hold in the new subcategories too"),
                OperationKind.MERGE: _("go along where the other category lacks them"),
                OperationKind.DELETE: _("go along where the other category lacks them"),
            },
        )
    )
    register(
        Effect(
            "catalog.inherited_attributes",
            _("attributes inherited from above"),
            _inherited_attributes,
            {OperationKind.MOVE: _("no longer hold; those of the new place do")},
        )
    )
