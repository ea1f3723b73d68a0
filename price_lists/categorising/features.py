"""What a good's title and its vendor's category say, as numbers of features: words, pieces of words, places.

Words come from the row's own analysis, so that forms of a word and both languages of an undecided one meet. Pieces
of four letters carry what no dictionary knows. All are hashed: nothing that a vendor wrote stands in the model.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core import text

#: Features are numbered below this; of a vocabulary of 50,000 some 5 in 100 share their number with another.
BUCKETS = 1 << 20
_PIECE = 4
#: Words of a title that are looked at: what comes later is a description.
_LONGEST = 60
#: What a piece of a word counts against the word itself.
_PIECE_WEIGHT = 0.35
#: What a word of the vendor's category counts against one of the title, from the leaf up.
_PATH_WEIGHTS = (1.6, 1.0, 0.7, 0.5)

Row = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]


def features(title: str, path: Sequence[str] = ()) -> Row:
    """Numbers of the features and how much of each, square roots of counts.

    Words of the vendor's category count as words, too: so a category that was met in one vendor's tree is
    recognised in another's titles.
    """
    counts: dict[int, float] = defaultdict(float)
    for word in text.index_terms(title)[:_LONGEST]:
        for number, amount in _weighed(word):
            counts[number] += amount
    for part, weight in zip(reversed(path), _PATH_WEIGHTS, strict=False):
        for word in text.index_terms(part)[:_LONGEST]:
            of_word = _of_word(word)
            if of_word:
                counts[of_word[0]] += weight
                counts[_of_place(word)] += weight
    numbers = np.fromiter(counts, np.int64, len(counts))
    return numbers, np.sqrt(np.fromiter(counts.values(), np.float32, len(counts)))


@lru_cache(maxsize=1 << 14)
def _of_word(word: str) -> tuple[int, ...]:
    """The word itself, then its pieces; numbers alone say nothing of what a thing is."""
    if len(word) < 2 or not any(char.isalpha() for char in word):
        return ()
    numbers = [_hashed("w", word)]
    if word.isalpha() and len(word) > _PIECE:
        bounded = f"^{word}$"
        numbers += [_hashed("c", bounded[at : at + _PIECE]) for at in range(len(bounded) - _PIECE + 1)]
    return tuple(numbers)


@lru_cache(maxsize=1 << 16)
def _weighed(word: str) -> tuple[tuple[int, float], ...]:
    return tuple((number, _PIECE_WEIGHT if at else 1.0) for at, number in enumerate(_of_word(word)))


@lru_cache(maxsize=1 << 14)
def _of_place(word: str) -> int:
    return _hashed("p", word)


def _hashed(kind: str, said: str) -> int:
    return zlib.crc32(f"{kind}:{said}".encode(errors="replace")) % BUCKETS
