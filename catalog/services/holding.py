"""Offers that rules take out of buyers' sight until what they found is mended. What a person hid no rule shows again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce

from catalog.locks import lock_offers
from catalog.models import Offer
from catalog.services.changes import CHUNK, CONSUMERS, SHOWN_TO, announce

#: Begins the reason of an offer that a rule (about names) hid. A person who hides the offer takes the reason over.
HELD_BY_RULE = "name:"
#: In sight, or out of it by a rule alone.
NOT_HIDDEN_BY_PERSON = Q(hidden_at__isnull=True) | Q(hidden_reason__startswith=HELD_BY_RULE)


def hold_offers(*, reasons: Mapping[int, str], now: dt.datetime, announced: bool = False) -> None:
    """Hides offers, each for its reason, which begins with HELD_BY_RULE; those that a person hid stay as they are.

    `announced`: the caller raised the versions and told everybody in this very transaction, and holds the locks.
    """
    by_reason: dict[str, list[int]] = defaultdict(list)
    for offer_id, reason in reasons.items():
        by_reason[reason[:255]].append(offer_id)
    for reason, offer_ids in by_reason.items():
        since = Coalesce("hidden_at", Value(now, output_field=DateTimeField()))
        values = {"hidden_at": since, "hidden_reason": reason}
        _set(offer_ids, NOT_HIDDEN_BY_PERSON, values, () if announced else CONSUMERS)


def lift_offers(*, offer_ids: Collection[int], announced: bool = False) -> int:
    """Shows offers again that a rule hid. Returns how many."""
    held = Q(hidden_reason__startswith=HELD_BY_RULE)
    return _set(
        list(offer_ids), held, {"hidden_at": None, "hidden_reason": ""}, () if announced else SHOWN_TO
    )


def _set(offer_ids: list[int], which: Q, values: Mapping[str, object], consumers: Collection[str]) -> int:
    done = 0
    version = {"version": F("version") + 1} if consumers else {}
    for start in range(0, len(offer_ids), CHUNK):
        with transaction.atomic():
            chunk = offer_ids[start : start + CHUNK]
            if consumers:
                lock_offers(chunk)
            ids = list(Offer.objects.filter(which, pk__in=chunk).order_by("pk").values_list("pk", flat=True))
            done += Offer.objects.filter(pk__in=ids).update(**values, **version)
            announce(ids, consumers=consumers)
    return done
