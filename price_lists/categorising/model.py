"""A learnt model: weights of features for each category, what its certainty is worth, and how it is kept on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import numpy.typing as npt

from price_lists.categorising.features import BUCKETS, Row, features

#: Of features and file alike: a model of another form is passed over until the next one is learnt.
FORM = 1
#: Titles that are weighed together: bounds the memory.
CHUNK = 2_000

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]


class Good(NamedTuple):
    """What is asked about: a title and the vendor's category, from the top down."""

    title: str
    path: Sequence[str] = ()


class Guess(NamedTuple):
    """A category and how often such an answer is right, 0 to 1."""

    category: int
    confidence: float


class UnknownForm(ValueError):
    """The file is no model of this form."""


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """Rows of features as one run of numbers; `starts` has one more than there are rows."""

    starts: Numbers
    columns: Numbers
    values: Floats

    @property
    def rows(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """`weights[feature, category]`, `inverse` the rarity of each feature; see `training` for where they come from.

    `steps` and `chances` are a rising line from the model's own certainty to the share of right answers.
    """

    categories: Numbers
    known: Numbers
    inverse: Floats
    weights: Floats
    bias: Floats
    steps: Floats
    chances: Floats
    learnt_from: int = 0
    version: int = 0

    def guesses(self, goods: Iterable[Good], limit: int = 3) -> list[list[Guess]]:
        """For each good its best categories, best first.

        The confidence is that of the first being right; of later ones what the first leaves over, by their shares.
        """
        goods = list(goods)
        out: list[list[Guess]] = []
        for start in range(0, len(goods), CHUNK):
            out += self._guessed([features(*good) for good in goods[start : start + CHUNK]], limit)
        return out

    def shares(self, rows: Sequence[Row]) -> tuple[Floats, Floats]:
        """For each row the share of each category (sum 1), and which part of what the row says is known, 0 to 1."""
        sparse, told = encoded(rows, self.known, self.inverse)
        return softmax(scores(sparse, self.weights) + self.bias), told

    def _guessed(self, rows: list[Row], limit: int) -> list[list[Guess]]:
        shares, told = self.shares(rows)
        limit = min(limit, len(self.categories))
        best = np.argsort(-shares, axis=1)[:, :limit]
        taken = np.take_along_axis(shares, best, axis=1)
        first = np.interp(certainty(taken[:, 0], told), self.steps, self.chances)
        rest = (1 - first) / np.maximum(1 - taken[:, 0], 1e-9)
        chances = np.minimum(taken * rest[:, None], first[:, None])
        chances[:, 0] = first
        chances[told == 0] = 0
        return [
            [
                Guess(int(self.categories[place]), round(float(chance), 4))
                for place, chance in zip(places, row, strict=True)
                if chance > 0
            ]
            for places, row in zip(best.tolist(), chances.tolist(), strict=True)
        ]

    def save(self, path: Path) -> None:
        """Whole or not at all: written beside and then moved."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}.part")
        try:
            with beside.open("wb") as file:
                self._write(file)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def _write(self, file: IO[bytes]) -> None:
        np.savez_compressed(
            file,
            form=np.array([FORM, BUCKETS, self.learnt_from, self.version]),
            categories=self.categories,
            known=self.known,
            inverse=self.inverse,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            steps=self.steps,
            chances=self.chances,
        )

    @classmethod
    def load(cls, path: Path) -> Model:
        """Raises OSError, or UnknownForm where the file is not a whole model of this form."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                *form, learnt_from, version = kept["form"].tolist()
                model = cls(
                    categories=kept["categories"],
                    known=kept["known"],
                    inverse=kept["inverse"],
                    weights=kept["weights"].astype(np.float32),
                    bias=kept["bias"],
                    steps=kept["steps"],
                    chances=kept["chances"],
                    learnt_from=learnt_from,
                    version=version,
                )
        except OSError:
            raise
        except Exception as error:  # a torn zip, a missing part: numpy and zipfile raise many kinds
            raise UnknownForm(str(path)) from error
        if form != [FORM, BUCKETS]:
            raise UnknownForm(str(path))
        return model


def encoded(rows: Sequence[Row], known: Numbers, inverse: Floats) -> tuple[Sparse, Floats]:
    """Rows by the model's own numbering, rarity taken in, each of length 1; and how much of each row is known."""
    lengths = np.array([len(numbers) for numbers, _ in rows], np.int64)
    numbers = np.concatenate([numbers for numbers, _ in rows]) if rows else np.zeros(0, np.int64)
    amounts = np.concatenate([amounts for _, amounts in rows]) if rows else np.zeros(0, np.float32)
    of_row = np.repeat(np.arange(len(rows)), lengths)
    places = np.minimum(np.searchsorted(known, numbers), max(len(known) - 1, 0))
    met = known[places] == numbers if len(known) else np.zeros(len(numbers), bool)
    every = np.bincount(of_row, weights=amounts, minlength=len(rows))
    told = np.bincount(of_row[met], weights=amounts[met], minlength=len(rows)) / np.maximum(every, 1e-9)
    places, amounts, of_row = places[met], amounts[met] * inverse[places[met]], of_row[met]
    norm = np.sqrt(np.bincount(of_row, weights=amounts**2, minlength=len(rows)))
    values = (amounts / np.maximum(norm, 1e-9)[of_row]).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(of_row, minlength=len(rows)))]).astype(np.int64)
    return Sparse(starts, places, values), told.astype(np.float32)


def scores(sparse: Sparse, weights: Floats) -> Floats:
    """Rows times weights."""
    from scipy.sparse import csr_matrix  # loaded with the first question: not every process asks

    matrix = csr_matrix(
        (sparse.values, sparse.columns, sparse.starts), shape=(sparse.rows, weights.shape[0]), copy=False
    )
    return np.asarray(matrix @ weights, np.float32)


def softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def certainty(share: Floats, told: Floats) -> Floats:
    """The model's own certainty before it is set right: words that it never met make it less sure."""
    return np.asarray(share * np.sqrt(told), np.float32)
