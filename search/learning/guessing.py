"""Where a query's goods belong, as a higher room has learnt it from price lists; nobody knows until it registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Guesser = Callable[[Sequence[str]], list[int | None]]

_guessers: list[Guesser] = []


def register(guesser: Guesser) -> None:
    """`guesser` gives a category's id for each text, None where it is not sure. The last one counts."""
    _guessers[:] = [guesser]


def guessed_categories(texts: Sequence[str]) -> list[int | None]:
    return _guessers[0](texts) if _guessers and texts else [None] * len(texts)
