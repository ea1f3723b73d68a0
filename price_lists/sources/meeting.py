"""Offers that several full sources of a vendor bring: what holds of them now, worked out for many at once.

Reads only, and is asked the same way when a file is compared and when it is applied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from catalog.models import Offer
from catalog.services.merging import shown_drafts
from price_lists.enums import Kind
from price_lists.models import SharedValue, Source, SourceItem
from price_lists.sources.enums import Role
from price_lists.sources.merging import Standing, Word, changed_parts, leads, merged, telling
from price_lists.sources.precedence import HOLDS

_KINDS = {"text": Kind.TEXT, "price": Kind.PRICE, "stock": Kind.STOCK}
_WORD_FIELDS = ("source_id", "data", "link_id", "price_at", "stock_at", "text_at", "is_quiet")
#: Of a source that is not there any more.
_NOBODY = Standing(0, is_fresh=False)


class Asked(NamedTuple):
    """A row about an offer. `goes` is the offer that turned out to be the same one and leaves, 0 for none; without
    `data` the source no longer brings the good.
    """

    offer_id: int
    data: dict[str, Any] | None
    link_id: int | None = None
    goes: int = 0


@dataclass(frozen=True, slots=True)
class Met:
    """What holds of an offer: its draft, which parts become others, and what each source's word is from now on."""

    draft: dict[str, Any]
    kinds: int
    words: tuple[Word, ...]
    leads: bool  # the asking source has the last word about title and category
    has_category: bool
    returns: bool  # it is off sale, and is back with this
    supply_id: int
    precedence: tuple[int, int]  # of the sources whose price and whose stock hold


class _Shown(NamedTuple):
    pk: int
    supply_id: int
    is_gone: bool
    has_category: bool
    changed_at: dt.datetime


def other_sources(source: Source) -> list[int]:
    """The vendor's other full sources that ever brought goods: nearly always none, told by one statement."""
    if source.role != Role.FULL:
        return []
    full = Source.objects.filter(vendor=source.vendor_id, role=Role.FULL).exclude(pk=source.pk)
    brought = SourceItem.objects.filter(source=OuterRef("pk"))
    return list(full.filter(Exists(brought)).order_by("pk").values_list("pk", flat=True))


class Meeting:
    """Asked on behalf of one source at one moment. With `brings` it has a file, which confirms it."""

    def __init__(self, source: Source, *, now: dt.datetime, brings: bool = True) -> None:
        self.source_id = source.pk
        self.supply_id = source.supply_id
        self.now = now
        self.standing: dict[int, Standing] = {}
        self.confirmed: dict[int, tuple[dt.datetime, int]] = {}  # source -> when, and its supply
        self.source_of_supply: dict[int, int] = {}
        full = Source.objects.filter(vendor=source.vendor_id, role=Role.FULL)
        for pk, precedence, supply_id, at in full.values_list(
            "pk", "precedence", "supply_id", "supply__confirmed_at"
        ):
            is_here = brings and pk == source.pk
            self.standing[pk] = Standing(precedence, is_here or at >= now - HOLDS)
            self.confirmed[pk] = (at, supply_id)
            self.source_of_supply[supply_id] = pk

    def of(self, asked: Sequence[Asked]) -> list[Met | None]:
        """In the order asked; None for an offer of which no other source said anything, now or before."""
        ids = {offer_id for each in asked for offer_id in (each.offer_id, each.goes) if offer_id}
        words = words_of(ids)
        shown = _shown(ids)
        # What only one source brought was never written down: it is what the offer shows.
        untold = {
            pk
            for pk, offer in shown.items()
            if not words.get(pk) and not offer.is_gone and offer.supply_id != self.supply_id
        }
        drafts = shown_drafts(untold)
        return [self._met(each, words, shown, drafts) for each in asked]

    def _met(
        self,
        asked: Asked,
        words: dict[int, dict[int, Word]],
        shown: dict[int, _Shown],
        drafts: dict[int, dict[str, Any]],
    ) -> Met | None:
        offer = shown.get(asked.offer_id)
        if offer is None:
            return None
        known: dict[int, Word] = {}
        for pk in (asked.goes, asked.offer_id):  # of the offer that stays, what is known of both
            known |= words.get(pk, {})
            if pk in drafts and (source_id := self.source_of_supply.get(shown[pk].supply_id)):
                at = shown[pk].changed_at
                known[source_id] = Word(source_id, drafts[pk], None, at, at, at)
        mine = known.pop(self.source_id, None)
        others = list(known.values())
        was = [*others, mine] if mine else others
        now_words = others if asked.data is None else [*others, self._told(asked, mine)]
        if not was or not now_words:
            return None
        before = merged(was, self._then(was))
        after = merged(now_words, self.standing)
        priced, stocked = telling(now_words, self.standing)
        parts = set(changed_parts(before, after))
        if (
            asked.goes
        ):  # edits may have come along, and the kept one may show what only the other's source said
            parts = {"text", "price", "stock"}
        return Met(
            draft=after,
            kinds=sum(int(_KINDS[part]) for part in parts),
            words=tuple(self._stood(word) for word in now_words),
            leads=leads(self.source_id, now_words, self.standing),
            has_category=offer.has_category,
            returns=offer.is_gone,
            supply_id=offer.supply_id,
            precedence=(self._standing(priced).precedence, self._standing(stocked).precedence),
        )

    def _then(self, words: Sequence[Word]) -> dict[int, Standing]:
        """How the sources stood when this offer was worked out last: since then one may have gone quiet, or be back."""
        return {
            word.source_id: Standing(self._standing(word).precedence, not word.is_quiet) for word in words
        }

    def _stood(self, word: Word) -> Word:
        is_quiet = not self._standing(word).is_fresh
        return word if word.is_quiet == is_quiet else word._replace(is_quiet=is_quiet)

    def _standing(self, word: Word) -> Standing:
        return self.standing.get(word.source_id, _NOBODY)

    def _told(self, asked: Asked, mine: Word | None) -> Word:
        """The source's new word; a part that it did not change keeps the moment at which it was told."""
        data = asked.data or {}
        price_at, stock_at, text_at = [
            getattr(mine, f"{part}_at") if mine is not None and mine.data[part] == data[part] else self.now
            for part in ("price", "stock", "text")
        ]
        is_quiet = mine is not None and mine.is_quiet
        return Word(self.source_id, data, asked.link_id, price_at, stock_at, text_at, is_quiet)

    def newest_supply(self, words: Collection[Word]) -> int:
        """Of the sources with these words, the one that was confirmed last."""
        return max(self.confirmed[word.source_id] for word in words)[1]


def words_of(offer_ids: Collection[int]) -> dict[int, dict[int, Word]]:
    """What each source said of these offers."""
    found: dict[int, dict[int, Word]] = {}
    if offer_ids:
        rows = SharedValue.objects.filter(offer__in=offer_ids).values_list("offer_id", *_WORD_FIELDS)
        for offer_id, *values in rows:
            found.setdefault(offer_id, {})[values[0]] = Word(*values)
    return found


def _shown(offer_ids: Collection[int]) -> dict[int, _Shown]:
    rows = Offer.objects.filter(pk__in=offer_ids).values_list(
        "pk", "supply_id", "withdrawn_at", "category_id", "updated_at"
    )
    return {
        pk: _Shown(pk, supply_id, gone is not None, category is not None, at)
        for pk, supply_id, gone, category, at in rows
    }
