"""The site of these tests: servers, its processes made by the zygote, and looks into its database from outside."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

import psycopg
import redis

from stack.process import free_port
from tests.parts import ROOT
from tests.stack.zygote import Zygote, is_alive, kill

DATABASE, EMPTY = "ryad_faults", "ryad_empty"
PREFIX = "faults"
# PostgreSQL 15 logs a copied sequence as it stands in memory, with numbers still to be given without a word in the
# log: a server killed soon after the copy would give them twice. Copied as files, the next number is logged.
STRATEGY = "STRATEGY file_copy"
#: Longest that anything here may take; a healthy run needs a few seconds.
PATIENCE = 120


class ActionFailed(Exception):
    """An action ended in an exception; the message has its traceback."""


def wait_until(condition, *, seconds=PATIENCE, what=""):
    """The first true answer of `condition`; fails after `seconds`. A server that lets nobody in has not answered yet."""
    end = time.monotonic() + seconds
    answer = None
    while not answer:
        with contextlib.suppress(psycopg.OperationalError):
            answer = condition()
        assert answer or time.monotonic() < end, f"waited {seconds} s in vain for {what or condition}"
        time.sleep(0 if answer else 0.03)
    return answer


class Installation:
    """One site at a time: each test begins with a fresh copy of a database and empty Redis and OpenSearch."""

    def __init__(self, var, postgresql, redis, opensearch):
        self.var, self.postgresql, self.redis, self.opensearch = var, postgresql, redis, opensearch
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.stack.faults.settings",
            "RYAD_DATABASE_URL": postgresql.database_url(DATABASE),
            "RYAD_REDIS_URL": redis.url,
            "RYAD_OPENSEARCH_URL": opensearch.url,
            "RYAD_OPENSEARCH_PREFIX": PREFIX,
            "RYAD_VAR": str(var),
            "RYAD_DEMO": "no",
            "RYAD_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        self.log = var / "log"
        self.started = []
        self.web = None
        self._numbers = itertools.count()
        self._zygote = None

    # Servers and copies -------------------------------------------------------------------------------------

    def open(self):
        self._zygote = Zygote(self.environment, self.log)

    def close(self):
        self.kill_all()
        if self.web is not None:
            self.web.terminate()
            self.web.wait(20)
        if self._zygote is not None:
            self._zygote.close()

    def begin(self, template=EMPTY):
        """A copy of the template; nothing in Redis, no index, no note of an earlier test."""
        for folder in ("points", "answers"):
            shutil.rmtree(self.var / folder, ignore_errors=True)
            (self.var / folder).mkdir()
        (self.var / "trace").unlink(missing_ok=True)
        shutil.rmtree(self.var / "search", ignore_errors=True)
        self.redis.flush()
        self.forget_indexes()
        self.copy(template, DATABASE)

    def copy(self, source, target, tablespace="pg_default"):
        with psycopg.connect(self.postgresql.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
            connection.execute(
                f"CREATE DATABASE {target} TABLESPACE {tablespace}"
                + (f" TEMPLATE {source} {STRATEGY}" if source else "")
            )

    def forget_indexes(self):
        for name in self.ask_opensearch("GET", "/_cat/indices?format=json&expand_wildcards=all"):
            if name["index"].startswith(PREFIX):
                self.ask_opensearch("DELETE", f"/{name['index']}")

    def ask_opensearch(self, method, path, body=None):
        request = urllib.request.Request(
            self.opensearch.url + path,
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    # Processes ----------------------------------------------------------------------------------------------

    def _fork(self, **order):
        pid = self._zygote.fork(log=self.log, **order)
        self.started.append(pid)
        return pid

    def worker(self, *, points=(), trace=(), off=(), hurry=True, skew=0.0, **worker):
        """Starts a Celery worker and returns its process id."""
        hooks = {"points": points, "trace": trace, "off": off, "hurry": hurry, "clock": skew}
        return self._fork(kind="worker", worker=worker, hooks=hooks)

    def start(self, action, *, points=(), off=(), hurry=True, skew=0.0, **kwargs):
        """Begins an action in a process of its own; `.result()` waits for it."""
        answer = self.var / "answers" / str(next(self._numbers))
        hooks = {"points": points, "off": off, "hurry": hurry, "clock": skew}
        pid = self._fork(kind="action", action=action, kwargs=kwargs, hooks=hooks, answer=str(answer))
        return Action(pid, answer)

    def do(self, action, **kwargs):
        """The result of an action."""
        return self.start(action, **kwargs).result()

    def kill_all(self):
        for pid in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGCONT)
            kill(pid)
        self.started.clear()

    def reached(self, label):
        """Waits until a process stands at the point; returns its id."""
        note = self.var / "points" / label
        wait_until(note.exists, what=f"the point {label!r}; the processes say: {self.log_tail()}")
        return json.loads(note.read_text())["pid"]

    def let_go(self, label):
        (self.var / "points" / f"{label}.go").touch()

    def traced(self, target):
        trace = self.var / "trace"
        return trace.read_text().splitlines().count(target) if trace.exists() else 0

    def log_tail(self):
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    # Pages --------------------------------------------------------------------------------------------------

    def serve(self):
        """The site's own server, started once."""
        if self.web is None:
            self.port = free_port()
            command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1"]
            command += ["--port", str(self.port), "--workers", "1", "--no-ws", "--log-level", "warning"]
            command += ["--workers-kill-timeout", "5", "marketplace.asgi:application"]
            with self.log.open("ab") as log:
                self.web = subprocess.Popen(
                    command, env=self.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
                )
        wait_until(lambda: self.page("/health/live").status == 200, what="the first page")

    def page(self, path, *, seconds=20):
        """A page as a browser gets it, with the seconds that it took; status 0 where nobody answered."""
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{quote(path, safe='/?=&')}", timeout=seconds
            ) as answer:
                status, headers, text = answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                status, headers, text = refused.code, refused.headers, refused.read().decode()
        except OSError as error:
            status, headers, text = 0, {}, repr(error)
        return Page(status, headers, text, time.monotonic() - begun)

    # The database -------------------------------------------------------------------------------------------

    def rows(self, statement, parameters=None):
        with psycopg.connect(self.postgresql.database_url(DATABASE), autocommit=True) as connection:
            return connection.execute(statement, parameters).fetchall()

    def value(self, statement, parameters=None):
        return self.rows(statement, parameters)[0][0]

    def execute(self, statement, parameters=None):
        with psycopg.connect(self.postgresql.database_url(DATABASE), autocommit=True) as connection:
            return connection.execute(statement, parameters).rowcount

    def run_state(self, run):
        return self.value("SELECT state FROM price_lists_importrun WHERE id = %s", [run])

    def wait_state(self, run, state, *, seconds=PATIENCE):
        wait_until(
            lambda: self.run_state(run) == state, seconds=seconds, what=f"{state}, not {self.run_state(run)}"
        )

    def queued(self, queue):
        """Messages that wait in Redis."""
        with redis.Redis.from_url(self.redis.url) as client:
            return client.llen(f"ryad:queue:{queue}")

    def wait_applied(self, run, *, seconds=PATIENCE):
        """Waits until the import is over and staged rows and job are dealt with; it must have been applied."""
        wait_until(
            lambda: self.run_state(run) in {"applied", "failed", "cancelled", "held"},
            seconds=seconds,
            what=f"run {run}: {self.log_tail()}",
        )
        assert self.run_state(run) == "applied", self.log_tail()
        unfinished = (
            "SELECT kind, state, attempts, message FROM core_job WHERE state IN ('running', 'waiting')"
        )
        wait_until(lambda: not self.rows(unfinished), what=f"the end of {self.rows(unfinished)}")

    def outbox(self):
        """How many entries each consumer has, and how many of them are set aside."""
        return self.rows(
            "SELECT consumer, count(*), count(dead_at) FROM core_outboxentry GROUP BY consumer ORDER BY consumer"
        )

    def wait_drained(self, *, seconds=PATIENCE):
        wait_until(lambda: not self.outbox(), seconds=seconds, what=f"an empty outbox: {self.log_tail()}")


class Action:
    """An action under way in a process."""

    def __init__(self, pid, answer):
        self.pid, self.answer = pid, answer

    def result(self, seconds=PATIENCE):
        wait_until(
            lambda: self.answer.exists() or not is_alive(self.pid), seconds=seconds, what="an action's end"
        )
        assert self.answer.exists(), "the action's process died"
        said = json.loads(self.answer.read_text())
        if "error" in said:
            raise ActionFailed(said["traceback"])
        return said["result"]


class Page:
    """An answer of the site."""

    def __init__(self, status, headers, text, seconds):
        self.status, self.headers, self.text, self.seconds = status, headers, text, seconds
