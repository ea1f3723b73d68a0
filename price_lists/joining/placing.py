"""What the comparison found, carried out: joins, leaves, doubts, chunk by chunk under one lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from core.bulk import database_time, insert_rows, json_text
from price_lists.identity import Decision, Verdict
from price_lists.joining import barcodes
from price_lists.joining.board import Board, Reasons, Why, mirrored
from price_lists.joining.enums import JoinKind, PairState
from price_lists.joining.goods import Good
from price_lists.joining.judging import Judged, forbidden
from price_lists.joining.models import OfferJoin, OfferPair

#: Offers placed in one transaction: on SQLite the write lock is held some 100 ms for it.
CHUNK = 150
#: Doubts of one offer that are worth a person's time.
MOST_DOUBTS = 2
#: How likely it must be that a person says yes.
_WORTH_ASKING = 0.4
#: How likely it must still be that an offer is of its good, for it to stay.
_HOLDS = 0.5
#: Reasons kept of a verdict; the weightiest come first.
_KEPT_REASONS = 8
#: Offers of a product that a newcomer is compared with.
_MET = 6


@dataclass(slots=True)
class Findings:
    """What is known of some offers: verdicts on pairs, and which of them were compared with their own good."""

    goods: dict[int, Good]  # all that were read, by id
    asked: list[int]  # the offers that it is about
    judged: list[Judged] = field(default_factory=list)
    odd: list[Judged] = field(default_factory=list)
    compared: dict[int, set[int]] = field(default_factory=dict)  # offer → those it was compared with


def carry_out(found: Findings) -> int:
    """Joins what is the same, lets go what no longer is, notes what is doubtful. Returns how many offers moved."""
    by_left: dict[int, list[Judged]] = defaultdict(list)
    for one in _weaker_of_both(found.judged):
        by_left[one.left.id].append(one)
    odd: dict[int, list[Judged]] = defaultdict(list)
    for one in found.odd:
        odd[one.left.id].append(one)
    ids = list(dict.fromkeys([*found.asked, *by_left, *odd]))
    moved = 0
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        judged = [one for pk in chunk for one in by_left.get(pk, ())]
        apart = [one for pk in chunk for one in odd.get(pk, ())]
        with transaction.atomic():
            moved += _carry_out(found, set(chunk), judged, apart)
    return moved


def _carry_out(found: Findings, chunk: set[int], judged: list[Judged], odd: list[Judged]) -> int:
    ids = {*chunk, *(one.right.id for one in judged), *(one.right.id for one in odd)}
    board = Board(ids)
    said = _said_of(ids)
    asked = chunk.intersection(found.asked)
    _let_go(board, found, asked, judged)
    doubts: dict[int, list[Judged]] = defaultdict(list)
    # Proofs first, then the likeliest: what is sure decides where what is less sure may go.
    order = sorted(judged, key=lambda one: (kind_of(one.verdict) == JoinKind.TEXT, -one.verdict.probability))
    for one in order:
        left, right = one.left.id, one.right.id
        if left not in board or right not in board or said.get(_pair(left, right)) is not None:
            continue
        if one.verdict.decision != Decision.SAME or not _join(board, found.goods, one):
            doubts[left].append(one)
    _stand_alone(board, found.goods, asked, odd)
    worth = [one for mine in doubts.values() for one in _worth_asking(board, mine)]
    moved = board.write()
    _note(asked, [*odd, *worth], said)
    return moved


def _join(board: Board, goods: Mapping[int, Good], one: Judged) -> bool:
    """Whether the two are of one product now. A join is refused, and so becomes a doubt, where it would bring
    together what cannot be one, or two goods of one vendor by their text alone.
    """
    left, right = one.left.id, one.right.id
    if board.are_one(left, right):
        return True
    if board.was_split(left, right):
        return True  # a person has said no; there is nothing to ask
    kind = kind_of(one.verdict)
    mine, theirs = board.together(left), board.together(right)
    if kind == JoinKind.TEXT and board.vendors_of(left) & board.vendors_of(right):
        return False
    if kind != JoinKind.GTIN:
        gtins = {board.gtin_of(each) for each in mine | theirs if each not in goods or goods[each].gtin} - {
            ""
        }
        if len(gtins) > 1 and len(gtins - barcodes.quarantined(gtins)) > 1:
            return False
        for newcomer, company in ((one.left, theirs - {right}), (one.right, mine - {left})):
            met = [goods[each] for each in sorted(company) if each in goods][:_MET]
            if any(forbidden(newcomer, each).vetoes for each in met):
                return False
    reasons = told(one)
    chance = one.verdict.probability
    board.unite(
        left,
        right,
        ones=Why(kind, right, chance, reasons),
        others=Why(kind, left, chance, mirrored(reasons)),
    )
    return True


def _let_go(board: Board, found: Findings, asked: set[int], judged: Iterable[Judged]) -> None:
    """Offers whose words changed and that nothing holds to their good any more leave it; people's joins stay."""
    held = {
        pk
        for one in judged
        if (one.verdict.decision == Decision.SAME or one.verdict.probability >= _HOLDS)
        and {one.left.id, one.right.id} <= board.ids
        and board.are_one(one.left.id, one.right.id)
        for pk in (one.left.id, one.right.id)
    }
    loose = [
        pk
        for pk in sorted(asked - held)
        if pk in board and (board.together(pk) - {pk}) & found.compared.get(pk, set())
    ]
    if loose:
        by_machine = OfferJoin.objects.filter(offer__in=loose, actor="")
        for pk in by_machine.values_list("offer_id", flat=True):
            board.take_out(pk)


def _stand_alone(board: Board, goods: Mapping[int, Good], asked: set[int], odd: Iterable[Judged]) -> None:
    """Barcodes that do not say which good an offer is do not group it either."""
    apart = {one.left.id for one in odd}
    doubted = OfferPair.objects.exclude(state=PairState.SAME)
    for left, right, one, other in doubted.filter(Q(left__in=asked) | Q(right__in=asked)).values_list(
        "left_id", "right_id", "left__gtin", "right__gtin"
    ):
        if barcodes.valid(one) and barcodes.valid(one) == barcodes.valid(other):
            apart |= {left, right}
    for pk in sorted(asked | {one.left.id for one in odd}):
        if pk in board and pk in goods:
            good = goods[pk]
            board.set_alone(pk, alone=pk in apart or (bool(good.said_gtin) and not good.gtin))


def _worth_asking(board: Board, doubts: Sequence[Judged]) -> list[Judged]:
    """The likeliest of an offer's doubts. None where the vendor of one already has an offer of the other's good: then
    it is another good of that vendor, like as it may be.
    """
    worth = []
    for one in sorted(doubts, key=lambda each: -each.verdict.probability):
        left, right = one.left.id, one.right.id
        if one.verdict.probability < _WORTH_ASKING:
            break
        if board.are_one(left, right) or board.was_split(left, right):
            continue
        if one.left.vendor == one.right.vendor:
            continue  # a vendor knows its own goods
        proved = kind_of(one.verdict) != JoinKind.TEXT
        if not proved and (
            board.vendor_of(left) in board.vendors_of(right)
            or board.vendor_of(right) in board.vendors_of(left)
        ):
            continue
        worth.append(one)
    return worth[:MOST_DOUBTS]


def _note(asked: set[int], doubts: Iterable[Judged], said: Mapping[tuple[int, int], PairState]) -> None:
    """Writes what a person is to be asked; what was asked about these offers and is no longer in doubt goes."""
    now = database_time(timezone.now())
    rows: dict[tuple[int, int], tuple[Any, ...]] = {}
    for one in doubts:
        pair = _pair(one.left.id, one.right.id)
        if pair in said:
            continue
        reasons = told(one)
        if pair[0] != one.left.id:
            reasons = mirrored(reasons)
        rows[pair] = (*pair, str(PairState.OPEN), one.verdict.probability, json_text(reasons), "", now)
    about = OfferPair.objects.filter(Q(left__in=asked) | Q(right__in=asked), state=PairState.OPEN)
    stale = [
        pk for pk, left, right in about.values_list("pk", "left_id", "right_id") if (left, right) not in rows
    ]
    if stale:
        OfferPair.objects.filter(pk__in=stale, state=PairState.OPEN).delete()
    table = connection.ops.quote_name(OfferPair._meta.db_table)  # noqa: SLF001 - Django's documented way to a model's table
    insert_rows(
        OfferPair,
        ("left_id", "right_id", "state", "probability", "evidence", "actor", "created_at"),
        list(rows.values()),
        "ON CONFLICT (left_id, right_id) DO UPDATE SET probability = excluded.probability,"
        f" evidence = excluded.evidence WHERE {table}.state = 'open'",
    )


def _said_of(ids: Iterable[int]) -> dict[tuple[int, int], PairState]:
    """What people said about pairs of these offers."""
    wanted = set(ids)
    decided = OfferPair.objects.exclude(state=PairState.OPEN).filter(left__in=wanted, right__in=wanted)
    return {
        (left, right): PairState(state)
        for left, right, state in decided.values_list("left_id", "right_id", "state")
    }


def _weaker_of_both(judged: Iterable[Judged]) -> list[Judged]:
    """Of a pair that was judged from both sides, the judgement that is less sure of it."""
    kept: dict[tuple[int, int], Judged] = {}
    for one in judged:
        pair = _pair(one.left.id, one.right.id)
        before = kept.get(pair)
        if before is None or _strength(one.verdict) < _strength(before.verdict):
            kept[pair] = one
    return list(kept.values())


def _strength(verdict: Verdict) -> tuple[bool, float]:
    return verdict.decision == Decision.SAME, verdict.probability


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def kind_of(verdict: Verdict) -> JoinKind:
    """What joins the two, the surest first."""
    codes = {item.code for item in verdict.evidence}
    if "gtin_same" in codes:
        return JoinKind.GTIN
    return JoinKind.BRAND_MPN if "brand_mpn_same" in codes else JoinKind.TEXT


def told(one: Judged) -> Reasons:
    """The weightiest reasons, to be kept."""
    return [list(item) for item in one.explained().evidence[:_KEPT_REASONS]]
