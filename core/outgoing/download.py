"""One file from an address into a local file: redirects followed with care, bytes counted while they come."""

from __future__ import annotations

import hashlib
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urljoin, urlsplit

import httpx
from django.conf import settings

from core.outgoing.addresses import Policy, Target, check_url
from core.outgoing.errors import (
    AddressRefused,
    AnswerRefused,
    AnswerTooBig,
    HostSilent,
    RedirectRefused,
    StatusRefused,
)
from core.outgoing.waiting import retry_after
from core.outgoing.wire import Deadline, GuardedBackend, GuardedTransport, Resolver, look_up

MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED: Final = 304
_STEP: Final = 64 * 1024
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB: Final = 47  # by the first bytes
_NAME: Final = re.compile(
    r"filename\*\s*=\s*(?:UTF-8)?''([^;]+)|filename\s*=\s*\"?([^\";]+)\"?", re.IGNORECASE
)
#: What belongs to the host it was given for.
_PERSONAL: Final = ("Authorization", "Cookie")


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` for all of it, `pause` between two pieces, `size` in bytes, as sent and unpacked alike."""

    seconds: float = 120.0
    pause: float = 20.0
    size: int = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. With `not_modified` nothing was written."""

    url: str  # where the redirects ended
    status: int
    not_modified: bool
    size: int = 0
    sha256: str = ""
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    name: str = ""  # as the server names the file, else the last part of the address
    seconds: float = 0.0
    hops: tuple[str, ...] = field(default=())


def download(
    url: str,
    *,
    to: BinaryIO,
    limits: Limits | None = None,
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    etag: str = "",
    last_modified: str = "",
    policy: Policy | None = None,
    resolve: Resolver = look_up,
) -> Answer:
    """Writes what stands at the address into `to`. Raises an OutgoingError; what was written by then is worthless.

    `credentials` (user, password) go to the host of `url` alone. With `etag` or `last_modified` of an earlier answer
    the server may say that nothing has changed.
    """
    policy = policy or Policy.of_settings()
    limits = limits or Limits()
    begun = time.monotonic()
    deadline = Deadline(limits.seconds)
    target = first = check_url(url, policy)
    hops: list[str] = []
    sent = {
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "User-Agent": f"Ryad/1 (+{settings.SITE_URL})",
        **(headers or {}),
    }
    # What came with other letters cannot be sent back in a header.
    etag, last_modified = (said if said.isascii() else "" for said in (etag, last_modified))
    if etag:
        sent["If-None-Match"] = etag
    if last_modified:
        sent["If-Modified-Since"] = last_modified
    backend = GuardedBackend(policy, deadline, pause=limits.pause, resolve=resolve)
    while True:
        is_home = target.origin == first.origin
        own = sent if is_home else {name: value for name, value in sent.items() if name not in _PERSONAL}
        # A client of its own for each hop: no cookie, no credentials, no open connection is carried on.
        with (
            httpx.Client(
                transport=GuardedTransport(backend),
                auth=httpx.BasicAuth(*credentials) if credentials and is_home else None,
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113 - the deadline of the wire is the limit
            ) as client,
            _asked(client, target, own) as response,
        ):
            if response.status_code in _REDIRECTS:
                target = _next(response, target, hops, policy)
                continue
            seen: dict[str, Any] = {"url": target.url, "hops": tuple(hops)}
            if response.status_code == _NOT_MODIFIED and (etag or last_modified):
                return Answer(
                    status=_NOT_MODIFIED,
                    not_modified=True,
                    etag=etag,
                    last_modified=last_modified,
                    seconds=time.monotonic() - begun,
                    **seen,
                )
            if response.status_code != 200:
                raise _refused(response, target)
            size, digest = _store(response, to, limits)
            return Answer(
                status=response.status_code,
                not_modified=False,
                size=size,
                sha256=digest,
                etag=response.headers.get("ETag", "")[:250],
                last_modified=response.headers.get("Last-Modified", "")[:60],
                content_type=response.headers.get("Content-Type", "")[:120],
                name=_name(response, target),
                seconds=time.monotonic() - begun,
                **seen,
            )


@contextmanager
def _asked(client: httpx.Client, target: Target, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
    """The client has rules of its own about how an address is written, and reads where an answer leads on to even
    though it is not to follow: what it raises then is told in our words.
    """
    try:
        request = client.build_request("GET", httpx.URL(target.url), headers=headers)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused("bad_url", url=target.url[:80]) from error
    try:
        response = client.send(request, stream=True)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise RedirectRefused("redirect_nowhere") from error
    try:
        yield response
    except (httpx.HTTPError, httpx.StreamError, UnicodeError) as error:
        raise HostSilent("broken_connection", host=target.host) from error
    finally:
        response.close()


def _next(response: httpx.Response, target: Target, hops: list[str], policy: Policy) -> Target:
    if len(hops) >= MAX_REDIRECTS:
        raise RedirectRefused("too_many_redirects", limit=MAX_REDIRECTS)
    location = response.headers.get("Location", "")
    if not location:
        raise RedirectRefused("redirect_nowhere")
    hops.append(target.url)
    try:
        leads_to = urljoin(target.url, location)
    except ValueError as error:
        raise RedirectRefused("redirect_nowhere") from error
    return check_url(leads_to, policy)


def _refused(response: httpx.Response, target: Target) -> StatusRefused:
    status = response.status_code
    if status in {401, 403, 407}:
        code = "status_sign_in"
    elif status in {404, 410}:
        code = "status_gone"
    elif status == 429:
        code = "status_busy"
    elif status >= 500:
        code = "status_broken"
    else:
        code = "status_other"
    wait = retry_after(response.headers.get("Retry-After", ""))
    return StatusRefused(code, status_code=status, retry_after=wait, host=target.host)


def _store(response: httpx.Response, to: BinaryIO, limits: Limits) -> tuple[int, str]:
    too_big = AnswerTooBig("too_big", limit=limits.size // 2**20 or f"{limits.size / 2**20:.2f}")
    declared = response.headers.get("Content-Length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:18]) > limits.size:
        raise too_big
    digest, size = hashlib.sha256(), 0
    for piece in _plain(response, limits.size, too_big):
        size += len(piece)
        if size > limits.size:
            raise too_big
        digest.update(piece)
        to.write(piece)
    return size, digest.hexdigest()


def _plain(response: httpx.Response, limit: int, too_big: AnswerTooBig) -> Iterator[bytes]:
    """The answer as it was before it was packed for the way."""
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing in {"", "identity"}:
        return _received(response, limit, too_big)
    if packing in _PACKED:
        return _unpacked(_received(response, limit, too_big))
    raise AnswerRefused("packing", encoding=packing[:40])


def _received(response: httpx.Response, limit: int, too_big: AnswerTooBig) -> Iterator[bytes]:
    received = 0
    for piece in response.iter_raw(_STEP):
        received += len(piece)
        if received > limit:
            raise too_big
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpacked in small steps, so that a bomb is noticed while it is small."""
    unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
    begun = False
    for piece in pieces:
        begun, rest = True, piece
        while rest:
            if unpack.eof:  # a gzip file may have several members
                unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                plain = unpack.decompress(rest, _STEP)
            except zlib.error as error:
                raise AnswerRefused("damaged_packing") from error
            if plain:
                yield plain
            rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
    if begun and not unpack.eof:
        raise AnswerRefused("damaged_packing")


def _name(response: httpx.Response, target: Target) -> str:
    found = _NAME.search(response.headers.get("Content-Disposition", ""))
    if found:
        said = unquote(found[1]) if found[1] else found[2]
    else:
        said = unquote(urlsplit(target.url).path.rsplit("/", 1)[-1])
    return said.replace("\\", "/").rsplit("/", 1)[-1].strip()[:200]
