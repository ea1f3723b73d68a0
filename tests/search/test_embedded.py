"""What only the embedded engine has: its generations on disk, and documents that it cannot hold."""

import pytest

from search.analysis import query_words
from search.documents import tombstone
from search.engines.base import EngineQuery
from search.engines.embedded import EmbeddedEngine
from search.errors import NothingToRollBack
from tests.factories.search import document


@pytest.fixture
def engine(tmp_path):
    engine = EmbeddedEngine(tmp_path)
    engine.finish_rebuild(engine.begin_rebuild())
    return engine


def found(engine, words):
    return [each.id for each in engine.search(EngineQuery(words=query_words(words))).candidates]


def folders(engine):
    return sorted(each.name for each in engine.store.root.glob("g-*"))


def test_one_earlier_generation_is_kept_and_can_come_back_and_forth(engine):
    first = engine.status().generation
    with pytest.raises(NothingToRollBack):
        engine.roll_back()
    engine.write([document(1, "Стілець")])
    second = engine.begin_rebuild()
    engine.finish_rebuild(second)
    assert (engine.status().generation, engine.status().previous) == (second, first)
    assert engine.roll_back() == first
    assert found(engine, "стілець") == [1]
    assert (engine.status().generation, engine.status().previous) == (first, second)
    assert engine.roll_back() == second
    third = engine.begin_rebuild()
    engine.finish_rebuild(third)
    assert folders(engine) == sorted([second, third])


def test_a_crash_between_the_two_names_of_a_swap_leaves_nothing_to_roll_back(engine):
    generation = engine.begin_rebuild()
    engine.store._write("PREVIOUS", engine.status().generation)
    assert engine.status().previous == ""
    engine.finish_rebuild(generation)
    assert engine.status().previous != ""


def test_what_it_cannot_hold_is_rejected_and_the_rest_written(engine):
    report = engine.write([document(1, "Стілець"), document(2, "half \ud800 pair"), document(3, "Стілець")])
    assert report.written == 2
    (rejected,) = report.rejected
    assert (rejected.id, rejected.version) == (2, 1)
    assert "surrogates" in rejected.reason or "UTF-8" in rejected.reason
    assert engine.write([document(1 << 70)]).rejected[0].reason == "id out of range"
    assert found(engine, "стілець") == [1, 3]


def test_stored_lists_everything_by_id_and_other_generations_too(engine):
    documents = [document(number) for number in (7, 3, 900, 12)]
    engine.write(documents)
    engine.write([tombstone(offer_id=12, version=5)])
    assert [(each.id, each.version, each.alive) for each in engine.stored()] == [
        (3, 1, True),
        (7, 1, True),
        (12, 5, False),
        (900, 1, True),
    ]
    assert [each.id for each in engine.stored(after=3, limit=2)] == [7, 12]
    assert list(engine.stored(after=900)) == []
    assert [each.digest for each in engine.stored(after=7)] == [0, documents[2].digest]
    building = engine.begin_rebuild()
    engine.write_rebuild(building, documents[:1])
    assert [each.id for each in engine.stored(generation=building)] == [7]


def test_swept_tombstones_are_gone_and_the_living_stay(engine):
    engine.write([document(1), tombstone(offer_id=2, version=3), tombstone(offer_id=4, version=3)])
    assert engine.status().tombstones == 2
    assert engine.sweep_tombstones([1, 2, 3]) == 1
    assert [each.id for each in engine.stored()] == [1, 4]
    assert engine.status().bytes > 0


def test_completions_are_the_most_frequent_words_that_begin_so(engine):
    engine.write([document(1, "стілець степлер"), document(2, "степлер"), document(3, "стрічка")])
    assert list(engine.completions("ст", limit=2)) == [("степлер", 2), ("стрічка", 1)]
    assert list(engine.completions("стр")) == [("стрічка", 1)]
    assert list(engine.completions("")) == []
