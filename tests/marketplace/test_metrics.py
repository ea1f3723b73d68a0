"""What Prometheus gets: who may ask, what is counted, all processes together, and what a scrape costs the database."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
from ipaddress import ip_network

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core import metrics, pulse
from core.models import CurrencyRate, Job, JobState, OutboxEntry
from marketplace.metrics import written
from notifications.models import Notification
from search.engines.base import Capabilities, EngineQuery
from search.errors import EngineUnavailable
from search.query import SearchQuery
from search.services import rebuild_index, search
from tests.factories.accounts import UserFactory
from tests.factories.api import make_delivery
from tests.parts import ROOT

pytestmark = pytest.mark.django_db
TOKEN = "watcher-" + "x" * 30
MONITORING = ROOT / "stack" / "monitoring"


def samples(text=None):
    """{(name, labels): value} of an exposition."""
    text = written().decode() if text is None else text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found, name, **labels):
    return found.get((name, tuple(sorted(labels.items()))), 0.0)


def test_only_those_who_watch_learn_that_it_exists(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.MONITORING_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}x"}).status_code == 404
    response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert (response.status_code, response["Content-Type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    settings.MONITORING_TOKEN = ""
    settings.MONITORING_NETWORKS = [ip_network("127.0.0.0/8")]
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


def test_requests_are_counted_by_view_and_class_of_status(client):
    def count(**labels):
        return value(samples(), "ryad_http_request_seconds_count", method="GET", **labels)

    before = count(view="storefront:vendors", status="2xx"), count(view="unknown", status="4xx")
    client.get("/vendors/")
    client.get("/ru/vendors/")
    client.get("/health/nothing-here")
    assert count(view="storefront:vendors", status="2xx") == before[0] + 2
    assert all("nothing-here" not in str(labels) for _name, labels in samples())


def test_a_search_is_timed_by_stage_and_engine(settings, tmp_path):
    settings.SEARCH_INDEX_PATH = tmp_path / "search"
    rebuild_index()
    before = samples()
    search(SearchQuery(words="степлер"))
    after = samples()

    def grew(name, **labels):
        return value(after, name, **labels) - value(before, name, **labels)

    assert grew("ryad_search_seconds_count", engine="embedded") == 1
    assert grew("ryad_search_empty_total", engine="embedded") == 1
    assert grew("ryad_search_stage_seconds_count", stage="engine") >= 1
    assert grew("ryad_search_stage_seconds_count", stage="analysis") >= 1
    assert grew("ryad_search_stage_seconds_count", stage="ranking") >= 1
    assert grew("ryad_search_fallbacks_total") == 0
    whole = grew("ryad_search_seconds_sum", engine="embedded")
    parts = sum(
        grew("ryad_search_stage_seconds_sum", stage=stage) for stage in ("analysis", "engine", "ranking")
    )
    assert 0 < parts <= whole


class Broken:
    name = "broken"
    capabilities = Capabilities()

    def search(self, _query: EngineQuery):
        raise EngineUnavailable("engine_down")


def test_answers_of_the_database_are_counted_as_fallbacks():
    before = value(samples(), "ryad_search_fallbacks_total")
    search(SearchQuery(), engine=Broken())
    found = samples()
    assert value(found, "ryad_search_fallbacks_total") == before + 1
    assert value(found, "ryad_search_seconds_count", engine="database") >= 1


def test_what_waits_is_read_from_the_database():
    now = timezone.now()
    made = [
        OutboxEntry.objects.create(consumer="search", topic="offers", payload={}, visible_at=now)
        for _ in range(3)
    ]
    OutboxEntry.objects.filter(pk=made[0].pk).update(created_at=now - dt.timedelta(seconds=90))
    OutboxEntry.objects.filter(pk=made[2].pk).update(dead_at=now)
    Job.objects.create(
        kind="test", task="test.none", state=JobState.RUNNING, queue="imports", heartbeat_at=now
    )
    pulse.note(queue="index")
    CurrencyRate.objects.create(currency="USD", day=timezone.localdate() - dt.timedelta(days=3), rate_micro=1)
    Notification.objects.create(
        user=UserFactory(), kind="vendor.approved", params={}, key="k", email_error="x"
    )
    make_delivery(user=UserFactory(), next_at=now - dt.timedelta(seconds=70))
    make_delivery(user=UserFactory(), next_at=now + dt.timedelta(hours=1))  # a pause of its schedule
    found = samples()
    assert value(found, "ryad_outbox_entries", consumer="search", state="waiting") == 2
    assert value(found, "ryad_outbox_entries", consumer="search", state="dead") == 1
    assert value(found, "ryad_outbox_entries", consumer="requests", state="waiting") == 0
    assert value(found, "ryad_index_lag_seconds") == pytest.approx(90, abs=20)
    assert value(found, "ryad_match_lag_seconds") == 0
    assert value(found, "ryad_jobs", state="running") == 1
    assert value(found, "ryad_worker_seen_seconds", queue="index") == pytest.approx(0, abs=20)
    assert value(found, "ryad_worker_seen_seconds", queue="notify") == -1
    assert value(found, "ryad_rate_age_days", currency="USD") == 3
    assert value(found, "ryad_letters_waiting", state="failing") == 1
    assert value(found, "ryad_webhooks_waiting", state="all") == 2
    assert value(found, "ryad_webhooks_waiting", state="due") == 1
    assert value(found, "ryad_webhooks_oldest_seconds") == pytest.approx(70, abs=20)
    assert value(found, "ryad_pushes_waiting") == 0
    assert value(found, "ryad_database_up") == 1


def test_a_scrape_asks_few_questions_however_much_there_is(django_assert_num_queries):
    with django_assert_num_queries(12):
        written()
    now = timezone.now()
    for _ in range(5):
        OutboxEntry.objects.create(consumer="search", topic="offers", payload={}, visible_at=now)
    with django_assert_num_queries(12):
        written()


def test_stages_inside_a_stage_are_theirs():
    into = metrics.histogram("test_stage_seconds", "For this test.", ["stage"])
    with metrics.stage(into.labels("outer")), metrics.stage(into.labels("inner")):
        sum(range(200_000))
    found = samples()
    assert value(found, "test_stage_seconds_sum", stage="inner") > value(
        found, "test_stage_seconds_sum", stage="outer"
    )


def test_steps_count_their_making_and_pass_everything_on():
    into = metrics.histogram("test_steps_seconds", "For this test.")
    assert list(metrics.each_step(into, iter("abc"))) == ["a", "b", "c"]
    assert value(samples(), "test_steps_seconds_count") == 4


PROCESS = """
import sys
import django
django.setup()
from core import metrics
from notifications.metrics import LETTERS
LETTERS.labels("sent").inc(int(sys.argv[1]))
metrics.histogram("test_seconds", "For this test.").observe(0.2)
print("counted", flush=True)
sys.stdin.read() if sys.argv[2] == "wait" else None
"""
SCRAPE = """
import django
django.setup()
from core import metrics
print(metrics.exposition().decode())
"""


@pytest.fixture
def python(tmp_path):
    plain = {name: text for name, text in os.environ.items() if not name.startswith("RYAD_")}
    environment = plain | {
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
        "RYAD_VAR": str(tmp_path),
        "RYAD_MONITORING_TOKEN": TOKEN,
        "RYAD_LOG_LEVEL": "ERROR",
    }

    def start(code, *arguments):
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return start


def test_processes_count_together_and_what_the_dead_counted_stays(python, tmp_path):
    alive, ended, killed = (
        python(PROCESS, "5", "wait"),
        python(PROCESS, "7", "go"),
        python(PROCESS, "11", "wait"),
    )
    try:
        assert [process.stdout.readline() for process in (alive, ended, killed)] == ["counted\n"] * 3
        ended.communicate()
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        for _ in range(2):  # the first scrape folds the files of the dead, the second reads what was folded
            found = samples(python(SCRAPE).communicate()[0])
            assert value(found, "ryad_letters_total", outcome="sent") == 23
            assert value(found, "test_seconds_count") == 3
            assert value(found, "test_seconds_bucket", le="0.25") == 3
            assert value(found, "test_seconds_bucket", le="0.12") == 0
        counters = sorted(path.name for path in (tmp_path / "metrics").glob("counter_*.db"))
        assert (
            len([name for name in counters if name != "counter_ended.db"]) <= 2
        )  # the living one and the scrape
        assert "counter_ended.db" in counters
    finally:
        for process in (alive, ended, killed):
            if process.poll() is None:
                process.kill()
            process.communicate()


FORK = """
import os
import django
django.setup()
from notifications.metrics import LETTERS
LETTERS.labels("sent").inc(1)
child = os.fork()
if not child:
    LETTERS.labels("sent").inc(10)
    os._exit(0)
os.waitpid(child, 0)
LETTERS.labels("sent").inc(100)
"""


def test_a_forked_worker_counts_into_a_file_of_its_own(python, tmp_path):
    """Its name is made once a process; under the parent's, one would write over what the other counted."""
    python(FORK).communicate()
    assert len(list((tmp_path / "metrics").glob("counter_*.db"))) == 2
    assert value(samples(python(SCRAPE).communicate()[0]), "ryad_letters_total", outcome="sent") == 111


# What the dashboard and the alerts ask for ------------------------------------------------------------------


def expressions():
    board = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield f"panel {panel['title']!r}", target["expr"]
    for line in (MONITORING / "alerts.yml").read_text().splitlines():
        if found := re.match(r"\s+(?:- )?expr: (.+)", line):
            yield "alert", found[1]


def known_names():
    names = set(re.findall(r"^# TYPE (\w+) gauge$", written().decode(), re.MULTILINE))
    for family in metrics.REGISTRY.collect():  # those with labels have no sample before something happens
        names.add(family.name)
        if family.type == "counter":
            names.add(f"{family.name}_total")
        if family.type == "histogram":
            names |= {f"{family.name}_{end}" for end in ("bucket", "sum", "count")}
    return names


def test_dashboard_and_alerts_ask_only_for_what_there_is():
    asked = {name for _where, text in expressions() for name in re.findall(r"\bryad_\w+", text)}
    assert len(asked) > 20
    assert asked - known_names() == set()


def test_every_metric_is_looked_at_by_somebody():
    asked = {name for _where, text in expressions() for name in re.findall(r"\bryad_\w+", text)}
    families = {family.name for family in metrics.REGISTRY.collect() if family.name.startswith("ryad_")}
    ends = ("", "_total", "_bucket", "_sum", "_count")
    assert {name for name in families if not any(name + end in asked for end in ends)} == set()


def test_label_values_in_questions_are_ones_that_are_written():
    stages = {stage for _where, text in expressions() for stage in re.findall(r'stage="(\w+)"', text)}
    from search.metrics import STAGES

    assert stages <= set(STAGES)


def test_every_alert_says_what_to_do_and_where_to_read():
    text = (MONITORING / "alerts.yml").read_text()
    alerts = re.findall(r"- alert: (\w+)", text)
    assert len(alerts) == len(set(alerts)) > 10
    page = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in alerts if f"`{name}`" not in page] == []
    assert text.count("summary:") == len(alerts)
