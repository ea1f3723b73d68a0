"""A person confirmed a list's columns: their word is kept, and what vendors have in common is counted anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from price_lists.mapping.memory import NOTHING, Memory, Words
from price_lists.mapping.model import Field, Mapping
from price_lists.mapping.recalling import headings_of, is_sure
from price_lists.mapping.words import may_leave
from price_lists.remembering.layouts import plan_of
from price_lists.remembering.models import CommonWord, WordKind, WordVote
from price_lists.remembering.unknown import of_options
from vendors.enums import VendorState
from vendors.models import Vendor

_Key = tuple[str, str]
_Votes = dict[_Key, tuple[str, bool]]
_NOBODYS = ("", 0, 0)
#: Words of one vendor, the latest.
MOST_VOTES = 5_000
#: Words that are counted in one statement.
_CHUNK = 200


def remember(
    *,
    vendor: Vendor,
    mapping: Mapping,
    whole: bool = True,
    found: Mapping | None = None,
    memory: Memory = NOTHING,
) -> int:
    """Keeps what the confirmed mapping says as the vendor's word, in the caller's transaction. Returns how much is new
    or taken back.

    `whole`: the list tells goods, so its layout is one that others may have. `found` is the mapping as the person found
    it, `memory` what it was filled in from: what it says no more is forgotten, and what others said and the person left
    as it stood is kept for this vendor and counted for nobody. Locks the counted words that change.
    """
    stood = _votes(found, whole=whole) if found is not None else {}
    said = _votes(mapping, whole=whole)
    keys = said.keys() | stood.keys()
    before = {(vote.kind, vote.word): vote for vote in WordVote.objects.filter(_among(keys), vendor=vendor)}
    gone = [before[key] for key in stood.keys() - said.keys() if key in before]
    echoes = _echoes(said, stood, memory)
    changed = {}
    for key, (answer, shared) in sorted(
        said.items()
    ):  # in one order: two requests wait for each other, never in a ring
        known = before.get(key)
        if known is not None and known.answer == answer:
            vote = (answer, shared and known.is_shared)
        else:
            vote = (answer, shared and key not in echoes)
        if known is None or (known.answer, known.is_shared) != vote:
            changed[key] = vote
    if not changed and not gone:
        return 0
    now = timezone.now()
    with transaction.atomic():
        WordVote.objects.filter(pk__in=[vote.pk for vote in gone]).delete()
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
        counted = {
            key for key, vote in changed.items() if vote[1] or (key in before and before[key].is_shared)
        }
        gone += _surplus(vendor)
        recount(counted | {(vote.kind, vote.word) for vote in gone if vote.is_shared})
    return len(changed) + len(gone)


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
    stored: dict[_Key, tuple[str, int, int]] = {}
    struck = set()
    for kind, word, answer, vendors, others, struck_at in CommonWord.objects.values_list(
        "kind", "word", "answer", "vendors", "others", "struck_at"
    ):
        stored[kind, word] = (answer, vendors, others)
        if struck_at is not None:
            struck.add((kind, word))
    recount(key for key in keys if counted.get(key, _NOBODYS if key in struck else None) != stored.get(key))
    return len(keys)


def _surplus(vendor: Vendor) -> list[WordVote]:
    """Removes the vendor's oldest words beyond the most; returns them."""
    old = list(WordVote.objects.filter(vendor=vendor).order_by("-decided_at", "-pk")[MOST_VOTES:])
    WordVote.objects.filter(pk__in=[vote.pk for vote in old]).delete()
    return old


def _echoes(said: _Votes, stood: _Votes, memory: Memory) -> set[_Key]:
    """What others filled in and the person left as it stood, so that a word would grow by being offered."""
    of_kind: dict[str, Words] = {
        WordKind.HEADING: memory.headings,
        WordKind.STOCK: memory.stock,
        WordKind.UNIT: memory.units,
        WordKind.BRAND: memory.brands,
        WordKind.LAYOUT: memory.layouts,
    }
    by_layout = any(
        kind == WordKind.LAYOUT and word in memory.layouts and not memory.layouts[word].own
        for kind, word in said
    )
    found = set()
    for (kind, word), (answer, _shared) in said.items():
        offered = of_kind[kind].get(word)
        if kind == WordKind.HEADING:
            foreign = by_layout if offered is None else not offered.own
            if foreign and stood.get((kind, word), ("",))[0] == answer and not is_sure(word):
                found.add((kind, word))
        elif offered is not None and not offered.own and offered.answer == answer:
            found.add((kind, word))
    return found


def _votes(mapping: Mapping, *, whole: bool) -> _Votes:
    """(kind, word) -> (answer, whether it counts for others)."""
    said: _Votes = {}
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
    words = CommonWord.objects.filter(_among(keys))
    found = [word for word in words if (word.kind, word.word) in set(keys)]
    for word in found:
        word.answer, word.vendors, word.others = counted.get((word.kind, word.word), _NOBODYS)
    CommonWord.objects.bulk_update(found, ["answer", "vendors", "others"])
    empty = [word.pk for word in found if not word.vendors]
    CommonWord.objects.filter(pk__in=empty, struck_at__isnull=True).delete()


def _among(keys: Collection[_Key]) -> Q:
    """These words and some more: both columns, for the indexes begin with the kind."""
    return Q(kind__in={kind for kind, _word in keys}, word__in={word for _kind, word in keys})


def _counted(keys: Iterable[_Key]) -> dict[_Key, tuple[str, int, int]]:
    """(kind, word) -> (the answer of most, how many vendors, how many say something else)."""
    wanted = set(keys)
    votes: dict[_Key, list[tuple[int, str]]] = defaultdict(list)
    counts = WordVote.objects.filter(is_shared=True, vendor__state=VendorState.APPROVED)
    if len(wanted) <= _CHUNK:
        counts = counts.filter(_among(wanted))
    rows = counts.order_by().values_list("kind", "word", "answer").annotate(number=Count("pk"))
    for kind, word, answer, number in rows:
        if (kind, word) in wanted:
            votes[kind, word].append((-number, answer))
    found = {}
    for key, said in votes.items():
        most, answer = min(said)
        found[key] = (answer, -most, -sum(number for number, _answer in said) + most)
    return found
