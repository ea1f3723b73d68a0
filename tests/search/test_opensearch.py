"""What only the OpenSearch engine has: its mapping, its circuit breaker, how it fails and what it repeats."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from search import engines
from search.engines.base import BulkReport, EngineQuery, QueryWord
from search.engines.embedded import EmbeddedEngine
from search.engines.opensearch import OpenSearchEngine, bulk, vocabulary
from search.engines.opensearch.breaker import Breaker
from search.engines.opensearch.queries import MOST_CLAUSES, clauses
from search.errors import EngineUnavailable, RebuildRunning
from search.fields import opensearch_mapping
from tests.factories.doors import Door
from tests.factories.engines import ask, ids, opensearch
from tests.factories.search import document

SNAPSHOT = Path(__file__).parent / "snapshots" / "opensearch_mapping.json"


@pytest.fixture
def engine():
    made = opensearch()
    made.finish_rebuild(made.begin_rebuild())
    yield made
    made.drop()


def refusal(call):
    with pytest.raises(EngineUnavailable) as raised:
        call()
    return raised.value.code


def test_the_mapping_is_as_agreed():
    """Whoever changes it makes every index be built anew: let it be on purpose."""
    assert opensearch_mapping() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_the_node_holds_the_mapping_as_it_was_told(engine):
    index = engine.status().generation
    held = engine.client.call("GET", f"/{index}/_mapping")[index]["mappings"]
    assert held["dynamic"] == "strict"
    assert sorted(held["properties"]) == sorted(opensearch_mapping()["properties"])
    assert held["_meta"] == {"fields": engine.generations.mark}


def test_the_settings_choose_the_engine(settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path
    assert isinstance(engines.get_engine(), EmbeddedEngine)
    settings.OPENSEARCH = settings.OPENSEARCH | {"hosts": ["http://127.0.0.1:9"], "prefix": "other"}
    chosen = engines.get_engine()
    assert isinstance(chosen, OpenSearchEngine)
    assert (chosen.client.hosts, chosen.prefix) == (["http://127.0.0.1:9"], "other")
    assert engines.get_engine() is chosen


# The circuit breaker ------------------------------------------------------------------------------------------


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_breaker_opens_after_failures_and_lets_one_probe_through():
    clock = Clock()
    breaker = Breaker(failures=3, window=20, pause=5, clock=clock)
    for _ in range(2):
        breaker.enter()
        breaker.failed()
    breaker.enter()
    breaker.failed()
    assert refusal(breaker.enter) == "engine_paused"
    clock.now += 5.1
    breaker.enter()  # the probe
    assert refusal(breaker.enter) == "engine_paused"
    breaker.failed()
    clock.now += 4.9
    assert refusal(breaker.enter) == "engine_paused"
    clock.now += 0.2
    breaker.enter()
    breaker.succeeded()
    breaker.enter()
    breaker.enter()


def test_failures_far_apart_or_with_a_success_between_do_not_open_it():
    clock = Clock()
    breaker = Breaker(failures=2, window=20, pause=5, clock=clock)
    breaker.failed()
    clock.now += 21
    breaker.failed()
    breaker.enter()
    breaker.succeeded()
    breaker.failed()
    breaker.enter()
    breaker.failed()
    assert breaker.is_open


# Failures -----------------------------------------------------------------------------------------------------


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_nobody_at_the_address():
    engine = OpenSearchEngine([f"http://127.0.0.1:{unused_port()}"], prefix="nobody", seconds=1)
    assert [refusal(lambda: ask(engine)) for _ in range(4)] == ["engine_down"] * 3 + ["engine_paused"]
    assert refusal(lambda: engine.write([document(1)])) == "engine_paused"


def test_a_node_that_does_not_answer_in_time_is_left_alone_after_some_tries():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = OpenSearchEngine([f"http://127.0.0.1:{silent.getsockname()[1]}"], prefix="slow", seconds=0.2)
        assert [refusal(lambda: ask(engine)) for _ in range(4)] == ["engine_slow"] * 3 + ["engine_paused"]


def test_another_node_answers_where_one_is_down(engine):
    engine.write([document(1)])
    hosts = [f"http://127.0.0.1:{unused_port()}", *engine.client.hosts]
    both = OpenSearchEngine(hosts, prefix=engine.prefix, seconds=20)
    assert [ids(ask(both, "степлер")) for _ in range(4)] == [[1]] * 4


def test_a_read_only_index_says_so_and_answers_on(engine):
    engine.write([document(1)])
    index = engine.status().generation
    engine.client.call("PUT", f"/{index}/_settings", {"index": {"blocks.write": True}})
    assert refusal(lambda: engine.write([document(2)])) == "index_read_only"
    assert ids(ask(engine, "степлер")) == [1]
    engine.client.call("PUT", f"/{index}/_settings", {"index": {"blocks.write": False}})
    assert engine.write([document(2)]).written == 1


def test_an_index_for_another_table_of_fields_is_none(engine):
    engine.write([document(1)])
    other = OpenSearchEngine(engine.client.hosts, prefix=engine.prefix, seconds=20)
    other.generations.__init__(other.client, prefix=engine.prefix, shards=1, replicas=0, mark="0a0a0a0a")
    other.__dict__.update(_alias=other.generations.live)
    assert not other.status().exists
    assert refusal(lambda: other.write([document(1)])) == "index_missing"
    generation = other.begin_rebuild()
    other.finish_rebuild(generation)
    # The code of before still runs somewhere: its index stays until the next rebuild.
    assert ids(ask(engine, "степлер")) == [1]
    other.finish_rebuild(other.begin_rebuild())
    assert refusal(lambda: ask(engine, "степлер")) == "index_missing"


def test_no_index_comes_to_life_by_a_late_write(engine):
    index = engine.status().generation
    alias = engine.generations.write_alias(index)
    engine.drop()
    assert refusal(lambda: bulk.Bulk(engine.client, alias).write([document(1)])) == "index_missing"
    assert engine.generations.names().every == ()


def test_a_finish_after_the_rebuild_was_given_up_changes_nothing(engine):
    live = engine.status().generation
    generation = engine.begin_rebuild()
    engine.abandon_rebuild(generation)
    assert refusal(lambda: engine.finish_rebuild(generation)) == "index_missing"
    assert engine.status().generation == live
    with pytest.raises(RebuildRunning):
        [engine.begin_rebuild(), engine.begin_rebuild()]


def test_several_shards_count_as_one(engine):
    sharded = opensearch(shards=3)
    try:
        sharded.finish_rebuild(sharded.begin_rebuild())
        documents = [document(number, f"Степлер {word}") for number, word in enumerate("абвгд" * 8, 1)]
        documents.append(document(900, "Лампа"))
        for each in (engine, sharded):
            each.write(documents)
        asked = ["степлер", "лампа", "немає"]
        assert (
            sharded.frequencies(asked)
            == engine.frequencies(asked)
            == (
                41,
                {"степлер": 40, "лампа": 1, "немає": 0},
            )
        )
        one, three = ask(engine, "степлер", limit=50), ask(sharded, "степлер", limit=50)
        assert ids(one) == ids(three)
        assert [each.score for each in three.candidates] == pytest.approx(
            [each.score for each in one.candidates], rel=1e-4
        )
        assert one.facets == three.facets
        assert sharded.similar_words("лапма", distance=1) == [("лампа", 1)]
    finally:
        sharded.drop()


# A node that is busy: a real one behind a door that turns some bulk requests away -----------------------------


def test_what_was_turned_away_is_sent_again(engine, monkeypatch):
    monkeypatch.setattr(bulk, "FIRST_PAUSE", 0.01)
    with Door(engine.client.hosts[0], busy=3) as door:
        behind = OpenSearchEngine([door.address], prefix=engine.prefix, seconds=20)
        assert behind.write([document(1), document(2)]) == BulkReport(2)
        assert door.bulks == 4
    assert engine.status().documents == 2


def test_a_node_that_stays_busy_is_given_up(engine, monkeypatch):
    monkeypatch.setattr(bulk, "FIRST_PAUSE", 0.01)
    with Door(engine.client.hosts[0], busy=1_000) as door:
        behind = OpenSearchEngine([door.address], prefix=engine.prefix, seconds=20)
        assert refusal(lambda: behind.write([document(1)])) == "engine_busy"
        assert door.bulks == bulk.ATTEMPTS
        # Searches are not held up by it.
        assert ask(behind).total == 0


def test_a_request_that_is_too_large_is_halved_down_to_the_one_document(engine):
    long = " ".join(f"слово{number}" for number in range(2_000))
    documents = [document(number) for number in range(1, 30)] + [document(30, descriptions=[long], version=4)]
    with Door(engine.client.hosts[0], room=20_000) as door:
        behind = OpenSearchEngine([door.address], prefix=engine.prefix, seconds=20)
        report = behind.write(documents)
    assert (report.written, report.refused_as_old) == (29, 0)
    assert [(each.id, each.version, each.reason) for each in report.rejected] == [
        (30, 4, "content_too_long: ")
    ]
    assert engine.status().documents == 29


def test_a_search_is_not_repeated_behind_our_back():
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def count():
            server.settimeout(1.5)
            while True:
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    return
                seen.append(connection)

        thread = threading.Thread(target=count)
        thread.start()
        engine = OpenSearchEngine([f"http://127.0.0.1:{server.getsockname()[1]}"], prefix="slow", seconds=0.3)
        started = time.monotonic()
        assert refusal(lambda: ask(engine)) == "engine_slow"
        assert time.monotonic() - started < 1.5
        thread.join()
    assert len(seen) == 1
    for connection in seen:
        connection.close()


def test_completions_of_a_large_index_are_counted_in_all_of_it(engine, monkeypatch):
    """The words are chosen among some documents; those that few have are looked for in all."""
    monkeypatch.setattr(vocabulary, "_SAMPLE", 10)
    engine.write(
        [document(number, "стілець степлер" if number % 3 else "стілець") for number in range(1, 61)]
    )
    engine.write([document(100, "стрічка")])
    assert list(engine.completions("ст", limit=2)) == [("стілець", 60), ("степлер", 40)]
    assert list(engine.completions("стр", limit=2)) == [("стрічка", 1)]


def test_a_question_too_large_for_the_node_is_not_asked(engine):
    """It would answer as if it were broken, and the breaker would open for everybody."""
    words = tuple(
        QueryWord(f"{place}", tuple(f"t{place}n{term}" for term in range(40))) for place in range(24)
    )
    for _ in range(5):
        assert refusal(lambda: engine.search(EngineQuery(words=words))) == "query_too_large"
    assert not engine.client.breaker.is_open
    terms = [{"term": {"title_words": f"t{number}"}} for number in range(MOST_CLAUSES + 1)]

    def halves(all_terms):
        return {
            "bool": {"should": [{"bool": {"should": half}} for half in (all_terms[:600], all_terms[600:])]}
        }

    assert clauses(halves(terms)) == MOST_CLAUSES + 1
    live = engine.generations.live
    assert refusal(lambda: engine.client.search(live, {"query": halves(terms)})) == "engine_broken"
    assert engine.client.search(live, {"query": halves(terms[1:])})["hits"]["hits"] == []
