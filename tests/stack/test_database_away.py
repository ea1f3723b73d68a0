"""A primary that goes away and comes back, and a real streaming replica: what pages of the site do then."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.postgresql import LOOPBACK, PostgreSQL
from stack.process import free_port
from tests import migrated
from tests.parts import ROOT

QUICK = {"fsync": "off", "shared_buffers": "64MB"}


class Replica(PostgreSQL):
    """A standby that streams from a running server. It has the primary's people and passwords."""

    def __init__(self, home: Path, port: int, primary: PostgreSQL) -> None:
        super().__init__(home, port, QUICK | {"hot_standby": "on"})
        self.primary = primary

    def _password(self) -> str:
        return self.primary._password()

    def _initialise(self, data: Path, user: str | None) -> None:
        data.rmdir()
        done = subprocess.run(
            [
                str(self.find_program().with_name("pg_basebackup")), "--pgdata", str(data), "--write-recovery-conf",
                "--wal-method", "stream", "--checkpoint", "fast", "--no-sync", "--host", LOOPBACK,
                "--port", str(self.primary.port), "--username", "ryad",
            ],
            env={**os.environ, "PGPASSWORD": self._password()}, cwd="/", capture_output=True, text=True, check=False,
            user=user, group=user, extra_groups=() if user else None,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _finish(self) -> None:
        """Its databases come from the primary."""


# A site of its own process: it says what it saw, one line of JSON a step, and waits to be told to go on.
SITE = """
import json, sys, threading, time
import django
django.setup()
from django.db import close_old_connections, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from vendors.models import Vendor
from accounts.models import User

def say(**what):
    print(json.dumps(what), flush=True)
    if sys.stdin.readline() == "":
        sys.exit("nobody listens")

def get(path="/vendors/", client=None, **headers):
    client = client or Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    begun = time.monotonic()
    answer = client.get(path, headers=headers or None)
    close_old_connections()  # as a server does at a request's end; the test's client leaves it out
    return {"status": answer.status_code, "retry": answer.headers.get("Retry-After"),
            "text": answer.content.decode()[:4000], "seconds": time.monotonic() - begun}

def reads(path="/vendors/", client=None):
    with CaptureQueriesContext(connections["replica"]) as there, CaptureQueriesContext(connection) as home:
        said = get(path, client)
    return {"status": said["status"], "replica": [q["sql"] for q in there], "home": [q["sql"] for q in home]}
"""

AWAY = """
Vendor.objects.create(slug="v", name="V", state="approved")
say(step="up", **get())
say(step="down", page=get(), fragment=get(**{"HX-Request": "true"}), russian=get("/ru/vendors/"))
answers = [get()["status"]]
while answers[-1] != 200 and len(answers) < 40:
    time.sleep(0.25)
    answers.append(get()["status"])
say(step="back", answers=answers)
def hold():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE vendors_vendor IN ACCESS EXCLUSIVE MODE")
        held.set()
        free.wait(20)
    connection.close()
held, free = threading.Event(), threading.Event()
holder = threading.Thread(target=hold)
holder.start()
held.wait(10)
slow = get()
free.set()
holder.join()
say(step="slow", slow=slow, after=get())
statuses = []
def many():
    for _ in range(5):
        statuses.append(get()["status"])
threads = [threading.Thread(target=many) for _ in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
say(step="threads", statuses=statuses, connections=Vendor.objects.raw(
    "SELECT 1 AS id, count(*) AS n FROM pg_stat_activity WHERE application_name = 'ryad'")[0].n)
"""

READING = """
from core import replica
Vendor.objects.create(slug="v", name="V", state="approved")
user = User.objects.create_user(email="a@ryad.example", password="x")
def wait_for(usable):
    for _ in range(100):
        if replica.health.look() is usable:
            return True
        time.sleep(0.1)
    return False
def caught_up():
    for _ in range(100):
        if Vendor.objects.using("replica").filter(slug="v").exists():
            return True
        time.sleep(0.1)
    return False
say(step="ready", usable=wait_for(True), same=caught_up())

reader = Client(SERVER_NAME="127.0.0.1")
replica.health.look()
first = reads(client=reader)
reader.post("/i18n/setlang/", {"language": "uk"})
replica.health.look()
wrote = reads(client=reader)
member = Client(SERVER_NAME="127.0.0.1")
member.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
replica.health.look()
signed_in = reads(client=member)
token = replica._reading.set(True)
replica.health.look()
router = replica.ReplicaRouter()
plain = router.db_for_read(Vendor)
with transaction.atomic():
    inside = router.db_for_read(Vendor)
Vendor.objects.filter(slug="v").update(name="W")
after_a_write = router.db_for_read(Vendor)
replica._reading.reset(token)
say(step="reads", first=first, wrote=wrote, signed_in=signed_in, plain=plain, inside=inside,
    after_a_write=after_a_write, outside=router.db_for_read(Vendor))

with connections["replica"].cursor() as cursor:
    cursor.execute("SELECT pg_wal_replay_pause()")
replica.MAX_LAG = 0.3
Vendor.objects.filter(slug="v").update(name="X")
time.sleep(1)
behind = wait_for(False)
late = reads()
with connections["replica"].cursor() as cursor:
    cursor.execute("SELECT pg_wal_replay_resume()")
replica.MAX_LAG = 5
say(step="behind", behind=behind, late=late, again=wait_for(True))

replica.health.look()
connections["replica"].close()
say(step="kill the replica")
pages = [get() for _ in range(6)]
say(step="gone", statuses=[page["status"] for page in pages], seconds=max(page["seconds"] for page in pages),
    usable=replica.health._usable)
"""


class Site:
    def __init__(self, script: str, log: Path, **environment: str) -> None:
        self.log = log  # no pipe: an outage fills it, and the site would wait for a reader
        with log.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SITE + script],
                env={
                    **os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev", "PYTHONPATH": str(ROOT),
                    "RYAD_REDIS_URL": "", "RYAD_OPENSEARCH_URL": "", "RYAD_LOG_LEVEL": "CRITICAL", **environment,
                },
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip

    def step(self):
        """What the site says next; it goes on with the call after this one."""
        line = self.process.stdout.readline()
        assert line, self.log.read_text()[-4000:]
        return json.loads(line)

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.step()


@pytest.fixture
def site(tmp_path):
    made = []

    def start(script, **environment):
        made.append(Site(script, tmp_path / "site.log", **environment))
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


@pytest.fixture
def primary(require_part, tmp_path) -> Iterator[PostgreSQL]:
    require_part("postgresql_server")
    with PostgreSQL(tmp_path / "primary", free_port(), QUICK) as server:
        migrated.migrate(server.url)
        yield server


def test_a_database_that_is_away_or_slow_asks_readers_to_come_back(primary, site, tmp_path):
    visit = site(
        AWAY,
        RYAD_VAR=str(tmp_path / "var"), RYAD_DATABASE_URL=primary.url, RYAD_DATABASE_POOL="4",
        RYAD_DATABASE_STATEMENT_SECONDS="1", RYAD_DATABASE_REPLICA_URL="",
    )  # fmt: skip
    assert visit.step()["status"] == 200
    primary.kill()
    down = visit.go_on()
    for page in (down["page"], down["fragment"], down["russian"]):
        assert (page["status"], page["retry"]) == (503, "10")
    assert "<html" in down["page"]["text"]
    assert 'lang="ru"' in down["russian"]["text"]
    assert "<html" not in down["fragment"]["text"]
    primary.start()
    assert visit.go_on()["answers"][-1] == 200
    slow = visit.go_on()
    assert (slow["slow"]["status"], slow["slow"]["retry"], slow["after"]["status"]) == (503, "10", 200)
    assert slow["slow"]["seconds"] < 8
    crowd = visit.go_on()
    assert crowd["statuses"] == [200] * 40
    assert crowd["connections"] <= 4


def test_pages_are_read_from_a_replica_that_keeps_up(primary, site, tmp_path):
    with Replica(tmp_path / "replica", free_port(), primary) as replica:
        visit = site(
            READING,
            RYAD_VAR=str(tmp_path / "var"), RYAD_DATABASE_URL=primary.url, RYAD_DATABASE_REPLICA_URL=replica.url,
            RYAD_DATABASE_POOL="4",
        )  # fmt: skip
        ready = visit.step()
        assert (ready["usable"], ready["same"]) == (True, True)
        seen = visit.go_on()
        assert seen["first"]["status"] == 200
        assert any("vendors_vendor" in sql for sql in seen["first"]["replica"])
        assert seen["wrote"]["replica"] == []  # who wrote sees it
        assert not any(
            table in sql
            for sql in seen["signed_in"]["replica"]
            for table in ("accounts_user", "django_session")
        )
        assert any("accounts_user" in sql for sql in seen["signed_in"]["home"])
        assert any("vendors_vendor" in sql for sql in seen["signed_in"]["replica"])
        assert [seen[name] for name in ("plain", "inside", "after_a_write", "outside")] == [
            "replica", "default", "default", "default",
        ]  # fmt: skip
        behind = visit.go_on()
        assert (behind["behind"], behind["late"]["replica"], behind["late"]["status"]) == (True, [], 200)
        assert behind["again"]
        assert visit.go_on()["step"] == "kill the replica"
        replica.kill()
        gone = visit.go_on()
        assert gone["statuses"] == [200] * 6
        assert gone["usable"] is False
        assert gone["seconds"] < 6
