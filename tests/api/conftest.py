"""A real receiver on this machine, which the guard lets be asked only here."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import pytest

from tests.core.outgoing.conftest import Site


class Receiver(Site):
    """`bodies` are what came, beside `asked`."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []
        site, handler = self, self.server.RequestHandlerClass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.bodies.append(body)
            self.do_GET()

        handler.do_POST = do_POST


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    site = Receiver()
    settings.WEBHOOK_SCHEMES = ("https", "http")
    settings.OUTGOING_PORTS = [80, 443, site.port]
    settings.OUTGOING_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    yield site
    site.stop()
