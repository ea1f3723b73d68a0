"""What the other candidates say about a pair: its rank, and how far the next one is behind, from either side."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
#: Of a side whose other candidates were not looked up.
UNKNOWN = -99.0
#: Log-odds that stand where there is no other candidate.
_NOBODY = -9.0
_RANKS = 5

RIVALS = tuple(
    f"{side}_{what}" for side in ("left", "right") for what in ("rank", "lead", "rival", "second_rival")
)
NAMES = ("alone", *RIVALS)
SIDE = 4


def context(
    scores: Vector,
    lefts: npt.NDArray[np.int64],
    rights: npt.NDArray[np.int64],
    *,
    sides: tuple[bool, bool] = (True, True),
) -> Vector:
    """One row for each pair, in the order of `NAMES`.

    `scores` are log-odds of each pair by itself, `lefts` and `rights` number the records (equal contents have one
    number). `sides` tells for which of them all candidates are among the pairs.
    """
    out = np.full((len(scores), len(NAMES)), UNKNOWN)
    out[:, 0] = scores
    for at, (known, groups) in enumerate(zip(sides, (lefts, rights), strict=True)):
        if known:
            out[:, 1 + at * SIDE : 1 + (at + 1) * SIDE] = _side(scores, groups)
    return out


def _side(scores: Vector, groups: npt.NDArray[np.int64]) -> Vector:
    order = np.lexsort((-scores, groups))
    sorted_groups = groups[order]
    starts = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]])
    sizes = np.diff(np.r_[starts, len(order)])
    rank = np.arange(len(order)) - np.repeat(starts, sizes)
    best = [_place(scores[order], starts, sizes, place) for place in range(3)]
    first, second, third = (np.repeat(values, sizes) for values in best)
    rival = np.where(rank == 0, second, first)
    out = np.empty((len(order), SIDE))
    out[order, 0] = np.minimum(rank, _RANKS)
    out[order, 1] = scores[order] - rival
    out[order, 2] = rival
    out[order, 3] = np.where(rank <= 1, third, second)
    return out


def _place(scores: Vector, starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], place: int) -> Vector:
    """The score at `place` of each group, `_NOBODY` where the group is shorter."""
    at = np.minimum(starts + place, len(scores) - 1)
    return np.where(sizes > place, scores[at], _NOBODY)
