"""What operators never want to be suggested: words, in whatever form and order, with who said so and why."""

from __future__ import annotations

from collections.abc import Collection

import structlog
from django.utils import timezone

from search.suggesting.directory import forget_directory
from search.suggesting.errors import NothingToBlock, ReasonMissing
from search.suggesting.models import BlockedQuery
from search.suggesting.terms import is_blocked, terms_of

log = structlog.get_logger(__name__)


def block_query(*, words: str, reason: str, actor: str) -> BlockedQuery:
    """From now on nothing is suggested that has all of these words; at once, in every process. Blocking the same again
    keeps the first row. Raises NothingToBlock, ReasonMissing.
    """
    words, reason = " ".join(words.split())[:200], reason.strip()[:200]
    if not terms_of(words):
        raise NothingToBlock("no_words", field="words")
    if not reason:
        raise ReasonMissing("no_reason", field="reason")
    blocked, is_new = BlockedQuery.objects.get_or_create(
        words=words, defaults={"reason": reason, "made_by": actor, "made_at": timezone.now()}
    )
    if is_new:
        log.info("search.suggestion_blocked", words=words, by=actor)
        forget_directory()
    return blocked


def allow_query(*, pk: int, actor: str) -> BlockedQuery | None:
    """It may be suggested again; None where it was not blocked any more."""
    blocked = BlockedQuery.objects.filter(pk=pk).first()
    if blocked is None:
        return None
    BlockedQuery.objects.filter(pk=pk).delete()
    log.info("search.suggestion_allowed", words=blocked.words, by=actor)
    forget_directory()
    return blocked


def blocked_among(words: Collection[str]) -> set[str]:
    """Those of the queries that are not suggested."""
    blocked = [terms_of(each) for each in BlockedQuery.objects.values_list("words", flat=True)]
    return {each for each in words if blocked and is_blocked(terms_of(each), blocked)}
