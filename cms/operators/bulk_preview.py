"""What the page of a bulk edit shows: its name, examples with before and after, what else it touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext as _

from buyer_requests.enums import RequestState
from buyer_requests.models import LineMatch
from catalog.attributes.current import stored_rules
from catalog.attributes.enums import Source
from catalog.attributes.reading import Fact, read_offer
from catalog.attributes.rules import CategoryRules
from catalog.attributes.told import read_stored
from catalog.bulk_edit.enums import Action, Found, RowState
from catalog.bulk_edit.judging import Filler
from catalog.bulk_edit.models import BulkEdit, BulkRow
from catalog.models import Attribute, Category, Offer

#: Examples of each kind.
SAMPLES: Final = 8
#: Offers of which requests and goods are asked: of more, the first ones tell.
LOOKED_AT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    row: BulkRow
    offer: Offer
    before: str
    after: str
    words: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return str(RowState(self.row.state).label)

    @property
    def found(self) -> str:
        return str(Found(self.row.found).label) if self.row.found else ""


@dataclass(frozen=True, slots=True)
class Touched:
    """`requests` are open ones that hold a match with one of the first `looked_at` offers, `goods` what these are of."""

    documents: int
    vendors: int
    goods: int
    requests: int
    looked_at: int
    addresses: str

    @property
    def is_part(self) -> bool:
        return self.looked_at < self.documents


def title_of(edit: BulkEdit) -> str:
    match edit.action:
        case Action.CATEGORY:
            category = Category.objects.filter(pk=edit.given.get("category")).first()
            return _("Into the category “%(name)s”") % {"name": category.name if category else _("none")}
        case Action.FACTS:
            codes = [*edit.given.get("set", {}), *edit.given.get("clear", ())]
            names = ", ".join(str(each) for each in Attribute.objects.filter(code__in=codes))
            return _("Attribute: %(name)s") % {"name": names}
        case Action.FILL:
            attribute = Attribute.objects.filter(code=edit.given.get("code")).first()
            return _("Fill “%(name)s” from names") % {"name": attribute or edit.given.get("code")}
        case Action.HIDE:
            return _("Hide offers")
    return _("Show offers again")


def samples_of(edit: BulkEdit) -> list[Sample]:
    """Of each state, and of each kind of find, a few by rising id."""
    rows: list[BulkRow] = []
    for state in RowState:
        of_state = edit.rows.filter(state=state).order_by("offer_id")
        if state == RowState.WAITING and edit.action == Action.FILL:
            for found in Found:
                rows += of_state.filter(found=found)[:SAMPLES]
        else:
            rows += of_state[:SAMPLES]
    offers = Offer.objects.select_related("category", "vendor").in_bulk([row.offer_id for row in rows])
    show = _Shower(edit)
    return [show.sample(row, offers[row.offer_id]) for row in rows]


def touched_by(edit: BulkEdit) -> Touched:
    """What follows once it is carried out. Nothing is counted over more than LOOKED_AT offers."""
    waiting = edit.rows.filter(state=RowState.WAITING)
    first = list(waiting.order_by("offer_id").values_list("offer_id", flat=True)[:LOOKED_AT])
    offers = Offer.objects.filter(pk__in=first).order_by()
    told = offers.aggregate(vendors=Count("vendor", distinct=True), goods=Count("product", distinct=True))
    requests = (
        LineMatch.objects.filter(offer__in=first, line__request__state=RequestState.OPEN)
        .values("line__request")
        .distinct()
        .count()
    )
    return Touched(
        documents=edit.counts.get("waiting", 0),
        vendors=told["vendors"],
        goods=told["goods"],
        requests=requests,
        looked_at=len(first),
        addresses=_addresses(edit.action),
    )


def _addresses(action: str) -> str:
    match action:
        case Action.HIDE:
            return _(
                "Pages of these offers answer that there is nothing; their addresses come back with them."
            )
        case Action.SHOW:
            return _("Pages of these offers open again at their old addresses.")
        case Action.CATEGORY:
            return _(
                "Addresses of offers stay; they leave the lists and filters of one category for another's."
            )
    return _("No address changes; filters and cards of these offers do.")


class _Shower:
    """Before and after of a row, in words."""

    def __init__(self, edit: BulkEdit) -> None:
        self.edit = edit
        self.tree = stored_rules()
        self.filler = Filler(edit.given["code"], self.tree) if edit.action == Action.FILL else None
        self._names: dict[int, str] = {}

    def sample(self, row: BulkRow, offer: Offer) -> Sample:
        before, after = self._states(row, offer)
        words = tuple(self.filler.evidence(offer)) if self.filler else ()
        return Sample(row, offer, before, after, words)

    def _states(self, row: BulkRow, offer: Offer) -> tuple[str, str]:
        match self.edit.action:
            case Action.CATEGORY:
                was = (row.before or {}).get("category", offer.category_id)
                return self._category(was), self._category(self.edit.given["category"])
            case Action.HIDE:
                return _("in sight"), _("hidden: %(reason)s") % {"reason": self.edit.reason}
            case Action.SHOW:
                reason = (row.before or {}).get("reason", offer.hidden_reason)
                return _("hidden: %(reason)s") % {"reason": reason}, _("in sight")
        return self._facts(row, offer)

    def _facts(self, row: BulkRow, offer: Offer) -> tuple[str, str]:
        rules = self.tree.of(offer.category_id)
        given = self.edit.given
        wanted = {given["code"]: row.value} if self.filler else given.get("set", {})
        codes = [*wanted, *given.get("clear", ())]
        now = {fact.attribute.code: fact for fact in read_offer(rules, offer)}
        before = "; ".join(_said(now.get(code)) for code in codes)
        after = "; ".join(
            self._value(rules, code, wanted[code]) if code in wanted else _("as vendors say it")
            for code in codes
        )
        return before, after

    def _value(self, rules: CategoryRules, code: str, told: Any) -> str:
        if told is None:
            return _("nothing")
        rule = next((each for each in rules.attributes if each.code == code), None)
        value = None if rule is None else read_stored(rule, told)
        return "–" if rule is None or value is None else Fact(rule, value, Source.PERSON).text

    def _category(self, pk: int | None) -> str:
        if pk is None:
            return _("none")
        if pk not in self._names:
            category = Category.objects.filter(pk=pk).first()
            self._names[pk] = str(category.name) if category else str(pk)
        return self._names[pk]


def _said(fact: Fact | None) -> str:
    return _("unknown") if fact is None else f"{fact.text} ({fact.source.label})"
