"""The demo row's attributes as rules by category, without a database: what pure tests read by."""

from __future__ import annotations

from functools import cache
from typing import Any

from catalog.attributes.reading import Fact, read_facts
from catalog.attributes.rules import CategoryRules
from catalog.attributes.tables import rules_of_table
from marketplace.demo.state import read_json


@cache
def rules() -> dict[str, CategoryRules]:
    """By the slug of a category, with what it inherits."""
    return rules_of_table(**read_json("attributes"), tree=read_json("categories"))


def facts(category: str, *titles: str, brand: str = "", pack: int = 1, **columns: str) -> dict[str, Fact]:
    read = read_facts(rules()[category], titles=titles, columns=columns, brand=brand, pack_count=pack)
    return {fact.attribute.code: fact for fact in read}


def labels(category: str, *titles: str, **more: Any) -> set[str]:
    return {fact.label for fact in facts(category, *titles, **more).values()}
