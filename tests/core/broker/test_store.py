"""The broker's file: leases, order, delays, dead letters, purge, forks."""

import os
import threading
import time
from pathlib import Path

import pytest

from core.broker import broker_path, broker_url
from core.broker.leases import LeaseKeeper
from core.broker.store import MessageStore


@pytest.fixture
def store(tmp_path):
    store = MessageStore(tmp_path / "broker.sqlite3", lease_seconds=0.3, max_losses=2)
    yield store
    store.close()


def other(store):
    return MessageStore(store.path, lease_seconds=store.lease_seconds, max_losses=store.max_losses)


def test_a_url_names_its_file_and_back():
    path = Path("/srv/my row/брокер.sqlite3")
    assert broker_path(broker_url(path)) == path
    assert broker_path("sqlite-lease:////srv/broker.sqlite3") == Path("/srv/broker.sqlite3")


def test_a_url_without_an_absolute_path_is_refused():
    with pytest.raises(ValueError, match="absolute path"):
        broker_path("sqlite-lease://broker.sqlite3")


def test_a_message_is_claimed_once_and_gone_when_finished(store):
    store.put("default", "one")
    claim = store.claim("default")
    assert claim.payload == "one"
    assert store.claim("default") is None
    assert store.sizes() == {"default": (0, 1)}
    assert store.finish(claim.lease) is True
    assert store.sizes() == {}


def test_higher_priority_first_then_the_older(store):
    for payload, priority in (("low", 0), ("high", 9), ("low too", 0), ("high too", 9)):
        store.put("default", payload, priority=priority)
    assert [store.claim("default").payload for _ in range(4)] == ["high", "high too", "low", "low too"]


def test_queues_are_apart(store):
    store.put("imports", "x")
    assert store.claim("default") is None
    assert store.claim("imports").payload == "x"


def test_a_delayed_message_waits(store):
    store.put("default", "later", visible_at=time.time() + 0.2)
    assert store.due(["default"]) is False
    assert store.claim("default") is None
    time.sleep(0.25)
    assert store.due(["default"]) is True
    assert store.claim("default").payload == "later"


def test_due_notices_what_another_connection_writes(store):
    assert store.due(["default"]) is False
    sender = other(store)
    sender.put("default", "news")
    sender.close()
    assert store.due(["default"]) is True


def test_a_lost_lease_makes_the_message_visible_again(store):
    store.put("default", "one")
    first = store.claim("default")
    time.sleep(0.35)
    second = store.claim("default")
    assert (second.payload, second.losses) == ("one", 1)
    assert store.finish(first.lease) is False
    assert store.finish(second.lease) is True


def test_a_released_message_is_free_at_once_and_not_counted_as_lost(store):
    store.put("default", "one")
    store.release(store.claim("default").lease)
    assert store.claim("default").losses == 0


def test_a_message_lost_too_often_is_set_aside_and_can_be_revived(store):
    store.put("default", "poison")
    for _ in range(2):
        assert store.claim("default") is not None
        time.sleep(0.35)
    assert store.claim("default") is None
    (letter,) = store.dead_letters()
    assert (letter.queue, letter.payload, letter.losses, letter.reason) == (
        "default",
        "poison",
        2,
        "lost by 2 workers in a row",
    )
    assert store.revive(letter.id) is True
    assert store.revive(letter.id) is False
    assert store.dead_letters() == []
    assert store.claim("default").losses == 0


def test_a_message_given_back_too_often_is_set_aside(store):
    store.put("default", "unwanted")
    store.give_back(store.claim("default").lease, after_seconds=0)
    store.give_back(store.claim("default").lease, after_seconds=0)
    assert store.claim("default") is None
    assert [letter.reason for letter in store.dead_letters()] == ["given back 2 times"]
    assert store.purge_dead_letters() == 1


def test_purge_leaves_what_is_being_worked_on(store):
    for payload in ("one", "two", "three"):
        store.put("default", payload)
    claim = store.claim("default")
    store.put("default", "later", visible_at=time.time() + 60)
    assert store.purge("default") == 3
    assert store.sizes() == {"default": (0, 1)}
    assert store.finish(claim.lease) is True


def test_the_keeper_prolongs_a_lease_until_it_is_dropped(store):
    store.put("default", "long work")
    claim = store.claim("default")
    keeper = LeaseKeeper(store, hold_seconds=60)
    keeper.hold(claim.lease)
    time.sleep(0.7)
    assert store.claim("default") is None
    keeper.drop(claim.lease)
    time.sleep(0.4)
    assert store.claim("default").losses == 1
    keeper.stop()
    assert [thread for thread in threading.enumerate() if thread.name == "broker-leases"] == []


def test_the_keeper_gives_up_on_a_task_that_hangs(store, caplog):
    store.put("default", "hangs")
    claim = store.claim("default")
    keeper = LeaseKeeper(store, hold_seconds=0.2)
    keeper.hold(claim.lease)
    time.sleep(0.9)
    assert store.claim("default").losses == 1
    keeper.stop()
    assert "may be redelivered" in caplog.text


def test_eight_threads_with_their_own_connections_claim_each_message_once(store):
    for number in range(200):
        store.put("default", str(number))
    seen = []

    def work():
        mine = MessageStore(store.path, lease_seconds=30)
        while (claim := mine.claim("default")) is not None:
            seen.append(claim.payload)
            mine.finish(claim.lease)
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen, key=int) == [str(number) for number in range(200)]
    assert store.sizes() == {}


def test_a_forked_child_opens_its_own_connection(store):
    store.put("default", "from the parent")
    child = os.fork()
    if child == 0:
        try:
            store.put("default", "from the child")
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert [store.claim("default").payload for _ in range(2)] == ["from the parent", "from the child"]
