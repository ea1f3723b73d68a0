"""Offers are hidden for their names and shown again when these are mended; only what rules hid do rules show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from catalog.locks import lock_offers
from catalog.models import Offer
from catalog.services.bulk import Proposal, Written
from catalog.services.holding import HELD_BY_RULE, hold_offers, lift_offers
from price_lists.title_rules.actions import NameRules
from price_lists.title_rules.detecting import found, suspicious
from price_lists.title_rules.enums import Rule, bits_of
from price_lists.title_rules.locks import hold_rules_still
from price_lists.title_rules.models import TitleRemark
from price_lists.title_rules.offer_names import names_hash, names_of
from price_lists.title_rules.selectors import current_rules

#: Begins the reason why an offer is hidden; the codes of the rules follow.
REASON = HELD_BY_RULE


def hold_names(*, proposals: Sequence[Proposal], written: Sequence[Written], now: dt.datetime) -> int:
    """After `write_offers`, in its transaction: of the offers whose texts it wrote, hides those whose names rules hold
    and shows those again whose names were mended. Returns how many it hid.
    """
    hold_rules_still()
    rules = current_rules()
    suspects: list[int] = []
    if rules.held:
        look = suspicious(rules.held)
        for proposal, offer in zip(proposals, written, strict=True):
            if (proposal.text or proposal.returned) and any(
                look(name) for name in names_of(proposal.columns)
            ):
                suspects.append(offer.offer_id)
    changed = [
        offer.offer_id
        for proposal, offer in zip(proposals, written, strict=True)
        if not offer.created and (proposal.text or proposal.returned)
    ]
    if changed:
        suspects += TitleRemark.objects.filter(offer__in=changed).values_list("offer_id", flat=True)
    return judge(offer_ids=suspects, now=now, announced=True) if suspects else 0


def judge(*, offer_ids: Collection[int], now: dt.datetime, announced: bool = False) -> int:
    """Holds or lifts these offers by the names that they show, edits of people included, and by the rules of this moment.
    Returns how many it hid.

    In one transaction, the caller's where there is one, under locks of the offers. `announced`: the caller has raised
    the versions and told all consumers in this very transaction.
    """
    with transaction.atomic():
        if not announced:
            lock_offers(offer_ids)
        hold_rules_still()
        rules = current_rules()
        remarks = TitleRemark.objects.in_bulk(offer_ids)
        offers = Offer.objects.filter(pk__in=offer_ids).only(
            "vendor_id", "title", "texts", "brand", "hidden_at", "hidden_reason"
        )
        judged = [_judged(offer, remarks.get(offer.pk), rules, now) for offer in offers]
        held = [each for each in judged if each.verdict is _Verdict.HOLD and each.remark is not None]
        lifted = [each.offer for each in judged if each.verdict is _Verdict.LIFT]
        hold_offers(reasons={each.offer.pk: each.reason for each in held}, now=now, announced=announced)
        lift_offers(
            offer_ids=[offer.pk for offer in lifted if offer.hidden_reason.startswith(REASON)],
            announced=announced,
        )
        TitleRemark.objects.filter(pk__in=[each.offer.pk for each in judged if each.is_mended]).delete()
        if passing := [each.offer.pk for each in judged if each.verdict is _Verdict.PASS]:
            TitleRemark.objects.filter(pk__in=passing).update(passed_hash=F("names_hash"), passed_at=now)
        if held:
            TitleRemark.objects.bulk_create(
                [each.remark for each in held if each.remark is not None],
                update_conflicts=True,
                unique_fields=["offer"],
                update_fields=["rules", "names_hash", "held_at"],
                batch_size=500,
            )
    return sum(each.offer.hidden_at is None for each in held)


class _Verdict(Enum):
    HOLD = auto()
    LIFT = auto()
    LEAVE = auto()
    PASS = auto()


class _Judged(NamedTuple):
    """What becomes of one offer: with HOLD the remark to keep, `is_mended` where the one it has is of no use any more."""

    offer: Offer
    verdict: _Verdict
    reason: str = ""
    remark: TitleRemark | None = None
    is_mended: bool = False


def _judged(offer: Offer, known: TitleRemark | None, rules: NameRules, now: dt.datetime) -> _Judged:
    names = list(names_of({"title": offer.title, "texts": offer.texts}))
    broken = broken_rules(names, rules.held, brand=offer.brand)
    names_now, bits = names_hash(names), bits_of(broken)
    if known is not None and bytes(known.passed_hash) == names_now:
        return _Judged(offer, _Verdict.LIFT)
    is_same = known is not None and bytes(known.names_hash) == names_now
    if not broken:
        if is_same and offer.hidden_at is None:
            return _Judged(offer, _Verdict.PASS)  # a person showed it: also under rules that come back
        return _Judged(offer, _Verdict.LIFT, is_mended=known is not None)
    is_held = offer.hidden_reason.startswith(REASON)
    if offer.hidden_at is not None and not is_held:
        return _Judged(offer, _Verdict.LEAVE)  # a person hid it, and only a person shows it again
    if is_same and (offer.hidden_at is None or (known is not None and known.rules == bits)):
        return _Judged(offer, _Verdict.LEAVE)  # a person showed it as it is; or it is held for just that
    remark = TitleRemark(
        offer_id=offer.pk,
        vendor_id=offer.vendor_id,
        rules=bits,
        names_hash=names_now,
        held_at=known.held_at if known is not None and is_held else now,
    )
    reason = REASON + ",".join(rule.value for rule in Rule if rule in broken)
    return _Judged(offer, _Verdict.HOLD, reason, remark)


def broken_rules(names: Iterable[str], rules: Collection[Rule], *, brand: str = "") -> frozenset[Rule]:
    if not rules:
        return frozenset()
    return frozenset(rule for name in names for rule in found(name, rules, brand=brand))
