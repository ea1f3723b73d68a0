"""What is counted of letters, digests too, and of push messages: sent, put off, given up."""

from typing import Final

from core import metrics

LETTERS: Final = metrics.counter("ryad_letters", "Letters to people, by what became of them.", ["outcome"])
PUSHES: Final = metrics.counter(
    "ryad_pushes", "Push messages to browsers, by what became of them.", ["outcome"]
)
