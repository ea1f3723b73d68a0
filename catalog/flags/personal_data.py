"""What this room keeps of people: their reports about offers. It joins `accounts.personal_data`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from catalog.flags.models import OfferFlag


def export(user: User) -> dict[str, Any]:
    flags = OfferFlag.objects.filter(reporter=user.typed_id).select_related("case").order_by("pk")
    return {
        "reported_offers": [
            {"offer": flag.case.offer_id, "reason": flag.reason, "text": flag.text, "at": flag.at.isoformat()}
            for flag in flags
        ]
    }


def erase(user: User) -> None:
    """The report stays for whoever decides, without its words and without the person."""
    for flag in OfferFlag.objects.filter(reporter=user.typed_id):
        OfferFlag.objects.filter(pk=flag.pk).update(reporter=f"erased:{flag.pk}", text="")
