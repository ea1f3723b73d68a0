"""The row of limits that a request may have."""

from __future__ import annotations

from django.db import models


class MatchingTerms(models.Model):
    """A request without a row takes goods of every category: a line's category is guessed from its words."""

    request = models.OneToOneField(
        "buyer_requests.BuyerRequest", on_delete=models.CASCADE, related_name="matching_terms"
    )
    by_category = models.BooleanField(default=False, help_text="only goods of the category in the line")

    def __str__(self) -> str:
        return f"matching of {self.request_id}"
