"""What was searched: the log that tells operators which demand the row does not meet. No personal data."""

from __future__ import annotations

from django.db import models


class QueryLog(models.Model):
    """One search by a person: words and outcome, no user, address or session."""

    words = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="uk")
    total = models.PositiveIntegerField()
    relaxed = models.BooleanField(default=False, help_text="found only after correcting or leaving words out")
    has_ceiling = models.BooleanField(default=False)
    searched_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["searched_at"], name="search_log_time")]

    def __str__(self) -> str:
        return f"{self.words}: {self.total}"
