"""Reads of what operators set about searching, for their pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from search.curation.models import StopWord, SynonymVersion
from search.tuning.enums import TuningState
from search.tuning.models import RankingWeights, Replay, Synonym
from search.tuning.replaying import fingerprint


def live_version() -> RankingWeights | None:
    """None where the shipped points hold."""
    return RankingWeights.objects.filter(state=TuningState.LIVE).first()


def draft_version() -> RankingWeights | None:
    return RankingWeights.objects.filter(state=TuningState.DRAFT).first()


def versions() -> QuerySet[RankingWeights]:
    """What is or was live, the newest first."""
    return RankingWeights.objects.exclude(state=TuningState.DRAFT).order_by("-live_at", "-pk")


def synonyms(state: TuningState) -> QuerySet[Synonym]:
    """Those that are over: the last to end first; others in the order of their making."""
    found = Synonym.objects.filter(state=state)
    return found.order_by("-ended_at", "-pk") if state == TuningState.PAST else found.order_by("-pk")


def last_replay(subject: str) -> Replay | None:
    """The newest of the draft as it is now."""
    tried = fingerprint(subject)
    return Replay.objects.filter(subject=subject, tried=tried).order_by("-pk").first() if tried else None


def is_seen(subject: str) -> bool:
    """Somebody has looked at a replay of the draft as it is now."""
    tried = fingerprint(subject)
    return bool(tried) and Replay.objects.filter(subject=subject, tried=tried, seen_at__isnull=False).exists()


def is_current(replay: Replay) -> bool:
    """The draft is still the one that was tried."""
    return replay.tried == fingerprint(replay.subject)


def outcome_of(replay: Replay) -> dict[str, Any] | None:
    """As `search.tuning.replaying.replay` tells it, with shares and means for people; None until it is finished."""
    if replay.outcome is None:
        return None
    figures = replay.outcome["figures"]
    searches, stayed = figures["searches"], figures["stayed"]
    return {
        **replay.outcome,
        "share": round(100 * figures["changed"] / searches) if searches else 0,
        "share_of_times": round(100 * figures["changed_times"] / figures["times"]) if searches else 0,
        "places": figures["moved"] / stayed if stayed else 0.0,
        "more_hits": figures["hits_after"] - figures["hits_before"],
    }


def stop_words(state: TuningState) -> QuerySet[StopWord]:
    """In the order of synonyms."""
    found = StopWord.objects.filter(state=state)
    return found.order_by("-ended_at", "-pk") if state == TuningState.PAST else found.order_by("-pk")


def synonym_versions() -> QuerySet[SynonymVersion]:
    """What was live from when on, the newest first; the first is what is live."""
    return SynonymVersion.objects.order_by("-pk")
