"""Attributes to begin with, from a table as the demo row has one: only where there are none yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from catalog.attributes.services import (
    LANGUAGES,
    AttributeInput,
    ChoiceInput,
    Place,
    add_attribute,
    place_attributes,
)
from catalog.models import Attribute, Category

_FIELDS = ("code", "kind", "unit", "lowest", "highest", "bare", "name_rule", "words")


def seed_attributes(
    *, attributes: Sequence[Mapping[str, Any]], categories: Mapping[str, Sequence[Mapping[str, Any]]]
) -> int:
    """Adds `attributes` with their choices and gives them to `categories` (by slug), where the row has no attribute at
    all: what operators made of them is never touched. Returns how many were added.
    """
    if Attribute.objects.exists():
        return 0
    with transaction.atomic():
        ids = {row["code"]: add_attribute(given=_given(row)).pk for row in attributes}
        for category in Category.objects.filter(slug__in=categories):
            places = [
                Place(ids[place["code"]], place["position"], place.get("inherited", True))
                for place in categories[category.slug]
            ]
            place_attributes(category=category, places=places)
    return len(ids)


def _given(row: Mapping[str, Any]) -> AttributeInput:
    choices = [
        ChoiceInput(names=_names(choice), words=choice.get("words", ""), code=choice["code"])
        for choice in row.get("choices", ())
    ]
    told = {name: row[name] for name in _FIELDS if name in row}
    return AttributeInput(names=_names(row), choices=choices, **told)


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    return {language: row[language] for language in LANGUAGES}
