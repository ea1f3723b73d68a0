"""Attributes from a table, as the demo row has one, as rules by category: without a database, for trials of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.attributes.rules import LANGUAGES, CategoryRules, attribute_rule

Row = Mapping[str, Any]
#: What an attribute's row may say beside its names.
FIELDS = ("code", "kind", "unit", "lowest", "highest", "bare", "name_rule", "words")


def rules_of_table(
    *, attributes: Sequence[Row], categories: Mapping[str, Sequence[Row]], tree: Iterable[Row]
) -> dict[str, CategoryRules]:
    """Slug of a category → its rules, what it inherits included. `tree` are categories with their `children`."""
    known = {
        row["code"]: attribute_rule(
            names=names_of(row),
            choices=[
                (choice["code"], names_of(choice), choice.get("words", ""))
                for choice in row.get("choices", ())
            ],
            **told_of(row),
        )
        for row in attributes
    }
    found: dict[str, CategoryRules] = {}

    def walk(node: Row, above: Mapping[str, tuple[int, bool]]) -> None:
        held, below = dict(above), dict(above)
        for place in categories.get(node["slug"], ()):
            held[place["code"]] = place["position"], place.get("sold_by", True)
            if place.get("inherited", True):
                below[place["code"]] = held[place["code"]]
        found[node["slug"]] = CategoryRules(
            [known[code] for code in sorted(held, key=lambda each: held[each][0])],
            not_sold_by=[code for code, (_position, sold_by) in held.items() if not sold_by],
        )
        for child in node.get("children", ()):
            walk(child, below)

    for node in tree:
        walk(node, {})
    return found


def told_of(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in FIELDS if name in row}


def names_of(row: Row) -> dict[str, str]:
    return {language: row[language] for language in LANGUAGES}
