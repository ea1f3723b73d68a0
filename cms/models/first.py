"""Which parts of the first content an installation was given once, so that what operators took away stays away."""

from __future__ import annotations

from django.db import models


class FirstContent(models.Model):
    """A part, by its name: "menus", "help"."""

    name = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
