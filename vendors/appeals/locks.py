"""Row locks of decisions."""

from __future__ import annotations

from vendors.appeals.models import Decision


def lock_decision(pk: int) -> Decision | None:
    """Until the transaction ends. Whoever needs the company's lock as well took that one first."""
    return Decision.objects.select_for_update(of=("self",)).select_related("vendor").filter(pk=pk).first()


def lock_in_force(kind: str, subject: str) -> list[Decision]:
    """Those of a kind about a subject that were not lifted, ordered by id, until the transaction ends."""
    found = Decision.objects.select_for_update(of=("self",)).select_related("vendor")
    return list(found.filter(kind=kind, subject=subject, lifted_at=None).order_by("pk"))
