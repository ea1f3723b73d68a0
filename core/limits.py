"""How often something may be done: a sliding window on the cache, for views (`rate_limited`) and services (`limit`).

The window slides by weighing the count of the window before: at a third of the present window, two thirds of
the earlier count still weigh. An attempt that is refused is not counted, so that one who waits gets in again.

Counting must be one step, or parallel calls slip through. Redis and memory count in one step themselves. The
file-based cache does not (it reads, adds, writes, and forgets the entry's time-out on the way), so there a lock
file per share of the keys is held around the step: every process of the machine that shares the cache shares
the locks. A cache that is down lets calls pass: limits protect the site, they must not take it down.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec

import structlog
from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.filebased import FileBasedCache
from django.core.files import locks
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.errors import TooMany

logger = structlog.get_logger(__name__)
P = ParamSpec("P")

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"(?P<count>\d+)/(?P<every>\d*)(?P<unit>[smhd])")
_SHARES = 64


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` calls in `seconds`. Written as "10/m", "3/30s", "100/d"."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        found = _RATE.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no rate: write it as 10/m, 3/30s, 100/d")
        return cls(int(found["count"]), int(found["every"] or 1) * _SECONDS[found["unit"]])


def limit(key: str, rate: str) -> None:
    """Counts one call under `key`; raises `TooMany` with the seconds to wait when `rate` is used up."""
    allowed = Rate.parse(rate)
    try:
        wait = _take(key, allowed)
    except OSError as error:  # a full disk; the errors of Redis clients are OSErrors, too
        logger.warning("limits.cache_down", error=repr(error))
        return
    if wait:
        raise TooMany("too_many", retry_after=wait)


def rate_limited(
    scope: str, rate: str, by: Literal["user", "ip"] = "ip", methods: tuple[str, ...] = ("POST",)
) -> Callable[
    [Callable[P, HttpResponseBase]],
    Callable[P, HttpResponseBase],
]:
    """Limits a view to `rate` for each person (`user`; visitors by address) or address (`ip`).

    Only requests with one of `methods` count: a search passes ("GET",). `settings.RATE_LIMITS[scope]` wins over
    `rate`, and None there switches the limit off.
    """

    def decorate(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
        @wraps(view)
        def limited(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request = next(part for part in args if isinstance(part, HttpRequest))
            allowed = getattr(settings, "RATE_LIMITS", {}).get(scope, rate)
            if allowed and request.method in methods:
                limit(f"{scope}:{_who(request, by)}", allowed)
            return view(*args, **kwargs)

        return limited

    return decorate


def client_address(request: HttpRequest) -> str:
    """The caller's network: an IPv4 address, or the /64 of an IPv6 one (a household has that many).

    X-Forwarded-For is read only as far as `settings.TRUSTED_PROXIES` proxies of ours vouch for it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies: int = getattr(settings, "TRUSTED_PROXIES", 0)
    if proxies:
        hops = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        if len(hops) >= proxies:
            address = hops[-proxies]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _who(request: HttpRequest, by: str) -> str:
    user: Any = getattr(request, "user", None)
    if by == "user" and user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"ip:{client_address(request)}"


def _take(key: str, rate: Rate) -> int:
    """Counts a call if there is room. Returns the seconds to wait, 0 where it was let through."""
    now = time.time()
    window = int(now // rate.seconds)
    share = 1 - (now % rate.seconds) / rate.seconds
    digest = hashlib.blake2b(f"{key}|{rate.count}/{rate.seconds}".encode(), digest_size=12).hexdigest()
    current, before = f"limit:{digest}:{window}", f"limit:{digest}:{window - 1}"
    wait = max(1, round(share * rate.seconds))
    if isinstance(caches["default"], FileBasedCache):
        with _file_lock(digest):
            used = cache.get(current, 0)
            if used + cache.get(before, 0) * share + 1 > rate.count:
                return wait
            cache.set(current, used + 1, 2 * rate.seconds)
            return 0
    cache.add(current, 0, 2 * rate.seconds)
    try:
        used = cache.incr(current)
    except ValueError:  # the entry went between the two steps
        cache.set(current, 1, 2 * rate.seconds)
        used = 1
    if used + cache.get(before, 0) * share > rate.count:
        cache.decr(current)
        return wait
    return 0


@contextmanager
def _file_lock(digest: str) -> Iterator[None]:
    folder = Path(settings.VAR) / "limits"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{int(digest, 16) % _SHARES:02d}.lock").open("a") as file:
        locks.lock(file, locks.LOCK_EX)
        try:
            yield
        finally:
            locks.unlock(file)
