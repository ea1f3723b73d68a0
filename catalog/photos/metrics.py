"""What is counted of photos."""

from __future__ import annotations

from typing import Final

from core import metrics

FETCHED: Final = metrics.counter(
    "ryad_photos_fetched", "Answers to requests for photos, by what became of the photo.", ["state"]
)
