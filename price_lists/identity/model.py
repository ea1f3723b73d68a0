"""The learnt weights: two sums of decision trees, read from JSON of our own, evaluated and explained in numpy.

`benchmarks/identity_training.py` learns them. The first judges a pair by itself, the second knows the first one's
answer and what the other candidates say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
_WEIGHTS = Path(__file__).resolve().parent / "weights.json"
_LIMIT = 9.0
_FEW, _BATCH = 200, 4096
#: For each set of struck leaves, the number of the first other one.
_FIRST_CLEAR = np.array([(~bits & (bits + 1)).bit_length() - 1 for bits in range(1 << 16)], np.uint8)


class Trees:
    """A sum of binary trees of at most 16 leaves: a pair goes left where its feature is at most the threshold.

    Nodes come parent first, the root at 0; a child is a node's number, or -1 less a leaf's. Many rows at once are
    judged without walking: every node that sends a row to the right strikes out the leaves on its left, and the
    first leaf that is left is the one (Lucchese et al., QuickScorer, SIGIR 2015). A few rows are walked.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.names: tuple[str, ...] = tuple(data["features"])
        self.bias = float(data["bias"])
        self.trees: list[_Tree] = [_Tree(**tree) for tree in data["trees"]]
        self._struck = [tree.struck() for tree in self.trees]
        self._leaves = [np.array(tree.leaves, np.float64) for tree in self.trees]

    def log_odds(self, rows: Matrix) -> Matrix:
        """One log-odds for each row of features."""
        if len(rows) < _FEW:
            walked = [self.bias + sum(tree.walk(row) for tree in self.trees) for row in rows.tolist()]
            return np.clip(np.array(walked, np.float64), -_LIMIT, _LIMIT)
        parts = [self._many(rows[at : at + _BATCH]) for at in range(0, len(rows), _BATCH)]
        return np.clip(np.concatenate(parts), -_LIMIT, _LIMIT)

    def _many(self, rows: Matrix) -> Matrix:
        columns = np.ascontiguousarray(rows.T)
        total = np.full(len(rows), self.bias)
        for tree, struck, leaves in zip(self.trees, self._struck, self._leaves, strict=True):
            left = np.zeros(len(rows), np.uint16)
            for feature, threshold, bits in zip(tree.feature, tree.threshold, struck, strict=True):
                left |= (columns[feature] > threshold) * bits
            total += leaves[_FIRST_CLEAR[left]]
        return total

    def reasons(self, row: Sequence[float]) -> dict[str, float]:
        """What each feature adds to the log-odds of one row: along its way through each tree, the change of the
        node's mean is that of the feature asked there. They add up to `log_odds` less what all pairs have in common.
        """
        added: dict[str, float] = {}
        for tree in self.trees:
            tree.explain(row, self.names, added)
        return added


@dataclass(frozen=True, slots=True)
class _Tree:
    feature: list[int]
    threshold: list[float]
    left: list[int]
    right: list[int]
    mean: list[float]
    leaves: list[float]

    def walk(self, row: Sequence[float]) -> float:
        node = 0 if self.feature else -1
        while node >= 0:
            at_most = row[self.feature[node]] <= self.threshold[node]
            node = self.left[node] if at_most else self.right[node]
        return self.leaves[-1 - node]

    def explain(self, row: Sequence[float], names: Sequence[str], added: dict[str, float]) -> None:
        node = 0 if self.feature else -1
        while node >= 0:
            name, mean = names[self.feature[node]], self.mean[node]
            at_most = row[self.feature[node]] <= self.threshold[node]
            node = self.left[node] if at_most else self.right[node]
            added[name] = (
                added.get(name, 0.0) + (self.mean[node] if node >= 0 else self.leaves[-1 - node]) - mean
            )

    def struck(self) -> list[np.uint16]:
        """For each node the leaves on its left, one bit each. Leaves are numbered from left to right."""

        def below(node: int) -> int:
            return 1 << (-1 - node) if node < 0 else below(self.left[node]) | below(self.right[node])

        return [np.uint16(below(left)) for left in self.left]


class Model:
    """Both sums of trees and the thresholds that turn a probability into a decision."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.alone = Trees(data["alone"])
        self.among = Trees(data["among"])
        self.decide = float(data["decide"])
        self.automatic = float(data["automatic"])
        self.doubt = float(data["doubt"])


def probability(log_odds: Matrix) -> Matrix:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


@cache
def shipped() -> Model:
    """The weights that come with the product."""
    return Model(json.loads(_WEIGHTS.read_text(encoding="utf-8")))
