"""What operators do about the order of results and about synonyms: draft, try, put live, go back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.jobs.services import start_job
from core.jobs.work import Work
from search.analysis import query_words
from search.curation import handling
from search.curation.enums import HandledBy
from search.curation.models import StopWord, SynonymVersion
from search.engines import get_engine
from search.learning.keys import query_key
from search.locks import lock_tuning
from search.tuning import checking, trail, versions
from search.tuning.current import renew_token
from search.tuning.enums import Subject, TuningState
from search.tuning.errors import NothingToTry, NotTried, PointsOutOfBounds, StopWordRefused
from search.tuning.models import RankingWeights, Replay, Synonym
from search.tuning.replaying import draft_stops, draft_synonyms, draft_weights, fingerprint, replay
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
        _trace(actor, trail.WEIGHTS_DRAFTED, f"weights:{draft.pk}", str(draft.pk), note=draft.note, **points)
    return draft


def drop_draft(*, actor: str = "system") -> None:
    with transaction.atomic():
        lock_tuning()
        if RankingWeights.objects.filter(state=TuningState.DRAFT).delete()[0]:
            _trace(actor, trail.WEIGHTS_DROPPED, "", "")


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
            _trace(actor, trail.WEIGHTS_SHIPPED, "", "")
            renew_token()


def _replace_live(version: RankingWeights, actor: str) -> None:
    RankingWeights.objects.filter(state=TuningState.LIVE).update(state=TuningState.PAST)
    version.state, version.live_by, version.live_at = TuningState.LIVE, actor, timezone.now()
    version.save()
    details = {**version.secondary.points(), "tried": version.was_tried, "copy_of": version.copy_of_id}
    _trace(actor, trail.WEIGHTS_LIVE, f"weights:{version.pk}", str(version.pk), note=version.note, **details)
    renew_token()


def _was_seen(subject: Subject, *, untried: bool) -> bool:
    seen = Replay.objects.filter(subject=subject, tried=fingerprint(subject), seen_at__isnull=False).exists()
    if not seen and not untried:
        raise NotTried("not_tried")
    return seen


# Synonyms -----------------------------------------------------------------------------------------------------


def add_synonym(
    *, words: str, also: str, both_ways: bool, note: str, actor: str, language: str = ""
) -> Synonym:
    """A draft, for pages of one language or of all. Raises SynonymRefused, which says why."""
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
        synonym = Synonym.objects.create(
            words=words,
            also=also,
            both_ways=both_ways,
            language=language,
            note=note.strip(),
            made_by=actor,
            made_at=timezone.now(),
        )
        _trace(actor, trail.SYNONYM_DRAFTED, f"synonym:{synonym.pk}", str(synonym), note=synonym.note)
        handling.note(
            key=query_key(words),
            words=words,
            handled_by=HandledBy.SYNONYM,
            subject=f"synonym:{synonym.pk}",
            actor=actor,
        )
    return synonym


def put_synonyms_live(*, actor: str, untried: bool = False) -> int:
    """All drafts are live; how many. Raises NotTried and NothingToTry as `put_weights_live` does."""
    with transaction.atomic():
        lock_tuning()
        if not draft_synonyms():
            raise NothingToTry("no_draft")
        tried = _was_seen(Subject.SYNONYMS, untried=untried)
        drafts = Synonym.objects.filter(state=TuningState.DRAFT)
        names = [str(row) for row in drafts]
        handling.went_live(subjects=[f"synonym:{row.pk}" for row in drafts])
        if not SynonymVersion.objects.exists():
            versions.keep(actor=actor)  # as it was before: one can go back to that, too
        count = drafts.update(state=TuningState.LIVE, live_by=actor, live_at=timezone.now(), was_tried=tried)
        versions.keep(actor=actor)
        _trace(actor, trail.SYNONYMS_LIVE, "", "", count=count, synonyms=names[:50], tried=tried)
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
            Synonym.objects.filter(pk=synonym_id).delete()
        else:
            synonym.state, synonym.ended_by, synonym.ended_at = TuningState.PAST, actor, timezone.now()
            synonym.save()
            versions.keep(actor=actor)
            renew_token()
        handling.was_ended(subject=f"synonym:{synonym_id}")
        _trace(actor, trail.SYNONYM_STRUCK, f"synonym:{synonym_id}", str(synonym))
    return synonym


def go_back_to_synonyms(*, version: int, actor: str) -> SynonymVersion:
    """The synonyms of an earlier version are live, as they were; drafts stay what they are. Raises SynonymVersion.DoesNotExist."""
    with transaction.atomic():
        lock_tuning()
        made = versions.go_back(version=version, actor=actor)
        _trace(actor, trail.SYNONYMS_BACK, f"synonym_version:{version}", str(version), count=len(made.rows))
        renew_token()
    return made


# Words left out -----------------------------------------------------------------------------------------------


def add_stop_word(*, word: str, language: str, note: str, actor: str) -> StopWord:
    """A draft. Raises StopWordRefused, which says why."""
    word = " ".join(word.split())
    checking.check_stop_word(word=word)
    with transaction.atomic():
        lock_tuning()
        first = query_words(word)[0].terms[0]
        for row in StopWord.objects.exclude(state=TuningState.PAST):
            if query_words(row.word)[0].terms[0] == first and row.language in {"", language}:
                raise StopWordRefused("stop_word_known", _("This word is there already."), field="word")
        row = StopWord.objects.create(
            word=word, language=language, note=note.strip(), made_by=actor, made_at=timezone.now()
        )
        _trace(actor, trail.STOP_DRAFTED, f"stop_word:{row.pk}", word, note=row.note)
    return row


def put_stop_words_live(*, actor: str, untried: bool = False) -> int:
    """All drafts are live; how many. Raises NotTried and NothingToTry as `put_weights_live` does."""
    with transaction.atomic():
        lock_tuning()
        if not draft_stops():
            raise NothingToTry("no_draft")
        tried = _was_seen(Subject.STOPS, untried=untried)
        drafts = StopWord.objects.filter(state=TuningState.DRAFT)
        words = [row.word for row in drafts]
        count = drafts.update(state=TuningState.LIVE, live_by=actor, live_at=timezone.now(), was_tried=tried)
        _trace(actor, trail.STOPS_LIVE, "", ", ".join(words), count=count, tried=tried)
        renew_token()
    return count


def strike_stop_word(*, pk: int, actor: str) -> StopWord | None:
    """A draft is forgotten; what was live counts again, and stays in the list of earlier ones. None if it is gone."""
    with transaction.atomic():
        lock_tuning()
        row = StopWord.objects.filter(pk=pk).exclude(state=TuningState.PAST).first()
        if row is None:
            return None
        if row.state == TuningState.DRAFT:
            StopWord.objects.filter(pk=pk).delete()
        else:
            row.state, row.ended_by, row.ended_at = TuningState.PAST, actor, timezone.now()
            row.save()
            renew_token()
        _trace(actor, trail.STOP_STRUCK, f"stop_word:{pk}", row.word)
    return row


def _trace(actor: str, action: str, subject: str, name: str, **details: Any) -> None:
    reason = str(details.pop("note", ""))
    record(actor=actor, action=action, subject=subject, subject_name=name, reason=reason, details=details)


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
