"""Generations: built beside the live one, swapped, given up, brought back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.documents import tombstone
from search.engines.base import IndexStatus
from search.errors import EngineUnavailable, NothingToRollBack, RebuildRunning
from tests.factories.engines import ask, ids
from tests.factories.search import document


def test_a_rebuild_swaps_in_one_step_and_loses_no_write(engine):
    engine.write([document(1, "старий")])
    generation = engine.begin_rebuild()
    with pytest.raises(RebuildRunning):
        engine.begin_rebuild()
    engine.write_rebuild(generation, [document(1, "старий"), document(2, "другий")])
    engine.write([document(3, "під час"), document(1, "новий", version=2)])
    assert ids(ask(engine, "другий")) == []
    engine.write_rebuild(generation, [document(1, "старий", version=1)])
    engine.finish_rebuild(generation)
    assert sorted(ids(ask(engine, ""))) == [1, 2, 3]
    assert ids(ask(engine, "новий")) == [1]
    assert engine.status().building == ""


def test_an_abandoned_rebuild_leaves_the_live_index(engine):
    engine.write([document(1)])
    engine.abandon_rebuild(engine.begin_rebuild())
    assert ids(ask(engine, "степлер")) == [1]
    engine.finish_rebuild(engine.begin_rebuild())
    assert ask(engine, "").total == 0


def test_of_those_who_begin_at_once_one_wins(engine):
    def begin(_):
        try:
            return engine.begin_rebuild()
        except RebuildRunning:
            return None

    with ThreadPoolExecutor(6) as pool:
        begun = [each for each in pool.map(begin, range(6)) if each]
    assert len(begun) == 1
    assert engine.status().building == begun[0]


def test_a_rebuild_that_nobody_finishes_can_be_given_up_by_another(engine):
    engine.write([document(1)])
    engine.begin_rebuild()  # whoever began it has died
    left = engine.status().building
    engine.abandon_rebuild(left)
    engine.abandon_rebuild(left)
    assert engine.status().building == ""
    assert ids(ask(engine)) == [1]
    engine.finish_rebuild(engine.begin_rebuild())


def test_what_is_live_cannot_be_abandoned(engine):
    engine.write([document(1)])
    first = engine.status().generation
    engine.finish_rebuild(engine.begin_rebuild())
    engine.abandon_rebuild(engine.status().generation)
    engine.abandon_rebuild(first)
    assert ask(engine).total == 0
    assert engine.roll_back() == first
    assert ids(ask(engine)) == [1]


def test_one_earlier_generation_is_kept_and_can_come_back_and_forth(engine):
    first = engine.status().generation
    with pytest.raises(NothingToRollBack):
        engine.roll_back()
    engine.write([document(1, "Стілець")])
    second = engine.begin_rebuild()
    engine.finish_rebuild(second)
    assert (engine.status().generation, engine.status().previous) == (second, first)
    assert ask(engine, "стілець").total == 0
    assert engine.roll_back() == first
    assert ids(ask(engine, "стілець")) == [1]
    assert (engine.status().generation, engine.status().previous) == (first, second)
    engine.write([document(2, "Стілець")])
    assert engine.roll_back() == second
    third = engine.begin_rebuild()
    engine.finish_rebuild(third)
    assert (engine.status().generation, engine.status().previous) == (third, second)
    with pytest.raises(EngineUnavailable):
        engine.stored(generation=first)


def test_a_write_meets_a_rebuild_that_was_given_up(engine):
    """What was to go into both goes into the live one, and no index comes to life by it."""
    generation = engine.begin_rebuild()
    engine.abandon_rebuild(generation)
    with pytest.raises(EngineUnavailable):
        engine.write_rebuild(generation, [document(1)])
    assert engine.write([document(1)]).written == 1
    assert engine.status().building == ""


def test_tombstones_are_kept_in_what_is_being_built(engine):
    generation = engine.begin_rebuild()
    engine.write([tombstone(offer_id=1, version=3)])
    engine.write_rebuild(generation, [document(1, version=2), document(2)])
    engine.finish_rebuild(generation)
    assert ids(ask(engine)) == [2]


def test_searches_go_on_while_indexes_are_swapped(engine):
    """Every answer is the whole of one generation."""
    engine.write([document(number) for number in range(1, 21)])
    stop = threading.Event()
    seen = []

    def search() -> None:
        while not stop.is_set():
            seen.append(ask(engine, "степлер").total)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(search) for _ in range(2)]
        for _ in range(3):
            generation = engine.begin_rebuild()
            engine.write_rebuild(generation, [document(number) for number in range(1, 21)])
            engine.finish_rebuild(generation)
        stop.set()
        for each in running:
            each.result()
    assert len(seen) > 3
    assert set(seen) == {20}


def test_status_tells_what_there_is(empty):
    assert empty.status() == IndexStatus(exists=False)
    generation = empty.begin_rebuild()
    assert empty.status() == IndexStatus(exists=False, building=generation)
    empty.finish_rebuild(generation)
    empty.write([document(1), tombstone(offer_id=2, version=1)])
    status = empty.status()
    assert (status.exists, status.documents, status.tombstones) == (True, 1, 1)
    assert (status.generation, status.building, status.previous) == (generation, "", "")
