"""Queues about companies: applications, held imports, appeals."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.models import RequestHold
from buyer_requests.trust import holding
from buyer_requests.trust.enums import HoldState
from cms.operators.inbox.errors import ItemGone
from cms.operators.inbox.queues import Act, Answer, Queue, Shown, Source
from price_lists.guard_words import in_words
from price_lists.held import imports
from price_lists.models import ImportRun
from vendors.appeals import kinds, selectors, services
from vendors.appeals.models import Decision
from vendors.enums import VendorState
from vendors.locks import lock_vendor
from vendors.models import Vendor
from vendors.services import approve_vendor, reject_vendor

CHANGE_VENDOR = "vendors.change_vendor"
CHANGE_HOLD = "buyer_requests.change_requesthold"


def _applications() -> QuerySet[Vendor]:
    return (
        Vendor.objects.filter(state=VendorState.APPLIED)
        .select_related("applied_by")
        .prefetch_related("onboarding_marks")
    )


def _show_applications(rows: Sequence[Vendor]) -> list[Shown]:
    return [
        Shown(
            title=vendor.name,
            vendor_id=vendor.pk,
            vendor=vendor.name,
            facts=(
                (_("Legal name"), vendor.legal_name or "–"),
                (_("Tax number"), vendor.tax_id or "–"),
                (_("City"), vendor.city or "–"),
                (_("Contacts"), ", ".join(filter(None, (vendor.email, vendor.phone))) or "–"),
                (_("Web site"), vendor.site_url or "–"),
            ),
            url=reverse("operators_vendor", args=[vendor.pk]),
            stamp=_seen(vendor),
        )
        for vendor in rows
    ]


def _seen(vendor: Vendor) -> str:
    """What an operator looked at: what the company says of itself and what was said about its checklist."""
    marks = sorted((mark.item, mark.state) for mark in vendor.onboarding_marks.all())
    shown = [
        vendor.state, vendor.name, vendor.legal_name, vendor.tax_id, vendor.participation, vendor.city,
        vendor.email, vendor.phone, vendor.site_url, marks,
    ]  # fmt: skip
    return hashlib.blake2b(repr(shown).encode(), digest_size=12).hexdigest()


def _approve(vendor: Vendor, operator: User, answer: Answer) -> None:
    # Looked at again under its lock: the company may have changed itself a moment ago.
    if _seen(lock_vendor(vendor.pk)) != _seen(vendor):
        raise ItemGone("item_gone")
    approve_vendor(vendor=vendor, actor=operator, reason=answer.reason)


def _reject(vendor: Vendor, operator: User, answer: Answer) -> None:
    reject_vendor(vendor=vendor, actor=operator, reason=answer.reason)


APPLICATIONS = Source(
    key="vendor",
    permission=CHANGE_VENDOR,
    rows=_applications,
    at="created_at",
    show=_show_applications,
    acts=(
        Act("approve", _("Approve"), _approve, traced=True),
        Act("reject", _("Reject"), _reject, needs_reason=True, is_hard=True, traced=True),
    ),
    vendor_field="pk",
    extra="cms/operators/inbox/_application.html",
)


def _held_runs() -> QuerySet[ImportRun]:
    return imports.held_runs().order_by().select_related("vendor", "source", "price_list")


def _show_runs(rows: Sequence[ImportRun]) -> list[Shown]:
    return [
        Shown(
            title=_now("Import #%(number)s: %(file)s")
            % {"number": run.pk, "file": run.price_list.original_name},
            vendor_id=run.vendor_id,
            vendor=run.vendor.name,
            facts=(
                *((_("Why it is held"), f"{each['title']} {each['text']}") for each in in_words(run.guard)),
                (
                    _("The vendor has time until"),
                    date_format(localtime(run.created_at + imports.PATIENCE), "SHORT_DATETIME_FORMAT"),
                ),
            ),
            url=reverse("operators_imports:inspect", args=[run.pk]),
            stamp=run.state,
        )
        for run in rows
    ]


def _nudge(run: ImportRun, operator: User, answer: Answer) -> None:
    imports.nudge(operator=operator, run=run, text=answer.reason)


def _apply_run(run: ImportRun, operator: User, answer: Answer) -> None:
    imports.apply_for_vendor(operator=operator, run=run, reason=answer.reason)


def _drop_run(run: ImportRun, operator: User, answer: Answer) -> None:
    imports.drop_for_vendor(operator=operator, run=run, reason=answer.reason)


IMPORTS = Source(
    key="import_run",
    permission="price_lists.change_importrun",
    rows=_held_runs,
    at="created_at",
    show=_show_runs,
    acts=(
        Act("nudge", _("Ask the vendor"), _nudge, needs_reason=True, ends=False, traced=True),
        Act("apply", _("Apply for the vendor"), _apply_run, needs_reason=True, traced=True),
        Act("drop", _("Give it up for the vendor"), _drop_run, needs_reason=True, is_hard=True, traced=True),
    ),
    vendor_field="vendor",
)


def _appeals(permission: str) -> Callable[[], QuerySet[Decision]]:
    """Of the kinds that rooms registered with this right."""

    def rows() -> QuerySet[Decision]:
        return selectors.waiting_appeals(lambda asked: asked == permission).order_by()

    return rows


def _show_appeals(rows: Sequence[Decision]) -> list[Shown]:
    return [
        Shown(
            title=f"{kinds.label_of(each.kind)}: {each.subject_name}",
            vendor_id=each.vendor_id,
            vendor=each.vendor.name,
            facts=(
                (_("Decided because"), each.reason),
                (
                    _("Decided on"),
                    date_format(localtime(each.decided_at), "SHORT_DATETIME_FORMAT"),
                ),
                (_("The vendor says"), each.appeal),
            ),
            url=reverse("operators_vendor", args=[each.vendor_id]),
            stamp=each.outcome or "waits",
        )
        for each in rows
    ]


def _judge(*, reverses: bool) -> Any:
    def run(decision: Decision, operator: User, answer: Answer) -> None:
        services.judge(operator=operator, decision_id=decision.pk, reverses=reverses, reason=answer.reason)

    return run


def _appeals_source(key: str, permission: str) -> Source:
    return Source(
        key=key,
        permission=permission,
        rows=_appeals(permission),
        at="appealed_at",
        show=_show_appeals,
        acts=(
            Act("reverse", _("Undo the decision"), _judge(reverses=True), needs_reason=True, traced=True),
            Act(
                "uphold",
                _("The decision stays"),
                _judge(reverses=False),
                needs_reason=True,
                is_hard=True,
                traced=True,
            ),
        ),
        vendor_field="vendor",
    )


APPEALS = (
    _appeals_source("appeal_vendor", CHANGE_VENDOR),
    _appeals_source("appeal_offer", "catalog.change_flagcase"),
    _appeals_source("appeal_name", "price_lists.change_titlerule"),
)


def holds_in(state: HoldState) -> QuerySet[RequestHold]:
    return RequestHold.objects.filter(state=state).select_related("request__buyer", "decided_by")


def _buyers_appeals() -> QuerySet[RequestHold]:
    return holds_in(HoldState.APPEALED)


def _show_buyers_appeals(rows: Sequence[RequestHold]) -> list[Shown]:
    return [
        Shown(
            title=_now("Request closed: %(title)s") % {"title": hold.request.title},
            facts=((_("Decided because"), hold.reason), (_("The buyer says"), hold.appeal)),
            url=reverse("operators_held_requests"),
            stamp=hold.state,
        )
        for hold in rows
    ]


def _judge_hold(*, reverses: bool) -> Any:
    def run(hold: RequestHold, operator: User, answer: Answer) -> None:
        holding.decide(operator=operator, request=hold.request, releases=reverses, reason=answer.reason)

    return run


BUYERS_APPEALS = Source(
    key="request_appeal",
    permission=CHANGE_HOLD,
    rows=_buyers_appeals,
    at="appealed_at",
    show=_show_buyers_appeals,
    acts=(
        Act("reverse", _("Undo the decision"), _judge_hold(reverses=True), needs_reason=True, traced=True),
        Act(
            "uphold",
            _("The decision stays"),
            _judge_hold(reverses=False),
            needs_reason=True,
            is_hard=True,
            traced=True,
        ),
    ),
)

_DAY = dt.timedelta(days=1)
QUEUES = (
    Queue("vendors", _("Vendor applications"), _DAY, (APPLICATIONS,), order=10, more="operators_vendors:index"),
    Queue("imports", _("Held imports"), 3 * _DAY, (IMPORTS,), order=20, more="operators_imports:index"),
    Queue("appeals", _("Appeals"), 2 * _DAY, (*APPEALS, BUYERS_APPEALS), order=15),
)  # fmt: skip
