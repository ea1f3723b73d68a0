"""Two rows of offers in step, by rising id: what should be in the index, and what is."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from search.documents import Document
from search.engines.base import Rejected, SearchEngine, Stored
from search.selectors import Batch, batches_on_sale, offer_batch, versions_on_sale

PAGE = 10_000
DEEP_PAGE = 2_000


class Kind(enum.StrEnum):
    MISSING = "missing"  # on sale, not found in the index
    EXTRA = "extra"  # found in the index, not on sale
    STALE = "stale"  # an older version
    AHEAD = "ahead"  # a version that the database does not have: it was set back
    CHANGED = "changed"  # the same version of another document
    FAILED = "failed"  # noted: the document cannot be built, or the engine rejects it


class Difference(NamedTuple):
    """`version` is the database's, `stored` the index's; 0 for none."""

    id: int
    kind: Kind
    version: int
    stored: int


class Expected(NamedTuple):
    """`digest` is None where only versions are compared; `unbuildable`: no document can be made of it."""

    id: int
    version: int
    digest: int | None = None
    unbuildable: bool = False


def walk(
    engine: SearchEngine,
    generation: str,
    *,
    deep: bool,
    passed: Callable[[int], None],
) -> Iterator[Difference]:
    """All differences at first sight; `passed` gets the number of offers compared so far."""

    def counted() -> Iterator[Expected]:
        done = 0
        for page in _pages(deep=deep):
            passed(done)
            yield from page
            done += len(page)
        passed(done)

    return differences(counted(), _all_stored(engine, generation))


def differences(expected: Iterator[Expected], actual: Iterator[Stored]) -> Iterator[Difference]:
    """Both by rising id."""
    want, have = next(expected, None), next(actual, None)
    while want is not None or have is not None:
        if have is None or (want is not None and want.id < have.id):
            if want is not None:
                kind = Kind.FAILED if want.unbuildable else Kind.MISSING
                yield Difference(want.id, kind, want.version, 0)
                want = next(expected, None)
        elif want is None or have.id < want.id:
            if have.alive:
                yield Difference(have.id, Kind.EXTRA, 0, have.version)
            have = next(actual, None)
        else:
            kind_found = _kind(want, have)
            if kind_found is not None:
                yield Difference(want.id, kind_found, want.version, have.version)
            want, have = next(expected, None), next(actual, None)


def expected_now(ids: Sequence[int], *, deep: bool) -> list[Expected]:
    """What the index should hold of these offers, by id."""
    if deep:
        return _from_batch(offer_batch(ids))
    return [Expected(pk, version) for pk, version in versions_on_sale(ids=ids)]


def find(engine: SearchEngine, generation: str, ids: Sequence[int]) -> list[Stored]:
    """What the index holds of these offers, by id."""
    return [
        each
        for start in range(0, len(ids), PAGE)
        for each in engine.stored(ids=ids[start : start + PAGE], generation=generation)
    ]


def _kind(want: Expected, have: Stored) -> Kind | None:
    if want.unbuildable:
        return Kind.FAILED
    if have.version > want.version:
        return Kind.AHEAD
    if not have.alive:
        return Kind.MISSING
    if have.version < want.version:
        return Kind.STALE
    return Kind.CHANGED if want.digest is not None and want.digest != have.digest else None


def _pages(*, deep: bool) -> Iterator[list[Expected]]:
    if deep:
        for batch in batches_on_sale(size=DEEP_PAGE):
            yield _from_batch(batch)
        return
    last = 0
    while rows := versions_on_sale(after=last, limit=PAGE):
        last = rows[-1][0]
        yield [Expected(pk, version) for pk, version in rows]


def _from_batch(batch: Batch) -> list[Expected]:
    built = [_digested(each) for each in batch.documents if not each.deleted]
    return sorted([*built, *map(_unbuildable, batch.unbuildable)])


def _digested(document: Document) -> Expected:
    try:
        return Expected(document.id, document.version, document.digest)
    except (ValueError, TypeError):  # half of a UTF-16 pair: the engine rejected it, too
        return Expected(document.id, document.version, unbuildable=True)


def _unbuildable(each: Rejected) -> Expected:
    return Expected(each.id, each.version, unbuildable=True)


def _all_stored(engine: SearchEngine, generation: str) -> Iterator[Stored]:
    last = 0
    while page := engine.stored(after=last, limit=PAGE, generation=generation):
        last = page[-1].id
        yield from page
