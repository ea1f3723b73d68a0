"""Some offers compared with all that may be the same good, and what follows carried out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import Offer
from core.bulk import database_time, insert_rows, json_text
from price_lists.identity import Statistics
from price_lists.joining import barcodes, frequencies, keys, rivals
from price_lists.joining.board import Board
from price_lists.joining.enums import ConflictReason, ConflictState, JoinKind, PairState
from price_lists.joining.goods import Good, of_barcodes, read_goods
from price_lists.joining.judging import Judged, judge
from price_lists.joining.models import GtinConflict, OfferJoin, OfferPair
from price_lists.joining.placing import CHUNK, Findings, carry_out, told

log = structlog.get_logger(__name__)

#: Offers of one barcode that are looked at.
MOST_OF_BARCODE = 60
#: Offers of its own good that a changed offer is compared with.
_COMPANY = 3
#: Offers that are read in one statement: SQLite takes 32,766 parameters, and a batch may have 60,000 namesakes.
_READ = 5_000


def identify(offer_ids: Collection[int]) -> int:
    """Joins the offers to their goods; returns how many offers moved. Outside any transaction."""
    statistics = frequencies.current()
    goods = read_goods(offer_ids, statistics)
    keys.forget([pk for pk in offer_ids if pk not in goods])
    asked = list(goods)
    same_barcode = of_barcodes((good.gtin for good in goods.values() if good.gtin), most=MOST_OF_BARCODE)
    for good in goods.values():
        if good.gtin and good.id not in same_barcode[good.gtin]:
            same_barcode[good.gtin].append(good.id)
    same_barcode = {gtin: pks for gtin, pks in same_barcode.items() if len(pks) > 1}
    _read_more(goods, (pk for pks in same_barcode.values() for pk in pks), statistics)
    found = Findings(goods=goods, asked=asked, compared={pk: set() for pk in asked})
    _examine_barcodes(found, same_barcode)

    numbers = keys.numbers_of({pk: goods[pk] for pk in asked})
    counts = keys.keep(numbers)
    likely = keys.candidates(numbers, counts)
    for pk, others in _acquainted(asked).items():
        likely[pk] = list(dict.fromkeys([*likely.get(pk, ()), *others]))
    _read_more(goods, (pk for others in likely.values() for pk in others), statistics)
    keys.forget({pk for others in likely.values() for pk in others if pk not in goods})
    pairs = list(_pairs(goods, likely, found))
    for left, right in pairs:
        found.compared[left.id].add(right.id)
    found.judged += [one for one in judge(pairs) if not one.verdict.conflict]
    moved = carry_out(found)
    log.info("identity.batch", offers=len(asked), pairs=len(pairs), likely=len(found.judged), moved=moved)
    return moved


def _read_more(goods: dict[int, Good], ids: Iterable[int], statistics: Statistics) -> None:
    missing = sorted({pk for pk in ids if pk not in goods})
    for start in range(0, len(missing), _READ):
        goods.update(read_goods(missing[start : start + _READ], statistics))


def _pairs(
    goods: Mapping[int, Good], likely: Mapping[int, Sequence[int]], found: Findings
) -> Iterable[tuple[Good, Good]]:
    """What is worth comparing: goods of two vendors, and what a proof may join whoever sells it. What one barcode
    already joined or set apart is not compared again.
    """
    settled = {frozenset((one.left.id, one.right.id)) for one in (*found.judged, *found.odd)}
    for pk, others in likely.items():
        left = goods[pk]
        for other in others:
            right = goods.get(other)
            if right is None or other == pk or frozenset((pk, other)) in settled:
                continue
            if left.vendor != right.vendor or _may_prove(left, right):
                yield left, right


def _may_prove(left: Good, right: Good) -> bool:
    one, two = left.weighed.facts, right.weighed.facts
    return bool(one.mpn) and one.mpn == two.mpn and one.brand_key == two.brand_key


def _acquainted(offer_ids: Sequence[int]) -> dict[int, list[int]]:
    """The offers with which each was compared before: of its own good, and of open questions."""
    known: dict[int, list[int]] = defaultdict(list)
    products = dict(
        Offer.objects.filter(pk__in=offer_ids, product__isnull=False).values_list("pk", "product_id")
    )
    if products:
        joins = OfferJoin.objects.filter(offer__in=products).values_list("offer_id", "witness_id")
        company: dict[int, list[int]] = defaultdict(list)
        members = Offer.objects.filter(product__in=set(products.values()), withdrawn_at__isnull=True)
        for pk, product in members.order_by("pk").values_list("pk", "product_id"):
            if len(company[product]) <= _COMPANY:
                company[product].append(pk)
        for offer, witness in joins:
            known[offer] += [witness] if witness is not None else []
        for offer, product in products.items():
            known[offer] += [pk for pk in company[product] if pk != offer][:_COMPANY]
    asked = set(offer_ids)
    pairs = OfferPair.objects.filter(Q(left__in=asked) | Q(right__in=asked), state=PairState.OPEN)
    for left, right in pairs.values_list("left_id", "right_id"):
        if left in asked:
            known[left].append(right)
        if right in asked:
            known[right].append(left)
    return known


def _examine_barcodes(found: Findings, same_barcode: Mapping[str, Sequence[int]]) -> None:
    """Joins offers by their barcodes, or puts the barcode into quarantine."""
    believed = barcodes.trusted(list(same_barcode))
    for gtin, pks in same_barcode.items():
        group = [found.goods[pk] for pk in pks if pk in found.goods and found.goods[pk].gtin == gtin]
        finding = rivals.examine(group, is_trusted=gtin in believed)
        if finding.reason is not None:
            _quarantine(gtin, finding.reason, finding.conflicts)
            for good in group:
                found.goods[good.id] = rivals.without_barcode(good)
                found.compared.setdefault(good.id, set())
            found.asked = list(dict.fromkeys([*found.asked, *(good.id for good in group)]))
            continue
        found.judged += finding.joined
        found.odd += finding.odd
        for one in (*finding.joined, *finding.odd):
            for here, there in ((one.left.id, one.right.id), (one.right.id, one.left.id)):
                found.compared.setdefault(here, set()).add(there)


def _quarantine(gtin: str, reason: ConflictReason, conflicts: Sequence[Judged]) -> None:
    """Notes the conflict and dissolves what the barcode has joined so far."""
    evidence: list[Any] = [[one.left.id, one.right.id, told(one)] for one in conflicts]
    row = (gtin, str(reason), str(ConflictState.OPEN), json_text(evidence), "", database_time(timezone.now()))
    names = ("gtin", "reason", "state", "evidence", "actor", "created_at")
    with transaction.atomic():
        insert_rows(GtinConflict, names, [row], "ON CONFLICT (gtin) DO NOTHING")
    dissolve(gtin)
    log.warning("identity.barcode_quarantined", gtin=gtin, reason=str(reason))


def dissolve(gtin: str) -> None:
    """Takes out of their goods the offers that this barcode alone joined; people's joins stay."""
    offers = list(_joined_by(gtin).order_by("offer_id").values_list("offer_id", flat=True))
    for start in range(0, len(offers), CHUNK):
        with transaction.atomic():
            board = Board(offers[start : start + CHUNK])
            for pk in offers[start : start + CHUNK]:
                board.take_out(pk)
                board.set_alone(pk, alone=True)
            board.write()


def _joined_by(gtin: str) -> QuerySet[OfferJoin]:
    offers = Offer.objects.with_barcode(*barcodes.spellings(gtin))
    return OfferJoin.objects.filter(kind=JoinKind.GTIN, actor="", offer__in=offers)
