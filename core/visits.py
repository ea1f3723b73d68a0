"""Whether a request is a person who opens a page: what counts as a look, and what programs and browsers do ahead of one."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest

from core.limits import client_address

#: Programs that say what they are. Longer than needed is no harm: an unknown word in an agent is a person's browser.
_PROGRAMS: Final = re.compile(
    r"(?<!cu)bots?(?:\b|_)|crawl|spider|slurp|scrap|fetch|archiver|monitor|uptime|pingdom|preview|validator|lighthouse"
    r"|headless|phantomjs|selenium|puppeteer|playwright|facebookexternalhit|meta-external|whatsapp/|viber/|skypeuri"
    r"|embedly|bingpreview|mediapartners|adsbot|google-inspection|chatgpt|gptbot|claude|perplexity|ccbot|bytespider"
    r"|yandex(?!search)[a-z]*/|semrush|ahrefs|dataprovider|python|curl|wget|libwww|httpx|aiohttp|okhttp|go-http|java/|jakarta"
    r"|axios|node|ruby|perl|php|scrapy|postman|insomnia|winhttp|httpclient|apachebench|\bwrk\b|\bhey/|k6/|vegeta",
    re.IGNORECASE,
)
#: Headers by which browsers say that nobody looks yet.
_AHEAD: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD_WORDS: Final = re.compile(r"prefetch|prerender|preview|instant", re.IGNORECASE)
LONGEST_AGENT: Final = 400


def is_program(agent: str) -> bool:
    """Whether an agent says that it is no browser of a person; saying nothing is what programs do."""
    agent = agent[:LONGEST_AGENT]
    return not agent.strip() or bool(_PROGRAMS.search(agent))


def is_navigation(request: HttpRequest) -> bool:
    """Whether the browser opens this as a page, now: no picture, frame, script, no HEAD, nothing loaded ahead. Browsers
    that tell none of it are believed.
    """
    if request.method != "GET" or any(_AHEAD_WORDS.search(request.headers.get(name, "")) for name in _AHEAD):
        return False
    return (
        request.headers.get("Sec-Fetch-Dest", "document") == "document"
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    )


def is_person(request: HttpRequest) -> bool:
    """Whether a person opens the page, as far as one can tell without marking anybody."""
    return is_navigation(request) and not is_program(request.headers.get("User-Agent", ""))


def visitor_of(request: HttpRequest) -> str:
    """What tells visitors apart: the account of who is signed in, the network of all others, whose agents are whatever
    they say. Never to be stored as it is.
    """
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"network:{client_address(request)}"
