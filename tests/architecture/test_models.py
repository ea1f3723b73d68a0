"""Foreign keys point downwards (strings hide them from import-linter), and lookups work on both databases."""

import ast
import tomllib

import pytest
from django.apps import apps

from tests.parts import ROOT


def layers():
    """Room -> height, from the import contract; rooms on one line have the same."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (lines,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return {room.strip(): -number for number, line in enumerate(lines) for room in line.split("|")}


HEIGHTS = layers()


def room_of(model):
    return model.__module__.partition(".")[0]


def our_models():
    return [model for model in apps.get_models(include_auto_created=True) if room_of(model) in HEIGHTS]


def test_every_room_with_an_app_has_its_layer():
    rooms = {
        config.name for config in apps.get_app_configs() if (ROOT / config.name / "__init__.py").exists()
    }
    assert rooms == set(HEIGHTS)


def test_foreign_keys_point_to_the_same_or_a_lower_layer():
    upward = []
    for model in our_models():
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = room_of(field.related_model)
            if target in HEIGHTS and target != room_of(model) and HEIGHTS[target] >= HEIGHTS[room_of(model)]:
                upward.append(f"{model.__name__}.{field.name} -> {field.related_model.__name__}")
    assert upward == []


#: `iexact` stays allowed: it is asked of e-mail addresses, whose letters both databases fold alike.
FORBIDDEN = {"icontains", "istartswith", "iendswith", "iregex"}
JSON_CONTAINS = {"contains", "contained_by", "has_key"}
JSON_FIELDS = {
    field.name
    for model in our_models()
    for field in model._meta.get_fields()
    if field.get_internal_type() == "JSONField"
}


@pytest.mark.parametrize("room", sorted(HEIGHTS))
def test_no_lookup_that_the_databases_answer_differently(room):
    """SQLite ignores case for Latin letters only and cannot look into JSON: search by analysed text instead."""
    found = []
    for path in (ROOT / room).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.keyword) and node.arg:
                names = [node.arg]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                names = [node.value]
            for name in names:
                field, _, lookup = name.rpartition("__")
                if field and (
                    lookup in FORBIDDEN or (lookup in JSON_CONTAINS and field.split("__")[-1] in JSON_FIELDS)
                ):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert found == []
