"""Where a vendor's category leads, or each good of a mixed one, by the tree's names and by what was learnt. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from price_lists.categorising.model import Good, Model
from price_lists.categorising.tree import Tree

#: Names that say the very thing.
_SAME = 0.95
#: By names alone a title is never sure: "paper for staplers" holds both words (benchmarks/categories.py: of those that
#: looked sure, 83 to 96 of 100 were right).
_NAMED = 0.7
#: From this share on of goods that surely belong elsewhere a path is mixed.
_ELSEWHERE = 0.25


class Verdict(NamedTuple):
    category: int | None
    confidence: float
    by_goods: bool = False


def path_verdict(
    tree: Tree,
    model: Model | None,
    path: Sequence[str],
    titles: Sequence[str],
    *,
    shown: AbstractSet[int],
    sure: float,
) -> Verdict:
    """For a whole path with some of its goods. `shown`: categories that may be suggested."""
    named, score = tree.best(path, titles)
    by_names = Verdict(named, score)
    if model is None or not titles:
        return by_names
    answers = model.guesses([Good(title, path) for title in titles])
    votes: Counter[int] = Counter()
    for guesses in answers:
        for guess in guesses:
            if guess.category in shown:
                votes[guess.category] += guess.confidence  # type: ignore[assignment]  # fractions of votes
    if not votes:
        return by_names
    learnt, total = votes.most_common(1)[0]
    share = total / len(titles)
    elsewhere = sum(
        bool(guesses) and guesses[0].confidence >= sure and guesses[0].category != learnt
        for guesses in answers
    )
    says_itself = named is not None and tree.best(path, [])[1] >= _SAME
    if not says_itself and elsewhere >= 2 and elsewhere >= _ELSEWHERE * len(titles):
        return Verdict(None, 0.0, by_goods=True)
    return _of_two(by_names, Verdict(learnt, share), says_itself=says_itself)


def good_verdicts(
    tree: Tree,
    model: Model | None,
    goods: Sequence[tuple[str, tuple[str, ...]]],
    *,
    shown: AbstractSet[int],
    sure: float,
) -> list[Verdict]:
    """For each (title, path) of goods under mixed paths, of which only the title counts for the tree's names."""
    learnt = model.guesses([Good(*good) for good in goods]) if model is not None else [[] for _ in goods]
    out = []
    for (title, _path), guesses in zip(goods, learnt, strict=True):
        best = next((Verdict(*guess) for guess in guesses if guess.category in shown), None)
        if best is not None and best.confidence >= sure:
            out.append(best)
            continue
        named, score = tree.best([], [title])
        by_names = Verdict(named, min(score, _NAMED))
        out.append(by_names if best is None else _of_two(by_names, best, says_itself=False))
    return out


def _of_two(by_names: Verdict, learnt: Verdict, *, says_itself: bool) -> Verdict:
    """One answer of two: if they agree it is surer, if not the surer one, and less sure of it."""
    if by_names.category is None:
        return learnt
    if by_names.category == learnt.category:
        both = 1 - (1 - by_names.confidence) * (1 - learnt.confidence)
        return Verdict(learnt.category, min(both, 0.99))
    if says_itself and learnt.confidence < _SAME:
        return by_names
    first, second = sorted((learnt, by_names), key=lambda each: -each.confidence)
    return Verdict(first.category, first.confidence * (1 - 0.3 * second.confidence))
