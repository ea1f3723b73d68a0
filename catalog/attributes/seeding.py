"""Attributes to begin with, from a table as the demo row has one: only where there are none yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from catalog.attributes.services import (
    AttributeInput,
    ChoiceInput,
    Place,
    add_attribute,
    place_attributes,
)
from catalog.attributes.tables import names_of, told_of
from catalog.models import Attribute, Category


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
                Place(
                    ids[place["code"]],
                    place["position"],
                    place.get("inherited", True),
                    place.get("sold_by", True),
                    place.get("required", False),
                    place.get("facet", True),
                )
                for place in categories[category.slug]
            ]
            place_attributes(category=category, places=places)
    return len(ids)


def _given(row: Mapping[str, Any]) -> AttributeInput:
    choices = [
        ChoiceInput(names=names_of(choice), words=choice.get("words", ""), code=choice["code"])
        for choice in row.get("choices", ())
    ]
    return AttributeInput(names=names_of(row), choices=choices, **told_of(row))
