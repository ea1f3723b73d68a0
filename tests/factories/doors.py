"""A door before a real OpenSearch node that turns some bulk requests away, or fails on some of their documents."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


class Door:
    """Passes requests on to the node; turns away the first `busy` bulk requests, or all larger than `room`, and
    answers 500 to each document that is `sick`, which the node then never sees.
    """

    def __init__(
        self,
        node: str,
        *,
        busy: int = 0,
        room: int = 1 << 30,
        sick: Callable[[dict[str, Any]], bool] | None = None,
    ) -> None:
        self.node, self.busy, self.room, self.bulks, self.sick = urlsplit(node), busy, room, 0, sick
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if "_bulk" in self.path:
                    door.bulks += 1
                    if door.bulks <= door.busy:
                        return self.answer(429, b'{"error":{"type":"rejected_execution_exception"}}')
                    if len(body) > door.room:
                        return self.answer(413, b'{"error":{"type":"content_too_long"}}')
                    if door.sick is not None:
                        return self.answer(200, door.without_the_sick(self.path, body))
                return self.answer(*door.passed(self.command, self.path, body))

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Keeps the test's output clean."""

        for method in ("GET", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.do_POST)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def passed(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection(self.node.hostname or "", self.node.port, timeout=30)
        connection.request(method, path, body, {"content-type": "application/json"})
        told = connection.getresponse()
        status, answer = told.status, told.read()
        connection.close()
        return status, answer

    def without_the_sick(self, path: str, body: bytes) -> bytes:
        """The node's answer about the others, with a failure in the place of each that is sick."""
        lines = body.splitlines(keepends=True)
        pairs = list(zip(lines[::2], lines[1::2], strict=True))
        well = [pair for pair in pairs if not self.sick(json.loads(pair[1]))]
        told = iter(())
        if well:
            _, answer = self.passed("POST", path, b"".join(line for pair in well for line in pair))
            told = iter(json.loads(answer)["items"])
        failed = {"index": {"status": 500, "error": {"type": "runtime_exception", "reason": "no such luck"}}}
        items = [next(told) if pair in well else failed for pair in pairs]
        errors = any("error" in item["index"] for item in items)
        return json.dumps({"errors": errors, "items": items}).encode()

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
