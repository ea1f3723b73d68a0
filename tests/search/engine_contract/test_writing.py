"""Keeping: versions, tombstones, documents that cannot be kept, several writers."""

import multiprocessing
import time
from functools import partial

import pytest

from search.documents import tombstone
from search.engines.base import BulkReport, Filters, Stored, Totals
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import OpenSearchEngine
from search.errors import EngineUnavailable
from tests.factories.engines import ask, ids
from tests.factories.search import document


def test_late_writes_never_win(engine):
    assert engine.write([document(1, "новий", version=5)]).written == 1
    report = engine.write([document(1, "старий", version=4)])
    assert (report.written, report.refused_as_old) == (0, 1)
    assert ids(ask(engine, "новий")) == [1]
    assert ids(ask(engine, "старий")) == []


def test_of_two_in_one_batch_the_higher_version_stays(engine):
    engine.write([document(1, "новий", version=5), document(1, "старий", version=4)])
    assert ids(ask(engine, "новий")) == [1]
    assert ask(engine, "").total == 1


def test_a_tombstone_stays_dead(engine):
    engine.write([document(1, version=1), document(2)])
    engine.write([tombstone(offer_id=1, version=3)])
    engine.write([document(1, version=2)])
    assert ids(ask(engine, "")) == [2]
    assert ids(ask(engine, "", filters=Filters(vendors_out=frozenset([99])))) == [2]
    engine.write([document(1, version=4)])
    assert ask(engine, "").total == 2


def test_the_same_write_again_changes_nothing(engine):
    for _ in range(3):
        engine.write([document(1), document(2)])
    assert ask(engine, "степлер").total == 2


def test_a_report_tells_of_each_document(engine):
    assert engine.write(
        [document(1, version=2), document(2, version=2), document(1, version=1)]
    ) == BulkReport(2)
    assert engine.write([document(1, version=1), document(2, version=2), document(3)]) == BulkReport(2, 1)
    assert engine.write([]) == BulkReport()


def test_what_can_never_be_held_is_set_apart_and_the_rest_written(engine):
    report = engine.write(
        [
            document(1, "Стілець"),
            document(2, "half \ud800 pair", version=7),
            document(1 << 70, "Стілець"),
            document(4, "Стілець", price=1 << 64),
            document(5, "Стілець"),
        ]
    )
    assert (report.written, report.refused_as_old) == (2, 0)
    assert sorted((each.id, each.version) for each in report.rejected) == [(2, 7), (4, 1), (1 << 70, 1)]
    assert all(each.reason for each in report.rejected)
    assert sorted(ids(ask(engine, "стілець"))) == [1, 5]


def test_what_need_not_be_seen_at_once_is_seen_soon(engine):
    assert engine.write([document(1)], visible=False).written == 1
    deadline = time.monotonic() + 20
    while not ask(engine).total:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_is_held_can_be_listed(engine):
    documents = [document(number, version=number) for number in (7, 3, 900, 12)]
    engine.write(documents)
    engine.write([tombstone(offer_id=12, version=50)])
    assert list(engine.stored()) == [
        Stored(3, 3, alive=True, digest=documents[1].digest),
        Stored(7, 7, alive=True, digest=documents[0].digest),
        Stored(12, 50, alive=False, digest=0),
        Stored(900, 900, alive=True, digest=documents[2].digest),
    ]
    assert [each.id for each in engine.stored(after=3, limit=2)] == [7, 12]
    assert list(engine.stored(after=900)) == []
    assert [each.id for each in engine.stored(ids=[900, 5, 3, 12, 1 << 62])] == [3, 12, 900]
    assert list(engine.stored(ids=[5])) == []
    assert list(engine.stored(ids=[])) == []
    building = engine.begin_rebuild()
    engine.write_rebuild(building, documents[:1])
    assert [each.id for each in engine.stored(generation=building)] == [7]
    assert [each.id for each in engine.stored(generation=building, ids=[3, 7])] == [7]
    engine.abandon_rebuild(building)
    with pytest.raises(EngineUnavailable):
        engine.stored(generation=building)


def test_totals_count_what_can_be_found(engine):
    assert engine.totals() == Totals(0, 0, 0)
    engine.write([document(number, version=number * 2) for number in (7, 3, 900)])
    engine.write([document(3, version=8), tombstone(offer_id=7, version=50)])
    assert engine.totals() == Totals(2, 903, 1808)
    building = engine.begin_rebuild()
    engine.write_rebuild(building, [document(4, version=4)])
    assert engine.totals(generation=building) == Totals(1, 4, 4)


def test_swept_tombstones_are_gone_and_the_living_stay(engine):
    engine.write([document(1), tombstone(offer_id=2, version=3), tombstone(offer_id=4, version=3)])
    assert (engine.status().documents, engine.status().tombstones) == (1, 2)
    assert engine.sweep_tombstones([1, 2, 3]) == 1
    assert [each.id for each in engine.stored()] == [1, 4]
    engine.write([document(4, version=4)])
    assert engine.sweep_tombstones([4]) == 0
    assert engine.status().bytes > 0


def test_many_documents_in_one_write(engine):
    """More than one bulk request, with some old and some that are refused among them."""
    engine.write([document(number, version=5) for number in range(1, 2_001, 2)])
    long = " ".join(f"слово{number}" for number in range(400))
    documents = [document(number, descriptions=[long], version=3) for number in range(1, 2_001)]
    documents[10] = document(4_000, "\udfff", version=3)
    report = engine.write(documents)
    assert (report.written, report.refused_as_old) == (1_000, 999)
    assert [each.id for each in report.rejected] == [4_000]
    assert engine.status().documents == 2_000


def _write_from_elsewhere(make, start: int) -> None:
    engine = make()
    for number in range(start, start + 5):
        engine.write([document(number), document(1, f"Спільне {number}", version=number)])


def test_writers_in_several_processes_lose_nothing(engine):
    """The embedded engine lets them in one after the other, OpenSearch all at once."""
    if engine.name == "embedded":
        make = partial(EmbeddedEngine, engine.store.root)
    else:
        make = partial(OpenSearchEngine, engine.client.hosts, prefix=engine.prefix, seconds=20.0)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_from_elsewhere, args=(make, start)) for start in (100, 200, 300)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert [(each.id, each.version) for each in engine.stored()] == [
        (1, 304),
        *((number, 1) for start in (100, 200, 300) for number in range(start, start + 5)),
    ]


def test_a_page_of_what_is_stored_is_whole_although_documents_were_replaced(engine):
    """Points of replaced documents stay in a segment until it is merged: they must not count."""
    for version in range(1, 4):
        engine.write([document(number, version=version) for number in range(1, 41)])
    engine.write([document(number) for number in range(41, 61)])
    assert [each.id for each in engine.stored(limit=50)] == list(range(1, 51))
    assert [each.id for each in engine.stored(after=50, limit=50)] == list(range(51, 61))
