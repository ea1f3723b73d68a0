"""What lines mean on this row: the category each belongs to, and which typed attributes their words are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from buyer_requests.parsing.types import Want
from buyer_requests.parsing.wishes import bare_value
from catalog.attributes.current import TreeRules, known_rules
from catalog.attributes.reading import Fact, read_facts
from catalog.attributes.rules import CategoryRules
from price_lists.deciding.reads import categories_of_texts


class StoredWant(TypedDict):
    """As `RequestLine.wants` holds it. `code` and `value` are empty where no typed attribute was recognised."""

    text: str
    must: bool
    op: str
    code: str
    value: str


def guessed_categories(texts: Sequence[str]) -> list[int | None]:
    """A category for each line's text, None where that is unsure."""
    return categories_of_texts(texts) if texts else []


def stored_wants(
    wants: Iterable[Want], category_id: int | None, rules: TreeRules | None = None
) -> list[StoredWant]:
    """Attributes as they are stored, typed by the category's attributes where their words say one."""
    own = (known_rules() if rules is None else rules).of(category_id)
    return [_typed(want, own) for want in wants]


def _typed(want: Want, rules: CategoryRules) -> StoredWant:
    stored = StoredWant(text=want.text, must=want.must, op=want.op, code="", value="")
    plain = bare_value(want.text)
    key, mark, value = plain.partition(":")
    told: dict[str, object] = {key.strip(): value.strip()} if mark else {}
    facts = read_facts(rules, titles=(plain.replace(":", " "),), columns=told)
    if len(facts) == 1:
        code, _equals, said = facts[0].label.partition("=")
        stored["code"], stored["value"] = code, said
    return stored


def told_by(text: str, category_id: int | None, rules: TreeRules) -> tuple[Fact, ...]:
    """The typed values that a line's own words say: shown beside it, and required with its words."""
    return read_facts(rules.of(category_id), titles=(text,), columns={})


def wants_from(stored: Iterable[dict[str, Any]]) -> list[Want]:
    """Back from what is stored."""
    return [
        Want(str(each.get("text", "")), must=bool(each.get("must", True)), op=str(each.get("op") or "="))
        for each in stored
        if isinstance(each, dict) and each.get("text")
    ]
