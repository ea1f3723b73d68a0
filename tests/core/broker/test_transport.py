"""The transport with kombu in process, then with Celery workers that are killed."""

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from kombu import Connection, Queue

from core.broker import broker_url
from core.broker.store import MessageStore


@pytest.fixture
def connection(tmp_path):
    options = {"lease_seconds": 0.3, "max_losses": 2}
    with Connection(broker_url(tmp_path / "broker.sqlite3"), transport_options=options) as connection:
        yield connection


def test_round_trip_through_a_simple_queue(connection):
    queue = connection.SimpleQueue("greetings")
    queue.put({"hello": "світе"})
    message = queue.get(timeout=2)
    assert message.payload == {"hello": "світе"}
    assert queue.qsize() == 0
    message.ack()
    queue.close()
    assert connection.transport.channels[0]._store.sizes() == {}


def test_waiting_for_nothing_times_out(connection):
    with (
        connection.Consumer(Queue("empty"), callbacks=[lambda *_: None]),
        pytest.raises(TimeoutError),
    ):
        connection.drain_events(timeout=0.05)


def test_a_consumer_without_acknowledgement_leaves_nothing_behind(connection):
    queue = connection.SimpleQueue("fire", no_ack=True)
    queue.put("x")
    assert queue.get(timeout=2).payload == "x"
    queue.close()
    assert connection.default_channel._store.sizes() == {}


def test_closing_a_connection_gives_back_what_was_not_acknowledged_and_ends_its_thread(connection):
    queue = connection.SimpleQueue("jobs")
    queue.put("unfinished")
    assert queue.get(timeout=2).payload == "unfinished"
    connection.close()
    assert [thread for thread in threading.enumerate() if thread.name == "broker-leases"] == []
    with Connection(connection.as_uri()) as second:
        again = second.SimpleQueue("jobs")
        message = again.get(timeout=2)
        assert message.payload == "unfinished"
        assert message.delivery_info["redelivered"] is False
        message.ack()
        again.close()


def test_a_rejected_message_becomes_a_dead_letter(connection):
    queue = connection.SimpleQueue("jobs")
    queue.put("unknown")
    queue.get(timeout=2).reject()
    assert [letter.reason for letter in connection.default_channel._store.dead_letters()] == [
        "rejected by its consumer"
    ]
    queue.close()


def test_purge_counts_what_it_removed(connection):
    queue = connection.SimpleQueue("jobs")
    for number in range(3):
        queue.put(number)
    assert queue.clear() == 3
    assert queue.qsize() == 0
    queue.close()


# -- real workers ----------------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder with a broker, a way to start workers on it, and what their tasks noted."""
    monkeypatch.setenv("BROKER_TEST_ROOM", str(tmp_path))
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)  # the workers need no Django
    workers = []
    sys.modules.pop("tests.core.broker.worker_app", None)  # it binds to the folder when it is imported
    worker_app = importlib.import_module("tests.core.broker.worker_app")

    class Room:
        app = worker_app
        store = MessageStore(tmp_path / "broker.sqlite3")

        def worker(self, pool="threads"):
            command = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "worker_app",
                "worker",
                f"--pool={pool}",
                "-c",
                "2",
            ]
            command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
            log = (tmp_path / "log").open("ab")
            worker = subprocess.Popen(
                command, cwd=Path(__file__).parent, stdout=log, stderr=log, start_new_session=True
            )
            log.close()
            workers.append(worker)
            return worker

        def notes(self):
            path = tmp_path / "notes"
            return (
                [line.rpartition(" ")[0] for line in path.read_text().splitlines()] if path.exists() else []
            )

        def wait_for(self, condition, seconds=30):
            end = time.monotonic() + seconds
            while not condition():
                assert time.monotonic() < end, (self.notes(), (tmp_path / "log").read_text())
                time.sleep(0.02)

    room = Room()
    yield room
    for worker in workers:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    worker_app.app.close()
    room.store.close()


def test_a_task_cut_short_by_kill_9_is_done_by_the_next_worker(room):
    room.app.work.delay("import", 2)
    first = room.worker()
    room.wait_for(lambda: room.notes() == ["begin import"])
    first.kill()
    first.wait()
    room.worker()
    room.wait_for(lambda: room.notes() == ["begin import", "begin import", "end import"])
    room.wait_for(lambda: room.store.sizes() == {})


def test_two_workers_never_share_a_message_while_its_lease_is_kept(room):
    # The lease is one second and a task takes two and a half: without renewal each would run twice.
    for number in range(4):
        room.app.work.delay(str(number), 2.5)
    room.worker()
    room.worker()
    room.wait_for(lambda: room.store.sizes() == {} and len(room.notes()) >= 8)
    assert sorted(room.notes()) == sorted(
        f"{word} {number}" for word in ("begin", "end") for number in range(4)
    )


def test_a_task_that_kills_its_worker_becomes_a_dead_letter(room):
    room.app.poison.delay()
    for _ in range(3):
        assert room.worker().wait(timeout=30) == -signal.SIGKILL
    room.app.work.delay("after", 0)
    room.worker()
    room.wait_for(lambda: "end after" in room.notes() and room.store.dead_letters() != [])
    (letter,) = room.store.dead_letters()
    assert '"task": "poison"' in letter.payload
    assert letter.reason == "lost by 3 workers in a row"
    assert room.notes().count("begin poison") == 3


def test_a_process_pool_whose_child_is_killed_gives_the_task_back(room, monkeypatch):
    # Celery waits ten seconds before it calls a child lost, so one loss has to do.
    monkeypatch.setenv("BROKER_TEST_MAX_LOSSES", "1")
    room.app.poison.delay()
    room.worker(pool="prefork")
    room.wait_for(lambda: room.store.dead_letters() != [])
    assert [letter.reason for letter in room.store.dead_letters()] == ["given back 1 times"]
    assert room.notes() == ["begin poison"]


def test_a_warm_stop_finishes_the_task_in_hand(room):
    room.app.work.delay("slow", 2)
    worker = room.worker()
    room.wait_for(lambda: room.notes() == ["begin slow"])
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    assert room.notes() == ["begin slow", "end slow"]
    assert room.store.sizes() == {}


def test_a_retry_with_a_countdown_waits_in_the_broker(room):
    room.app.retried.delay()
    room.worker()
    room.wait_for(lambda: room.notes() == ["try 0", "try 1"])
    room.wait_for(lambda: room.store.sizes() == {})
