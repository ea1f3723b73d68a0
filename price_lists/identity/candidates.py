"""Which records are worth comparing: keys that two records of one good share, and an index of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from price_lists.identity.facts import Facts, read_facts
from price_lists.identity.records import Record

#: Rows of an index table that one record takes at most.
MOST_KEYS = 32
#: Entries of the index that one look-up reads at most; the rarest keys come first.
BUDGET = 3000
_PROOF = frozenset("gbm")
#: The added records are merged into the sorted ones past this part of them.
_MERGE_AT = 0.1
#: Entries that are sorted in before a look-up: below that, sorting costs more than reading them as they are.
_SORT_FROM = 50_000


class Candidate(NamedTuple):
    """`score` is the rarity of all shared keys, `proof` whether a GTIN or a part number is among them."""

    id: str
    score: float
    proof: bool


def block_keys(record: Record) -> list[str]:
    """Keys of `record`, the surest first: `g:` GTIN, `b:` brand and part number, `m:` part number, `c:` model codes,
    `w:` words by sound, numbers and measures, `p:` two neighbouring words.

    They depend on the record alone, so they may be stored; a record without any letter or figure has none.
    """
    return keys_of(read_facts(record))


def keys_of(facts: Facts) -> list[str]:
    keys: dict[str, None] = {}
    if facts.gtin:
        keys[f"g:{facts.gtin}"] = None
    if facts.mpn:
        if facts.brand_key:
            keys[f"b:{facts.brand_key}/{facts.mpn}"] = None
        keys[f"m:{facts.mpn}"] = None
        keys[f"c:{facts.mpn}"] = None
    for code in sorted(facts.models, key=len, reverse=True):
        keys[f"c:{code}"] = None
    said = [facts.keys.get(word) or word for word in facts.counts]
    singles = [f"w:{word}" for word in said]
    # In either order, since shops differ in where they put the maker.
    near = [f"p:{a} {b}" if a < b else f"p:{b} {a}" for a, b in pairwise(said)]
    keys.update(dict.fromkeys(singles[:MOST_KEYS]))
    keys.update(dict.fromkeys(near))
    return list(keys)[:MOST_KEYS]


def _number(key: str) -> int:
    return hash(key)


class Candidates:
    """The index in memory. Ids are the records' own; adding an id again replaces what it was."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._ids: list[str] = []
        self._row: dict[str, int] = {}
        self._keys: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._rows: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self._gone: set[int] = set()
        self._fresh: dict[int, list[int]] = {}
        self._fresh_entries = 0
        self.add(records)

    def __len__(self) -> int:
        return len(self._row)

    def add(self, records: Iterable[Record]) -> None:
        self.add_facts(read_facts(record) for record in records)

    def add_facts(self, many: Iterable[Facts]) -> None:
        """As `add`, where the facts are at hand."""
        for facts in many:
            name = facts.record.id
            self.remove([name])
            row = len(self._ids)
            self._ids.append(name)
            self._row[name] = row
            for key in keys_of(facts):
                self._fresh.setdefault(_number(key), []).append(row)
                self._fresh_entries += 1
            if self._fresh_entries > 2_000_000 + _MERGE_AT * len(self._keys):
                self._merge()

    def remove(self, ids: Iterable[str]) -> None:
        """Ids that are not there are passed over."""
        for name in ids:
            row = self._row.pop(name, None)
            if row is not None:
                self._gone.add(row)

    def lookup(self, records: Sequence[Record], *, limit: int = 20) -> list[list[Candidate]]:
        """The best candidates of each record, at most `limit`, best first; a record is no candidate of itself."""
        return self.lookup_facts([read_facts(record) for record in records], limit=limit)

    def lookup_facts(
        self,
        many: Sequence[Facts],
        *,
        limit: int = 20,
        itself: bool = False,
        budget: int = BUDGET,
        near: float = 0.0,
    ) -> list[list[Candidate]]:
        """As `lookup`, where the facts are at hand. `itself`: ids of another table, so an equal id is another's.

        For speed: `budget` is how many entries of the index are read at most, and candidates whose score is below
        `near` of the best one's are left out unless they are proved.
        """
        if self._fresh_entries > _SORT_FROM:
            self._merge()
        found = []
        for facts in many:
            candidates = self._find(facts, limit, None if itself else facts.record.id, budget)
            if near and candidates:
                least = near * candidates[0].score
                candidates = [each for each in candidates if each.score >= least or each.proof]
            found.append(candidates)
        return found

    def _find(self, facts: Facts, limit: int, own: str | None, budget: int) -> list[Candidate]:
        keys = keys_of(facts)
        found: list[tuple[int, bool, npt.NDArray[np.int32]]] = []
        numbers = np.array([_number(key) for key in keys], np.int64)
        starts = np.searchsorted(self._keys, numbers, "left")
        ends = np.searchsorted(self._keys, numbers, "right")
        for key, number, start, end in zip(
            keys, numbers.tolist(), starts.tolist(), ends.tolist(), strict=True
        ):
            fresh = self._fresh.get(number)
            rows = self._rows[start:end]
            if fresh:
                rows = np.concatenate([rows, np.array(fresh, np.int32)])
            if len(rows):
                found.append((len(rows), key[0] in _PROOF, rows))
        found.sort(key=lambda item: (not item[1], item[0]))
        total = float(np.log(len(self._ids) + 1.0)) or 1.0
        parts: list[npt.NDArray[np.int32]] = []
        weights: list[float] = []
        spent = 0
        for frequency, _, rows in found:
            if spent and spent + frequency > budget:
                break
            spent += frequency
            # Of a key that alone is more than all may take, the first entries have to do.
            parts.append(rows[:budget])
            weights.append(max(1.0 - np.log(frequency) / total, 0.02) ** 2)
        if not parts:
            return []
        proved = {int(row) for _, proof, rows in found if proof for row in rows[:limit]}
        return self._best(own, parts, weights, proved, limit)

    def _best(
        self,
        own: str | None,
        parts: list[npt.NDArray[np.int32]],
        weights: list[float],
        proved: set[int],
        limit: int,
    ) -> list[Candidate]:
        rows, places = np.unique(np.concatenate(parts), return_inverse=True)
        scores = np.bincount(places, np.repeat(weights, [len(part) for part in parts]))
        spare = limit + 1 + min(len(self._gone), limit)
        if len(rows) > spare:
            # All of the best: none falls out because it stands behind removed ones.
            best = np.argpartition(-scores, spare - 1)[:spare] if not self._gone else np.arange(len(rows))
            rows, scores = rows[best], scores[best]
        order = np.lexsort((rows, -scores))
        out = []
        for row, score in zip(rows[order].tolist(), scores[order].tolist(), strict=True):
            if row in self._gone or self._ids[row] == own:
                continue
            out.append(Candidate(self._ids[row], score, row in proved))
            if len(out) == limit:
                break
        return out

    def _merge(self) -> None:
        """Sorts what was added into what was sorted before; removed records go."""
        fresh_keys = np.fromiter(
            (key for key, rows in self._fresh.items() for _ in rows), np.int64, self._fresh_entries
        )
        fresh_rows = np.fromiter(
            (row for rows in self._fresh.values() for row in rows), np.int32, self._fresh_entries
        )
        keys = np.concatenate([self._keys, fresh_keys])
        rows = np.concatenate([self._rows, fresh_rows])
        if self._gone:
            alive = ~np.isin(rows, np.fromiter(self._gone, np.int32, len(self._gone)))
            keys, rows = keys[alive], rows[alive]
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order]
        self._fresh, self._fresh_entries = {}, 0
