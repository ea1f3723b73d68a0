"""Index and database side by side by id: every difference, looked at again before it is told, and mended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.utils import timezone

from catalog.services import changes
from core.outbox import selectors as outbox
from search.documents import tombstone
from search.engines import get_engine
from search.engines.base import SearchEngine
from search.indexing.walking import Difference, Kind, differences, expected_now, find, walk
from search.indexing.writing import index_offers
from search.models import IndexCheck
from search.selectors import (
    CONSUMER,
    existing_offer_ids,
    failing_versions,
    index_failures,
    on_sale,
    pending_offer_ids,
    some_on_sale,
    totals_on_sale,
)

log = structlog.get_logger(__name__)
ROUNDS = 5  # looks at what keeps changing, until it is left as "on its way"
CHUNK = 2_000
CHECKS_KEPT = 100
#: What an engine takes to show a write that was not asked to be visible at once.
SETTLING_SECONDS = 1.5

Step = Callable[[], None]
Report = Callable[[int, int, str], None]
Found = Mapping[Kind, Sequence[int]]


@dataclass(slots=True)
class Comparison:
    """What was found: ids by kind, in order. `on_their_way` are offers whose change the index had yet to learn."""

    is_deep: bool
    offers: int = 0
    seconds: float = 0.0
    found: dict[Kind, list[int]] = field(default_factory=dict)
    on_their_way: int = 0
    mended: int = 0

    @property
    def total(self) -> int:
        return sum(map(len, self.found.values()))


def verify_index(
    *, deep: bool = True, mend: bool = False, patience: float = 60, report: Report | None = None
) -> Comparison:
    """Compares everything on sale with the live index, both ways; with `mend` writes what is wrong and looks again.

    Quick (not `deep`) compares versions only, deep whole documents. What differs is looked at again once its
    changes have come through, for which `patience` seconds are waited. Memory grows with the differences only.
    Raises EngineUnavailable. The result is kept as an IndexCheck.
    """
    engine = get_engine()
    started_at, begun = timezone.now(), time.monotonic()
    result = Comparison(is_deep=deep, offers=on_sale().count())

    def step(done: int = 0, what: str = "checking") -> None:
        if report is not None:
            report(done, result.offers, what)

    suspects = {
        each.id: each for each in walk(engine, "", deep=deep, passed=lambda done: step(done, "comparing"))
    }
    look = _Look(engine, "", deep=deep, step=lambda: step(result.offers))
    wrong = look.confirm(suspects, patience=patience)
    if mend:
        before = set(wrong) | set(index_failures().values_list("offer_id", flat=True))
        wrong = _mend(look, wrong, before)
        result.mended = len(before) - len(wrong)
    result.found = _by_kind(wrong.values())
    result.on_their_way = look.on_their_way
    result.seconds = time.monotonic() - begun
    _keep(result, started_at)
    return result


def check_generation(
    engine: SearchEngine, generation: str, *, sample: int, patience: float, step: Step
) -> Found:
    """Differences of an index that is not live yet: the sums of all versions, each of them where the sums differ,
    and whole documents of `sample` offers.
    """
    suspects: dict[int, Difference] = {}
    if engine.totals(generation=generation) != totals_on_sale():
        suspects = {each.id: each for each in walk(engine, generation, deep=False, passed=lambda _: step())}
    wrong = _Look(engine, generation, deep=False, step=step).confirm(suspects, patience=patience)
    closely = _Look(engine, generation, deep=True, step=step)
    wrong |= closely.confirm(closely.again(some_on_sale(sample)), patience=patience)
    return _by_kind(wrong.values())


class _Look:
    """Looks at single offers again."""

    def __init__(self, engine: SearchEngine, generation: str, *, deep: bool, step: Step) -> None:
        self.engine = engine
        self.generation = generation
        self.deep = deep
        self.step = step
        self.on_their_way = 0
        self.settling = SETTLING_SECONDS if engine.capabilities.concurrent_writers else 0.0

    def confirm(self, suspects: Mapping[int, Difference], *, patience: float) -> dict[int, Difference]:
        """Those that stay just as different although none of their changes is on its way.

        The order matters: an offer without a waiting change has been written by now, so after the engine has
        settled it must be there; one that changes later shows another version and is looked at once more.
        """
        deadline = time.monotonic() + patience
        confirmed: dict[int, Difference] = {}
        for _ in range(ROUNDS):
            if not suspects:
                break
            # Only what was committed by now: a row that changes without a pause never has an empty outbox.
            newest = outbox.newest_waiting(CONSUMER)
            while not outbox.is_idle(CONSUMER, up_to=newest) and time.monotonic() < deadline:
                self.step()
                time.sleep(0.25)
            pending = pending_offer_ids()
            time.sleep(self.settling)
            again = self.again(sorted(suspects))
            sure = {id_: each for id_, each in again.items() if suspects[id_] == each and id_ not in pending}
            confirmed |= sure
            suspects = {id_: each for id_, each in again.items() if id_ not in sure}
            if suspects.keys() <= pending and time.monotonic() >= deadline:
                break
        self.on_their_way = len(suspects)
        return _with_failures(confirmed)

    def again(self, ids: Sequence[int]) -> dict[int, Difference]:
        """How the offers differ now."""
        out: dict[int, Difference] = {}
        for start in range(0, len(ids), CHUNK):
            self.step()
            chunk = ids[start : start + CHUNK]
            actual = find(self.engine, self.generation, chunk)
            expected = expected_now(chunk, deep=self.deep)
            out |= {each.id: each for each in differences(iter(expected), iter(actual))}
        return out


def _mend(look: _Look, wrong: Mapping[int, Difference], ids: Iterable[int]) -> dict[int, Difference]:
    """Writes what is wrong; where the index holds a version that the database never had, the offer's version is
    raised above it. Returns what is left.
    """
    every = sorted(ids)
    for start in range(0, len(every), CHUNK):
        look.step()
        chunk = every[start : start + CHUNK]
        known = existing_offer_ids(chunk)
        index_offers(look.engine, sorted(known))
        _forget(look.engine, [wrong[id_] for id_ in chunk if id_ in wrong and id_ not in known])
    left = _after(look, every)
    stubborn = {id_: each.stored for id_, each in left.items() if each.kind is not Kind.FAILED}
    if stubborn:
        changes.outrun(stubborn)
        for start in range(0, len(stubborn), CHUNK):
            index_offers(look.engine, sorted(stubborn)[start : start + CHUNK])
        left = _after(look, every)
    return left


def _after(look: _Look, ids: Sequence[int]) -> dict[int, Difference]:
    time.sleep(look.settling)
    return _with_failures(look.again(ids))


def _forget(engine: SearchEngine, strangers: Sequence[Difference]) -> None:
    """Documents of offers that do not exist: no tombstone may stay, should the id be given to another offer."""
    if strangers:
        engine.write([tombstone(offer_id=each.id, version=each.stored + 1) for each in strangers])
        engine.sweep_tombstones([each.id for each in strangers])


def _with_failures(found: Mapping[int, Difference]) -> dict[int, Difference]:
    """Missing and stale documents whose failure is known are failures."""
    failing = failing_versions(list(found))
    return {
        id_: each._replace(kind=Kind.FAILED)
        if each.kind is not Kind.EXTRA and failing.get(id_, -1) >= each.version
        else each
        for id_, each in found.items()
    }


def _by_kind(found: Iterable[Difference]) -> dict[Kind, list[int]]:
    out: dict[Kind, list[int]] = {}
    for each in sorted(found):
        out.setdefault(each.kind, []).append(each.id)
    return out


def _keep(result: Comparison, started_at: datetime) -> None:
    counts = {kind.value: len(ids) for kind, ids in result.found.items()}
    check = IndexCheck.objects.create(
        is_deep=result.is_deep,
        started_at=started_at,
        seconds=round(result.seconds, 2),
        offers=result.offers,
        differences=counts,
        mended=result.mended,
    )
    IndexCheck.objects.filter(pk__lte=check.pk - CHECKS_KEPT).delete()
    level = log.error if counts else log.info
    level("search.verified", deep=result.is_deep, offers=result.offers, mended=result.mended, **counts)


__all__ = ["Comparison", "Difference", "Kind", "check_generation", "verify_index"]
