"""What is counted of letters, digests too: sent, put off, given up."""

from typing import Final

from core import metrics

LETTERS: Final = metrics.counter("ryad_letters", "Letters to people, by what became of them.", ["outcome"])
