"""Offers that could not be indexed: noted with the reason, so that they are seen and tried again."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from search.documents import Document
from search.engines.base import Rejected
from search.models import IndexFailure
from search.selectors import REASON_LENGTH

log = structlog.get_logger(__name__)


def note_outcome(*, documents: Sequence[Document], failed: Sequence[Rejected]) -> None:
    """Notes who failed, and forgets what was noted of the other documents.

    An older document's success does not undo the failure of a newer one, which another worker may have had.
    """
    if not failed and not IndexFailure.objects.exists():  # as a rule: then nothing is written
        return
    newest = {each.id: each for each in failed}
    versions = {each.id: each.version for each in documents if each.id not in newest}
    now = timezone.now()
    with transaction.atomic():
        noted = IndexFailure.objects.filter(offer_id__in=versions).values_list("offer_id", "version")
        over = [offer for offer, version in noted if version <= versions[offer]]
        IndexFailure.objects.filter(offer_id__in=over).delete()
        for each in newest.values():
            log.error("search.not_indexed", offer=each.id, version=each.version, reason=each.reason)
            # PostgreSQL stores no NUL and no half of a pair.
            reason = (
                each.reason.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
            )
            fields = {"version": each.version, "reason": reason[:REASON_LENGTH], "last_at": now}
            if not IndexFailure.objects.filter(offer_id=each.id).update(attempts=F("attempts") + 1, **fields):
                IndexFailure.objects.bulk_create(
                    [IndexFailure(offer_id=each.id, first_at=now, **fields)], ignore_conflicts=True
                )
