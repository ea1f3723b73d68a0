"""Words of titles and brands as the index knows them: near a slip of the hand, or beginning with some letters."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from search.engines.opensearch.client import Client

_NEAREST = 50  # for each first letter, as in the embedded engine
_LOOKED_AT = 500
_SECONDS = 30.0
_KEPT = 5_000


class Vocabulary:
    """`spellings` of the index behind an alias. Completions are kept for half a minute: they follow each key."""

    def __init__(self, client: Client, alias: str) -> None:
        self._client = client
        self._alias = alias
        self._completions: OrderedDict[tuple[str, int], tuple[float, list[tuple[str, int]]]] = OrderedDict()

    def forget(self) -> None:
        self._completions.clear()

    def near(self, word: str, *, distance: int) -> list[tuple[str, int]]:
        """Words within the distance that begin with one of the first two letters; most frequent first. A slip in
        the first letter is rare, but letters change places.
        """
        if not word or distance < 0:
            return []
        options = self._suggested(word, min(2, distance))
        scored = [
            (DamerauLevenshtein.distance(word, spelling), spelling, count) for spelling, count in options
        ]
        near: dict[str, int] = {}
        for first in dict.fromkeys(word[:2]):
            fits = sorted(each for each in scored if each[1][0] == first and each[0] <= distance)
            near.update((spelling, count) for _, spelling, count in fits[:_NEAREST])
        return sorted(near.items(), key=lambda pair: (-pair[1], pair[0]))

    def _suggested(self, word: str, distance: int) -> list[tuple[str, int]]:
        body: dict[str, Any] = {
            "size": 0,
            "track_total_hits": False,
            # The suggester leaves out the word itself.
            "query": {"term": {"spellings": word}},
            "aggs": {"itself": {"filter": {"match_all": {}}}},
        }
        if distance:
            body["suggest"] = {
                "near": {
                    "text": word,
                    "term": {
                        "field": "spellings",
                        "analyzer": "keyword",
                        "suggest_mode": "always",
                        "string_distance": "damerau_levenshtein",
                        "max_edits": distance,
                        "prefix_length": 0,
                        "min_word_length": 1,
                        # Else a frequent word has no neighbours.
                        "max_term_freq": 1_000_000_000,
                        "max_inspections": _LOOKED_AT,
                        "size": _LOOKED_AT,
                        "shard_size": _LOOKED_AT,
                        "sort": "score",
                    },
                }
            }
        answer = self._client.search(self._alias, body)
        itself = answer["aggregations"]["itself"]["doc_count"]
        found = [(word, itself)] if itself else []
        if distance:
            found += [(each["text"], each["freq"]) for each in answer["suggest"]["near"][0]["options"]]
        return found

    def beginning(self, prefix: str, *, limit: int) -> Sequence[tuple[str, int]]:
        """Words that begin so, most frequent first."""
        if not prefix:
            return []
        key, now = (prefix, limit), time.monotonic()
        kept = self._completions.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        body = {
            "size": 0,
            "track_total_hits": False,
            "query": {"prefix": {"spellings": prefix}},
            "aggs": {
                "words": {
                    "terms": {
                        "field": "spellings",
                        "include": _literally(prefix) + ".*",
                        "size": limit,
                        "shard_size": max(200, limit * 10),
                    }
                }
            },
        }
        buckets = self._client.search(self._alias, body)["aggregations"]["words"]["buckets"]
        words = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
        self._completions[key] = (now + _SECONDS, words)
        while len(self._completions) > _KEPT:
            self._completions.popitem(last=False)
        return words


def _literally(text: str) -> str:
    """As a Lucene regular expression that means just this."""
    return "".join(letter if letter.isalnum() else "\\" + letter for letter in text)
