"""Words of titles and brands as the index knows them: near a slip of the hand, or beginning with some letters."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from rapidfuzz.distance import OSA

from search.engines.opensearch.client import Client
from search.engines.opensearch.statistics import Statistics

_NEAREST = 50  # for each first letter, as in the embedded engine
_LOOKED_AT = 500
_SECONDS = 30.0
_KEPT = 5_000
#: Words that a large index has most are found among this many of its documents, then counted in all of them: to go
#: through a million documents at each key pressed took a quarter of a second.
_SAMPLE = 50_000
_CANDIDATES = 60
_SUGGESTER = {
    "field": "spellings",
    "analyzer": "keyword",
    "suggest_mode": "always",
    "string_distance": "damerau_levenshtein",
    "prefix_length": 0,
    "min_word_length": 1,
    "accuracy": 0.0,  # edits alone count
    # Else a frequent word has no neighbours.
    "max_term_freq": 1_000_000_000,
    "max_inspections": _LOOKED_AT,
    "size": _LOOKED_AT,
    "shard_size": _LOOKED_AT,
    "sort": "score",
}


class Vocabulary:
    """`spellings` of the index behind an alias. Completions are kept for half a minute: they follow each key."""

    def __init__(self, client: Client, alias: str, statistics: Statistics) -> None:
        self._client = client
        self._statistics = statistics
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
        scored = [(OSA.distance(word, spelling), spelling, count) for spelling, count in options.items()]
        near: dict[str, int] = {}
        for first in dict.fromkeys(word[:2]):
            fits = sorted(each for each in scored if each[1][0] == first and each[0] <= distance)
            near.update((spelling, count) for _, spelling, count in fits[:_NEAREST])
        return sorted(near.items(), key=lambda pair: (-pair[1], pair[0]))

    def _suggested(self, word: str, distance: int) -> dict[str, int]:
        """All words within the distance, and some beyond it."""
        body: dict[str, Any] = {
            "size": 0,
            "track_total_hits": False,
            # The suggester leaves out the word itself.
            "query": {"term": {"spellings": word}},
            "aggs": {"itself": {"filter": {"match_all": {}}}},
        }
        if distance:
            body["suggest"] = {
                text: {"text": text, "term": {"max_edits": edits, **_SUGGESTER}}
                for text, edits in _variants(word, distance).items()
            }
        answer = self._client.search(self._alias, body)
        itself = answer["aggregations"]["itself"]["doc_count"]
        found = {word: itself} if itself else {}
        for suggested in answer.get("suggest", {}).values():
            found |= {each["text"]: each["freq"] for each in suggested[0]["options"] if each["text"] != word}
        return found

    def beginning(self, prefix: str, *, limit: int) -> Sequence[tuple[str, int]]:
        """Words that begin so, most frequent first."""
        if not prefix:
            return []
        key, now = (prefix, limit), time.monotonic()
        kept = self._completions.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        words, whole = self._counted(prefix, most=max(limit, _CANDIDATES), sample=_SAMPLE)
        if not whole and len(words) < limit:
            words, _ = self._counted(prefix, most=limit)  # rare ones, so few documents have them
        elif not whole:
            exact = self._statistics.frequencies_in("spellings", [word for word, _ in words])
            words = sorted(exact.items(), key=lambda pair: (-pair[1], pair[0]))
        words = words[:limit]
        self._completions[key] = (now + _SECONDS, words)
        while len(self._completions) > _KEPT:
            self._completions.popitem(last=False)
        return words

    def _counted(self, prefix: str, *, most: int, sample: int = 0) -> tuple[list[tuple[str, int]], bool]:
        """The most frequent words that begin so, and whether all documents were looked at: with `sample`, no more
        than so many of each shard are.
        """
        words = {
            "field": "spellings",
            "include": _literally(prefix) + ".*",
            "size": most,
            "shard_size": max(200, most * 2),
        }
        body: dict[str, Any] = {"size": 0, "track_total_hits": False, "aggs": {"words": {"terms": words}}}
        if sample:
            body["terminate_after"] = sample
        else:
            body["query"] = {"prefix": {"spellings": prefix}}
        answer = self._client.search(self._alias, body)
        buckets = answer["aggregations"]["words"]["buckets"]
        return [(str(each["key"]), int(each["doc_count"])) for each in buckets], not answer.get(
            "terminated_early"
        )


def _variants(word: str, distance: int) -> dict[str, int]:
    """What to look near, and how near. At two edits, Lucene takes the first letter as right whatever it is told
    (DirectSpellChecker); so where it may be the second one, the ways in which that happens are one edit, and one
    is left for the rest.
    """
    variants = {word: distance}
    if distance > 1 and len(word) > 1:
        first, second, rest = word[0], word[1], word[2:]
        for variant in (second + first + rest, second + rest, second + second + rest, second + word):
            variants.setdefault(variant, 1)
    return variants


def _literally(text: str) -> str:
    """As a Lucene regular expression that means just this."""
    return "".join(letter if letter.isalnum() else "\\" + letter for letter in text)
