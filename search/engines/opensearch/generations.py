"""Indexes and the aliases that say which one is live, being built or kept for going back.

{prefix}-offers-{mark}-{number}         an index, one generation; mark: of the table of fields
{prefix}-offers-{mark}-{number}-write   its alias of its own, which goes with it: writes name it, so that none can
                                        bring a deleted index back to life
{prefix}-live-{mark}, {prefix}-building-{mark}, {prefix}-previous-{mark}
                                        what code with this table of fields reads and writes
{prefix}-offers                         the live one, for people and their tools
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from search.engines.opensearch.client import Client, Refused
from search.errors import EngineUnavailable, NothingToRollBack, RebuildRunning
from search.fields import opensearch_mapping

REFRESH = "1s"


def _mark() -> str:
    """Part of an index's name: one that was built for another mapping is no index."""
    return hashlib.sha256(orjson.dumps(opensearch_mapping())).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Names:
    """Live, building and previous generation, '' where there is none; and every index there is."""

    live: str = ""
    building: str = ""
    previous: str = ""
    shown: str = ""  # what {prefix}-offers points to, of whatever mark
    every: tuple[str, ...] = ()


class Generations:
    def __init__(self, client: Client, *, prefix: str, shards: int, replicas: int, mark: str = "") -> None:
        self._client = client
        self._shards, self._replicas = shards, replicas
        self.mark = mark or _mark()
        self.shown = f"{prefix}-offers"
        self.live, self.building, self.previous = (
            f"{prefix}-{state}-{self.mark}" for state in ("live", "building", "previous")
        )
        self._first = f"{self.shown}-{self.mark}-"

    def write_alias(self, generation: str) -> str:
        return f"{generation}-write"

    def names(self) -> Names:
        """As the cluster has them now."""
        # The pattern meets the aliases for writing, too; the answer is by index.
        found = self._client.call("GET", f"/{self.shown}-*/_alias")
        state = {alias: index for index, told in sorted(found.items()) for alias in told["aliases"]}
        return Names(
            live=state.get(self.live, ""),
            building=state.get(self.building, ""),
            previous=state.get(self.previous, ""),
            shown=state.get(self.shown, ""),
            every=tuple(sorted(found)),
        )

    def open(self) -> str:
        """An empty index that is being built. Numbers rise, and no two indexes have one name: of two that begin
        at the same moment, one finds its number taken.
        """
        names = self.names()
        if names.building:
            raise RebuildRunning
        last = max((self._number(index) for index in names.every), default=0)
        generation = f"{self._first}{last + 1:06d}"
        body = {
            "settings": {
                "number_of_shards": self._shards,
                "number_of_replicas": 0,
                "refresh_interval": "-1",
            },
            "mappings": opensearch_mapping() | {"_meta": {"fields": self.mark}},
            "aliases": {self.building: {}, self.write_alias(generation): {}},
        }
        try:
            self._client.call("PUT", f"/{generation}", body)
        except Refused as refused:
            if refused.kind == "resource_already_exists_exception":
                raise RebuildRunning from refused
            raise
        if self._overtaken(generation):
            self._delete([generation])
            raise RebuildRunning
        return generation

    def _overtaken(self, generation: str) -> bool:
        """Whether another was opened between our look and our making; the higher number goes on."""
        held = self._client.call("GET", f"/_alias/{self.building}")
        return bool(max(held) != generation)

    def finish(self, generation: str) -> None:
        """Makes it the live one, in one change of the cluster's state; then forgets what is no longer kept."""
        self._client.call(
            "PUT",
            f"/{generation}/_settings",
            {"index": {"refresh_interval": REFRESH, "number_of_replicas": self._replicas}},
        )
        self._client.call("POST", f"/{generation}/_refresh")
        names = self.names()
        actions = [
            _removed(generation, self.building),
            _added(generation, self.live),
            _added(generation, self.shown),
        ]
        if names.live:
            actions += [_removed(names.live, self.live), _added(names.live, self.previous)]
        if names.previous:
            actions.append(_removed(names.previous, self.previous))
        if names.shown:
            actions.append(_removed(names.shown, self.shown))
        self._change(actions)
        # The index of another mark that was shown until now serves processes that still run the code of before.
        kept = {generation, names.live, names.shown, self.names().building}
        self._delete([index for index in names.every if index not in kept])

    def abandon(self, generation: str) -> None:
        """Whatever has come of it, unless it is live or kept."""
        names = self.names()
        if generation in names.every and generation not in {names.live, names.previous, names.shown}:
            self._delete([generation])

    def roll_back(self) -> str:
        names = self.names()
        if not names.previous or not names.live:
            raise NothingToRollBack
        actions = [
            _removed(names.live, self.live),
            _removed(names.previous, self.previous),
            _added(names.previous, self.live),
            _added(names.live, self.previous),
            _added(names.previous, self.shown),
        ]
        if names.shown:
            actions.append(_removed(names.shown, self.shown))
        self._change(actions)
        return names.previous

    def drop(self) -> None:
        """Deletes everything under the prefix, of every mark: for tests and throw-away indexes."""
        self._delete(list(self.names().every))

    def _change(self, actions: list[dict[str, Any]]) -> None:
        """All or nothing: an alias that has moved since we looked makes the whole fail."""
        try:
            self._client.call("POST", "/_aliases", {"actions": actions})
        except Refused as refused:
            raise EngineUnavailable("rebuild_gone") from refused

    def _delete(self, indexes: list[str]) -> None:
        if indexes:
            self._client.call("DELETE", "/" + ",".join(indexes), params={"ignore_unavailable": "true"})

    def _number(self, index: str) -> int:
        last = index.rpartition("-")[2]
        return int(last) if last.isdigit() else 0


def _added(index: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": index, "alias": alias}}


def _removed(index: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": index, "alias": alias, "must_exist": True}}
