"""How often terms occur: Lucene's own numbers, asked of each shard by the term vectors of a made-up document."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.engines.opensearch.bodies import NO_WORDS
from search.engines.opensearch.client import Client, told
from search.errors import EngineUnavailable
from search.fields import WORD_FIELDS

#: How long numbers may be kept. They only weigh words, and tell whether a word is known: a new word of another
#: process is known this much later.
SECONDS = 3.0
MOST_TERMS = 20_000
_ROUTINGS_TRIED = 2_000


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """`counts`: documents with the term by field; `fields`: documents that have the field at all."""

    documents: int
    fields: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]]


class Statistics:
    """Numbers of the index behind an alias, kept for a few seconds."""

    def __init__(self, client: Client, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._routings: tuple[str, list[str]] = ("", [])
        self.forget()

    def forget(self) -> None:
        """Called after a write of our own."""
        self._until = 0.0
        self._fields: dict[str, int] = {}
        self._counts: dict[str, dict[str, int]] = {}

    def of(self, terms: Iterable[str]) -> TermStatistics:
        wanted = set(terms)
        if time.monotonic() >= self._until or len(self._counts) > MOST_TERMS:
            self.forget()
        # Held on to: another thread may forget meanwhile.
        fields, counts = self._fields, self._counts
        unknown = wanted.difference(counts)
        if unknown or not fields:
            fields, fresh = self._asked(unknown)
            if not self._fields:
                self._until = time.monotonic() + SECONDS
            self._fields = fields
            self._counts.update(fresh)
            counts = {**counts, **fresh}
        return TermStatistics(max(fields.values()), fields, {term: counts[term] for term in wanted})

    @property
    def shards(self) -> int:
        """Of the live index, as last seen."""
        return len(self._routings[1])

    def frequencies_in(self, field: str, terms: Collection[str]) -> dict[str, int]:
        """Documents with each term in one field, which may be one of labels."""
        return {term: found[field] for term, found in self._vectors([field], list(terms))[1].items()}

    def _asked(self, terms: Collection[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        # All in one text: between blanks stand terms, in the question as in the documents.
        text = " ".join([NO_WORDS, *sorted(terms)])
        return self._vectors(WORD_FIELDS, terms, text)

    def _vectors(
        self, names: Sequence[str], terms: Collection[str], text: str | None = None
    ) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        index, routings = self._routings
        if not routings:
            index, routings = self._routings = self._found_routings()
        asked = {
            "doc": dict.fromkeys(names, list(terms) if text is None else text),
            "fields": names,
            "term_statistics": True,
            "field_statistics": True,
            "positions": False,
            "offsets": False,
            "payloads": False,
        }
        answer = self._client.call(
            "POST",
            f"/{self._alias}/_mtermvectors",
            {"docs": [{**asked, "routing": routing} for routing in routings]},
            seconds=self._client.seconds,
        )
        shards = answer["docs"]
        if any(shard.get("_index", index) != index for shard in shards):
            # Another generation has become the live one, perhaps with another number of shards.
            self._routings = ("", [])
            return self._vectors(names, terms, text)
        return _summed(shards, names, terms)

    def _found_routings(self) -> tuple[str, list[str]]:
        """The index and one routing value for each of its shards."""
        path = f"/{self._alias}/_search_shards"
        groups = self._client.call("GET", path, seconds=self._client.seconds)["shards"]
        if not all(groups) or not groups:  # missing, or closed
            raise EngineUnavailable("index_missing")
        index = str(groups[0][0]["index"])
        found: dict[int, str] = {}
        for number in range(_ROUTINGS_TRIED):
            if len(found) == len(groups):
                break
            answer = self._client.call("GET", path, params={"routing": number}, seconds=self._client.seconds)
            found.setdefault(int(answer["shards"][0][0]["shard"]), str(number))
        return index, [found[shard] for shard in sorted(found)]


def _summed(
    shards: list[dict[str, Any]], names: Sequence[str], terms: Collection[str]
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    fields = dict.fromkeys(names, 0)
    counts = {term: dict.fromkeys(names, 0) for term in terms}
    for shard in shards:
        if "term_vectors" not in shard:
            gone = told(shard)[0] == "index_not_found_exception"
            raise EngineUnavailable("index_missing" if gone else "engine_broken")
        for field, vector in shard["term_vectors"].items():
            fields[field] += max(0, vector["field_statistics"]["doc_count"])
            for term, numbers in vector["terms"].items():
                if term in counts:
                    counts[term][field] += numbers.get("doc_freq", 0)
    return fields, counts
