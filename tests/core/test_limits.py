"""The limiter: counting, sliding, refusing, and several processes at one cache folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache.backends.filebased import FileBasedCache
from django.http import HttpResponse
from django.test import RequestFactory

from core import limits
from core.errors import TooMany
from core.limits import Rate, client_address, limit, rate_limited

START = 1_700_000_040.0  # a whole minute


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [("10/m", 10, 60), ("3/30s", 3, 30), ("100/d", 100, 86400), ("1/2h", 1, 7200)],
)
def test_rate_is_read(text, count, seconds):
    assert Rate.parse(text) == Rate(count, seconds)


@pytest.mark.parametrize("text", ["", "10", "10/x", "-1/m", "ten/m"])
def test_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="is no rate"):
        Rate.parse(text)


@pytest.fixture(params=["memory", "files"])
def _either_cache(request, settings, tmp_path):
    if request.param == "files":
        settings.VAR = tmp_path
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": tmp_path / "cache",
            }
        }


@pytest.mark.usefixtures("_either_cache")
def test_limit_lets_through_exactly_the_count_then_says_how_long_to_wait():
    with time_machine.travel(START, tick=False):
        for _ in range(3):
            limit("k", "3/m")
        with pytest.raises(TooMany) as refused:
            limit("k", "3/m")
        assert refused.value.retry_after == 60
        limit("another", "3/m")


@pytest.mark.usefixtures("_either_cache")
def test_window_slides_and_refused_attempts_do_not_count():
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(4):
            limit("k", "4/m")
        for _ in range(10):
            with pytest.raises(TooMany):
                limit("k", "4/m")
        clock.move_to(START + 60 + 29)  # 31/60 of the old four weigh 2.07: one more fits
        limit("k", "4/m")
        with pytest.raises(TooMany):
            limit("k", "4/m")
        clock.move_to(START + 180)
        for _ in range(4):
            limit("k", "4/m")


def test_hourly_limit_outlives_the_default_time_out_of_the_file_cache(settings, tmp_path):
    settings.VAR = tmp_path
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path / "c",
        }
    }
    hour = START - START % 3600
    with time_machine.travel(hour, tick=False) as clock:
        limit("k", "2/h")
        clock.move_to(hour + 1000)
        limit("k", "2/h")
        clock.move_to(hour + 2000)
        with pytest.raises(TooMany):
            limit("k", "2/h")


def test_cache_that_is_down_lets_calls_pass(monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path / "c",
        }
    }

    def full(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(FileBasedCache, "set", full)
    for _ in range(5):
        limit("k", "1/m")


RACER = """
import django, sys
from pathlib import Path
from django.conf import settings
var = Path(sys.argv[1])
settings.configure(VAR=var, USE_TZ=True, CACHES={"default": {
    "BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": var / "cache"}})
django.setup()
from core.errors import TooMany
from core.limits import limit
passed = 0
for _ in range(40):
    try:
        limit("shared", "50/d")
        passed += 1
    except TooMany:
        pass
print(passed)
"""


def test_processes_that_share_the_file_cache_share_one_exact_count(tmp_path):
    root = Path(limits.__file__).resolve().parents[1]
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert sum(int(racer.communicate(timeout=60)[0]) for racer in racers) == 50


def test_view_counts_people_apart_and_only_the_methods_asked_for():
    @rate_limited("scope", "1/m", by="user")
    def view(request):
        return HttpResponse("done")

    def call(method, pk):
        request = RequestFactory().generic(method, "/")
        request.user = type("Person", (), {"pk": pk, "is_authenticated": True})()
        return view(request).status_code

    assert [call("GET", 1), call("GET", 1), call("POST", 1), call("POST", 2)] == [200, 200, 200, 200]
    with pytest.raises(TooMany):
        call("POST", 1)


def test_settings_change_or_lift_a_views_rate(settings):
    @rate_limited("scope", "1/m")
    def view(request):
        return HttpResponse("done")

    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    settings.RATE_LIMITS = {"scope": None}
    assert [view(request).status_code for _ in range(3)] == [200, 200, 200]
    settings.RATE_LIMITS = {"scope": "2/m"}
    assert [view(request).status_code for _ in range(2)] == [200, 200]
    with pytest.raises(TooMany):
        view(request)


@pytest.mark.parametrize(
    ("proxies", "meta", "expected"),
    [
        (0, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}, "10.0.0.1"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.3.4"}, "1.2.3.4"),
        (2, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.3.4, 10.0.0.2"}, "1.2.3.4"),
        (1, {"REMOTE_ADDR": "10.0.0.1"}, "10.0.0.1"),
        (0, {"REMOTE_ADDR": "2001:db8:1:2:aaaa::1"}, "2001:db8:1:2::/64"),
        (0, {"REMOTE_ADDR": "::ffff:192.0.2.7"}, "192.0.2.7"),
        (0, {"REMOTE_ADDR": ""}, "unknown"),
    ],
)
def test_address_is_taken_only_from_those_who_vouch_for_it(settings, proxies, meta, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(RequestFactory().get("/", **meta)) == expected
