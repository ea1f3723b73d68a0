"""Reporting an offer, and deciding about what was reported. Both sides are told, the vendor may appeal."""

from __future__ import annotations

import datetime as dt
import hashlib
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
from catalog.locks import locked_offers
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
from vendors.appeals.errors import ChangedSince
from vendors.appeals.models import Decision
from vendors.appeals.services import lift, note
from vendors.own_company import require_not_own

DECIDED = audit_kinds.register("catalog.decide_flags", _("Decided about a reported offer"))
HIDDEN, PHOTO, MOVED = "offer.hidden", removing.DECISION, "offer.moved"
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
    Raises UnknownOffer, CaseDecided, InvalidInput without a reason, category or photo, NotAllowed for one's
    own company's offer.
    """
    case = lock_case(case_id)
    if case is None:
        raise UnknownOffer("unknown_case")
    if case.verdict:
        raise CaseDecided("case_decided")
    require_not_own(operator, case.vendor_id)
    if not reason.strip():
        raise InvalidInput("no_reason", _("Say why: those concerned will read it."), field="reason")
    reason = reason.strip()[:_LONGEST]
    offer = case.offer
    if verdict == Verdict.HIDDEN:
        lift(kind=HIDDEN, subject=f"offer:{offer.pk}")
        hidden = hide_offers(offer_ids=[offer.pk], reason=reason)
        at = Offer.objects.values_list("hidden_at", flat=True).get(pk=offer.pk) if hidden else None
        _note(HIDDEN, offer, reason, operator, hidden_at=at.isoformat() if at else "")
    elif verdict == Verdict.MOVED:
        if category is None:
            raise InvalidInput("no_category", _("Choose a category from the list."), field="category")
        lift(kind=MOVED, subject=f"offer:{offer.pk}")
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
        _take_down(offer, content, reason, operator)
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


def _take_down(offer: Offer, content: str, reason: str, operator: User) -> None:
    """The same bytes go from all vendors who show them: each reads why and may appeal."""
    subject = f"photo:{content}"
    lift(kind=PHOTO, subject=subject)
    _note(PHOTO, offer, reason, operator, subject=subject, content=content)
    for vendor, address in selectors.others_showing(content, offer):
        note(
            kind=PHOTO,
            subject=subject,
            subject_name=address,
            vendor=vendor,
            reason=reason,
            actor=operator.typed_id,
            details={"content": content},
        )
    removing.refuse(content=content, reason=reason, actor=operator.typed_id)


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


def _note(
    kind: str, offer: Offer, reason: str, operator: User, *, subject: str = "", **details: object
) -> None:
    note(
        kind=kind,
        subject=subject or f"offer:{offer.pk}",
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
    """Only what this decision hid: who hid the offer again since had a reason of their own."""
    offer = locked_offers([decision.details["offer"]]).first()
    if offer is None or offer.hidden_at is None or not _hid(decision, offer.hidden_at, offer.hidden_reason):
        raise ChangedSince("changed_since")
    unhide_offers(offer_ids=[offer.pk])


def _hid(decision: Decision, at: dt.datetime, reason: str) -> bool:
    if "hidden_at" in decision.details:
        return bool(decision.details["hidden_at"] == at.isoformat())
    return reason == decision.reason[:255]


def _show_photo_again(decision: Decision, operator: User, _reason: str) -> None:
    removed = RemovedPhoto.objects.filter(content=decision.details["content"]).first()
    if removed is None:
        raise ChangedSince("changed_since")
    removing.show_again(removed=removed, actor=operator.typed_id)


def _move_back(decision: Decision, operator: User, _reason: str) -> None:
    """Only from where this decision put it, and into a category that is still there."""
    offer = locked_offers([decision.details["offer"]]).first()
    before = decision.details["before"]
    stands = Category.objects.filter(pk=before, merged_into=None).exists()
    if offer is None or offer.category_id != decision.details["after"] or not (before is None or stands):
        raise ChangedSince("changed_since")
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
