"""Visitors of a day and query: told apart while the day lasts, by nothing that is left when it is over."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import RequestFactory

from core.visits import visitor_of
from marketplace.settings import parts
from search.learning import visitors
from search.learning.visitors import forget_secrets, number_of_visitor

NOON = dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC)


def numbers(key=5, who="v"):
    """Of twenty visitors: that all are equal by chance does not happen."""
    return [number_of_visitor(f"{who}{number}", key) for number in range(20)]


def test_a_visitor_is_one_on_a_day_and_in_a_query(time_machine):
    time_machine.move_to(NOON)
    cache.clear()
    today = numbers()
    assert numbers() == today
    assert len(set(today)) > 15
    assert all(0 <= number < visitors.NUMBERS for number in today)
    assert numbers(key=6) != today  # what else a visitor asked cannot be told
    time_machine.move_to(NOON + dt.timedelta(days=1))
    assert numbers() != today
    assert number_of_visitor("", 5) is number_of_visitor("v", 0) is None


def test_the_secret_goes_with_its_day(time_machine):
    time_machine.move_to(NOON)
    cache.clear()
    numbers()
    name = visitors._name(NOON.date())
    assert len(cache.get(name)) == 32
    time_machine.move_to(NOON + dt.timedelta(days=1))
    cache.set(name, b"as a cache of files keeps it")
    forget_secrets()
    assert cache.get(name) is None
    assert visitors._kept == {}


def test_a_cache_that_drops_the_secret_gets_it_back(time_machine):
    time_machine.move_to(NOON)
    cache.clear()
    today = numbers()
    cache.clear()
    assert numbers() == today
    cache.set(visitors._name(NOON.date()), b"x" * 32)  # another process was first
    assert numbers() != today
    assert visitors._kept[NOON.date()] == b"x" * 32


def test_without_a_secret_that_all_share_nobody_is_counted(settings, tmp_path):
    settings.CACHES = {"default": parts.cache(tmp_path, redis="redis://127.0.0.1:1/0")}
    assert number_of_visitor("v", 5) is None


def test_a_visitor_is_an_account_or_a_network_whatever_the_browser():
    def request(address, agent, user=None):
        made = RequestFactory().get("/", REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
        made.user = user or AnonymousUser()
        return visitor_of(made)

    assert (
        request("192.0.2.1", "Firefox") == request("192.0.2.1", "Chrome") != request("192.0.2.2", "Firefox")
    )
    assert request("2001:db8::1", "a") == request("2001:db8::2", "a")

    class User:
        pk, is_authenticated = 7, True

    assert request("192.0.2.1", "a", User()) == request("192.0.2.2", "b", User())
