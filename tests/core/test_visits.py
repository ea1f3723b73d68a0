"""Who counts as a person that opens a page."""

import pytest
from django.test import RequestFactory

from core.visits import is_person

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36"
OPENED = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize(
    ("agent", "headers", "is_one"),
    [
        (FIREFOX, {}, True),
        (PHONE, OPENED, True),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Safari/604.1", {}, True),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT KingKong) AppleWebKit/537.36 Chrome/143.0 Mobile Safari/537.36", {}, True),
        ("", {}, False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}, False),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", {}, False),
        ("facebookexternalhit/1.1", {}, False),
        ("TelegramBot (like TwitterBot)", {}, False),
        ("python-requests/2.32", {}, False),
        ("curl/8.5.0", {}, False),
        (PHONE.replace("Chrome", "HeadlessChrome"), {}, False),
        (FIREFOX, {"Sec-Purpose": "prefetch;prerender"}, False),
        (FIREFOX, {"Purpose": "prefetch"}, False),
        (FIREFOX, {"X-Moz": "prefetch"}, False),
        (FIREFOX, OPENED | {"Sec-Fetch-Dest": "image"}, False),
        (FIREFOX, OPENED | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, False),
    ],
)  # fmt: skip
def test_people_open_pages_and_programs_say_so(agent, headers, is_one):
    assert is_person(RequestFactory().get("/", headers={"User-Agent": agent} | headers)) is is_one
    assert is_person(RequestFactory().head("/", headers={"User-Agent": agent} | headers)) is False
