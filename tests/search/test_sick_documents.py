"""A document on which the node fails each time, told apart from a node that fails on everything: on a real node."""

import uuid

import pytest

from core import outbox
from core.models import OutboxEntry
from search import engines, indexing
from search.engines.base import BulkReport, Rejected
from search.engines.opensearch import OpenSearchEngine, bulk
from search.errors import EngineUnavailable
from search.indexing import comparing
from search.models import IndexFailure
from tests.factories.catalog import OfferFactory
from tests.factories.doors import Door
from tests.factories.search import document
from tests.parts import require_part


def is_sick(row):
    return "нездоров" in row.get("title_words", "")


def anything(row):
    return True


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(bulk, "FIRST_PAUSE", 0.01)


@pytest.fixture
def door():
    with Door(require_part("opensearch")) as opened:
        yield opened


@pytest.fixture
def engine(door):
    made = OpenSearchEngine([door.address], prefix=f"ryad-test-{uuid.uuid4().hex[:12]}", seconds=20)
    made.finish_rebuild(made.begin_rebuild())
    yield made
    made.drop()


def found(engine):
    return {each.id: (each.version, each.alive) for each in engine.stored() if each.alive}


def test_a_document_on_which_the_node_always_fails_is_set_aside_and_the_rest_written(engine, door):
    sick = document(2, "нездоровий степлер", version=3)
    door.sick = is_sick
    report = engine.write([document(1), sick, document(3)])
    reason = f"runtime_exception: no such luck (500, {bulk.ATTEMPTS} times)"
    assert report == BulkReport(2, 0, (Rejected(2, 3, reason),))
    # Alone, too: nothing else that is taken says that the node is well.
    assert engine.write([sick]) == BulkReport(0, 0, (Rejected(2, 3, reason),))
    assert found(engine) == {1: (1, True), 3: (1, True)}
    door.sick = None
    # What stood witness is in nobody's way.
    assert engine.write([sick]) == BulkReport(1)
    assert found(engine)[2] == (3, True)


def test_a_witness_replaces_nothing(engine, door):
    engine.write([document(2, "степлер", version=1)])
    door.sick = is_sick
    assert [each.id for each in engine.write([document(2, "нездоровий", version=2)]).rejected] == [2]
    assert found(engine) == {2: (1, True)}


@pytest.mark.parametrize("count", [1, 3])
def test_a_node_that_fails_on_everything_is_busy_and_nothing_is_set_aside(engine, door, count):
    documents = [document(number) for number in range(1, count + 1)]
    door.sick = anything
    with pytest.raises(EngineUnavailable) as raised:
        engine.write(documents)
    assert raised.value.code == "engine_busy"
    door.sick = None
    assert engine.write(documents) == BulkReport(count)


@pytest.fixture
def site(settings, db, door):
    given = {"hosts": [door.address], "prefix": f"ryad-test-{uuid.uuid4().hex[:12]}", "timeout": 20.0}
    settings.OPENSEARCH = settings.OPENSEARCH | given
    engine = engines.get_engine()
    engine.finish_rebuild(engine.begin_rebuild())
    yield engine
    engine.drop()


def told_of(*offers):
    OutboxEntry.objects.all().delete()
    for offer in offers:
        outbox.emit("search", "offers_changed", {"offers": [offer.pk]})


def test_the_batch_of_a_sick_offer_goes_on_and_the_offer_is_seen(site, door):
    well, sick = OfferFactory(title="Папір офісний"), OfferFactory(title="Степлер нездоровий")
    told_of(sick, well)
    door.sick = is_sick
    assert outbox.drain("search") == 2
    assert not OutboxEntry.objects.exists()
    assert list(IndexFailure.objects.values_list("offer_id", "attempts")) == [(sick.pk, 1)]
    assert indexing.verify_index(patience=0).found == {comparing.Kind.FAILED: [sick.pk]}
    door.sick = None
    assert indexing.verify_index(mend=True, patience=0).total == 0
    assert set(found(site)) == {well.pk, sick.pk}
    assert not IndexFailure.objects.exists()


def test_the_changes_wait_while_the_whole_node_fails(site, door):
    offer = OfferFactory()
    told_of(offer)
    door.sick = anything
    assert outbox.drain("search") == 0
    entry = OutboxEntry.objects.get()
    assert (entry.attempts, entry.dead_at, IndexFailure.objects.exists()) == (0, None, False)
