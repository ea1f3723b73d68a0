"""A vendor's bidding rules: written, tried, switched on and off; and the operators' word above them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from buyer_requests.bidding.automatic import DryRun, dry_run
from buyer_requests.bidding.enums import Outcome, RuleState
from buyer_requests.enums import RequestState
from buyer_requests.errors import RuleIncomplete, UnknownRequest
from buyer_requests.locks import database_now, locked_rules
from buyer_requests.models import BiddingRule, BiddingStop, RuleOutcome
from buyer_requests.services.publishing import CONSUMER
from catalog.models import Category
from core import outbox
from core.audit import kinds as audit_kinds
from core.audit.services import record
from vendors.models import Vendor
from vendors.regions import Region

MOST_RULES: Final = 10
STOP: Final = audit_kinds.register("bidding.stop", _("Stopped bids by rules"))
LIFT: Final = audit_kinds.register("bidding.lift_stop", _("Let bids by rules go on"))
#: What a dry run depends on.
_SAID: Final = (
    "discount_percent", "margin_percent", "needs_stock", "least_percent", "regions", "only_verified", "most_amount",
    "most_a_day", "most_amount_a_day", "hour_from", "hour_to",
)  # fmt: skip
#: The outbox's topic: a vendor's rules look at what is open already.
RULE_LIVE: Final = "rule_live"


def rule_of(vendor: Vendor, rule_id: int) -> BiddingRule:
    """Raises UnknownRequest for another's."""
    rule = BiddingRule.objects.filter(vendor=vendor, pk=rule_id).select_related("vendor").first()
    if rule is None:
        raise UnknownRequest("unknown_rule")
    return rule


def stop_of(vendor: Vendor) -> BiddingStop | None:
    """The operators' stop for this vendor, or for everybody."""
    stops = BiddingStop.objects.filter(everybody=True) | BiddingStop.objects.filter(vendor=vendor)
    return stops.order_by("-everybody").first()


@transaction.atomic
def save_rule(
    *,
    vendor: Vendor,
    user: User,
    rule: BiddingRule | None,
    values: dict[str, Any],
    category_ids: Collection[int] = (),
) -> BiddingRule:
    """Writes a rule; what changes has to be tried anew before it bids. Raises RuleIncomplete.

    `values` are the columns of BiddingRule that a person sets. A live rule that is changed is paused.
    """
    held = locked_rules(vendor.pk, states=RuleState.values)
    if rule is None and len(held) >= MOST_RULES:
        raise RuleIncomplete("too_many_rules", most=MOST_RULES)
    if rule is not None:
        rule = next((each for each in held if each.pk == rule.pk), None)
        if rule is None:
            raise UnknownRequest("unknown_rule")
    rule = rule or BiddingRule(vendor=vendor)
    for name, value in values.items():
        setattr(rule, name, value)
    if rule.hour_from == rule.hour_to or not (0 <= rule.hour_from <= 23 and 0 <= rule.hour_to <= 24):
        raise RuleIncomplete("bad_hours", field="hour_from")
    if not set(rule.regions) <= set(Region.values):
        raise RuleIncomplete("unknown_region", field="regions")
    rule.changed_by, rule.tried_at = user, None
    rule.state = RuleState.PAUSED if rule.state == RuleState.LIVE else rule.state
    rule.save()
    rule.categories.set(Category.objects.filter(pk__in=category_ids))
    return rule


def mark_of(rule: BiddingRule) -> str:
    """Stands for what the rule says: another one after any change that a dry run would tell of."""
    said = [getattr(rule, name) for name in _SAID]
    categories = sorted(rule.categories.values_list("pk", flat=True))
    return hashlib.sha256(repr((said, categories)).encode()).hexdigest()[:24]


def try_rule(*, rule: BiddingRule) -> DryRun:
    """The dry run, after which the rule may go live."""
    found = dry_run(rule)
    BiddingRule.objects.filter(pk=rule.pk).update(tried_at=database_now())
    return found


@transaction.atomic
def start_rule(*, vendor: Vendor, user: User, rule: BiddingRule, seen: str = "") -> BiddingRule:
    """Lets a rule bid, on what is open already too. Raises RuleIncomplete: `not_tried`, or stopped by operators.

    `seen` is the mark of the rule whose dry run the person has before him: it counts as tried while the rule is that one.
    """
    held = next(
        (each for each in locked_rules(vendor.pk, states=RuleState.values) if each.pk == rule.pk), None
    )
    if held is None:
        raise UnknownRequest("unknown_rule")
    if seen and seen == mark_of(held):
        held.tried_at = database_now()
    if held.tried_at is None:
        raise RuleIncomplete("not_tried")
    stop = stop_of(vendor)
    if stop is not None:
        raise RuleIncomplete("stopped", reason=stop.reason)
    held.state, held.changed_by = RuleState.LIVE, user
    held.save(update_fields=["state", "changed_by", "tried_at"])
    # What was refused is looked at anew; what was sent stays sent.
    RuleOutcome.objects.filter(
        vendor=vendor, outcome=Outcome.REFUSED, request__state=RequestState.OPEN
    ).delete()
    outbox.emit(CONSUMER, RULE_LIVE, {"vendor": vendor.pk})
    return held


@transaction.atomic
def pause_rules(*, vendor: Vendor, rule: BiddingRule | None = None) -> int:
    """The switch: one rule, or all of them, bid no more from this moment on. Returns how many were live."""
    live = [each for each in locked_rules(vendor.pk) if rule is None or each.pk == rule.pk]
    return BiddingRule.objects.filter(pk__in=[each.pk for each in live]).update(state=RuleState.PAUSED)


@transaction.atomic
def delete_rule(*, vendor: Vendor, rule: BiddingRule) -> None:
    BiddingRule.objects.filter(vendor=vendor, pk=rule.pk).delete()


@transaction.atomic
def stop_bidding(*, operator: User, vendor: Vendor | None, reason: str = "") -> BiddingStop:
    """An operator's stop for a vendor, or (None) for everybody; it holds until it is lifted."""
    kept = {"reason": reason.strip()[:255], "made_by": operator}
    _trace_stop(operator, STOP, vendor, reason)
    if vendor is None:
        return BiddingStop.objects.update_or_create(everybody=True, defaults=kept)[0]
    return BiddingStop.objects.update_or_create(vendor=vendor, defaults=kept)[0]


def _trace_stop(operator: User, action: str, vendor: Vendor | None, reason: str = "") -> None:
    record(
        actor=operator.typed_id,
        action=action,
        subject=f"vendor:{vendor.pk}" if vendor else "",
        subject_name=vendor.name if vendor else "",
        reason=reason.strip(),
        details={"everybody": vendor is None},
    )


@transaction.atomic
def lift_stop(*, operator: User, vendor: Vendor | None) -> bool:
    """Whether there was one. Rules that were live go on."""
    stops = (
        BiddingStop.objects.filter(everybody=True)
        if vendor is None
        else BiddingStop.objects.filter(vendor=vendor)
    )
    was_there = stops.delete()[0] > 0
    if was_there:
        _trace_stop(operator, LIFT, vendor)
    return was_there
