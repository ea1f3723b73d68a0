"""Learns the weights of product identity from the train parts and says how well they do on the others.

uv run --with lightgbm python benchmarks/identity_training.py              # writes price_lists/identity/weights.json
uv run --with lightgbm python benchmarks/identity_training.py --left-out   # each set judged by weights of all others

The shipped weights never see a «valid» part. Results go to results/identity_training.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import identity_inputs
from benchmarks.identity_inputs import Labelled
from benchmarks.search_inputs import write_result
from price_lists.identity import Record, context, features
from price_lists.identity.model import Model, Trees, probability
from price_lists.identity.tables import Pairs, pairs_of

ROOT = Path(__file__).resolve().parents[1]
Vector = npt.NDArray[np.float64]
WEIGHTS = ROOT / "price_lists" / "identity" / "weights.json"
#: Sets count alike up to this many pairs.
ENOUGH = 6000
FOLDS = 3
SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 16,
    "max_depth": 6,
    "min_data_in_leaf": 25,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 8.0,
    "verbose": -1,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
}
ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One set as the matcher sees it: its pairs with labels (-1: not known) and what a pair weighs in training."""

    name: str
    pairs: Pairs
    labels: npt.NDArray[np.int64]
    weight: float


def sample(found: Labelled, weight: float = 1.0) -> Sample:
    pairs = pairs_of(found.left, found.right, found.truth)
    labels: dict[tuple[int, int], int] = {}
    for (left, right), label in found.truth.items():
        pair = (pairs.left.content[left], pairs.right.content[right])
        labels[pair] = max(label, labels.get(pair, 0))
    rest = -1 if found.listed else 0
    given = [labels.get(pair, rest) for pair in zip(pairs.lefts.tolist(), pairs.rights.tolist(), strict=True)]
    known = np.array(given, np.int64)
    return Sample(found.name, pairs, known, weight * min(1.0, ENOUGH / max((known >= 0).sum(), 1)))


def poorer(found: Labelled, *columns: str) -> Labelled:
    """The set as a shop would send it that fills in less."""
    nothing: dict[str, Any] = {"price": None}
    empty = {column: nothing.get(column, "") for column in columns}

    def without(records: Sequence[Record]) -> list[Record]:
        return [replace(record, **empty) for record in records]

    return found._replace(left=without(found.left), right=without(found.right))


def training_samples(part: str) -> list[Sample]:
    out = []
    for found in identity_inputs.all_sets(part):
        out.append(sample(found))
        if any(record.brand or record.description or record.price for record in found.left):
            out.append(sample(poorer(found, "brand", "mpn", "description", "price"), 0.25))
    return out


def learnt(rows: Vector, labels: Vector, weights: Vector, names: Sequence[str]) -> dict[str, Any]:
    import lightgbm

    data = lightgbm.Dataset(rows, label=labels, weight=weights)
    booster = lightgbm.train(SETTINGS, data, ROUNDS)
    trees = [_tree(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return {"features": list(names), "bias": 0.0, "trees": trees}


def _tree(root: dict[str, Any]) -> dict[str, Any]:
    """LightGBM's nested tree as runs: nodes parent first, leaves from left to right."""
    tree: dict[str, Any] = {key: [] for key in ("feature", "threshold", "left", "right", "mean", "leaves")}

    def add(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            tree["leaves"].append(round(node["leaf_value"], 5))
            return -len(tree["leaves"])
        number = len(tree["feature"])
        tree["feature"].append(node["split_feature"])
        tree["threshold"].append(_rounded(node["threshold"]))
        tree["mean"].append(round(node["internal_value"], 5))
        for side in ("left", "right"):
            tree[side].append(0)
        for side in ("left", "right"):
            tree[side][number] = add(node[f"{side}_child"])
        return number

    add(root)
    return tree


def _rounded(threshold: float) -> float:
    # A threshold stands halfway between two values that were seen; six figures tell them apart.
    return 0.0 if abs(threshold) < 1e-30 else float(f"{threshold:.6g}")


def fit(samples: Sequence[Sample]) -> tuple[Trees, Trees, dict[str, Any]]:
    """Both sums of trees. The second learns from answers of the first for sets of pairs it did not see."""
    known = [sample.labels >= 0 for sample in samples]
    rows = np.vstack([sample.pairs.rows[mask] for sample, mask in zip(samples, known, strict=True)])
    labels = np.concatenate([sample.labels[mask] for sample, mask in zip(samples, known, strict=True)])
    weights = np.concatenate(
        [np.full(mask.sum(), each.weight) for each, mask in zip(samples, known, strict=True)]
    )
    folds = [(each.pairs.lefts * 2654435761 >> 7) % FOLDS for each in samples]
    fold = np.concatenate([each[mask] for each, mask in zip(folds, known, strict=True)])
    alone = learnt(rows, labels, weights, features.NAMES)
    unseen = [np.zeros(len(each.labels)) for each in samples]
    for number in range(FOLDS):
        kept = fold != number
        part = Trees(learnt(rows[kept], labels[kept], weights[kept], features.NAMES))
        for each, scores, of in zip(samples, unseen, folds, strict=True):
            scores[of == number] = part.log_odds(each.pairs.rows[of == number])
    wide, names = [], (*features.NAMES, *context.NAMES)
    for sides, weight in (((True, True), 1.0), ((True, False), 0.4), ((False, False), 0.2)):
        for each, scores, mask in zip(samples, unseen, known, strict=True):
            around = context.context(scores, each.pairs.lefts, each.pairs.rights, sides=sides)
            wide.append((np.hstack([each.pairs.rows, around])[mask], each.labels[mask], each.weight * weight))
    among = learnt(
        np.vstack([part[0] for part in wide]),
        np.concatenate([part[1] for part in wide]),
        np.concatenate([np.full(len(part[1]), part[2]) for part in wide]),
        names,
    )
    return Trees(alone), Trees(among), {"alone": alone, "among": among}


def judged(sample: Sample, alone: Trees, among: Trees) -> Vector:
    pairs = sample.pairs
    scores = alone.log_odds(pairs.rows)
    around = context.context(scores, pairs.lefts, pairs.rights)
    return probability(among.log_odds(np.hstack([pairs.rows, around])))


def figures(sample: Sample, chances: Vector, threshold: float) -> dict[str, float]:
    """Of the pairs whose label is known."""
    known = sample.labels >= 0
    taken, true = (chances >= threshold)[known], (sample.labels == 1)[known]
    hits = int((taken & true).sum())
    order = np.lexsort((-chances, sample.pairs.lefts))
    _, firsts = np.unique(sample.pairs.lefts[order], return_index=True)
    asked = np.unique(sample.pairs.lefts[sample.labels == 1])
    best = {int(sample.pairs.lefts[at]): int(sample.labels[at]) for at in order[firsts]}
    return {
        "precision": round(hits / max(int(taken.sum()), 1), 4),
        "recall": round(hits / max(int(true.sum()), 1), 4),
        "f1": round(2 * hits / max(int(taken.sum() + true.sum()), 1), 4),
        "accuracy_at_1": round(float(np.mean([best[left] == 1 for left in asked.tolist()])), 4),
    }


def best_threshold(judgements: Sequence[tuple[Sample, Vector]]) -> float:
    """Where the mean F1 of all sets is highest."""
    steps = np.round(np.arange(0.2, 0.85, 0.01), 2)
    means = [np.mean([figures(each, chances, step)["f1"] for each, chances in judgements]) for step in steps]
    # The middle of all that are nearly as good.
    near = steps[np.array(means) >= max(means) - 0.002]
    return float(np.round(near.mean(), 2))


def automatic_threshold(judgements: Sequence[tuple[Sample, Vector]]) -> float:
    """From where on the joins of each set that is judged end to end are right in 98.5 of 100, vetoes aside."""
    for step in np.round(np.arange(0.8, 0.99, 0.01), 2).tolist():
        if all(
            figures(each, chances, step)["precision"] >= 0.985
            for each, chances in judgements
            if each.name in ("plu", "prosept")
        ):
            return float(step)
    return 0.99


def train() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--left-out", action="store_true", help="judge each set by weights of all others, too"
    )
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    samples = training_samples("train")
    held_back = [sample(found) for found in identity_inputs.all_sets("valid")]
    alone, among, data = fit(samples)
    judgements = [(each, judged(each, alone, among)) for each in held_back]
    decide = best_threshold(judgements)
    result: dict[str, Any] = {
        "decide": decide,
        "rounds": ROUNDS,
        "train_to_valid": {each.name: figures(each, chances, decide) for each, chances in judgements},
    }
    if given.left_out:
        judgements = []
        for each in held_back:
            one, two, _ = fit([other for other in samples if other.name != each.name])
            judgements.append((each, judged(each, one, two)))
        result["left_out"] = {each.name: figures(each, chances, decide) for each, chances in judgements}
    # Strangers are the harder case, so theirs is the threshold for joining where it was measured.
    automatic = automatic_threshold(judgements)
    result |= {
        "automatic": automatic,
        "automatic_by": "left out" if given.left_out else "train to valid",
        "automatic_figures": {each.name: figures(each, chances, automatic) for each, chances in judgements},
    }
    if not given.no_result:
        weights = {"decide": decide, "automatic": automatic, "doubt": 0.1, **data}
        Model(weights)
        WEIGHTS.write_text(json.dumps(weights, separators=(",", ":")) + "\n", encoding="utf-8")
    write_result("identity_training", result, keep=not given.no_result)


if __name__ == "__main__":
    train()
