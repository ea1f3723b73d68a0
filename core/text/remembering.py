"""Answers kept for words that come again: bounded in number, looked up as fast as in a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Remembered(dict[str, V], Generic[V]):
    """`remembered[word]` is `work(word)`, kept for `entries` words at most.

    Half of them are the latest; when that half is full, it takes the place of the half before. So a word that is
    asked for now and then stays, and a look-up does not touch its neighbours' links, which is what `lru_cache` spends
    most of its time on once its entries no longer fit into the processor's caches. `work` must not answer None.
    """

    __slots__ = ("_before", "_half", "_work")

    def __init__(self, work: Callable[[str], V], *, entries: int) -> None:
        super().__init__()
        self._work = work
        self._half = entries // 2
        self._before: dict[str, V] = {}

    def __missing__(self, word: str) -> V:
        kept = self._before.get(word)
        value = self._work(word) if kept is None else kept
        if len(self) >= self._half:
            # Between the two another thread may add a word, which is then worked out once more.
            self._before = dict(self)
            self.clear()
        self[word] = value
        return value

    def keep(self, entries: int) -> None:
        """Another bound from now on: a process that reads very many titles again and again has room for more."""
        self._half = entries // 2
