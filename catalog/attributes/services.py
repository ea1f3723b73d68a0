"""The operators' work on attributes. What the index holds of offers follows, by a job where there are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from anyascii import anyascii
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.attributes.current import renew_token
from catalog.attributes.enums import AttributeKind, NameRule
from catalog.errors import AttributeLimitsCrossed, AttributeNameMissing
from catalog.models import Attribute, AttributeChoice, Category, CategoryAttribute, Offer
from catalog.services.categories import FOLLOWED_AT_ONCE, LANGUAGES, Report
from catalog.services.changes import touch
from core.audit import kinds as audit_kinds
from core.audit.services import record
from core.jobs.services import start_job

FOLLOW = "catalog.follow_attributes"
#: Who learns of it. The matcher of requests goes by words and need not know.
INDEX = ("search",)

ADDED = audit_kinds.register("catalog.add_attribute", _("Attribute added"))
CHANGED = audit_kinds.register("catalog.change_attribute", _("Attribute changed"))
DELETED = audit_kinds.register("catalog.delete_attribute", _("Attribute deleted"))
PLACED = audit_kinds.register("catalog.place_attributes", _("Attributes given to a category"))


@dataclass(frozen=True, slots=True)
class ChoiceInput:
    """A value of a list as given: `id` of the choice that is there already, names by language."""

    names: Mapping[str, str]
    words: str = ""
    id: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class AttributeInput:
    """An attribute as given. Limits are in the base unit."""

    names: Mapping[str, str]
    kind: str
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    bare: bool = False
    name_rule: str = NameRule.ANYWHERE
    words: str = ""
    code: str = ""
    choices: Sequence[ChoiceInput] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Place:
    """An attribute in a category."""

    attribute_id: int
    position: int = 100
    inherited: bool = True
    sold_by: bool = True
    required: bool = False
    facet: bool = True
    is_off: bool = False


def add_attribute(*, given: AttributeInput, owner: str = "") -> Attribute:
    """A new attribute with its choices; no category has it yet."""
    code = _free_code(
        given.code or _any_name(given.names), set(Attribute.objects.values_list("code", flat=True))
    )
    with transaction.atomic():
        added = _write(Attribute(code=code), given)
        _record(owner, ADDED, added, after=_in_short(given))
        return added


def change_attribute(*, attribute: Attribute, given: AttributeInput, owner: str = "") -> Attribute:
    """Choices that are not given any more go. Codes stay as they are. Offers of its categories follow."""
    with transaction.atomic():
        before = {
            name: getattr(attribute, name) for name in ("kind", "unit", "lowest", "highest", "name_rule")
        }
        before["choices"] = attribute.choices.count()
        changed = _write(attribute, given)
        _record(owner, CHANGED, changed, before=before, after=_in_short(given))
        _follow(_categories_with(attribute), owner=owner, subject=f"attribute:{attribute.pk}")
    return changed


def delete_attribute(*, attribute: Attribute, owner: str = "") -> None:
    """Takes it out of all categories, too."""
    with transaction.atomic():
        categories, pk = _categories_with(attribute), attribute.pk
        _record(owner, DELETED, attribute, before={"categories": [each.pk for each in categories]})
        attribute.delete()
        renew_token()
        _follow(categories, owner=owner, subject=f"attribute:{pk}")


def place_attributes(*, category: Category, places: Sequence[Place], owner: str = "") -> None:
    """These are the category's own attributes from now on; what it inherits is said above it."""
    wanted = {place.attribute_id: place for place in places}
    with transaction.atomic():
        if owner:
            told = [asdict(place) for place in wanted.values()]
            record(
                actor=owner,
                action=PLACED,
                subject=f"category:{category.pk}",
                subject_name=category.name,
                details={"places": told},
            )
        CategoryAttribute.objects.filter(category=category).exclude(attribute__in=wanted).delete()
        for place in wanted.values():
            CategoryAttribute.objects.update_or_create(
                category=category,
                attribute_id=place.attribute_id,
                defaults={
                    "position": place.position,
                    "inherited": place.inherited,
                    "sold_by": place.sold_by,
                    "required": place.required,
                    "facet": place.facet,
                    "is_off": place.is_off,
                },
            )
        renew_token(first=True)
        _follow([category], owner=owner, subject=f"category:{category.pk}")


def follow_attributes(*, category_ids: Sequence[int], report: Report | None = None) -> int:
    """Tells the index of every offer below these categories; returns of how many. Repeating it is harmless."""
    return touch(_offers_of(Category.objects.filter(pk__in=category_ids)), report=report, consumers=INDEX)


def _record(owner: str, kind: str, attribute: Attribute, **details: Any) -> None:
    """What nobody in person does (the demo row's first table) leaves no trace."""
    if owner:
        record(
            actor=owner,
            action=kind,
            subject=f"attribute:{attribute.pk}",
            subject_name=attribute.name,
            details=details,
        )


def _in_short(given: AttributeInput) -> dict[str, Any]:
    told = {name: getattr(given, name) for name in ("kind", "unit", "lowest", "highest", "name_rule")}
    return {**told, "kind": str(given.kind), "choices": len(given.choices)}


def _write(attribute: Attribute, given: AttributeInput) -> Attribute:
    """In the caller's transaction."""
    if given.lowest is not None and given.highest is not None and given.lowest > given.highest:
        raise AttributeLimitsCrossed(field="highest")
    _set_names(attribute, given.names)
    is_number = given.kind == AttributeKind.NUMBER
    attribute.kind, attribute.name_rule = given.kind, given.name_rule
    attribute.unit = given.unit if is_number else ""
    attribute.lowest, attribute.highest = (given.lowest, given.highest) if is_number else (None, None)
    attribute.bare = given.bare and is_number
    attribute.words = given.words.strip()
    attribute.save()
    _write_choices(attribute, given.choices if given.kind == AttributeKind.CHOICE else ())
    renew_token(first=True)
    return attribute


def _write_choices(attribute: Attribute, given: Sequence[ChoiceInput]) -> None:
    known = {choice.pk: choice for choice in attribute.choices.all()}
    kept = [known[each.id] for each in given if each.id in known]
    attribute.choices.exclude(pk__in=[choice.pk for choice in kept]).delete()
    taken = {choice.code for choice in kept}
    for position, each in enumerate(given):
        choice = known.get(each.id or 0)
        if choice is None:
            choice = AttributeChoice(
                attribute=attribute, code=_free_code(each.code or _any_name(each.names), taken)
            )
            taken.add(choice.code)
        _set_names(choice, each.names)
        choice.words, choice.position = each.words.strip(), position
        choice.save()


def _set_names(row: Attribute | AttributeChoice, names: Mapping[str, str]) -> None:
    _any_name(names)
    for language in LANGUAGES:
        setattr(row, f"name_{language}", names.get(language, "").strip() or None)


def _any_name(names: Mapping[str, str]) -> str:
    """The English one where there is one: it makes the plainest code."""
    for language in ("en", "uk", "ru"):
        if name := names.get(language, "").strip():
            return name
    raise AttributeNameMissing(field="name_uk")


def _free_code(wish: str, taken: set[str]) -> str:
    base = slugify(anyascii(wish.replace("+", " plus ")))[:36] or "value"
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code


def _categories_with(attribute: Attribute) -> list[Category]:
    return list(Category.objects.filter(attributes__attribute=attribute))


def _offers_of(categories: Iterable[Category]) -> QuerySet[Offer]:
    """Offers of these and of all below them, that the index has."""
    paths = {category.path for category in categories}
    # By ids: an attribute of many categories would make a condition deeper than SQLite reads.
    ids = [
        pk
        for pk, path in Category.objects.values_list("pk", "path")
        if any(path[:end] in paths for end in range(Category.steplen, len(path) + 1, Category.steplen))
    ]
    return Offer.objects.filter(category__in=ids, withdrawn_at__isnull=True, hidden_at__isnull=True)


def _follow(categories: Sequence[Category], *, owner: str, subject: str) -> None:
    """With the change, or as a job that is written down with it."""
    offers = _offers_of(categories)
    count = offers.count() if categories else 0
    if count > FOLLOWED_AT_ONCE:
        start_job(
            kind=FOLLOW,
            task=FOLLOW,
            kwargs={"category_ids": [category.pk for category in categories]},
            queue="index",
            owner=owner,
            subject=subject,
            total=count,
        )
    elif count:
        touch(offers, consumers=INDEX)
