"""Learning a model from examples: which features count, the weights, and what the certainty is worth on goods that
were held back.

Three learners of scikit-learn can be measured against each other (`benchmarks/categories.py`); the first is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from price_lists.categorising.features import Row, features
from price_lists.categorising.model import Floats, Model, Numbers, Sparse, certainty, encoded, scores, softmax

#: Features of the model at most, the more frequent first: 40,000 for 300 categories take 48 MB in memory.
MOST_FEATURES = 40_000
#: Of weights at most: a row with thousands of categories gets fewer features for each.
MOST_WEIGHTS = 24_000_000
#: Examples of one category at most: ten thousand pens teach no more than a thousand.
MOST_OF_ONE = 1_500
FOLDS = 3
#: Held-back answers below which nothing is known of the certainty.
ENOUGH = 60
#: And from which on further parts are not held back in turn: each costs a fit.
PLENTY = 2_000
_CAUTIOUS = ((0.0, 0.5, 1.0), (0.0, 0.35, 0.7))


class Example(NamedTuple):
    """A good whose category is known. `group` is the vendor: goods of one vendor are held back together.

    A `name` is what a category is called, which stands for its goods while there are few; it is never held back.
    """

    title: str
    path: tuple[str, ...]
    category: int
    group: str = ""
    name: bool = False


class _Encoded(NamedTuple):
    known: Numbers
    inverse: Floats
    sparse: Sparse


Learner = Callable[[Any, Numbers, Floats, int], tuple[Floats, Floats]]


def learn(examples: Sequence[Example], *, learner: str = "sgd", version: int = 0) -> Model | None:
    """The model, or None where nothing was decided or all goods stand in one category."""
    examples = _balanced(examples)
    if not any(not example.name for example in examples):
        return None
    categories, numbers = np.unique([example.category for example in examples], return_inverse=True)
    if len(categories) < 2:
        return None
    labels = numbers.astype(np.int64)
    rows = [features(example.title, example.path) for example in examples]
    names = np.array([example.name for example in examples])
    steps, chances = _calibration(examples, rows, labels, names, learner)
    found, weights, bias = _fitted(rows, labels, names, len(categories), learner)
    return Model(
        categories=categories.astype(np.int64),
        known=found.known,
        inverse=found.inverse,
        weights=weights.astype(np.float16).astype(np.float32),  # as it will be read again
        bias=bias,
        steps=steps,
        chances=chances,
        learnt_from=int((~names).sum()),
        version=version,
    )


def _balanced(examples: Sequence[Example]) -> list[Example]:
    """Distinct, at most so many of a category, taken evenly."""
    of: dict[int, list[Example]] = defaultdict(list)
    for example in dict.fromkeys(examples):
        of[example.category].append(example)
    out = []
    for found in of.values():
        step = max(len(found) / MOST_OF_ONE, 1.0)
        out += [found[int(at * step)] for at in range(int(len(found) / step))]
    return out


def _fitted(
    rows: Sequence[Row], labels: Numbers, names: Any, count: int, learner: str
) -> tuple[_Encoded, Floats, Floats]:
    found = _vocabulary(rows, count)
    # A name stands for goods that are yet to come; beside real ones it counts less.
    goods = np.bincount(labels[~names], minlength=count)
    weights = np.where(names, 1.0 / np.sqrt(1 + goods[labels]), 1.0)
    weights = weights / np.sqrt(np.bincount(labels, weights=weights, minlength=count)[labels])
    weights = (weights * len(weights) / weights.sum()).astype(np.float32)
    matrix = _matrix(found)
    out, bias = LEARNERS[learner](matrix, labels, weights, count)
    return found, out, bias


def _vocabulary(rows: Sequence[Row], count: int) -> _Encoded:
    numbers, holders = np.unique(np.concatenate([numbers for numbers, _ in rows]), return_counts=True)
    most = min(MOST_FEATURES, MOST_WEIGHTS // count)
    if len(numbers) > most:
        taken = np.sort(np.argsort(-holders, kind="stable")[:most])
        numbers, holders = numbers[taken], holders[taken]
    inverse = (np.log((1 + len(rows)) / (1 + holders)) + 1).astype(np.float32)
    known = numbers.astype(np.int64)
    return _Encoded(known, inverse, encoded(rows, known, inverse)[0])


def _matrix(found: _Encoded) -> Any:
    from scipy.sparse import csr_matrix

    sparse = found.sparse
    shape = (sparse.rows, len(found.known))
    return csr_matrix((sparse.values.astype(np.float64), sparse.columns, sparse.starts), shape=shape)


def _by_descent(matrix: Any, labels: Numbers, weights: Floats, count: int) -> tuple[Floats, Floats]:
    """One against the rest, logistic loss, stochastic gradient descent."""
    from sklearn.linear_model import SGDClassifier

    rounds = max(4, min(60, 80_000 // matrix.shape[0]))  # few examples are seen more often
    fitted = SGDClassifier(
        loss="log_loss", alpha=2e-6, max_iter=rounds, tol=None, random_state=1, learning_rate="optimal"
    ).fit(matrix, labels, sample_weight=weights)
    return _coefficients(fitted.coef_, fitted.intercept_, count)


def _by_regression(matrix: Any, labels: Numbers, weights: Floats, count: int) -> tuple[Floats, Floats]:
    """Multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=30.0, max_iter=40, tol=1e-3).fit(matrix, labels, sample_weight=weights)
    return _coefficients(fitted.coef_, fitted.intercept_, count)


def _by_complement(matrix: Any, labels: Numbers, weights: Floats, count: int) -> tuple[Floats, Floats]:
    """Complement naive Bayes."""
    from sklearn.naive_bayes import ComplementNB

    fitted = ComplementNB(alpha=0.3, norm=False).fit(matrix, labels, sample_weight=weights)
    table = np.asarray(fitted.feature_log_prob_, np.float32)
    return (table - table.mean(axis=0)).T.copy(), np.zeros(count, np.float32)


def _coefficients(table: Any, intercept: Any, count: int) -> tuple[Floats, Floats]:
    weights, bias = np.asarray(table, np.float32), np.asarray(intercept, np.float32)
    if count == 2:  # one line tells two classes apart
        weights = np.asarray(np.vstack([-weights, weights]) / 2, np.float32)
        bias = np.asarray(np.concatenate([-bias, bias]) / 2, np.float32)
    return weights.T.copy(), bias


LEARNERS: dict[str, Learner] = {
    "sgd": _by_descent,
    "logistic": _by_regression,
    "complement_nb": _by_complement,
}


def _calibration(
    examples: Sequence[Example], rows: Sequence[Row], labels: Numbers, names: Any, learner: str
) -> tuple[Floats, Floats]:
    """A rising line from certainty to the share of right answers, on goods of vendors that were held back."""
    folds = _folds(examples)
    sure: list[Floats] = []
    right: list[Any] = []
    for number in range(FOLDS):
        kept = (folds != number) | names
        asked = ~kept
        # What nobody decided among the others cannot be answered right, and happens: it stays in.
        if sum(len(each) for each in sure) >= PLENTY:
            break
        if not asked.any() or not (kept & ~names).any():
            continue
        part, of_part = np.unique(labels[kept], return_inverse=True)
        if len(part) < 2:
            continue
        chosen = [rows[at] for at in np.flatnonzero(kept).tolist()]
        found, weights, bias = _fitted(chosen, of_part.astype(np.int64), names[kept], len(part), learner)
        sparse, told = encoded(
            [rows[at] for at in np.flatnonzero(asked).tolist()], found.known, found.inverse
        )
        shares = softmax(scores(sparse, weights) + bias)
        best = shares.argmax(axis=1)
        sure.append(certainty(shares[np.arange(len(best)), best], told))
        right.append(part[best] == labels[asked])
    if not sure or sum(len(each) for each in sure) < ENOUGH:
        return np.array(_CAUTIOUS[0], np.float32), np.array(_CAUTIOUS[1], np.float32)
    return line(np.concatenate(sure), np.concatenate(right).astype(np.float32))


def line(sure: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Isotonic, in steps of at least 40 answers, each pulled towards a half by two answers."""
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(sure, kind="stable")
    parts = np.array_split(order, max(min(len(order) // 40, 40), 2))
    middle = np.array([sure[part].mean(dtype=np.float64) for part in parts])
    share = np.array([(right[part].sum() + 1) / (len(part) + 2) for part in parts])
    sizes = np.array([len(part) for part in parts])
    rising = (
        IsotonicRegression(y_min=0.0, y_max=0.99, out_of_bounds="clip")
        .fit(middle, share, sample_weight=sizes)
        .predict(middle)
    )
    steps = np.concatenate([[0.0], middle]).astype(np.float32)
    # Below what was seen is what nobody asked yet: strangers, of which nothing is promised.
    chances = np.concatenate([[0.0], rising]).astype(np.float32)
    return steps, chances


def _folds(examples: Sequence[Example]) -> Numbers:
    """Whole vendors where there are several of some size, else whole categories of the vendor, else goods."""
    goods = [example for example in examples if not example.name]
    groups = Counter(example.group for example in goods)
    if len(groups) > 1 and groups.most_common(1)[0][1] < 0.8 * len(goods):
        keys: list[Any] = [example.group for example in examples]
    else:
        keys = [(example.category, at) for at, example in enumerate(examples)]
    loads = [0] * FOLDS
    fold: dict[Any, int] = {}
    for key, size in Counter(keys).most_common():
        fold[key] = loads.index(min(loads))
        loads[fold[key]] += size
    return np.array([fold[key] for key in keys], np.int64)
