"""What vendors are told of edits of their offers: one message a vendor and edit, with the reason that the operator gave."""

from __future__ import annotations

from typing import Final

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from catalog.bulk_edit.enums import Action, RowState
from catalog.bulk_edit.models import BulkEdit
from catalog.models import Offer
from notifications import kinds
from notifications.services import Message, notify_many
from vendors.models import Vendor
from vendors.selectors import people_to_tell

HIDDEN: Final = "offers.hidden"
SHOWN: Final = "offers.shown"
_TITLES = 3


def register() -> None:
    kinds.register(
        HIDDEN,
        label=_("The row hides offers of mine"),
        subject=ngettext_lazy(
            "%(count)d offer of %(vendor)s is hidden", "%(count)d offers of %(vendor)s are hidden", "count"
        ),
        body=_("Reason: %(reason)s. Among them: %(titles)s. No price list brings them back by itself."),
        icon="eye-off",
    )
    kinds.register(
        SHOWN,
        label=_("The row shows offers of mine again"),
        subject=ngettext_lazy(
            "%(count)d offer of %(vendor)s is shown again",
            "%(count)d offers of %(vendor)s are shown again",
            "count",
        ),
        body=_("Reason: %(reason)s. Among them: %(titles)s."),
        icon="eye",
    )


def tell_vendors(edit: BulkEdit, *, undone: bool = False) -> None:
    """Only of what buyers see or do not see any more. Telling twice tells once."""
    if edit.action not in (Action.HIDE, Action.SHOW):
        return
    state = RowState.UNDONE if undone else RowState.APPLIED
    rows = edit.rows.filter(state=state)
    counts = dict(
        rows.values_list("offer__vendor")
        .annotate(number=Count("pk"))
        .order_by()
        .values_list("offer__vendor", "number")
    )
    kind = HIDDEN if (edit.action == Action.HIDE) != undone else SHOWN
    for vendor in Vendor.objects.filter(pk__in=counts):
        some = Offer.objects.filter(vendor=vendor, pk__in=rows.values("offer")).order_by("pk")
        titles = list(some.values_list("title", flat=True)[:_TITLES])
        params = {
            "vendor": vendor.name,
            "count": counts[vendor.pk],
            "reason": edit.reason.rstrip("."),
            "titles": "; ".join(titles),
        }
        users = list(people_to_tell(vendor).values_list("pk", flat=True))
        key = f"bulk_edit:{edit.pk}:{vendor.pk}:{'undone' if undone else 'applied'}"
        notify_many([Message(users=users, kind=kind, params=params, url="", key=key)])
