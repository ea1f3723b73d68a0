"""Bringing rows about offers into the catalogue that other full sources of the vendor bring too.

Where a vendor has one full source it asks one statement a run and does nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from django.db import transaction

from catalog.locks import lock_offers
from catalog.models import Offer, Supply
from catalog.services.bulk import Proposal, write_offers
from catalog.services.drafts import OfferDraft
from catalog.services.merging import move_to_supply, retire_offers
from core.bulk import database_time, insert_rows, json_text, update_rows
from core.jobs.work import Work
from price_lists.enums import Kind
from price_lists.models import ImportRun, PartialValue, SharedValue, Source, SourceItem, StagedRow
from price_lists.services.diffing import dropped_by_chunk, left, offers_of_rows
from price_lists.services.known import Ids
from price_lists.services.staged import check_rows_kept
from price_lists.sources.meeting import Asked, Meeting, Met, other_sources
from price_lists.sources.merging import Word
from price_lists.sources.precedence import Above
from price_lists.sources.shared_diffing import goes_of, own_of
from price_lists.title_rules.holding import hold_names

CHUNK: Final = 1_000
_COLUMNS = ("source_id", "offer_id", "link_id", "data", "price_at", "stock_at", "text_at", "is_quiet")
_ON_CONFLICT = "ON CONFLICT (offer_id, source_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS if name not in {"source_id", "offer_id"}
)


class Row(Protocol):
    """What is asked of a staged row."""

    @property
    def data(self) -> Any: ...
    @property
    def link_id(self) -> int | None: ...
    @property
    def offer_id(self) -> int | None: ...


class Sharing:
    """The other full sources of a run's vendor, while the run is applied."""

    def __init__(self, run: ImportRun, above: Above) -> None:
        self.run = run
        self.source: Source = run.source
        self.above = above
        self.others = other_sources(run.source)
        self._going: dict[int, list[int]] | None = None
        self._named: Ids | None = None

    def over(
        self, rows: Sequence[Row], proposals: Sequence[Proposal], now: dt.datetime
    ) -> tuple[list[Proposal], list[Met | None]]:
        """The proposals with what holds of their offers. Reads only."""
        if not self.others:
            return list(proposals), []
        asked = [
            Asked(row.offer_id, own_of(row.data), row.link_id, goes_of(row.data)) if row.offer_id else None
            for row in rows
        ]
        if self._going is None and any(each is not None and each.goes for each in asked):
            self._going = self._items_of_going()
        found = iter(Meeting(self.source, now=now).of([each for each in asked if each is not None]))
        met = [next(found) if each is not None else None for each in asked]
        return [
            _over(proposal, each) if each is not None else _alone(proposal, row)
            for proposal, row, each in zip(proposals, rows, met, strict=True)
        ], met

    @staticmethod
    def held(rows: Sequence[Row], met: Sequence[Met | None]) -> dict[int, tuple[int, int]]:
        """By offer the precedence of the sources whose price and stock hold, for `Above.over`."""
        pairs = zip(rows, met, strict=True) if met else ()
        return {row.offer_id or 0: each.precedence for row, each in pairs if each is not None}

    def keep(self, rows: Sequence[Row], met: Sequence[Met | None], now: dt.datetime) -> None:
        """Writes down what each source said of these offers, and lets an offer go that was the same. In a transaction,
        before the offers are written.
        """
        if not self.others:
            return
        gone = {
            goes: row.offer_id or 0
            for row, each in zip(rows, met, strict=True)
            if each is not None and (goes := goes_of(row.data))
        }
        # All at once, in one order: here they are locked as several sets, and elsewhere in others.
        lock_offers({row.offer_id for row in rows if row.offer_id} | gone.keys())
        if gone:
            self._retire(gone, now)
        told = [
            (row.offer_id or 0, each.words) for row, each in zip(rows, met, strict=True) if each is not None
        ]
        _write_words(told)
        alone = [row.offer_id for row, each in zip(rows, met, strict=True) if row.offer_id and each is None]
        strange = Offer.objects.filter(pk__in=alone).exclude(supply=self.source.supply_id)
        # Brought back by this source, when the one that confirmed it has dropped it.
        ids = sorted(strange.values_list("pk", flat=True))
        move_to_supply(offer_ids=ids, supply=self.source.supply, now=now)

    def forget(self, offer_ids: Sequence[int]) -> None:
        """The source no longer says anything of these offers. In a transaction."""
        if self.others:
            SharedValue.objects.filter(source=self.source, offer__in=offer_ids).delete()

    def named(self, offer_ids: Sequence[int]) -> set[int]:
        """Of offers of dropped items those that the file brings all the same, under another key: only the item goes.

        Several items of one offer there are only where lists met, or goods came back.
        """
        if not self.others and not self.run.counts.get("returned"):
            return set()
        if self._named is None:
            self._named = offers_of_rows(self.run)
        return self._named.among(offer_ids)

    def leave(self, work: Work) -> None:
        """Goods that the file no longer names and another source brings: the offers go on with what that one says."""
        if not self.others:
            return
        for _last, dropped in dropped_by_chunk(self.run, CHUNK):
            items = list(left(self.run, dropped).order_by("pk").values_list("pk", "offer_id"))
            if items:
                named = self.named([offer_id for _pk, offer_id in items])
                offers = [offer_id for _pk, offer_id in items if offer_id not in named]
                self._leave([pk for pk, _offer in items], offers, work)

    def _leave(self, items: list[int], offer_ids: list[int], work: Work) -> None:
        now = dt.datetime.now(dt.UTC)
        meeting = Meeting(self.source, now=now)
        met = {
            offer_id: each
            for offer_id, each in zip(
                offer_ids, meeting.of([Asked(pk, None) for pk in offer_ids]), strict=True
            )
            if each is not None
        }
        held = {offer_id: each.precedence for offer_id, each in met.items()}
        proposals = self.above.over(proposals_of(met), held)
        orphans: dict[int, list[int]] = {}
        for offer_id, each in met.items():
            if each.supply_id == self.source.supply_id:
                orphans.setdefault(meeting.newest_supply(each.words), []).append(offer_id)
        with transaction.atomic():
            work.check_cancelled()
            check_rows_kept(run=self.run)
            lock_offers(offer_ids)
            written = write_offers(supply=self.source.supply, proposals=proposals, now=now)
            hold_names(proposals=proposals, written=written, now=now)
            for supply_id, ids in orphans.items():
                move_to_supply(offer_ids=sorted(ids), supply=Supply.objects.get(pk=supply_id), now=now)
            self.forget(offer_ids)
            SourceItem.objects.filter(pk__in=items).update(withdrawn=True)

    def _items_of_going(self) -> dict[int, list[int]]:
        """By offer that goes with this run its items. No index leads there, so the lists are walked once, and outside of
        the transactions that write.
        """
        rows = StagedRow.objects.filter(run=self.run, data__goes__isnull=False)
        going: dict[int, list[int]] = {
            int(offer_id): [] for offer_id in rows.values_list("data__goes", flat=True).iterator()
        }
        items = SourceItem.objects.filter(source__in=[self.source.pk, *self.others]).order_by()
        for offer_id, pk in items.values_list("offer_id", "pk").iterator(chunk_size=5_000):
            if offer_id in going:
                going[offer_id].append(pk)
        return going

    def _retire(self, gone: dict[int, int], now: dt.datetime) -> None:
        """Items, words of partial sources and words of people go to the offer that stays."""
        items = [(gone[pk], item) for pk in sorted(gone) for item in (self._going or {}).get(pk, ())]
        update_rows(SourceItem, ("offer_id",), items)
        told = PartialValue.objects.filter(offer__in=gone.values())
        taken = set(told.values_list("source_id", "offer_id"))
        moved = []
        values = PartialValue.objects.filter(offer__in=gone).order_by("pk")
        for pk, source_id, offer_id in values.values_list("pk", "source_id", "offer_id"):
            if (source_id, gone[offer_id]) not in taken:
                taken.add((source_id, gone[offer_id]))
                moved.append((gone[offer_id], pk))
        update_rows(PartialValue, ("offer_id",), moved)
        SharedValue.objects.filter(offer__in=gone).delete()  # `Met.words` has them
        retire_offers(kept_for=gone, now=now)


def proposals_of(met: Mapping[int, Met]) -> list[Proposal]:
    """What to write of offers, by id, about which no row of a file is: their categories stay."""
    return [
        _over(Proposal(_draft(each.draft), {}, offer_id=offer_id, keep_category=True), each)
        for offer_id, each in met.items()
        if each.kinds
    ]


def _write_words(told: Sequence[tuple[int, Sequence[Word]]]) -> None:
    insert_rows(
        SharedValue,
        _COLUMNS,
        [
            (
                word.source_id,
                offer_id,
                word.link_id,
                json_text(word.data),
                *(database_time(at) for at in (word.price_at, word.stock_at, word.text_at)),
                word.is_quiet,
            )
            for offer_id, words in told
            for word in words
        ],
        _ON_CONFLICT,
    )


def _over(proposal: Proposal, met: Met) -> Proposal:
    draft = _draft(met.draft)
    text = bool(met.kinds & Kind.TEXT)
    category_id, keeps = proposal.category_id, proposal.keep_category
    if not met.leads or category_id is None:
        # Another source has named the good and its category; where none did, this one's counts.
        keeps = met.has_category or category_id is None
        text = text or not keeps
    return replace(
        proposal,
        draft=draft,
        columns=draft.columns(),
        category_id=category_id,
        keep_category=keeps,
        text=text,
        price=bool(met.kinds & Kind.PRICE),
        stock=bool(met.kinds & Kind.STOCK),
        returned=met.returns,
    )


def _alone(proposal: Proposal, row: Row) -> Proposal:
    """Nobody else brings the good (any more): what the row itself says holds."""
    if not proposal.offer_id:
        return proposal
    draft = _draft(own_of(row.data))
    return replace(proposal, draft=draft, columns=draft.columns())


def _draft(data: dict[str, Any]) -> OfferDraft:
    return OfferDraft(text=data["text"], price=data["price"], stock=data["stock"])
