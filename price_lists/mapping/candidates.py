"""One column of a table while its meaning is being settled."""

from __future__ import annotations

from dataclasses import dataclass

from price_lists.mapping.looks import Look
from price_lists.mapping.memory import Remembered
from price_lists.mapping.model import ColumnGuess, Field
from price_lists.mapping.price_words import Meaning


@dataclass(slots=True)
class Candidate:
    index: int
    heading: str
    look: Look
    meaning: Meaning | None
    field: Field = Field.IGNORE
    confidence: float = 0.0
    reason: str = ""
    kind: str = ""
    currency: str = ""
    min_quantity: str = ""
    hidden: bool = False  # in the file
    recalled: Remembered | None = None  # what people confirmed of the heading elsewhere
    by_memory: bool = False  # the meaning is theirs, for want of a sure one of the words

    def take(self, field: Field, confidence: float, reason: str, kind: str = "") -> None:
        self.field, self.confidence, self.reason, self.kind = field, round(confidence, 2), reason, kind

    def guess(self) -> ColumnGuess:
        return ColumnGuess(
            index=self.index,
            heading=self.heading,
            field=str(self.field),
            confidence=self.confidence,
            reason=self.reason,
            samples=self.look.samples,
            kind=self.kind,
            currency=self.currency,
            min_quantity=self.min_quantity,
        )
