"""One message to an address that somebody else names: no redirect is followed, of the answer only the beginning is read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import httpx
from django.conf import settings

from core.outgoing.addresses import Policy, Target, check_url
from core.outgoing.errors import AddressRefused, HostSilent, OutgoingError
from core.outgoing.waiting import retry_after
from core.outgoing.wire import Deadline, GuardedBackend, GuardedTransport, Resolver, look_up

#: Bytes of an answer that are read; whoever sends more is left with it.
BEGINNING: Final = 1024
#: How long the body may take once the status is there.
BODY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said. `beginning` is at most the first kilobyte; `retry_after` seconds that it asks to wait."""

    status: int
    beginning: bytes
    retry_after: int | None
    seconds: float

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float = 15.0,
    connect_seconds: float = 5.0,
    policy: Policy | None = None,
    resolve: Resolver = look_up,
) -> Reply:
    """Sends `body`. Any status is an answer, also one that leads elsewhere. Raises an OutgoingError where none came.

    The status counts once it is there: an answer whose body drips is read for a second more and no longer, so that
    nobody holds up others with a message that has arrived.
    """
    policy = policy or Policy.of_settings()
    begun = time.monotonic()
    target = check_url(url, policy)
    deadline = Deadline(seconds)
    backend = GuardedBackend(
        policy, deadline, pause=seconds, resolve=resolve, connect_seconds=connect_seconds
    )
    sent = {
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": f"Ryad/1 (+{settings.SITE_URL})",
        **headers,
    }
    with httpx.Client(
        transport=GuardedTransport(backend),
        trust_env=False,
        follow_redirects=False,
        timeout=None,  # noqa: S113 - the deadline of the wire is the limit
    ) as client:
        response = _answer(client, target, body, sent)
        deadline.end_within(BODY_SECONDS)
        try:
            return Reply(
                status=response.status_code,
                beginning=_beginning(response),
                retry_after=retry_after(response.headers.get("Retry-After", "")),
                seconds=time.monotonic() - begun,
            )
        finally:
            response.close()


def check_host(url: str, *, policy: Policy | None = None, resolve: Resolver = look_up) -> Target:
    """The parts of a link whose host has, at this moment, an address that may be asked. Raises an OutgoingError.

    It spares people an address that could never work; what protects the network is the look at each connection.
    """
    policy = policy or Policy.of_settings()
    target = check_url(url, policy)
    GuardedBackend(policy, Deadline(5.0), pause=5.0, resolve=resolve).allowed(target.host, target.port)
    return target


def _answer(client: httpx.Client, target: Target, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
    try:
        request = client.build_request("POST", httpx.URL(target.url), content=body, headers=headers)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressRefused("bad_url", url=target.url[:80]) from error
    try:
        return client.send(request, stream=True)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        # The client reads where an answer leads on to although it is not to follow.
        raise HostSilent("broken_connection", host=target.host) from error


def _beginning(response: httpx.Response) -> bytes:
    read = b""
    with suppress(httpx.HTTPError, httpx.StreamError, OutgoingError):
        for piece in response.iter_raw():
            read += piece
            if len(read) >= BEGINNING:
                break
    return read[:BEGINNING]
