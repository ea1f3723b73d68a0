"""The rules of the whole tree as they are now, kept by each process until the token says that they are others."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

from django.core.cache import cache
from django.db import connection, transaction

from catalog.attributes.rules import LANGUAGES, NO_RULES, AttributeRule, CategoryRules, attribute_rule
from catalog.models import Attribute, AttributeChoice, AttributeRules, Category, CategoryAttribute

_KEY, _SECONDS = "catalog.attribute_rules", 30
_ROW = 1


class _Place(NamedTuple):
    """How a category has an attribute."""

    position: int
    sold_by: bool
    required: bool
    facet: bool


class TreeRules:
    """Attributes by category, with what is inherited from above."""

    def __init__(self, token: str, by_category: Mapping[int, CategoryRules]) -> None:
        self.token = token
        self.by_category = by_category

    def of(self, category_id: int | None) -> CategoryRules:
        return self.by_category.get(category_id, NO_RULES) if category_id is not None else NO_RULES

    def __bool__(self) -> bool:
        return bool(self.by_category)


_NOTHING = TreeRules("", {})
#: The rules that this process read last.
_kept = {"rules": _NOTHING}
#: A token of the cache that the database did not have when the rules were read for it, and when to look again.
_answered: dict[str, float] = {}


def known_rules() -> TreeRules:
    """For pages: half a minute old at most in other processes, at once in the one that changed them."""
    token: str | None = cache.get(_KEY)
    if token is None:
        token = _stored_token()
        with suppress(OSError):  # a full disk
            cache.set(_KEY, token, _SECONDS)
    elif _answered.get(token, 0.0) > monotonic():
        # The cache and the database differ for a while: not the whole tree for each offer.
        return _kept["rules"]
    return _rules_of(token)


def stored_rules() -> TreeRules:
    """For what is kept, like the index: as the database has them at this moment. One small statement."""
    return _rules_of(_stored_token())


def renew_token(*, first: bool = False) -> None:
    """To be called in the transaction that changes an attribute or the tree. `first`: an attribute may be the first;
    without any there is nothing that processes keep, and a change of the tree writes nothing.
    """
    token = secrets.token_hex(16)
    if not AttributeRules.objects.filter(pk=_ROW).update(token=token) and first:
        AttributeRules.objects.update_or_create(pk=_ROW, defaults={"token": token})
    _forget()
    if connection.in_atomic_block:
        transaction.on_commit(_forget, robust=True)


def _forget() -> None:
    with suppress(OSError):
        cache.delete(_KEY)


def _stored_token() -> str:
    return AttributeRules.objects.filter(pk=_ROW).values_list("token", flat=True).first() or ""


def _rules_of(token: str) -> TreeRules:
    if not token:
        return _NOTHING
    kept = _kept["rules"]
    if kept.token != token:
        # The token again, before the rows: from the same database as they, which may be a replica that lags. Should
        # they change in between, they are newer than this token, and are read again with the next one.
        kept = _kept["rules"] = TreeRules(_stored_token(), _read())
        _answered.clear()
        if kept.token != token:
            _answered[token] = monotonic() + _SECONDS
    return kept


def _read() -> dict[int, CategoryRules]:
    rules = stored_attributes()
    own: dict[int, list[tuple[int, bool, bool, _Place]]] = defaultdict(list)
    rows = CategoryAttribute.objects.order_by("position", "attribute_id")
    columns = ("category_id", "attribute_id", "inherited", "is_off", *_Place._fields)
    for category, attribute, inherited, is_off, *place in rows.values_list(*columns):
        own[category].append((attribute, inherited, is_off, _Place(*place)))
    # By path, those above come first.
    passed_on: dict[str, dict[int, _Place]] = {}  # path → {attribute: place}
    compiled: dict[tuple[tuple[int, bool, bool, bool], ...], CategoryRules] = {}
    found: dict[int, CategoryRules] = {}
    for path, pk in Category.objects.order_by("path").values_list("path", "pk"):
        held = dict(passed_on.get(path[: -Category.steplen], {}))
        below = dict(held)
        for attribute, inherited, is_off, place in own.get(pk, ()):
            if is_off:
                held.pop(attribute, None)
            else:
                held[attribute] = place
            if inherited and not is_off:
                below[attribute] = place
            else:
                below.pop(attribute, None)
        passed_on[path] = below
        first = sorted((each for each in held if each in rules), key=lambda each: (held[each].position, each))
        order = tuple((each, *held[each][1:]) for each in first)
        if order:
            if order not in compiled:
                compiled[order] = CategoryRules(
                    [rules[each[0]] for each in order],
                    not_sold_by=[
                        rules[each].code for each, sold_by, _required, _facet in order if not sold_by
                    ],
                    required=[rules[each].code for each, _sold_by, required, _facet in order if required],
                    not_facets=[rules[each].code for each, _sold_by, _required, facet in order if not facet],
                )
            found[pk] = compiled[order]
    return found


def stored_attributes() -> dict[int, AttributeRule]:
    """All attributes by id."""
    choices: dict[int, list[tuple[str, dict[str, str], str]]] = defaultdict(list)
    names = [f"name_{language}" for language in LANGUAGES]
    told = AttributeChoice.objects.order_by("position", "pk")
    for attribute, code, words, *by_language in told.values_list("attribute_id", "code", "words", *names):
        choices[attribute].append((code, _names(by_language), words))
    columns = ("code", "kind", "unit", "lowest", "highest", "bare", "name_rule", "words")
    return {
        row["pk"]: attribute_rule(
            **{column: row[column] for column in columns},
            names=_names([row[name] for name in names]),
            choices=choices[row["pk"]],
        )
        for row in Attribute.objects.values("pk", *columns, *names)
    }


def _names(by_language: list[str | None]) -> dict[str, str]:
    return {language: name for language, name in zip(LANGUAGES, by_language, strict=True) if name}
