"""Template tags: money, quantities, times, icons, languages."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from core.money import Money
from core.templatetags import ui

NBSP = "\N{NO-BREAK SPACE}"
UTC = dt.UTC


@pytest.mark.parametrize(
    ("language", "amount", "expected"),
    [
        ("uk", "1234.5", f"1{NBSP}234,50{NBSP}₴"),
        ("ru", "1234.5", f"1{NBSP}234,50{NBSP}₴"),
        ("en", "1234.5", f"1,234.50{NBSP}UAH"),
        ("uk", "0.0125", f"0,0125{NBSP}₴"),
        ("uk", "12.345", f"12,35{NBSP}₴"),
        ("uk", "73.356", f"73,36{NBSP}₴"),
    ],
)
def test_money_by_locale(language, amount, expected):
    with translation.override(language):
        assert ui.format_money(Money(Decimal(amount), "UAH")) == expected


def test_money_from_what_is_stored():
    assert ui.money_text(12_345_000, "UAH") == f"1{NBSP}234,50{NBSP}₴"
    assert ui.minor(123_450, "UAH") == f'<span class="money">1{NBSP}234,50{NBSP}₴</span>'
    assert ui.money(None) == ""
    assert ui.decimal_point(12_345_000) == "1234.5"
    assert ui.decimal_point(10_000) == "1"


def test_quantities_drop_idle_zeros():
    assert ui.number(Decimal("1250.500")) == f"1{NBSP}250,5"
    assert ui.number(Decimal("3.000")) == "3"


@pytest.mark.parametrize(
    ("language", "expected"), [("uk", "3 години тому"), ("ru", "3 часа назад"), ("en", "3 hours ago")]
)
@time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False)
def test_times_say_how_long_ago(language, expected):
    with translation.override(language):
        shown = ui.ago(dt.datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert f">{expected}</time>" in shown
    assert 'datetime="2026-03-01T11:00:00+02:00"' in shown


@time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False)
def test_deadlines_say_how_long_is_left():
    assert ">через 2 дні</time>" in ui.until(dt.datetime(2026, 3, 3, 12, tzinfo=UTC))


def test_an_icon_is_a_reference_into_the_sprite():
    drawn = Template('{% load ui %}{% icon "search" %}').render(Context())
    assert drawn == (
        '<svg class="icon" width="24" height="24" aria-hidden="true"><use href="/static/icons.svg#search"></use></svg>'
    )
    assert 'role="img" aria-label="trusted &lt;"' in ui.icon("star", label="trusted <")


def test_an_unknown_icon_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
        ui.icon("no-such-icon")


@pytest.mark.parametrize(
    ("address", "language", "expected"),
    [
        ("/search/?q=x&page=2", "ru", "/ru/search/?q=x&page=2"),
        ("/en/search/?q=x", "uk", "/search/?q=x"),
        ("/", "en", "/en/"),
    ],
)
def test_the_language_switch_keeps_the_page(address, language, expected):
    request = RequestFactory().get(address)
    with translation.override("en" if address.startswith("/en/") else "uk"):
        assert ui.language_url(Context({"request": request}), language) == expected


def test_pages_keep_the_question():
    context = Context({"request": RequestFactory().get("/search/?q=a&vendor=x&vendor=y&page=3")})
    assert ui.page_url(context, 2) == "?q=a&vendor=x&vendor=y&page=2"
    assert ui.page_url(context, 1) == "?q=a&vendor=x&vendor=y"


@pytest.mark.parametrize(
    ("current", "last", "expected"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (3, 9, [1, 2, 3, 4, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
    ],
)
def test_which_pages_are_offered(current, last, expected):
    assert ui.page_window(current, last) == expected


def test_names_become_initials_and_hosts_lose_www():
    assert ui.initials("ТОВ «Папір Плюс»") == "ТП"
    assert ui.initials("") == ""
    assert ui.host("https://www.shop.example/a?b") == "shop.example"
    assert ui.phone_link("+380 (44) 123-45-67") == "+380441234567"


def test_matched_words_are_marked_and_all_is_escaped():
    assert ui.highlight([("<b>", False), ("Степлер", True), ("</b>", False)]) == (
        "&lt;b&gt;<mark>Степлер</mark>&lt;/b&gt;"
    )
    assert ui.highlight("<i>") == "&lt;i&gt;"


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (dt.timedelta(days=3, hours=20), "in 3 days"),
        (dt.timedelta(days=10, hours=5), "in 10 days"),
        (dt.timedelta(hours=23, minutes=59), "in 23 hours"),
        (dt.timedelta(seconds=71), "in 1 minute"),
        (dt.timedelta(seconds=9), "in 9 seconds"),
        (dt.timedelta(days=-75), "2 months ago"),
        (dt.timedelta(milliseconds=-400), "1 second ago"),
    ],
)
def test_a_deadline_is_never_rounded_up(ahead, expected):
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False), translation.override("en"):
        assert ui.relative_time(dt.datetime(2026, 3, 1, 12, tzinfo=UTC) + ahead) == expected
