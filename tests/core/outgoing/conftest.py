"""Real servers on this machine, which the guard refuses unless a test opens its own address."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.outgoing import Policy

Answering = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server; `answer` is what it does with a GET or POST, `asked` the requests so far as (path, headers)."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: Answering = lambda handler: say(handler, b"hello")
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers.items())))
                site.answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def log_message(self, *_args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """A client that hangs up is what some tests are about."""

        self.server = Quiet((address, 0), Handler)
        self.address, self.port = address, self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def url(self, path: str = "/list.csv", host: str = "") -> str:
        return f"http://{host or self.address}:{self.port}{path}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def say(handler: BaseHTTPRequestHandler, body: bytes = b"", status: int = 200, **headers: str) -> None:
    """A plain answer; underscores in names stand for hyphens."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if "Content_Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def sites() -> Iterator[Callable[..., Site]]:
    """`sites()` is one more server; `sites("127.0.0.2")` one at another address."""
    running: list[Site] = []

    def make(address: str = "127.0.0.1") -> Site:
        running.append(Site(address))
        return running[-1]

    yield make
    for site in running:
        site.stop()


@pytest.fixture
def site(sites: Callable[..., Site]) -> Site:
    return sites()


@pytest.fixture
def allowing() -> Callable[..., Policy]:
    """`allowing(site, …)`: a policy that lets 127.0.0.1 (and nothing else of this machine) be asked at their ports."""

    def policy(*sites: Site, networks: tuple[str, ...] = ("127.0.0.1/32",)) -> Policy:
        return Policy(
            frozenset({80, 443, *(site.port for site in sites)}),
            tuple(ipaddress.ip_network(network) for network in networks),
        )

    return policy
