"""Row locks of cases; an offer's own lock is taken after its case's."""

from __future__ import annotations

from catalog.flags.models import FlagCase


def lock_case(pk: int) -> FlagCase | None:
    """Until the transaction ends."""
    return (
        FlagCase.objects.select_for_update(of=("self",)).select_related("offer__vendor").filter(pk=pk).first()
    )


def lock_open_case(offer_id: int) -> FlagCase | None:
    """The case that a new report joins."""
    return FlagCase.objects.select_for_update().filter(offer=offer_id, verdict="").first()
