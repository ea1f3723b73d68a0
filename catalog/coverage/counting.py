"""Counting of how many offers each attribute is known: only categories in which an offer or a rule changed are read again.

What changed is told by two sums over the offers of a category (how many, and of their versions, which every change raises)
and by the rules in effect there. One statement reads the sums of all; each category is a transaction of its own, so that a
count that was cut short goes on with the rest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Sum
from django.utils import timezone

from catalog.attributes.current import TreeRules, stored_rules
from catalog.attributes.reading import read_offer
from catalog.attributes.rules import CategoryRules
from catalog.coverage.models import Coverage, CoverageDay, CoverageMark, FilterUse
from catalog.models import Attribute, Category, Offer
from core.jobs.services import start_job
from core.models import Job, JobState

KIND: Final = "catalog.count_coverage"
_AT_ONCE: Final = 2_000
#: How long "of late" is, for what buyers filter by, and how long days are kept.
LATELY: Final = dt.timedelta(days=28)
KEPT: Final = dt.timedelta(days=35)
#: Seconds that uses of filters wait in the cache at most.
_WAITS: Final = 2 * 24 * 3600
Report = Callable[[int, int], None]


def start(*, owner: str = "") -> Job | None:
    """Begins the count as a job; None where one runs or waits already."""
    if Job.objects.filter(kind=KIND, state__in=(JobState.WAITING, JobState.RUNNING)).exists():
        return None
    return start_job(kind=KIND, task=KIND, queue="default", owner=owner, subject="coverage")


def count(*, report: Report | None = None, today: dt.date | None = None) -> dict[str, int]:
    """Brings the table up to date; returns how many categories and offers were read."""
    today = today or timezone.localdate()
    tree = stored_rules()
    digests = _digests(tree)
    sums = _sums()
    marks = {
        mark.category_id: (mark.offers, mark.versions, mark.rules) for mark in CoverageMark.objects.all()
    }
    now = {pk: (*sums.get(pk, (0, 0)), digests[pk]) for pk in digests if digests[pk] or pk in marks}
    changed = [pk for pk, mark in now.items() if marks.get(pk) != mark]
    # A category without an offer and without a count has nothing to be read.
    total, read = sum(now[pk][0] for pk in changed), 0
    attributes = dict(Attribute.objects.values_list("code", "pk"))
    for pk in changed:
        if report is not None:
            report(read, total)
        read += _count_category(pk, tree.of(pk), now[pk], attributes, report=report, done=read, total=total)
    if changed or Coverage.objects.filter(vendor__isnull=True).exists():
        _roll_up(tree, attributes, today)
    return {"categories": len(changed), "offers": read}


def _sums() -> dict[int, tuple[int, int]]:
    rows = Offer.objects.filter(
        withdrawn_at__isnull=True, hidden_at__isnull=True, category__isnull=False
    ).order_by()
    found = rows.values_list("category").annotate(number=Count("pk"), versions=Sum("version"))
    return {pk: (number, versions) for pk, number, versions in found}


def _digests(tree: TreeRules) -> dict[int, str]:
    """Category → what its rules are, "" where it has none."""
    by_rules: dict[int, str] = {}
    out = {}
    for pk in Category.objects.values_list("pk", flat=True):
        rules = tree.of(pk)
        if id(rules) not in by_rules:
            by_rules[id(rules)] = _digest(rules)
        out[pk] = by_rules[id(rules)]
    return out


def _digest(rules: CategoryRules) -> str:
    if not rules:
        return ""
    told = [
        (
            each.code, each.kind, each.unit, each.lowest, each.highest, each.bare, each.name_rule,
            [[sorted(word) for word in phrase] for phrase in each.phrases], sorted(each.headings),
            [
                (choice.code, [[sorted(word) for word in phrase] for phrase in choice.phrases])
                for choice in each.choices.values()
            ],
        )
        for each in rules.attributes
    ]  # fmt: skip
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _count_category(
    pk: int,
    rules: CategoryRules,
    mark: tuple[int, int, str],
    attributes: Mapping[str, int],
    *,
    report: Report | None,
    done: int,
    total: int,
) -> int:
    offers: Counter[int] = Counter()
    known: Counter[tuple[int, str]] = Counter()
    last = read = 0
    rows = Offer.objects.filter(category=pk, withdrawn_at__isnull=True, hidden_at__isnull=True).order_by("pk")
    rows = rows.only(
        "vendor_id", "category_id", "title", "texts", "brand", "attributes", "facts", "pack_count"
    )
    while rules and (chunk := list(rows.filter(pk__gt=last)[:_AT_ONCE])):
        last = chunk[-1].pk
        for offer in chunk:
            offers[offer.vendor_id] += 1
            for fact in read_offer(rules, offer):
                known[offer.vendor_id, fact.attribute.code] += 1
        read += len(chunk)
        if report is not None:
            report(done + read, total)
    with transaction.atomic():
        Coverage.objects.filter(category=pk, vendor__isnull=False).delete()
        Coverage.objects.bulk_create(
            [
                Coverage(
                    category_id=pk,
                    attribute_id=attributes[each.code],
                    vendor_id=vendor,
                    offers=number,
                    known=known[vendor, each.code],
                )
                for vendor, number in sorted(offers.items())
                for each in rules.attributes
                if each.code in attributes
            ],
            batch_size=1_000,
        )
        values = {"offers": mark[0], "versions": mark[1], "rules": mark[2], "counted_at": timezone.now()}
        CoverageMark.objects.update_or_create(category_id=pk, defaults=values)
    return read


def _roll_up(tree: TreeRules, attributes: Mapping[str, int], today: dt.date) -> None:
    """Sums of all vendors, each category with all below it, where the category has the attribute itself."""
    paths = dict(Category.objects.values_list("path", "pk"))
    path_of = {pk: path for path, pk in paths.items()}
    codes = {pk: code for code, pk in attributes.items()}
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    own = Coverage.objects.filter(vendor__isnull=False).order_by()
    has = {pk: {each.code for each in tree.of(pk).attributes} for pk in path_of}
    rows = own.values_list("category", "attribute").annotate(all_offers=Sum("offers"), all_known=Sum("known"))
    for category, attribute, offers, known in rows:
        path = path_of[category]
        for end in range(Category.steplen, len(path) + 1, Category.steplen):
            above = paths.get(path[:end])
            if above is not None and codes[attribute] in has[above]:
                found = sums[above, attribute]
                found[0] += offers
                found[1] += known
    asked = _asked()
    _write_sums(sums, {pk: asked.get(code, 0) for pk, code in codes.items()}, today)


def _write_sums(sums: Mapping[tuple[int, int], list[int]], asked: Mapping[int, int], today: dt.date) -> None:
    standing = {
        (row.category_id, row.attribute_id): row for row in Coverage.objects.filter(vendor__isnull=True)
    }
    changed, made, days = [], [], []
    for (category, attribute), (offers, known) in sums.items():
        row = standing.pop((category, attribute), None)
        if row is None:
            made.append(
                Coverage(
                    category_id=category,
                    attribute_id=attribute,
                    offers=offers,
                    known=known,
                    asked=asked.get(attribute, 0),
                )
            )
        elif (row.offers, row.known, row.asked) != (offers, known, asked.get(attribute, 0)):
            row.asked = asked.get(attribute, 0)
            if (row.offers, row.known) == (offers, known):
                changed.append(row)
                continue
            row.offers, row.known = offers, known
            changed.append(row)
        else:
            continue
        days.append(
            CoverageDay(category_id=category, attribute_id=attribute, day=today, offers=offers, known=known)
        )
    _in_parts(Coverage.objects.bulk_create, made)
    _in_parts(lambda rows: Coverage.objects.bulk_update(rows, ["offers", "known", "asked"]), changed)
    _in_parts(_write_days, days)
    gone = [row.pk for row in standing.values()]
    for start_at in range(0, len(gone), _AT_ONCE):
        Coverage.objects.filter(pk__in=gone[start_at : start_at + _AT_ONCE]).delete()
    # The newest of the days before last week stays, however old: nothing has changed since.
    newer = CoverageDay.objects.filter(
        category=OuterRef("category"),
        attribute=OuterRef("attribute"),
        day__gt=OuterRef("day"),
        day__lte=today - dt.timedelta(days=7),
    )
    CoverageDay.objects.filter(Exists(newer), day__lt=today - KEPT).delete()


def _write_days(days: Iterable[CoverageDay]) -> None:
    CoverageDay.objects.bulk_create(
        list(days),
        update_conflicts=True,
        unique_fields=["category", "attribute", "day"],
        update_fields=["offers", "known"],
    )


def _in_parts(write: Callable[[list], object], rows: list) -> None:  # type: ignore[type-arg]  # rows of any model
    for start_at in range(0, len(rows), 1_000):
        write(rows[start_at : start_at + 1_000])


def _asked() -> dict[str, int]:
    since = timezone.localdate() - LATELY
    rows = FilterUse.objects.filter(day__gte=since).order_by()
    return dict(rows.values_list("code").annotate(number=Sum("uses")))


def note_filters(codes: Iterable[str]) -> None:
    """A buyer narrowed results by these attributes. Kept in the cache alone: a page that is read waits for no writer of the
    database, nor for another reader of the same filter.
    """
    today = timezone.localdate()
    with suppress(OSError):  # a full disk
        for code in sorted(set(codes)):
            key = _waiting(code, today)
            cache.add(key, 0, _WAITS)
            with suppress(ValueError):  # taken away in between
                cache.incr(key)
                cache.touch(key, _WAITS)  # some caches forget the time with each change


def write_filters() -> int:
    """Brings what `note_filters` has kept into the table; returns how many rows. To be called every hour."""
    today = timezone.localdate()
    codes = list(Attribute.objects.values_list("code", flat=True))
    keys = {
        _waiting(code, day): (code, day) for day in (today - dt.timedelta(days=1), today) for code in codes
    }
    found = {key: uses for key, uses in cache.get_many(list(keys)).items() if uses}
    for key, uses in sorted(found.items()):
        code, day = keys[key]
        row, is_new = FilterUse.objects.get_or_create(code=code, day=day, defaults={"uses": uses})
        if not is_new:
            FilterUse.objects.filter(pk=row.pk).update(uses=F("uses") + uses)
        with suppress(ValueError, OSError):
            cache.decr(key, uses)  # what came meanwhile stays
            cache.touch(key, _WAITS)
    return len(found)


def _waiting(code: str, day: dt.date) -> str:
    return f"catalog.filter_use:{day}:{code}"
