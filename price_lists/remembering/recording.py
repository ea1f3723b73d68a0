"""A person confirmed a list's columns: their word is kept, and what vendors have in common is counted anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from price_lists.mapping.model import Field, Mapping
from price_lists.mapping.recalling import headings_of
from price_lists.mapping.words import may_leave
from price_lists.remembering.layouts import plan_of
from price_lists.remembering.models import CommonWord, WordKind, WordVote
from price_lists.remembering.unknown import of_options
from vendors.enums import VendorState
from vendors.models import Vendor

_Key = tuple[str, str]
#: Words that are counted in one statement.
_CHUNK = 200


def remember(*, vendor: Vendor, mapping: Mapping, whole: bool = True) -> int:
    """Keeps what the confirmed mapping says as the vendor's word, in the caller's transaction. Returns how much is new.

    `whole`: the list tells goods, so its layout is one that others may have. Locks the counted words that change.
    """
    said = _votes(mapping, whole=whole)
    before = {
        (vote.kind, vote.word): vote
        for vote in WordVote.objects.filter(vendor=vendor, word__in={word for _kind, word in said})
    }
    changed = {
        key: vote
        for key, vote in said.items()
        if key not in before or (before[key].answer, before[key].is_shared) != vote
    }
    if not changed:
        return 0
    now = timezone.now()
    with transaction.atomic():
        WordVote.objects.bulk_create(
            [
                WordVote(vendor=vendor, kind=kind, word=word, answer=answer, is_shared=shared, decided_at=now)
                for (kind, word), (answer, shared) in changed.items()
            ],
            update_conflicts=True,
            unique_fields=["vendor", "kind", "word"],
            update_fields=["answer", "is_shared", "decided_at"],
            batch_size=500,
        )
        recount(key for key, vote in changed.items() if vote[1] or (key in before and before[key].is_shared))
    return len(changed)


def recount(keys: Iterable[_Key]) -> None:
    """Counts these words anew from the votes of approved vendors."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), _CHUNK):
        with transaction.atomic():
            _recount(ordered[start : start + _CHUNK])


def recount_all() -> int:
    """All words, for vendors that left, were suspended or approved since. Returns how many were looked at."""
    keys = set(CommonWord.objects.values_list("kind", "word"))
    keys |= set(WordVote.objects.filter(is_shared=True).values_list("kind", "word").distinct())
    counted = _counted(keys)
    stored = {
        (kind, word): (answer, vendors, others)
        for kind, word, answer, vendors, others in CommonWord.objects.values_list(
            "kind", "word", "answer", "vendors", "others"
        )
    }
    recount(key for key in keys if counted.get(key, ("", 0, 0)) != stored.get(key, ("", 0, 0)))
    return len(keys)


def _votes(mapping: Mapping, *, whole: bool) -> dict[_Key, tuple[str, bool]]:
    """(kind, word) -> (answer, whether it counts for others)."""
    said: dict[_Key, tuple[str, bool]] = {}
    for word, (heading, answer) in headings_of(mapping).items():
        if not whole and answer in {Field.ATTRIBUTE, Field.IGNORE}:
            continue  # a list of prices has no use for what tells goods apart
        said[WordKind.HEADING, word] = (answer, may_leave(heading))
    for (kind, word), answer in of_options(mapping.options).items():
        said[kind, word] = (answer, may_leave(word) and (kind != WordKind.BRAND or may_leave(answer)))
    if whole and (plan := plan_of(mapping)):
        said[WordKind.LAYOUT, mapping.signature] = (plan, True)
    return said


def _recount(keys: list[_Key]) -> None:
    now = timezone.now()
    # This locks the words, in one order for all: whoever counts the same ones next sees these votes.
    CommonWord.objects.bulk_create(
        [CommonWord(kind=kind, word=word, changed_at=now) for kind, word in keys],
        update_conflicts=True,
        unique_fields=["kind", "word"],
        update_fields=["changed_at"],
    )
    counted = _counted(keys)
    words = CommonWord.objects.filter(word__in={word for _kind, word in keys})
    found = [word for word in words if (word.kind, word.word) in set(keys)]
    for word in found:
        word.answer, word.vendors, word.others = counted.get((word.kind, word.word), ("", 0, 0))
    CommonWord.objects.bulk_update(found, ["answer", "vendors", "others"])


def _counted(keys: Iterable[_Key]) -> dict[_Key, tuple[str, int, int]]:
    """(kind, word) -> (the answer of most, how many vendors, how many say something else)."""
    wanted = set(keys)
    votes: dict[_Key, list[tuple[int, str]]] = defaultdict(list)
    counts = WordVote.objects.filter(is_shared=True, vendor__state=VendorState.APPROVED)
    if len(wanted) <= _CHUNK:
        counts = counts.filter(word__in={word for _kind, word in wanted})
    rows = counts.order_by().values_list("kind", "word", "answer").annotate(number=Count("pk"))
    for kind, word, answer, number in rows:
        if (kind, word) in wanted:
            votes[kind, word].append((-number, answer))
    found = {}
    for key, said in votes.items():
        most, answer = min(said)
        found[key] = (answer, -most, -sum(number for number, _answer in said) + most)
    return found
