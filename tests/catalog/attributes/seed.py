"""The demo row's attributes as rules by category, without a database: what pure tests read by."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from catalog.attributes.reading import Fact, read_facts
from catalog.attributes.rules import LANGUAGES, CategoryRules, attribute_rule
from marketplace.demo.state import read_json

_FIELDS = ("code", "kind", "unit", "lowest", "highest", "bare", "name_rule", "words")


def names(row: Mapping[str, Any]) -> dict[str, str]:
    return {language: row[language] for language in LANGUAGES}


@cache
def rules() -> dict[str, CategoryRules]:
    """By the slug of a category, with what it inherits."""
    told = read_json("attributes")
    attributes = {
        row["code"]: attribute_rule(
            names=names(row),
            choices=[
                (choice["code"], names(choice), choice.get("words", "")) for choice in row.get("choices", ())
            ],
            **{name: row[name] for name in _FIELDS if name in row},
        )
        for row in told["attributes"]
    }
    found: dict[str, CategoryRules] = {}

    def walk(node: Mapping[str, Any], above: Mapping[str, int]) -> None:
        places = {place["code"]: place["position"] for place in told["categories"].get(node["slug"], ())}
        held = {**above, **places}
        found[node["slug"]] = CategoryRules([attributes[code] for code in sorted(held, key=held.__getitem__)])
        for child in node.get("children", ()):
            walk(child, held)

    for node in read_json("categories"):
        walk(node, {})
    return found


def facts(category: str, *titles: str, brand: str = "", pack: int = 1, **columns: str) -> dict[str, Fact]:
    read = read_facts(rules()[category], titles=titles, columns=columns, brand=brand, pack_count=pack)
    return {fact.attribute.code: fact for fact in read}


def labels(category: str, *titles: str, **more: Any) -> set[str]:
    return {fact.label for fact in facts(category, *titles, **more).values()}
