"""What operators do about the order of results and about synonyms: draft, try, put live, go back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.jobs.services import start_job
from core.jobs.work import Work
from search.engines import get_engine
from search.locks import lock_tuning
from search.tuning import checking
from search.tuning.current import renew_token
from search.tuning.enums import Subject, TuningState
from search.tuning.errors import NothingToTry, NotTried, PointsOutOfBounds
from search.tuning.models import RankingWeights, Replay, Synonym
from search.tuning.replaying import draft_synonyms, draft_weights, fingerprint, replay
from search.tuning.weights import BUDGET, MOST, out_of_bounds

KIND = "search.replay"
#: Replays that are kept; an older one is of drafts that nobody remembers.
_REPLAYS_KEPT = 50
#: In place of a fingerprint: no draft has it.
_CHANGED = "changed"


def save_draft(*, points: Mapping[str, int], note: str, actor: str) -> RankingWeights:
    """The one draft of points beside relevance, made or changed. Raises PointsOutOfBounds, which names the field."""
    for name in out_of_bounds(points):
        most = BUDGET if name == "total" else MOST[name]
        said = _("All points together can be %(most)s at most, so that relevance comes first.")
        raise PointsOutOfBounds(
            "points_out_of_bounds", said if name == "total" else None, field=name, most=most
        )
    with transaction.atomic():
        lock_tuning()
        values = {**points, "note": note.strip(), "made_by": actor, "made_at": timezone.now()}
        draft, _made = RankingWeights.objects.update_or_create(
            state=TuningState.DRAFT, defaults={**values, "copy_of": None}
        )
    return draft


def drop_draft() -> None:
    with transaction.atomic():
        lock_tuning()
        RankingWeights.objects.filter(state=TuningState.DRAFT).delete()


def put_weights_live(*, actor: str, untried: bool = False) -> RankingWeights:
    """The draft takes the place of what is live. Raises NotTried unless somebody saw a replay of this very draft or
    `untried` says that it may be so; NothingToTry without a draft.
    """
    with transaction.atomic():
        lock_tuning()
        draft = draft_weights()
        if draft is None:
            raise NothingToTry("no_draft")
        draft.was_tried = _was_seen(Subject.WEIGHTS, untried=untried)
        _replace_live(draft, actor)
    return draft


def go_back_to(*, version: int, actor: str) -> RankingWeights:
    """A new version with the points of an earlier one is live; the draft stays what it is."""
    with transaction.atomic():
        lock_tuning()
        earlier = RankingWeights.objects.get(pk=version, state=TuningState.PAST)
        again = RankingWeights(
            **earlier.secondary.points(),
            note=earlier.note,
            copy_of=earlier,
            made_by=actor,
            made_at=timezone.now(),
            was_tried=earlier.was_tried,
        )
        _replace_live(again, actor)
    return again


def go_back_to_shipped(*, actor: str) -> None:
    """No version is live: the points that Ryad comes with hold."""
    with transaction.atomic():
        lock_tuning()
        if RankingWeights.objects.filter(state=TuningState.LIVE).update(state=TuningState.PAST):
            renew_token()


def _replace_live(version: RankingWeights, actor: str) -> None:
    RankingWeights.objects.filter(state=TuningState.LIVE).update(state=TuningState.PAST)
    version.state, version.live_by, version.live_at = TuningState.LIVE, actor, timezone.now()
    version.save()
    renew_token()


def _was_seen(subject: Subject, *, untried: bool) -> bool:
    seen = Replay.objects.filter(subject=subject, tried=fingerprint(subject), seen_at__isnull=False).exists()
    if not seen and not untried:
        raise NotTried("not_tried")
    return seen


# Synonyms -----------------------------------------------------------------------------------------------------


def add_synonym(*, words: str, also: str, both_ways: bool, note: str, actor: str) -> Synonym:
    """A draft. Raises SynonymRefused, which says why."""
    words, also = " ".join(words.split()), " ".join(also.split())
    checking.check_common(words=words, also=also, both_ways=both_ways, engine=get_engine())
    with transaction.atomic():
        lock_tuning()
        rows = Synonym.objects.exclude(state=TuningState.PAST).order_by("pk")
        others = [
            (asked, answered)
            for row in rows
            if not language or row.language in {"", language}
            for asked, answered, _spoken in row.pairs()
        ]
        checking.check(words=words, also=also, others=others)
        return Synonym.objects.create(
            words=words,
            also=also,
            both_ways=both_ways,
            note=note.strip(),
            made_by=actor,
            made_at=timezone.now(),
        )


def put_synonyms_live(*, actor: str, untried: bool = False) -> int:
    """All drafts are live; how many. Raises NotTried and NothingToTry as `put_weights_live` does."""
    with transaction.atomic():
        lock_tuning()
        if not draft_synonyms():
            raise NothingToTry("no_draft")
        tried = _was_seen(Subject.SYNONYMS, untried=untried)
        drafts = Synonym.objects.filter(state=TuningState.DRAFT)
        count = drafts.update(state=TuningState.LIVE, live_by=actor, live_at=timezone.now(), was_tried=tried)
        renew_token()
    return count


def strike_synonym(*, synonym_id: int, actor: str) -> Synonym | None:
    """A draft is forgotten; what was live no longer acts, and stays in the list of earlier ones. None if it is gone."""
    with transaction.atomic():
        lock_tuning()
        synonym = Synonym.objects.filter(pk=synonym_id).exclude(state=TuningState.PAST).first()
        if synonym is None:
            return None
        if synonym.state == TuningState.DRAFT:
            synonym.delete()
        else:
            synonym.state, synonym.ended_by, synonym.ended_at = TuningState.PAST, actor, timezone.now()
            synonym.save()
            renew_token()
    return synonym


# Replays ------------------------------------------------------------------------------------------------------


def start_replay(*, subject: Subject, actor: str) -> Replay:
    """Tries the draft in a job. Raises NothingToTry."""
    tried = fingerprint(subject)
    if not tried:
        raise NothingToTry("no_draft")
    with transaction.atomic():
        asked = Replay.objects.create(subject=subject, tried=tried, asked_by=actor, asked_at=timezone.now())
        job = start_job(
            kind=KIND,
            task="search.replay",
            kwargs={"replay_id": asked.pk},
            owner=actor,
            subject=f"search_replay:{asked.pk}",
        )
        asked.job_id = job.pk
        asked.save(update_fields=["job_id"])
        old = list(Replay.objects.order_by("-pk").values_list("pk", flat=True)[_REPLAYS_KEPT:])
        Replay.objects.filter(pk__in=old).delete()
    return asked


def run_replay(*, replay_id: int, work: Work | None = None) -> None:
    """What `start_replay` asked for. A draft that was changed meanwhile is tried as it is now; one that is changed while
    it is tried does not count as tried. Repeating it harms nothing.

    Raises JobCancelled or JobTakenOver between two searches, if done for a job.
    """
    asked = Replay.objects.filter(pk=replay_id).first()
    if asked is None:
        return

    def report(done: int, total: int) -> None:
        if work is not None:
            work.progress(done, total)

    tried = fingerprint(asked.subject)
    asked.outcome = replay(asked.subject, report=report)
    asked.tried = tried if tried and tried == fingerprint(asked.subject) else _CHANGED
    asked.finished_at = timezone.now()
    asked.save(update_fields=["tried", "outcome", "finished_at"])


def note_seen(*, asked: Replay, actor: str) -> None:
    """Somebody looks at a finished replay."""
    Replay.objects.filter(pk=asked.pk, finished_at__isnull=False, seen_at__isnull=True).update(
        seen_by=actor, seen_at=timezone.now()
    )
