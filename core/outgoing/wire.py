"""The wire below httpx: it looks up a name once, connects only to addresses that may be asked, and keeps the time.

httpx offers no place for this in its own transport, so its library httpcore is used directly: its connection pool
takes a network backend.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, Final

import certifi
import httpcore
import httpx

from core.outgoing.addresses import IPAddress, Policy
from core.outgoing.errors import AddressRefused, HostSilent, TookTooLong

Resolver = Callable[[str, int], list[str]]
#: Addresses of one name that are tried one after the other.
_TRIED: Final = 4
_CONNECT_SECONDS: Final = 10.0


class Deadline:
    """The moment by which everything must be over: names, handshakes, redirects and the last byte."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends_at = time.monotonic() + seconds

    def end_within(self, seconds: float) -> None:
        """What is still to come may take so long at most."""
        self._ends_at = min(self._ends_at, time.monotonic() + seconds)

    def left(self, host: str, at_most: float | None = None) -> float:
        """Seconds that the next step may take. Raises TookTooLong."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TookTooLong("took_too_long", host=host, seconds=f"{self.seconds:g}")
        return left if at_most is None else min(left, at_most)


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Connects for one download or message. Whoever answers the name differently a moment later is not asked again."""

    def __init__(
        self,
        policy: Policy,
        deadline: Deadline,
        *,
        pause: float,
        resolve: Resolver = look_up,
        connect_seconds: float = _CONNECT_SECONDS,
    ) -> None:
        self._policy = policy
        self._deadline = deadline
        self._pause = pause
        self._resolve = resolve
        self._connect_seconds = connect_seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline and the pause decide
        local_address: str | None = None,  # noqa: ARG002 - the backend's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - the backend's signature
    ) -> httpcore.NetworkStream:
        silent: OSError | None = None
        for address in self.allowed(host, port)[:_TRIED]:
            seconds = self._deadline.left(host, self._connect_seconds)
            try:
                connected = socket.create_connection((str(address), port), timeout=seconds)
            except OSError as error:
                silent = error
                continue
            peer = ipaddress.ip_address(str(connected.getpeername()[0]).partition("%")[0])
            if not self._policy.allows(peer):
                connected.close()
                raise AddressRefused("private_address", host=host)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _TimedStream(connected, host, self._deadline, self._pause)
        self._deadline.left(host)
        raise HostSilent("no_connection", host=host) from silent

    def allowed(self, host: str, port: int) -> list[IPAddress]:
        """The addresses of the name that may be asked. Raises AddressRefused where there is none, HostSilent."""
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in self._addresses(host, port)]
        allowed = [address for address in found if self._policy.allows(address)]
        if not allowed:
            raise AddressRefused("private_address", host=host)
        return allowed

    def _addresses(self, host: str, port: int) -> list[str]:
        """In a thread, because the system's look-up knows no time limit; one that hangs is left to end by itself."""
        answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="outgoing-lookup", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left(host, self._connect_seconds))
        except queue.Empty as error:
            self._deadline.left(host)
            raise HostSilent("unknown_host", host=host) from error
        if isinstance(answer, Exception) or not answer:
            raise HostSilent("unknown_host", host=host) from (
                answer if isinstance(answer, Exception) else None
            )
        return answer


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step fits into what is left of the whole time."""

    def __init__(self, connected: socket.socket, host: str, deadline: Deadline, pause: float) -> None:
        self._socket = connected
        self._host = host
        self._deadline = deadline
        self._pause = pause

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see connect_tcp
        self._socket.settimeout(self._deadline.left(self._host, self._pause))
        try:
            return self._socket.recv(max_bytes)
        except OSError as error:
            raise self._named(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see connect_tcp
        view = memoryview(buffer)
        while view:
            self._socket.settimeout(self._deadline.left(self._host, self._pause))
            try:
                view = view[self._socket.send(view) :]
            except OSError as error:
                raise self._named(error) from error

    def close(self) -> None:
        with suppress(OSError):
            self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see connect_tcp
    ) -> httpcore.NetworkStream:
        self._socket.settimeout(self._deadline.left(self._host, self._pause))
        try:
            # Python counts one time limit for the whole handshake.
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise HostSilent("certificate", host=self._host) from error
        except OSError as error:
            self.close()
            raise self._named(error) from error
        return _TimedStream(secured, self._host, self._deadline, self._pause)

    def get_extra_info(self, info: str) -> Any:
        """The TLS object is all that httpcore asks for, to see which protocol was agreed on."""
        return self._socket if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket) else None

    def _named(self, error: OSError) -> HostSilent | TookTooLong:
        if isinstance(error, TimeoutError):
            try:
                self._deadline.left(self._host)
            except TookTooLong as late:
                return late
        return HostSilent("broken_connection", host=self._host)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes], host: str) -> None:
        self._stream = stream
        self._host = host

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise HostSilent("broken_connection", host=self._host) from error

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Read once a process: it takes 40 ms of processor time, more than all else about a small message."""
    trusted = ssl.create_default_context()  # the system's certificates, which may know an own authority
    trusted.load_verify_locations(certifi.where())  # a lean image has none
    return trusted


class GuardedTransport(httpx.BaseTransport):
    """httpx's way to a GuardedBackend; one for each download, nothing is kept open."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(), max_keepalive_connections=0, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": {}},
        )
        try:
            answer = self._pool.handle_request(asked)
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise HostSilent("broken_connection", host=url.host) from error
        stream = answer.stream
        if not isinstance(stream, Iterable):
            raise HostSilent("broken_connection", host=url.host)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(stream, url.host),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()
