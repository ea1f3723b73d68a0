"""Versions of the synonyms: what was live from when on, and the way back. Callers hold the lock of tuning."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from search.curation.models import SynonymVersion
from search.tuning.enums import TuningState
from search.tuning.models import Synonym

#: More are never gone back to.
KEPT: Final = 100
_COLUMNS: Final = ("words", "also", "both_ways", "language", "note")


def snapshot() -> list[dict[str, Any]]:
    """What is live now."""
    live = Synonym.objects.filter(state=TuningState.LIVE).order_by("pk")
    return list(live.values(*_COLUMNS))


def keep(*, actor: str, copy_of: SynonymVersion | None = None) -> SynonymVersion:
    """Notes what is live from now on."""
    made = SynonymVersion.objects.create(
        rows=snapshot(), made_by=actor, made_at=timezone.now(), copy_of=copy_of
    )
    old = list(SynonymVersion.objects.order_by("-pk").values_list("pk", flat=True)[KEPT:])
    SynonymVersion.objects.filter(pk__in=old).delete()
    return made


def go_back(*, version: int, actor: str) -> SynonymVersion:
    """Ends what is live and was not so then, and puts live again what was. A draft of the same words goes live with it."""
    earlier = SynonymVersion.objects.get(pk=version)
    now = timezone.now()
    wanted = {_name(row): row for row in earlier.rows}
    for synonym in Synonym.objects.exclude(state=TuningState.PAST):
        row = wanted.get(_name({name: getattr(synonym, name) for name in _COLUMNS}))
        if synonym.state == TuningState.LIVE and (row is None or row["both_ways"] != synonym.both_ways):
            synonym.state, synonym.ended_by, synonym.ended_at = TuningState.PAST, actor, now
            synonym.save()
        elif row is not None and synonym.state == TuningState.LIVE:
            del wanted[_name(row)]
        elif row is not None:
            Synonym.objects.filter(pk=synonym.pk).delete()
    Synonym.objects.bulk_create(
        Synonym(
            **row,
            state=TuningState.LIVE,
            made_by=actor,
            made_at=now,
            live_by=actor,
            live_at=now,
            was_tried=True,
        )
        for row in wanted.values()
    )
    return keep(actor=actor, copy_of=earlier)


def _name(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["words"], row["also"], row["language"]
