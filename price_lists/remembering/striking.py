"""Operators look at what vendors have in common, and take out what should not be offered."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import kinds as audit_kinds
from core.audit.services import record
from price_lists.remembering.models import CommonWord
from price_lists.remembering.offering import LEAST_SHARE, LEAST_VENDORS

#: The lists that an operator may ask for.
STRIKE = audit_kinds.register("price_lists.strike_word", _("Struck a remembered word"))
OFFER_AGAIN = audit_kinds.register("price_lists.offer_word_again", _("Let a remembered word count again"))
SHOWS = ("offered", "few", "struck")


def common_words(*, show: str = "offered", kind: str = "", word: str = "") -> QuerySet[CommonWord]:
    """Offered to others, not yet (too few vendors, or too many that disagree), or struck; the commonest first."""
    words = CommonWord.objects.all()
    agreed = Q(vendors__gte=LEAST_VENDORS) & Q(vendors__gte=LEAST_SHARE * (F("vendors") + F("others")))
    if show == "struck":
        words = words.filter(struck_at__isnull=False)
    elif show == "few":
        words = words.filter(~agreed, struck_at__isnull=True, vendors__gt=0)
    else:
        words = words.filter(agreed, struck_at__isnull=True)
    if kind:
        words = words.filter(kind=kind)
    if word:
        # Brands stand as they are written, and the databases fold capitals each in its own way.
        typed = word.strip()
        spellings = {typed, typed.casefold(), typed.upper(), typed.title(), typed.capitalize()}
        begins = (Q(word__startswith=each) for each in spellings)
        words = words.filter(reduce(or_, begins))
    return words.order_by("-vendors", "id")


def strike(*, word: CommonWord, actor: str) -> None:
    """It is offered to nobody from now on, whatever vendors say; their own words stay theirs."""
    now = timezone.now()
    with transaction.atomic():
        CommonWord.objects.filter(pk=word.pk).update(struck_at=now, struck_by=actor, changed_at=now)
        record(actor=actor, action=STRIKE, subject=f"word:{word.pk}", subject_name=word.word)


def offer_again(*, word: CommonWord, actor: str) -> None:
    with transaction.atomic():
        CommonWord.objects.filter(pk=word.pk).update(struck_at=None, struck_by="", changed_at=timezone.now())
        record(actor=actor, action=OFFER_AGAIN, subject=f"word:{word.pk}", subject_name=word.word)
