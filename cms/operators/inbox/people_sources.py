"""Queues about what people write: requests that are held or reported, reviews that are reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.enums import RequestState
from buyer_requests.models import RequestHold, RequestReport
from buyer_requests.trust import holding
from buyer_requests.trust.enums import HoldState, Rule
from buyer_requests.trust.models import HOLDING
from cms.operators.inbox.company_sources import CHANGE_HOLD, holds_in
from cms.operators.inbox.errors import ItemGone
from cms.operators.inbox.queues import Act, Answer, Queue, Shown, Source
from reviews import selectors, services
from reviews.models import Review


def _held() -> QuerySet[RequestHold]:
    return holds_in(HoldState.HELD)


def _in_words(finding: dict[str, Any]) -> str:
    rule = finding["rule"]
    name = Rule(rule).label if rule in Rule.values else rule
    return f"{name} ({finding.get('weight', '')})"


def _show_held(rows: Sequence[RequestHold]) -> list[Shown]:
    return [
        Shown(
            title=hold.request.title,
            facts=tuple((_("Why it is held"), _in_words(each)) for each in hold.findings),
            url=reverse("operators_requests:inspect", args=[hold.request_id]),
            stamp=f"{hold.state} {hold.held_at.isoformat()}",
        )
        for hold in rows
    ]


def _decide_hold(*, releases: bool) -> Any:
    def run(hold: RequestHold, operator: User, answer: Answer) -> None:
        holding.decide(operator=operator, request=hold.request, releases=releases, reason=answer.reason)

    return run


HELD = Source(
    key="request_hold",
    permission=CHANGE_HOLD,
    rows=_held,
    at="held_at",
    show=_show_held,
    acts=(
        Act("release", _("Release"), _decide_hold(releases=True), needs_reason=True, traced=True),
        Act("close", _("Close"), _decide_hold(releases=False), needs_reason=True, is_hard=True, traced=True),
    ),
)


def _reports() -> QuerySet[RequestReport]:
    """The first open report of each request that is not held: it stands for all of them."""
    earlier = RequestReport.objects.filter(request=OuterRef("request"), verdict="", pk__lt=OuterRef("pk"))
    return (
        RequestReport.objects.filter(verdict="", request__state=RequestState.OPEN)
        .exclude(request__hold__state__in=HOLDING)
        .exclude(Exists(earlier))
        .select_related("request", "vendor")
    )


def _show_reports(rows: Sequence[RequestReport]) -> list[Shown]:
    every: dict[int, list[RequestReport]] = {}
    found = RequestReport.objects.filter(request__in=[row.request_id for row in rows], verdict="")
    for report in found.select_related("vendor").order_by("pk"):
        every.setdefault(report.request_id, []).append(report)
    return [
        Shown(
            title=row.request.title,
            facts=tuple(
                (each.vendor.name, f"{each.get_reason_display()}{f': {each.text}' if each.text else ''}")
                for each in every.get(row.request_id, [])
            ),
            url=reverse("operators_requests:inspect", args=[row.request_id]),
            stamp=str(len(every.get(row.request_id, []))),
        )
        for row in rows
    ]


def _dismiss(row: RequestReport, operator: User, _answer: Answer) -> None:
    if not holding.dismiss_reports(operator=operator, request=row.request):
        raise ItemGone("item_gone")


REPORTED = Source(
    key="request_report",
    permission=CHANGE_HOLD,
    rows=_reports,
    at="reported_at",
    show=_show_reports,
    acts=(Act("dismiss", _("Reject the reports"), _dismiss, traced=True),),
)


def _reviews() -> QuerySet[Review]:
    return selectors.reported().order_by()


def _show_reviews(rows: Sequence[Review]) -> list[Shown]:
    return [
        Shown(
            title=f"{'★' * review.stars} {review.text}"[:120],
            vendor_id=review.vendor_id,
            vendor=review.vendor.name,
            facts=(
                (_("Review"), review.text or "–"),
                (_("Why it was reported"), review.report),
            ),
            url=reverse("operators_reviews"),
            stamp=review.state,
        )
        for review in rows
    ]


def _decide_review(*, removes: bool) -> Any:
    def run(review: Review, operator: User, answer: Answer) -> None:
        services.decide(public_id=review.public_id, remove=removes, reason=answer.reason, operator=operator)

    return run


REVIEWS = Source(
    key="review",
    permission="reviews.change_review",
    rows=_reviews,
    at="reported_at",
    show=_show_reviews,
    acts=(
        Act("keep", _("Keep the review"), _decide_review(removes=False), needs_reason=True, traced=True),
        Act(
            "remove",
            _("Remove the review"),
            _decide_review(removes=True),
            needs_reason=True,
            is_hard=True,
            traced=True,
        ),
    ),
    vendor_field="vendor",
)

_DAY = dt.timedelta(days=1)
QUEUES = (
    Queue("requests", _("Requests held or reported"), _DAY / 2, (HELD, REPORTED), order=14, more="operators_held_requests"),
    Queue("reviews", _("Reported reviews"), 2 * _DAY, (REVIEWS,), order=50, more="operators_reviews"),
)  # fmt: skip
