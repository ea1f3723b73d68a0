"""Calls to OpenSearch: bytes in, values out, every failure told apart; the one place that knows opensearch-py."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import structlog
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout, SerializationError, TransportError
from opensearchpy.serializer import JSONSerializer

from search.engines.opensearch.breaker import Breaker
from search.errors import EngineUnavailable

log = structlog.get_logger(__name__)
# It tells of every request, and of every failure, which is told below in our words.
for _name in ("opensearch", "opensearchpy.trace"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
#: What a write, a rebuild's step or a look at the index may take. Searches have a limit of their own.
WRITE_SECONDS = 60.0
_CONNECTIONS = 32
_KINDS = {
    "index_not_found_exception": "index_missing",
    "alias_not_found_exception": "index_missing",
    "cluster_block_exception": "index_read_only",
}


class Refused(EngineUnavailable):
    """The node understood and would not: a status from 400 to 499, with its kind and reason. No failure of the
    node: such calls do not open the circuit breaker.
    """

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__("refused")
        self.status, self.kind, self.reason = status, kind, reason


class Busy(EngineUnavailable):
    """The node is up but takes no more for now (429, 503): worth another try soon."""


class _Orjson(JSONSerializer):
    def loads(self, s: str) -> Any:
        try:
            return orjson.loads(s)
        except orjson.JSONDecodeError as error:
            raise SerializationError(s, error) from error


class Client:
    """One per process and configuration. `seconds` is the time limit of a search."""

    def __init__(self, hosts: Sequence[str], *, seconds: float, breaker: Breaker | None = None) -> None:
        self.hosts = list(hosts)
        self.seconds = seconds
        self.breaker = breaker or Breaker()
        self._opened_by = 0
        self._opened: Any = None

    def call(
        self,
        method: str,
        path: str,
        body: bytes | dict[str, Any] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        seconds: float = WRITE_SECONDS,
    ) -> Any:
        """The answer as values. Raises EngineUnavailable with the code `index_missing`, `index_read_only`,
        `engine_down`, `engine_slow`, `engine_busy` (Busy), `engine_paused`, `engine_broken` or `refused` (Refused).
        """
        self.breaker.enter()
        sent = orjson.dumps(body) if isinstance(body, dict) else body
        try:
            answer = self._send(method, path, sent, dict(params or {}), seconds)
        except TransportError as error:
            translated = _translated(error)
            if isinstance(translated, Busy) and seconds > self.seconds:
                self.breaker.succeeded()  # a queue that is full of writes, which are tried again
            elif translated.code.startswith("engine_"):
                self.breaker.failed()
                log.warning("search.opensearch_failed", code=translated.code, error=str(error)[:500])
            else:
                self.breaker.succeeded()  # it answers
            raise translated from error
        except SerializationError as error:
            self.breaker.failed()
            raise EngineUnavailable("engine_broken") from error
        self.breaker.succeeded()
        return answer

    def search(self, index: str, body: dict[str, Any], *, params: Mapping[str, Any] | None = None) -> Any:
        """A search within the time limit, whole or not at all."""
        limit = f"{round(self.seconds * 1000)}ms"
        answer = self.call(
            "POST",
            f"/{index}/_search",
            body,
            params={
                # The node stops working on what nobody waits for any more.
                "cancel_after_time_interval": limit,
                "allow_partial_search_results": "false",
                **(params or {}),
            },
            seconds=self.seconds,
        )
        if answer["timed_out"]:
            self.breaker.failed()
            raise EngineUnavailable("engine_slow")
        return answer

    def _send(
        self, method: str, path: str, body: bytes | None, params: dict[str, Any], seconds: float
    ) -> Any:
        """Another node is tried only where the first did not take the connection: then it did nothing yet."""
        transport = self._transport()
        headers = {"content-type": "application/json"}
        for _ in self.hosts[1:]:
            try:
                return transport.perform_request(
                    method, path, params=params, body=body, timeout=seconds, headers=headers
                )
            except ConnectionTimeout:
                raise
            except NoConnection:
                continue
        return transport.perform_request(
            method, path, params=params, body=body, timeout=seconds, headers=headers
        )

    def _transport(self) -> Any:
        # A forked worker must not talk over its parent's sockets.
        if self._opened is None or self._opened_by != os.getpid():
            self._opened = OpenSearch(
                self.hosts,
                serializer=_Orjson(),
                max_retries=0,  # a slow search repeated is a slower one; writes are repeated per document
                retry_on_timeout=False,
                pool_maxsize=_CONNECTIONS,
                timeout=WRITE_SECONDS,
                http_compress=False,
            ).transport
            self._opened_by = os.getpid()
        return self._opened


def _translated(error: TransportError) -> EngineUnavailable:
    status = error.status_code
    if not isinstance(status, int):
        return EngineUnavailable("engine_slow" if isinstance(error, ConnectionTimeout) else "engine_down")
    kind, reason = told(error.info)
    if kind in _KINDS:
        return EngineUnavailable(_KINDS[kind])
    if status in {429, 502, 503, 504}:
        return Busy("engine_busy")
    return Refused(status, kind, reason) if 400 <= status < 500 else EngineUnavailable("engine_broken")


def told(info: Any) -> tuple[str, str]:
    """(kind, reason) of an error as OpenSearch tells it; the innermost cause says most."""
    error = info.get("error", info) if isinstance(info, dict) else info
    if not isinstance(error, dict):
        return "", str(error)[:500]
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    cause = error.get("caused_by")
    if isinstance(cause, dict) and cause.get("reason"):
        reason = f"{reason}: {cause['reason']}"
    return kind, reason[:500]
