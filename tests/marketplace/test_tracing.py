"""OpenTelemetry against a collector that speaks the protocol (OTLP over HTTP), and nothing of it where it is off."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.parts import ROOT

SITE = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.test import Client
from core.jobs.services import send
from core.models import Job
from marketplace import tracing
call_command("migrate", "core", verbosity=0)
Client().get("/health/live?q=secret-words", headers={"host": "localhost", "traceparent": TRACEPARENT})
with connection.cursor() as cursor:
    cursor.execute("SELECT %s", ["secret-value"])
send(Job(kind="test", task="jobs.sweep", queue="default"))
import urllib3
try:
    urllib3.PoolManager().request("GET", ENDPOINT + "/engine", retries=False)
except urllib3.exceptions.HTTPError:
    pass
tracing.flush()
""".replace("TRACEPARENT", repr(f"00-{'a' * 32}-{'b' * 16}-01"))
OFF = """
import sys
import django
django.setup()
from django.conf import settings
from django.test import Client
assert Client().get("/health/live", headers={"host": "localhost"}).status_code == 200
print([name for name in sys.modules if name.startswith("opentelemetry")],
      [name for name in settings.MIDDLEWARE if "tracing" in name])
"""


def run(code, tmp_path, **environment):
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("RYAD_", "OTEL_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=plain
        | {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
            "RYAD_VAR": str(tmp_path),
            "RYAD_LOG_LEVEL": "ERROR",
        }
        | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    ).stdout


@pytest.fixture
def collector():
    """Takes what is sent to /v1/traces; `collector.spans()` are the spans in it."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
        ExportTraceServiceResponse,
    )

    bodies = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert (self.path, self.headers["Content-Type"]) == ("/v1/traces", "application/x-protobuf")
            bodies.append(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def spans():
        for body in bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    yield from scope.spans

    server.spans = spans
    server.bodies = bodies
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_pages_statements_tasks_and_calls_reach_the_collector_without_words_of_people(collector, tmp_path):
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    run(SITE.replace("ENDPOINT", repr(endpoint)), tmp_path, RYAD_OTEL_ENDPOINT=endpoint)
    spans = {span.name: span for span in collector.spans()}
    page = spans["GET marketplace.health.live"]
    attributes = {one.key: one.value for one in page.attributes}
    assert attributes["http.response.status_code"].int_value == 200
    assert len(attributes["ryad.request_id"].string_value) == 32
    assert page.trace_id.hex() != "a" * 32  # no proxy of ours stands in front: the caller does not choose
    statements = {
        one.value.string_value
        for span in collector.spans()
        for one in span.attributes
        if one.key == "db.query.text"
    }
    assert "SELECT %s" in statements
    assert "apply_async/jobs.sweep" in spans
    assert "GET" in spans
    sent = b"".join(collector.bodies)
    assert b"secret-words" not in sent
    assert b"secret-value" not in sent


def test_nothing_of_it_is_loaded_where_no_collector_is_named(tmp_path):
    assert run(OFF, tmp_path) == "[] []\n"


def test_a_collector_that_is_down_stops_nothing(tmp_path):
    assert "well" in run(
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "assert Client().get('/health/live', headers={'host': 'localhost'}).status_code == 200\n"
        "print('well', flush=True)\nimport os; os._exit(0)",
        tmp_path,
        RYAD_OTEL_ENDPOINT="http://127.0.0.1:9",
    )
