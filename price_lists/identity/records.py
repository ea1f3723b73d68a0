"""The contract of product identity: what is compared, what the answer looks like; no database and no algorithm.

    statistics = Statistics.of(records)             # how rare words are; kept, saved and loaded as JSON
    compare(left, right, statistics) -> Verdict     # two records
    rank(left, candidates, statistics) -> [Match]   # one record against its candidates, best first
    block_keys(record) -> list[str]                 # rows of an index table: two records that share none are
                                                    # not candidates of each other
    Candidates                                      # the same index in memory: add, remove, lookup of many

All of them live in `price_lists.identity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Record:
    """One good as somebody describes it: an offer, or a product that offers have joined.

    Everything but `id` and `title` may be missing, and a missing value is never evidence. `price` is in minor units
    of `currency` for one unit (None: not known; prices in two currencies are not compared). `pack_count` is how many
    pieces the unit of sale holds, where a column says so; counts inside the title are read from it. `attributes` are
    typed properties by name, such as `colour` and `size`. Nothing is trusted: a GTIN with a wrong check digit counts
    as none.
    """

    id: str
    title: str
    brand: str = ""
    mpn: str = ""
    gtin: str = ""
    article: str = ""
    price: int | None = None
    currency: str = ""
    unit: str = ""
    pack_count: int | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    description: str = ""


class Decision(StrEnum):
    """`same` joins by itself, `doubtful` is asked of a person, `different` is never joined by itself."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


class Evidence(NamedTuple):
    """One reason of a verdict. `weight` is signed: above 0 it speaks for the same good, below 0 against it.

    `code` is one of `EVIDENCE`; `left` and `right` are the two values as they may be shown to a person. Weights are
    log-odds; a veto has `VETO_WEIGHT`.
    """

    code: str
    left: str
    right: str
    weight: float


#: What weighs as much as no other evidence can outweigh.
VETO_WEIGHT = -100.0
#: Of GTIN, and of brand with MPN: what joins by itself.
PROOF_WEIGHT = 100.0

#: Codes of evidence. Those in `VETOES` forbid an automatic join.
EVIDENCE = frozenset(
    {
        "gtin_same",
        "gtin_different",
        "brand_mpn_same",
        "mpn_different",
        "brand_same",
        "brand_different",
        "model_same",
        "model_different",
        "measure_same",
        "measure_different",
        "pack_same",
        "pack_different",
        "size_different",
        "colour_same",
        "colour_different",
        "number_different",
        "words_same",
        "words_missing",
        "spelling",
        "model_unlike",
        "number_same",
        "number_unlike",
        "measure_unlike",
        "pack_unlike",
        "colour_unlike",
        "price_near",
        "price_far",
        "description",
        "best_candidate",
        "rival_candidate",
    }
)
VETOES = frozenset(
    {
        "gtin_different",
        "mpn_different",
        "model_different",
        "measure_different",
        "pack_different",
        "size_different",
        "colour_different",
        "number_different",
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`probability` that both are one good, from 0 to 1, and why; the strongest evidence comes first.

    A veto among the evidence keeps `decision` from SAME whatever the probability. `conflict` is true where a valid
    GTIN is equal and a veto says otherwise: such pairs are for quarantine, not for joining.
    """

    decision: Decision
    probability: float
    evidence: tuple[Evidence, ...] = ()
    conflict: bool = False

    @property
    def vetoes(self) -> tuple[Evidence, ...]:
        return tuple(item for item in self.evidence if item.code in VETOES)


class Match(NamedTuple):
    """One candidate of one record, with the verdict that takes the other candidates into account."""

    left: str
    right: str
    verdict: Verdict
