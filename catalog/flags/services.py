"""Reporting an offer, and deciding about what was reported. Both sides are told, the vendor may appeal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.enums import EditRank
from catalog.flags import selectors
from catalog.flags.enums import FlagReason, Verdict
from catalog.flags.errors import CaseDecided, FlaggedAlready, UnknownOffer
from catalog.flags.locks import lock_case, lock_open_case
from catalog.flags.models import FlagCase, OfferFlag
from catalog.models import Category, Offer, RemovedPhoto
from catalog.photos import removing
from catalog.services.offers import edit_offer, hide_offers, unhide_offers
from core import clock
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.errors import InvalidInput
from core.limits import limit
from core.places import place
from notifications import kinds as messages
from notifications.services import notify
from vendors.appeals import kinds as decisions
from vendors.appeals.models import Decision
from vendors.appeals.services import note

DECIDED = audit_kinds.register("catalog.decide_flags", _("Decided about a reported offer"))
HIDDEN, PHOTO, MOVED = "offer.hidden", "photo.removed", "offer.moved"
#: Reports of one person or network.
RATE: Final = "20/d"
_LONGEST: Final = 1000


@transaction.atomic
def report_offer(*, offer_id: int, visitor: str, reason: FlagReason, text: str = "") -> OfferFlag:
    """Notes a report. `visitor` is `core.visits.visitor_of`: an account, or a network, which is not kept as it is.

    Locks the offer's open case. Raises UnknownOffer, FlaggedAlready, InvalidInput (`no_text`), TooMany.
    """
    if reason == FlagReason.OTHER and not text.strip():
        raise InvalidInput("no_text", _("Write what is wrong."), field="text")
    offer = selectors.reportable(offer_id)
    if offer is None:
        raise UnknownOffer("unknown_offer")
    limit(f"catalog.flags:{visitor}", RATE)
    reporter = visitor if visitor.startswith("user:") else _of_the_day(visitor)
    now = clock.now()
    case = _open_case(offer)
    if case.flags.filter(reporter=reporter).exists():
        raise FlaggedAlready("flagged_already")
    made = OfferFlag.objects.create(
        case=case, reporter=reporter, reason=reason, text=text.strip()[:500], at=now
    )
    case.reports += 1
    case.save(update_fields=["reports"])
    return made


@transaction.atomic
def decide(
    *,
    operator: User,
    case_id: int,
    verdict: Verdict,
    reason: str,
    category: Category | None = None,
    photo: str = "",
) -> FlagCase:
    """An operator's word on a case; the vendor and those who reported read the reason. Locks the case, then the offer.

    `category` is where a moved offer goes, `photo` the content hash of one to be taken down (the first, if not told).
    Raises UnknownOffer, CaseDecided, InvalidInput without a reason, category or photo.
    """
    case = lock_case(case_id)
    if case is None:
        raise UnknownOffer("unknown_case")
    if case.verdict:
        raise CaseDecided("case_decided")
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why: those concerned will read it."), field="reason")
    reason = reason.strip()[:_LONGEST]
    offer = case.offer
    if verdict == Verdict.HIDDEN:
        _note(HIDDEN, offer, reason, operator)
        hide_offers(offer_ids=[offer.pk], reason=reason)
    elif verdict == Verdict.MOVED:
        if category is None:
            raise InvalidInput("no_category", _("Choose a category from the list."), field="category")
        _note(MOVED, offer, reason, operator, before=offer.category_id, after=category.pk)
        edit_offer(
            offer=offer,
            values={"category_id": category.pk},
            rank=EditRank.OPERATOR,
            actor=operator.typed_id,
        )
    elif verdict == Verdict.PHOTO:
        shown = [each.content for each in selectors.shown_photos(offer)]
        content = photo or (shown[0] if shown else "")
        if content not in shown:
            raise InvalidInput("no_photo", _("This offer shows no such photo."), field="photo")
        _note(PHOTO, offer, reason, operator, content=content)
        # Files are no part of the transaction: they go once it is certain that the decision stands.
        actor = operator.typed_id
        transaction.on_commit(_removal(content, reason, actor))
    case.verdict, case.reason = verdict, reason
    case.decided_by, case.decided_at = operator.typed_id, clock.now()
    case.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
    record(
        actor=operator.typed_id,
        action=DECIDED,
        subject=f"offer:{offer.pk}",
        subject_name=offer.title,
        reason=reason,
        details={"verdict": verdict.value, "reports": case.reports, "vendor": offer.vendor_id},
    )
    _tell_reporters(case)
    return case


def _removal(content: str, reason: str, actor: str) -> Callable[[], None]:
    def remove() -> None:
        if not removing.is_removed(content):
            removing.remove_photo(content=content, reason=reason, actor=actor)

    return remove


def _open_case(offer: Offer) -> FlagCase:
    """Under its lock. Of two reports at once one makes it, the other joins."""
    if found := lock_open_case(offer.pk):
        return found
    try:
        with transaction.atomic():
            return FlagCase.objects.create(offer=offer, vendor_id=offer.vendor_id, opened_at=clock.now())
    except IntegrityError:
        made = lock_open_case(offer.pk)
        if made is None:  # decided in this very moment
            raise CaseDecided("case_decided") from None
        return made


def _of_the_day(visitor: str) -> str:
    """What tells networks of one day apart and nothing else."""
    day = timezone.localdate().isoformat()
    digest = hashlib.blake2b(
        f"{visitor}|{day}".encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16
    )
    return f"visitor:{digest.hexdigest()}"


def _note(kind: str, offer: Offer, reason: str, operator: User, **details: object) -> None:
    note(
        kind=kind,
        subject=f"offer:{offer.pk}",
        subject_name=offer.title,
        vendor=offer.vendor,
        reason=reason,
        actor=operator.typed_id,
        details={"offer": offer.pk, **details},
    )


def _tell_reporters(case: FlagCase) -> None:
    people = [
        int(reporter.removeprefix("user:"))
        for reporter in case.flags.filter(reporter__startswith="user:").values_list("reporter", flat=True)
    ]
    label = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            label[code] = str(Verdict(case.verdict).label)
    notify(
        users=people,
        kind="flag.decided",
        params={"offer": case.offer.title, "verdict": label, "reason": case.reason},
        url=place("offer", case.offer_id) if case.verdict != Verdict.HIDDEN else "",
        key=f"flag.decided:{case.pk}",
    )


def _show_again(decision: Decision, _operator: User, _reason: str) -> None:
    unhide_offers(offer_ids=[decision.details["offer"]])


def _show_photo_again(decision: Decision, operator: User, _reason: str) -> None:
    removed = RemovedPhoto.objects.filter(content=decision.details["content"]).first()
    if removed is not None:
        removing.show_again(removed=removed, actor=operator.typed_id)


def _move_back(decision: Decision, operator: User, _reason: str) -> None:
    offer = Offer.objects.filter(pk=decision.details["offer"]).first()
    before = decision.details["before"]
    if offer is None or (before is not None and not Category.objects.filter(pk=before).exists()):
        return
    edit_offer(offer=offer, values={"category_id": before}, rank=EditRank.OPERATOR, actor=operator.typed_id)


def connect() -> None:
    """Called once when the application starts."""
    for name, label, undo in (
        (HIDDEN, _("An offer was hidden"), _show_again),
        (PHOTO, _("A photo was taken down"), _show_photo_again),
        (MOVED, _("An offer was put into another category"), _move_back),
    ):
        decisions.register(name, label=label, permission="catalog.change_flagcase", undo=undo)
    messages.register(
        "flag.decided",
        label=_("An operator looked at an offer that I reported"),
        subject=_("Your report was looked at: %(offer)s"),
        body=_("Decision: %(verdict)s. The operator says: %(reason)s"),
        icon="flag",
        action=_("See the offer"),
    )
