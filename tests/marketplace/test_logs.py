"""Log lines: what they carry from a request into its tasks, and what must never be in them."""

from __future__ import annotations

import io
import json
import logging
import sys
import time

import pytest
import structlog
from celery.worker.request import Request
from django.db import connection
from django.http import HttpResponse
from django.urls import path
from structlog.testing import capture_logs

from core import logs, middleware
from marketplace.celery import app
from tests.factories.accounts import UserFactory
from tests.factories.vendors import MembershipFactory

log = structlog.get_logger("tests.logs")


@pytest.fixture
def lines(settings):
    """`lines()` gives what was logged so far, as production writes it; nothing is slow, however busy the machine."""
    settings.SLOW_REQUEST_SECONDS = settings.SLOW_STATEMENT_SECONDS = 600
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.line_formatter("json"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def only(lines, event):
    (found,) = [line for line in lines if line["event"] == event]
    return found


@pytest.mark.django_db
def test_a_request_has_one_line_with_its_view_and_no_words_of_people(client, lines):
    response = client.get("/search/?q=таємний+запит&max_price=100")
    line = only(lines(), "request")
    assert {name: line[name] for name in ("view", "method", "status", "level")} == {
        "view": "storefront:search",
        "method": "GET",
        "status": 200,
        "level": "info",
    }
    assert line["request_id"] == response["X-Request-ID"]
    assert line["statements"] > 0
    assert line["ms"] >= line["statement_ms"] >= 0
    assert "user" not in line
    assert "таємний" not in json.dumps(lines(), ensure_ascii=False)


@pytest.mark.django_db
def test_people_are_named_by_number_and_things_by_their_address(sign_in, lines):
    membership = MembershipFactory()
    sign_in(membership.user).get(f"/desk/{membership.vendor.slug}/price-lists/")
    line = only(lines(), "request")
    assert line["user"] == f"user:{membership.user.pk}"
    assert line["vendor_slug"] == membership.vendor.slug
    assert membership.user.email not in json.dumps(lines())


@pytest.mark.django_db
def test_keys_from_letters_stay_out_even_where_django_names_the_path(client, lines):
    for address in ("/desk/invitations/AAAA-secret-token/", "/accounts/password/reset/key/1-secret-token/"):
        client.get(address)
    assert "secret-token" not in json.dumps(lines())


@pytest.mark.parametrize(
    ("proxies", "given", "is_kept"),
    [
        (1, "edge-0123456789abcdef", True),
        (0, "edge-0123456789abcdef", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "with blanks and\ttabs", False),
        (1, 'quote"and{brace}', False),
    ],
)
def test_an_id_is_taken_only_from_our_proxy_and_only_if_it_is_one(client, settings, proxies, given, is_kept):
    settings.TRUSTED_PROXIES = proxies
    found = client.get("/health/live", headers={"x-request-id": given})["X-Request-ID"]
    assert (found == given) is is_kept
    assert len(found) >= 16


@pytest.mark.django_db
def test_the_next_request_knows_nothing_of_the_one_before(client, lines):
    first = client.get("/search/")["X-Request-ID"]
    log.info("between")
    second = client.get("/search/")["X-Request-ID"]
    assert first != second
    assert "request_id" not in only(lines(), "between")
    assert [line["request_id"] for line in lines() if line["event"] == "request"] == [first, second]


def test_slow_requests_and_statements_are_warned_of_without_values(client, settings, lines, db, monkeypatch):
    monkeypatch.setattr(middleware, "WARM_UP_SECONDS", 0)
    settings.SLOW_REQUEST_SECONDS = settings.SLOW_STATEMENT_SECONDS = 0
    UserFactory(email="hidden@ryad.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_user WHERE email = %s", ["hidden@ryad.example"])
    client.get("/health/live")
    slow = [line for line in lines() if line["event"] == "statement.slow"]
    assert slow[-1]["sql"] == "SELECT id FROM accounts_user WHERE email = %s"
    assert slow[-1]["level"] == "warning"
    assert only(lines(), "request.slow")["view"] == "marketplace.health.live"
    assert "hidden@" not in json.dumps(lines())


def test_what_a_young_process_answers_slowly_is_no_warning(client, db, settings, lines, monkeypatch):
    settings.SLOW_REQUEST_SECONDS = 0
    monkeypatch.setattr(middleware, "_STARTED_AT", time.perf_counter())
    client.get("/robots.txt")
    assert [(line["event"], line["level"]) for line in lines() if line["event"].startswith("request")] == [
        ("request", "info")
    ]
    monkeypatch.setattr(middleware, "_STARTED_AT", time.perf_counter() - middleware.WARM_UP_SECONDS)
    client.get("/robots.txt")
    assert only(lines(), "request.slow")["level"] == "warning"


def test_quick_ones_are_not(settings, lines, db):
    settings.SLOW_STATEMENT_SECONDS = 10
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert [line for line in lines() if line["event"] == "statement.slow"] == []


def fail(request, token):
    password = "never-in-a-log"
    raise RuntimeError(f"no such thing for olena@ryad.example at postgresql://ryad:{password}@db/ryad?x=1")


urlpatterns = [
    path("fail/<str:token>/", fail, name="fail"),
    path("well", lambda _request: HttpResponse("well")),
]


@pytest.mark.urls(__name__)
def test_an_exception_is_one_object_without_variables_addresses_and_passwords(client, lines):
    client.raise_request_exception = False
    assert client.get("/fail/secret-key/?token=abc").status_code == 500
    line = only(lines(), "Internal Server Error: fail")
    assert line["level"] == "error"
    assert line["request_id"]
    (exception,) = line["exception"]
    assert exception["exc_type"] == "RuntimeError"
    assert exception["exc_value"] == "no such thing for ***@*** at postgresql://***@db/ryad?***"
    assert exception["frames"][-1]["name"] == "fail"
    written = json.dumps(lines())
    assert [word for word in ("never-in-a-log", "olena", "secret-key", "token=abc") if word in written] == []
    assert only(lines(), "request")["status"] == 500


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail to a.b+c@mail.ryad.example failed", "mail to ***@*** failed"),
        ("redis://:hunter2@cache:6379/0", "redis://***@cache:6379/0"),
        ("GET https://x.example/a?q=words&page=2 took", "GET https://x.example/a?*** took"),
        ("/search/?q=слова", "/search/?***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("{'password': 'hunter2', 'page': 1}", "{'password': '***', 'page': 1}"),
        ("duplicate key\nDETAIL:  Key (email)=(x) exists.\nCONTEXT: y", "duplicate key\nDETAIL: ***"),
        ("is it so? yes", "is it so? yes"),
        ("19 offers at 12:30, 5 vendors", "19 offers at 12:30, 5 vendors"),
    ],
)
def test_what_must_not_be_written_is_taken_out(text, kept):
    assert logs.redact(text) == kept


@pytest.mark.parametrize("piece", ["://", "/", "a", "a.", "token "])
def test_a_text_of_any_length_is_read_once(piece):
    """Read anew from each of its characters, these would take hours."""
    text = piece * 400_000
    assert logs.redact(text) == text


def test_values_deep_inside_are_cleaned_too(lines):
    log.info("told", people=["a@ryad.example"], part={"url": "amqp://u:p@h/"}, count=3)
    line = only(lines(), "told")
    assert (line["people"], line["part"], line["count"]) == (["***@***"], {"url": "amqp://***@h/"}, 3)


def test_lines_for_people_are_no_json_but_as_clean(capsys):
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "hello a@ryad.example", None, None)
    text = logs.line_formatter("line").format(record)
    assert "hello ***@***" in text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


@app.task(lazy=False, name="tests.first", acks_late=True)
def first(*, job_id, **_):
    log.info("first.works")
    second.apply_async(kwargs={"run_id": 7, "title": "Зошит"}, queue="index")


@app.task(lazy=False, name="tests.second", acks_late=True)
def second(*, run_id, title, **_):
    log.info("second.works")


def click(request):
    first.apply_async(kwargs={"job_id": "job-1"}, queue="default")
    return HttpResponse("sent")


urlpatterns.append(path("click", click, name="click"))


def work_off(queue):
    """One message of a queue, as a worker runs it."""
    with app.connection_for_read() as connection_, connection_.SimpleQueue(queue) as waiting:
        message = waiting.get(timeout=5)
        Request(message, app=app, task=app.tasks[message.headers["task"]], hostname="test").execute()
        message.ack()


@pytest.mark.urls(__name__)
def test_a_click_is_followed_through_the_tasks_it_sends(client, lines):
    """Messages go through the broker and are run by the worker's own code: both tasks know the request."""
    with app.connection_for_write() as connection_:
        # The tests' broker is the process's memory: messages of others wait there.
        for queue in ("default", "index"):
            connection_.SimpleQueue(queue).clear()
    request_id = client.get("/click")["X-Request-ID"]
    work_off("default")
    work_off("index")
    ours = [
        line for line in lines() if line.get("request_id") == request_id and "kombu" not in line["logger"]
    ]
    assert [(line["event"], line.get("task")) for line in ours] == [
        ("task.sent", None),
        ("request", None),
        ("first.works", "tests.first"),
        ("task.sent", "tests.first"),
        ("task", "tests.first"),
        ("second.works", "tests.second"),
        ("task", "tests.second"),
    ]
    assert [line["job_id"] for line in ours if line.get("task") == "tests.first"] == ["job-1"] * 3
    assert [line["run_id"] for line in ours if line.get("task") == "tests.second"] == ["7"] * 2
    assert ours[-1]["state"] == "SUCCESS"
    assert ours[0]["sent_id"] == ours[2]["task_id"]
    assert ours[3]["sent_id"] == ours[5]["task_id"]
    assert "Зошит" not in json.dumps(lines(), ensure_ascii=False)


@pytest.mark.urls(__name__)
def test_a_task_run_inside_a_request_gives_its_context_back(client, lines):
    structlog.contextvars.bind_contextvars(request_id="outer-request")
    try:
        second.apply(kwargs={"run_id": 1, "title": ""})
        log.info("after")
    finally:
        structlog.contextvars.clear_contextvars()
    line = only(lines(), "after")
    assert (line["request_id"], "task" in line) == ("outer-request", False)


def test_a_worker_logs_as_the_settings_say():
    """Celery would put its own handlers beside ours unless somebody answers its signal."""
    before = list(logging.getLogger().handlers)
    app.log.already_setup = False
    app.log.setup(loglevel="DEBUG", redirect_stdouts=False)
    assert logging.getLogger().handlers == before
    assert [
        handler
        for handler in logging.getLogger("celery.task").handlers
        if not isinstance(handler, logging.NullHandler)
    ] == []


def test_form_of_lines_follows_the_terminal_if_nobody_says(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "hello", None, None)
    assert json.loads(logs.line_formatter().format(record))["event"] == "hello"


def test_capturing_logs_in_tests_still_works():
    with capture_logs() as captured:
        log.info("seen", count=1)
    assert captured == [{"event": "seen", "count": 1, "log_level": "info"}]


def test_a_line_is_written_whatever_stands_in_it(lines):
    log.info("odd", number=10**30, half="\ud800", keys={(1, 2): 1, 3: 10**30})
    line = only(lines(), "odd")
    assert (line["number"], line["half"], line["keys"]) == (10**30, "\ud800", {"3": 10**30})
