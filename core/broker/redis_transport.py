"""Kombu's Redis transport, whose worker outlives the loss of Redis while it has a task in hand."""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as ConnectionLost


class Channel(redis.Channel):
    """A channel of a lost connection says so, as an error that Celery expects of one.

    Celery takes the transport apart before it closes the channel, and a task in hand is acknowledged on the channel that
    brought it. Either then asks for a new connection by the settings of none, which ends the worker with an
    AttributeError (as of kombu 5.7). What is not acknowledged comes again after the visibility timeout and is refused,
    as its job or entry is done.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionLost("The channel's connection to Redis was lost.")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[no-untyped-call]  # kombu has no types
        return parameters


class Transport(redis.Transport):
    Channel = Channel
