"""From bids to the optimiser's question, and from its answer to what the page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from buyer_requests.deciding.plans import Plan
from buyer_requests.models import Proposal
from buyer_requests.selectors.cells import Cell, Column, Share, Way, share_of, way_of
from buyer_requests.selectors.comparison import Comparison
from core.assignment import Aim, Answer, Line, Problem, Proof, Quote, Rules, Seller
from core.assignment.results import gap_of
from core.assignment.transport import answer_from_dict, digest_of

SCALE = 1_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the buyer wants: `most` vendors (None: as many as it takes); with `split` lines may be shared out."""

    aim: Aim = Aim.CHEAPEST
    most: int | None = None
    substitutes: bool = True
    split: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "aim": self.aim.value,
            "most": self.most,
            "substitutes": self.substitutes,
            "split": self.split,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Wishes:
        known = {name: data[name] for name in ("most", "substitutes", "split") if name in data}
        return cls(aim=Aim(data["aim"]), **known)


def problem_of(comparison: Comparison, wishes: Wishes, plan: Plan | None = None) -> Problem:
    """Lines that nobody has yet; quotes of bids in force, alternatives too. Keys: line, bid, `Cell.key`.

    What a bid was given before counts towards its free delivery and least order.
    """
    plan = plan or Plan()
    columns = sorted(
        (column for column in comparison.columns if not column.is_expired), key=lambda column: column.bid.pk
    )
    return Problem(
        lines=tuple(
            _line(row.line.pk, comparison.free[row.line.pk], wishes, plan)
            for row in comparison.rows
            if row.line.pk in comparison.free
        ),
        sellers=tuple(_seller(column, rank, comparison.held, plan) for rank, column in enumerate(columns)),
        quotes=tuple(
            _quote(column, line, cell)
            for column in columns
            for line, cell in column.every_cell()
            if line in comparison.free
            and (line, column.bid.pk) not in comparison.had
            and share_of(column, cell, comparison.free[line]) is not None
        ),
        rules=Rules(
            aim=wishes.aim,
            most_sellers=wishes.most,
            substitutes=wishes.substitutes,
            price_weight=100,
            days_weight=plan.days_weight,
            weights=tuple(each.weight for each in plan.scored),
        ),
    )


def _line(pk: int, free: Decimal, wishes: Wishes, plan: Plan) -> Line:
    limits = plan.limits
    return Line(
        pk,
        int(free * SCALE),
        may_split=wishes.split and pk not in limits.whole,
        only=frozenset({limits.only[pk]}) if pk in limits.only else frozenset(),
        never=limits.never | limits.barred.get(pk, frozenset()),
    )


def _seller(column: Column, rank: int, held: Mapping[int, int], plan: Plan) -> Seller:
    has = held.get(column.bid.pk, 0)
    return Seller(
        column.bid.pk,
        rank,
        delivery=column.fee,
        free_from=column.free_from,
        minimum=max(0, column.minimum - has) if column.minimum else 0,
        scores=plan.scores_of(column.bid),
        held=has,
    )


def _quote(column: Column, line: int, cell: Cell) -> Quote:
    return Quote(
        key=cell.key,
        line=line,
        seller=column.bid.pk,
        quantity=int(cell.quantity * SCALE),
        price=cell.steps[0][1],
        breaks=tuple((int(least * SCALE), price) for least, price in cell.steps[1:]),
        is_whole=not cell.is_divisible,
        is_substitute=cell.is_substitute,
        days=cell.days,
        step=int(cell.step * SCALE) if cell.step else 0,
        group=cell.bid_line.pk if cell.alternative or cell.others else 0,
    )


@dataclass(frozen=True, slots=True)
class LineNote:
    """Who else could have the line, and what the total grows by."""

    vendor: str
    difference: int


@dataclass(frozen=True, slots=True)
class VendorNote:
    vendor: str
    difference: int
    lines_lost: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class WayNote:
    """A way to choose beside the others; `difference` is from the cheapest, `lines_lost` too."""

    kind: str
    way: Way
    difference: int
    lines_lost: int
    is_proven: bool
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as the page has it; `kind` is which of its `ways` is filled in."""

    proposal: Proposal
    wishes: Wishes
    answer: Answer
    way: Way
    lines: dict[int, LineNote | None]
    without: list[VendorNote]
    one_vendor: VendorNote | None
    ways: list[WayNote]
    kind: str
    proof: Proof
    gap_percent: float

    @property
    def is_optimal(self) -> bool:
        return self.proof is Proof.OPTIMAL

    @property
    def is_aim(self) -> bool:
        """What is filled in is what was asked for, so that the notes are about it."""
        return self.kind == self.wishes.aim.value

    @property
    def gap(self) -> Decimal:
        """In %, rounded up, so that it is never told better than it is."""
        return Decimal(self.gap_percent + 0.005).quantize(Decimal("0.01"))


def newest_proposals(
    comparison: Comparison, plan: Plan | None = None, kind: str = ""
) -> tuple[Shown | None, Proposal | None]:
    """The newest that answers the question as it stands now, and one that is newer and being worked out."""
    running = None
    for proposal in comparison.request.proposals.filter(failed=False).order_by("-made_at", "-pk")[:8]:
        wishes = Wishes.from_dict(proposal.wishes)
        if digest_of(problem_of(comparison, wishes, plan)) != proposal.digest:
            continue
        if proposal.answer is not None:
            return _shown(comparison, proposal, wishes, kind), running
        running = running or (proposal if proposal.job else None)
    return None, running


def choice_of(comparison: Comparison, taken: Mapping[int, int]) -> dict[int, Share]:
    """What the optimiser chose, as shares: {quote: quantity} to {line: share}."""
    owner = {
        cell.key: (line, column, cell) for column in comparison.columns for line, cell in column.every_cell()
    }
    parts: dict[int, list[tuple[Column, Cell, Decimal]]] = {}
    for quote, quantity in taken.items():
        line, column, cell = owner[quote]
        parts.setdefault(line, []).append((column, cell, Decimal(quantity) / SCALE))
    return {line: _share(pieces) for line, pieces in parts.items()}


def _share(pieces: list[tuple[Column, Cell, Decimal]]) -> Share:
    column, cell, quantity = pieces[0]
    if len(pieces) == 1 and not cell.position and cell.quantity == quantity:
        bid: int = column.bid.pk
        return bid
    return tuple(
        (column.bid.pk, quantity, cell.position) if cell.position else (column.bid.pk, quantity)
        for column, cell, quantity in pieces
    )


def _shown(comparison: Comparison, proposal: Proposal, wishes: Wishes, kind: str) -> Shown:
    assert proposal.answer is not None  # asked for
    answer = answer_from_dict(proposal.answer)
    names = {column.bid.pk: column.bid.vendor.name for column in comparison.columns}
    vendor_of = {
        cell.key: column.bid.vendor.name
        for column in comparison.columns
        for _line, cell in column.every_cell()
    }
    others = {other.way.value: other for other in answer.others}
    kind = kind if kind in others else wishes.aim.value
    chosen = others.get(kind)
    one = answer.one_seller
    return Shown(
        proposal=proposal,
        wishes=wishes,
        answer=answer,
        way=_way(comparison, chosen.choice if chosen else answer.choice),
        lines={
            each.line: LineNote(vendor_of[each.quote], each.difference) if each.quote is not None else None
            for each in answer.lines
        },
        without=[
            VendorNote(names[each.seller], each.difference, each.lines_lost, each.is_exact)
            for each in answer.without
        ],
        one_vendor=VendorNote(names[one.seller], one.difference, one.lines_lost, is_exact=True)
        if one
        else None,
        ways=_ways(comparison, answer, kind),
        kind=kind,
        proof=chosen.proof if chosen else answer.proof,
        gap_percent=gap_of(chosen) if chosen else answer.gap_percent,
    )


def _way(comparison: Comparison, taken: Mapping[int, int]) -> Way:
    return way_of(choice_of(comparison, taken), comparison.columns, held=comparison.held)


def _ways(comparison: Comparison, answer: Answer, kind: str) -> list[WayNote]:
    """Side by side; those that come to the same choice as one before are left out, but for the one that is shown."""
    notes: list[WayNote] = []
    seen: list[Mapping[int, int]] = []
    for other in answer.others:
        if other.choice in seen and other.way.value != kind:
            continue
        if not other.choice:
            continue
        seen.append(other.choice)
        way = _way(comparison, other.choice)
        first = notes[0] if notes else None
        notes.append(
            WayNote(
                other.way.value,
                way,
                way.total - first.way.total if first else 0,
                first.way.covered - way.covered if first else 0,
                is_proven=other.proof is Proof.OPTIMAL,
                is_shown=other.way.value == kind,
            )
        )
    return notes
