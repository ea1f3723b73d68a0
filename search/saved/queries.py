"""A `SearchQuery` as JSON and back, whatever fields it has: those that come later are stored too, those that go are named.

Values say themselves what they are, so that a field may change its type: {"$set": [...]}, {"$list": [...]},
{"$map": [[key, value], ...]}, {"$Money": {"amount": "150", "currency": "UAH"}}. Only what differs from a field's default
is stored, and nothing that belongs to a page rather than to the question.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from typing import Any, Final

from core.money import Money
from search import query as query_module
from search.query import SearchQuery

VERSION: Final = 1
#: Of one page, not of the question.
OF_A_PAGE: Final = frozenset({"page", "page_size", "language", "with_facets"})
#: Change the order or the reading of the words, and limit nothing.
NO_LIMIT: Final = frozenset({"sort", "exact"})


class Unpackable(ValueError):
    """A stored value that no class of today can hold."""


def pack(query: SearchQuery) -> dict[str, Any]:
    """What JSON can carry of the question."""
    packed: dict[str, Any] = {"v": VERSION}
    for field in fields(query):
        value = getattr(query, field.name)
        if field.name not in OF_A_PAGE and value != _default(field):
            packed[field.name] = _packed(value)
    return packed


def unpack(packed: Mapping[str, Any]) -> tuple[SearchQuery, frozenset[str]]:
    """The question, and the limits that today's questions cannot have: without these it would find too much."""
    defaults = {field.name: _default(field) for field in fields(SearchQuery)}
    values: dict[str, Any] = {}
    lost = set()
    for name, value in packed.items():
        if name == "v":
            continue
        if name not in defaults:
            lost.add(name)
            continue
        try:
            values[name] = _as(defaults[name], _unpacked(value))
        except Unpackable:
            lost.add(name)
    return SearchQuery(**values), frozenset(lost - NO_LIMIT)


def limits_of(query: SearchQuery) -> frozenset[str]:
    """The fields by which it limits what is found, words among them."""
    return frozenset(
        field.name
        for field in fields(query)
        if field.name not in OF_A_PAGE | NO_LIMIT and getattr(query, field.name) != _default(field)
    )


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _as(default: Any, value: Any) -> Any:
    """A code of a choice becomes the choice again."""
    if not isinstance(default, enum.Enum):
        return value
    try:
        return type(default)(value)
    except ValueError as error:
        raise Unpackable(repr(value)[:80]) from error


def _packed(value: Any) -> Any:
    packed: Any
    match value:
        case enum.Enum():
            packed = value.value
        case None | str() | int() | float():
            packed = value
        case Decimal():
            packed = {"$Decimal": str(value)}
        case dt.date():
            packed = {"$date": value.isoformat()}
        case frozenset() | set():
            packed = {"$set": sorted((_packed(each) for each in value), key=repr)}
        case tuple() | list():
            packed = {"$list": [_packed(each) for each in value]}
        case Mapping():
            packed = {
                "$map": [[_packed(key), _packed(each)] for key, each in sorted(value.items(), key=repr)]
            }
        case _ if is_dataclass(value):
            parts = {field.name: _packed(getattr(value, field.name)) for field in fields(value)}
            packed = {f"${type(value).__name__}": parts}
        case _:
            raise TypeError(f"{type(value).__name__} cannot be stored in a saved search")
    return packed


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if len(value) != 1:
        raise Unpackable(repr(value)[:80])
    ((kind, inside),) = value.items()
    made: Any
    match kind:
        case "$set":
            made = frozenset(_unpacked(each) for each in inside)
        case "$list":
            made = tuple(_unpacked(each) for each in inside)
        case "$map":
            made = {_unpacked(key): _unpacked(each) for key, each in inside}
        case "$Decimal":
            made = Decimal(inside)
        case "$date":
            made = dt.date.fromisoformat(inside)
        case "$Money":
            made = Money(Decimal(_unpacked(inside["amount"])), str(inside["currency"]))
        case _:
            made = _of_class(kind.removeprefix("$"), inside)
    return made


def _of_class(name: str, inside: Any) -> Any:
    """A frozen value of the module that defines questions; nothing else is ever made by name."""
    made = getattr(query_module, name, None)
    if not (isinstance(made, type) and is_dataclass(made) and made.__module__ == query_module.__name__):
        raise Unpackable(name)
    known = {field.name for field in fields(made)}
    if not isinstance(inside, dict) or inside.keys() - known:
        raise Unpackable(name)
    try:
        return made(**{key: _unpacked(each) for key, each in inside.items()})
    except TypeError as error:
        raise Unpackable(name) from error
