"""Celery on a real Redis: lost wake-ups, doubled deliveries, killed workers; each with a control that goes wrong."""

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from core import outbox
from core.broker.publishing import patience
from core.jobs.services import request_cancel, retry_job, send, start_job
from core.models import Job, JobState, OutboxEntry
from marketplace.celery import app
from notifications import kinds
from notifications.enums import Rhythm
from notifications.models import LetterRhythm, Notification
from notifications.services import choose_rhythm, notify
from tests.factories.accounts import UserFactory
from tests.stack.conftest import stays, wait_until

# One process of the test run: its migrated template is made once.
pytestmark = pytest.mark.xdist_group("stack_redis")


def start(name, *, task="site.work", **kwargs):
    return start_job(kind="site", task=task, kwargs={"name": name, **kwargs})


def tell_facts(*numbers):
    with transaction.atomic():
        outbox.emit_many([("site", "number", {"n": number}) for number in numbers])


def state(job):
    job.refresh_from_db()
    return job.state


def states():
    return set(Job.objects.values_list("state", flat=True))


def is_swept(site):
    return site.notes()["sweep"] > 0


# -- messages that got lost -------------------------------------------------------------------------------------


def test_what_waited_in_an_emptied_redis_is_done_once(site):
    jobs = [start(f"job {number}") for number in range(3)]
    tell_facts(*range(12))
    site.redis.flush()
    site.worker()
    site.beat()
    site.wait(lambda: states() == {JobState.DONE} and not OutboxEntry.objects.exists())
    assert [job.attempts for job in Job.objects.order_by("created_at")] == [1 for _ in jobs]
    expected = {f"{word} job {number}": 1 for number in range(3) for word in ("begin", "end")}
    expected |= {f"fact {number}": 1 for number in range(12)}
    notes = site.notes()
    assert {line: notes[line] for line in expected} == expected


def test_control_without_the_sweep_an_emptied_redis_loses_them(site):
    start("job")
    tell_facts(1)
    site.redis.flush()
    site.worker(SITE_WITHOUT="sweep")
    site.beat(SITE_WITHOUT="sweep")
    app.send_task("site.plain", kwargs={"name": "ready"}, retry=False)
    site.wait(lambda: site.notes()["plain ready"])
    assert stays(lambda: set(site.notes()) == {"plain ready"}, seconds=6)
    assert (states(), OutboxEntry.objects.count()) == ({JobState.WAITING}, 1)


def test_without_redis_pages_work_and_the_sweep_delivers_once(site):
    user = UserFactory()
    kinds.register("site.news", label="News", subject="News", body="")
    site.redis.stop()
    with transaction.atomic():
        job = start("job")
        tell_facts(1)
        notify(users=[user], kind="site.news", params={}, key="k")
    assert (state(job), OutboxEntry.objects.count()) == (JobState.WAITING, 1)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    Job.objects.filter(pk=job.pk).update(owner=user.typed_id)
    assert client.get(f"/jobs/{job.pk}/").status_code == 200
    site.redis.start()
    site.worker()
    site.beat()
    site.wait(lambda: states() == {JobState.DONE} and not OutboxEntry.objects.exists() and site.letters())
    time.sleep(3)  # three more sweeps
    notes = site.notes()
    assert (notes["begin job"], notes["end job"], notes["fact 1"], len(site.letters())) == (1, 1, 1, 1)


def test_control_without_the_sweep_what_met_no_redis_stays_undone(site):
    site.redis.stop()
    with transaction.atomic():
        start("job")
        tell_facts(1)
    site.redis.start()
    site.worker(SITE_WITHOUT="sweep")
    site.beat(SITE_WITHOUT="sweep")
    app.send_task("site.plain", kwargs={"name": "ready"}, retry=False)
    site.wait(lambda: site.notes()["plain ready"])
    assert stays(lambda: states() == {JobState.WAITING} and OutboxEntry.objects.count() == 1, seconds=6)


def test_a_broker_that_dies_just_after_the_commit_comes_back_empty_and_all_is_done_once(site):
    def die():
        site.redis.kill()
        site.redis.forget()

    with transaction.atomic():
        transaction.on_commit(die)  # the first thing after COMMIT
        job = start("job")
        tell_facts(1, 2)
    assert state(job) == JobState.WAITING
    site.redis.start()
    site.worker()
    site.beat()
    site.wait(lambda: state(job) == JobState.DONE and not OutboxEntry.objects.exists())
    notes = site.notes()
    assert (notes["begin job"], notes["fact 1"], notes["fact 2"]) == (1, 1, 1)


@pytest.fixture
def held_page(site):
    """`held_page()` is set when a page is done that starts a job after Redis, once reached, has fallen silent."""
    threads = []

    def begin():
        app.send_task("site.plain", kwargs={"name": "connected"}, retry=False)
        site.redis.pause()
        done = threading.Event()

        def page():
            try:
                start("first")
                done.set()
            finally:
                connection.close()

        threads.append(threading.Thread(target=page, daemon=True))
        threads[0].start()
        return done

    yield begin
    site.redis.resume()
    for thread in threads:
        thread.join(15)


def test_a_redis_that_answers_nothing_holds_a_page_up_once_and_not_for_long(site, held_page):
    """Bounded by our settings; without them a publish waits for as long as the server is silent."""
    done = held_page()
    assert done.wait(15)
    assert patience.until > time.monotonic()
    tried = []
    error = send_noting(tried)
    assert (tried, type(error)) == ([], TimeoutError)
    site.redis.resume()
    patience.forget()
    assert send_noting(tried) is None
    assert tried == ["sent"]


def send_noting(tried):
    from core.broker.publishing import hand_over

    return hand_over(lambda: tried.append("sent"))


def test_control_without_a_socket_timeout_a_silent_redis_holds_the_page(site, held_page):
    options = {**app.conf.broker_transport_options, "socket_timeout": None, "health_check_interval": 0}
    app.conf.broker_transport_options = options
    done = held_page()
    assert not done.wait(8)
    site.redis.resume()
    assert done.wait(15)


def test_workers_go_on_after_redis_was_restarted_under_a_task(site):
    worker = site.worker()
    job = start("before", seconds=4)
    site.wait(lambda: site.notes()["begin before"])
    site.redis.kill()
    site.redis.forget()
    time.sleep(2)
    site.redis.start()
    after = start("after")
    site.beat()
    site.wait(lambda: state(job) == state(after) == JobState.DONE)
    notes = site.notes()
    assert (notes["begin before"], notes["end before"], notes["begin after"]) == (1, 1, 1)
    assert worker.poll() is None
    assert wait_until(lambda: app.control.ping(timeout=2), seconds=20)[0]


# -- messages that came twice -----------------------------------------------------------------------------------


def deliver_twice(site, **environment):
    """A job's message goes to two processes at the same time, and a wake-up of the outbox to all of them."""
    with transaction.atomic():
        job = start("job", seconds=3)
    send(job)
    tell_facts(*range(5))
    for _ in range(3):
        app.send_task("outbox.drain", kwargs={"consumer": "site"}, retry=False)
    site.worker(concurrency=4, **environment)
    return job


def assert_done_once(site, job):
    site.wait(lambda: state(job) == JobState.DONE and not OutboxEntry.objects.exists(), seconds=90)
    site.wait(lambda: site.notes()["refused job"])
    time.sleep(3)
    notes = site.notes()
    assert (notes["begin job"], notes["refused job"], notes["end job"]) == (1, 1, 1)
    assert [notes[f"fact {number}"] for number in range(5)] == [1] * 5


def test_a_message_delivered_twice_at_once_is_worked_on_once(site):
    assert_done_once(site, deliver_twice(site))


def test_control_without_leases_a_message_delivered_twice_is_worked_on_twice(site):
    deliver_twice(site, SITE_WITHOUT="lease")
    site.wait(lambda: site.notes()["begin job"] == 2 and site.notes()["fact 0"] > 1, seconds=90)


def redeliver(site, **environment):
    """Redis gives a message that nobody has acknowledged for two seconds to another worker."""
    job = start("job", seconds=10)
    for _ in range(2):
        site.worker(concurrency=1, SITE_VISIBILITY_SECONDS="2", **environment)
    return job


def test_a_task_redelivered_while_it_runs_is_not_done_again(site):
    job = redeliver(site)
    site.wait(lambda: state(job) == JobState.DONE, seconds=90)
    notes = site.notes()
    assert (notes["begin job"], notes["end job"]) == (1, 1)
    assert notes["refused job"] >= 1


def test_control_without_leases_a_redelivered_task_runs_twice(site):
    redeliver(site, SITE_WITHOUT="lease")
    site.wait(lambda: site.notes()["begin job"] >= 2, seconds=90)


# -- workers that die or are stopped ----------------------------------------------------------------------------


def kill_in_mid_work(site, **environment):
    job = start("job", seconds=2)
    first = site.worker(**environment)
    site.wait(lambda: site.notes()["begin job"])
    site.kill(first)
    site.worker(**environment)
    site.beat(**environment)
    return job


def test_what_a_killed_worker_had_in_hand_is_done_by_the_next(site):
    job = kill_in_mid_work(site)
    site.wait(lambda: state(job) == JobState.DONE)
    assert job.attempts == 2
    notes = site.notes()
    assert (notes["begin job"], notes["end job"]) == (2, 1)


def test_control_without_the_sweep_it_lies_with_the_dead(site):
    """Redis itself would deliver it again after the visibility timeout: in six hours."""
    job = kill_in_mid_work(site, SITE_WITHOUT="sweep")
    app.send_task("site.plain", kwargs={"name": "ready"}, retry=False)
    site.wait(lambda: site.notes()["plain ready"])
    assert stays(lambda: state(job) == JobState.RUNNING, seconds=8)


def test_a_cancelled_job_stops_and_stays_stopped_until_it_is_tried_again(site):
    site.worker()
    site.beat()
    job = start("job", seconds=30)
    site.wait(lambda: site.notes()["begin job"])
    request_cancel(job=job)
    site.wait(lambda: state(job) == JobState.CANCELLED)
    swept = site.notes()["sweep"]
    site.wait(lambda: site.notes()["sweep"] >= swept + 4)
    assert (state(job), site.notes()["begin job"]) == (JobState.CANCELLED, 1)
    Job.objects.filter(pk=job.pk).update(kwargs={"name": "job", "seconds": 0})
    job.refresh_from_db()
    retry_job(job=job)
    site.wait(lambda: state(job) == JobState.DONE)
    assert site.notes()["end job"] == 1


def test_a_process_pool_ends_what_takes_too_long_and_says_so(site):
    site.worker()
    slow, quick = start("slow", task="site.bounded", seconds=8), start("quick", task="site.bounded")
    site.wait(lambda: state(slow) == JobState.FAILED and state(quick) == JobState.DONE)
    assert slow.error_code == "took_too_long"
    assert site.notes()["end slow"] == 0


# -- two clocks -------------------------------------------------------------------------------------------------


def test_two_clocks_do_no_harm(site):
    kinds.register("site.news", label="News", subject="News", body="")
    at_once, daily = UserFactory(), UserFactory()
    choose_rhythm(user=daily, rhythm=Rhythm.DAILY)
    site.redis.stop()  # nothing is woken: the clocks alone do it
    job = start("job", seconds=1)
    notify(users=[at_once, daily], kind="site.news", params={}, key="k")
    tell_facts(1, 2, 3)
    LetterRhythm.objects.update(next_at=timezone.now() - dt.timedelta(minutes=1))
    site.redis.start()
    site.worker(concurrency=3)
    clocks = [site.beat(), site.beat()]
    site.wait(lambda: state(job) == JobState.DONE and not OutboxEntry.objects.exists())
    site.wait(lambda: not Notification.objects.filter(emailed_at=None).exists(), seconds=90)
    site.wait(lambda: (site.home / "log").read_text().count("Scheduler: Sending due task stale jobs") > 4)
    assert [clock.poll() for clock in clocks] == [None, None]
    notes = site.notes()
    assert (notes["begin job"], notes["end job"]) == (1, 1)
    assert [notes[f"fact {number}"] for number in (1, 2, 3)] == [1, 1, 1]
    assert [letter.partition("<")[2].partition("-")[0] for letter in site.letters()] == [
        "digest",
        "notification",
    ]


# -- processes and the database ---------------------------------------------------------------------------------


def backends(site, **environment):
    """Eight tasks on two children whose parent had talked to the database before it forked."""
    site.worker(SITE_PARENT_CONNECTS="1", **environment)
    for _ in range(8):
        app.send_task("site.backend", kwargs={"seconds": 0.3}, retry=False)


def pairs(site):
    """(process, the server's process behind its connection) of each task that ended."""
    return [tuple(reversed(line.split()[1:])) for line in site.raw_notes() if line.startswith("backend ")]


@pytest.mark.parametrize("pool", ["1", "4"])
def test_no_connection_crosses_the_fork(postgresql_site, pool):
    site = postgresql_site
    backends(site, RYAD_DATABASE_POOL=pool)
    site.wait(lambda: len(pairs(site)) == 8)
    processes = {process for process, _backend in pairs(site)}
    assert len(processes) == 2
    shared = {
        backend: {process for process, other in pairs(site) if other == backend} for _, backend in pairs(site)
    }
    assert [found for found in shared.values() if len(found) > 1] == []


def test_control_without_celerys_care_children_share_their_parents_connection(postgresql_site):
    site = postgresql_site
    backends(site, RYAD_DATABASE_POOL="1", SITE_WITHOUT="fixup")
    site.wait(
        lambda: "consuming input failed" in site.tell() or len(pairs(site)) >= 2 or "Traceback" in site.tell()
    )
    time.sleep(5)
    shared = {
        backend: {process for process, other in pairs(site) if other == backend} for _, backend in pairs(site)
    }
    assert len(pairs(site)) < 8 or any(len(found) > 1 for found in shared.values())


def test_doubles_on_postgresql_are_refused_as_on_sqlite(postgresql_site):
    assert_done_once(postgresql_site, deliver_twice(postgresql_site))
