"""What becomes of lines whose award was declined or ran out: to the next best choice, the rest as it is, or to the buyer.

First the end of an award is stored, under the request's lock. Then the optimiser is asked, with no lock held. Then, under
the lock again, its choice is given if the question is still the same. What a crash leaves between is found by the sweep.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from buyer_requests.deciding.enums import AwardState
from buyer_requests.deciding.plans import plan_of
from buyer_requests.enums import RequestState
from buyer_requests.locks import locked_request
from buyer_requests.models import Award, BuyerRequest
from buyer_requests.selectors.cells import Share, pieces_of
from buyer_requests.selectors.comparison import Comparison, comparison_of
from buyer_requests.selectors.proposals import Wishes, choice_of, problem_of
from buyer_requests.services import messages
from core.assignment import Problem
from core.assignment.apart import SolverFailed, solve_apart
from core.assignment.polishing import polished, quick_choice
from core.assignment.transport import digest_of
from vendors.models import Vendor

ENDED = (AwardState.DECLINED, AwardState.EXPIRED)
#: Requests whose awards are answered; of a cancelled one nothing moves any more.
DECIDED = (RequestState.AWARDED, RequestState.CLOSED)
#: For finding who is next, while somebody may wait for the page.
SECONDS = 3.0
#: How often the question may change under our hands before the buyer gets the lines back.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Question:
    ended: list[Award]
    comparison: Comparison
    problem: Problem
    #: (line, quantity) that passes on.
    wanted: dict[int, Decimal]

    @property
    def digest(self) -> str:
        return digest_of(self.problem)


def unsettled(limit: int) -> list[int]:
    """Requests with ended awards of which it is not settled who has the lines now."""
    found = Award.objects.filter(state__in=ENDED, passed_at=None, request__state__in=DECIDED)
    return list(found.order_by("request").values_list("request", flat=True).distinct()[:limit])


def settle(request_id: int, *, at_most: int | None = None) -> int:
    """Gives what ended awards left to the next best, where the buyer chose so; how many awards that makes.

    The request with what nobody takes on goes back to the buyer. Must not be called under the request's lock. A question
    of more than `at_most` prices is left to the sweep, which nobody waits for.
    """
    for attempt in range(ATTEMPTS):
        question = _question(request_id)
        if question is None:
            return 0
        if at_most is not None and len(question.problem.quotes) > at_most:
            return 0
        choice = _chosen(question) if attempt < ATTEMPTS - 1 else {}
        given = _given(request_id, question.digest, choice, is_last=attempt == ATTEMPTS - 1)
        if given is not None:
            return given
    return 0


def _question(request_id: int) -> _Question | None:
    request = BuyerRequest.objects.filter(pk=request_id, state__in=DECIDED).first()
    ended = list(
        Award.objects.filter(request=request_id, state__in=ENDED, passed_at=None)
        .select_related("line", "bid", "awarded_by")
        .order_by("pk")
    )
    if request is None or not ended:
        return None
    comparison = comparison_of(request)
    public = set(
        Vendor.objects.public()
        .filter(pk__in=[column.bid.vendor_id for column in comparison.columns])
        .values_list("pk", flat=True)
    )
    wanted: dict[int, Decimal] = {}
    for award in ended:
        if award.passes_on and award.line_id in comparison.free:
            wanted[award.line_id] = wanted.get(award.line_id, Decimal(0)) + award.quantity
    wanted = {line: min(quantity, comparison.free[line]) for line, quantity in wanted.items()}
    comparison = dataclasses.replace(
        comparison,
        columns=[column for column in comparison.columns if column.bid.vendor_id in public],
        free=wanted,
    )
    problem = problem_of(comparison, Wishes(), plan_of(request))
    # What one vendor had goes to one; what was shared may be shared again.
    shared = {award.line_id for award in ended if award.quantity < award.line.quantity}
    lines = tuple(dataclasses.replace(line, may_split=line.key in shared) for line in problem.lines)
    return _Question(ended, comparison, dataclasses.replace(problem, lines=lines), wanted)


def _chosen(question: _Question) -> dict[int, Share]:
    """The good itself, where every line can have it; else with substitutes."""
    problem = question.problem
    if not problem.lines:
        return {}
    itself = dataclasses.replace(problem, rules=dataclasses.replace(problem.rules, substitutes=False))
    taken = _solved(itself)
    if len(_filled(itself, taken)) < len(problem.lines):
        taken = _solved(problem)
    return choice_of(question.comparison, taken)


def _solved(problem: Problem) -> Mapping[int, int]:
    try:
        return solve_apart(problem, seconds=SECONDS).choice
    except SolverFailed:
        return polished(problem, quick_choice(problem))


def _filled(problem: Problem, taken: Mapping[int, int]) -> set[int]:
    got: dict[int, int] = {}
    for key, quantity in taken.items():
        got[problem.quote[key].line] = got.get(problem.quote[key].line, 0) + quantity
    return {line for line, quantity in got.items() if quantity >= problem.line[line].quantity}


@transaction.atomic
def _given(request_id: int, digest: str, choice: Mapping[int, Share], *, is_last: bool) -> int | None:
    """None where the question is another one by now. Locks the request."""
    current, now = locked_request(request_id)
    question = _question(request_id)
    if question is None:
        return 0
    if question.digest != digest and not is_last:
        return None
    nexts = Award.objects.bulk_create(_awards(current, question, choice, now))
    Award.objects.filter(pk__in=[award.pk for award in question.ended]).update(passed_at=now)
    if nexts:
        messages.tell_of_passing(current, nexts)
    left = _left(question, nexts)
    if left:
        current.state = RequestState.CLOSED
        current.save(update_fields=["state"])
        messages.tell_buyer_of_free_lines(current, left)
    return len(nexts)


def _awards(
    request: BuyerRequest, question: _Question, choice: Mapping[int, Share], now: dt.datetime
) -> list[Award]:
    """Who has a line next has as long to answer as the one before."""
    from buyer_requests.services.awards import award_of

    before = {award.line_id: award for award in question.ended if award.passes_on}
    columns = {column.bid.pk: column for column in question.comparison.columns}
    awards = []
    for line, share in choice.items():
        ended = before[line]
        span = ended.answer_by - ended.awarded_at if ended.answer_by else dt.timedelta(days=1)
        for bid, quantity, position in pieces_of(share):
            cell = columns[bid].cell_of(line, position)
            assert cell is not None  # the question is still the same
            awards.append(
                award_of(
                    request,
                    cell.bid_line,
                    cell.quantity if quantity is None else quantity,
                    cell.alternative,
                    buyer=ended.awarded_by,
                    answer_by=now + max(span, dt.timedelta(days=1)),
                    passes_on=True,
                )
            )
    return awards


def _left(question: _Question, nexts: list[Award]) -> int:
    """Lines of ended awards that nobody has in full now."""
    given: dict[int, Decimal] = {}
    for award in nexts:
        given[award.line_id] = given.get(award.line_id, Decimal(0)) + award.quantity
    return sum(
        given.get(line, Decimal(0)) < sum(award.quantity for award in question.ended if award.line_id == line)
        for line in {award.line_id for award in question.ended}
    )
