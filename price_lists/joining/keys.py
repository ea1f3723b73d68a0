"""Which offers are worth comparing: a table of block keys, asked and written set by set."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction

from core.bulk import insert_rows
from price_lists.identity.candidates import keys_of
from price_lists.joining.goods import Good
from price_lists.joining.models import OfferKey

#: Offers under one key at most: by what more of them share, nothing is found.
MOST_OF_KEY = 48
#: The same of brand with part number, which may be all that two offers share.
MOST_OF_PROOF = 400
#: Entries that are read for one offer, the rarest keys first.
BUDGET = 160
#: Candidates of one offer.
MOST_CANDIDATES = 10
_PROOFS = ("b:",)
#: Barcodes have an index of their own in the catalogue.
_UNKEPT = ("g:",)


def number_of(key: str) -> int:
    """A key as the table holds it, the same in every process."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def numbers_of(goods: Mapping[int, Good]) -> dict[int, dict[int, bool]]:
    """Offer → its keys as numbers, and whether each alone proves."""
    return {
        pk: {
            number_of(key): key.startswith(_PROOFS)
            for key in keys_of(good.weighed.facts)
            if key[:2] not in _UNKEPT
        }
        for pk, good in goods.items()
    }


def keep(numbers: Mapping[int, Mapping[int, bool]]) -> dict[int, int]:
    """Makes the table hold the offers under these keys and no others, in a transaction of its own. Returns how many
    offers are under each key, counted to the limit.

    Counted when all is committed: of two workers whose offers share a key, at least the later one sees both.
    """
    held: dict[int, set[int]] = defaultdict(set)
    for number, offer in OfferKey.objects.filter(offer__in=list(numbers)).values_list("number", "offer_id"):
        held[offer].add(number)
    proofs = {number for keys in numbers.values() for number, proof in keys.items() if proof}
    missing = {number for offer, keys in numbers.items() for number in keys if number not in held[offer]}
    before = Counter(_counts(missing, proofs))
    rows: list[tuple[int, int]] = []
    gone: dict[int, list[int]] = {}
    for offer, keys in numbers.items():
        for number in keys:
            if number not in held[offer]:
                if before[number] < (MOST_OF_PROOF if number in proofs else MOST_OF_KEY):
                    rows.append((number, offer))
                before[number] += 1
        if stale := held[offer].difference(keys):
            gone[offer] = list(stale)
    if rows or gone:
        with transaction.atomic():
            for offer, stale_numbers in gone.items():
                OfferKey.objects.filter(offer=offer, number__in=stale_numbers).delete()
            # In one order, so that two workers wait for each other and never in a ring.
            insert_rows(OfferKey, ("number", "offer_id"), sorted(rows), "ON CONFLICT DO NOTHING")
    return _counts({number for keys in numbers.values() for number in keys}, proofs)


def forget(offer_ids: Collection[int]) -> None:
    """Offers that left the row are found by nobody."""
    if offer_ids:
        OfferKey.objects.filter(offer__in=offer_ids).delete()


def candidates(numbers: Mapping[int, Mapping[int, bool]], counts: Mapping[int, int]) -> dict[int, list[int]]:
    """Offer → the offers that share the rarest of its keys, the likeliest first."""
    chosen: dict[int, list[int]] = {}
    for offer, keys in numbers.items():
        spent, mine = 0, []
        for number in sorted(keys, key=lambda each: (not keys[each], counts[each], each)):
            count = counts[number]
            if count < 2 or count >= (MOST_OF_PROOF if keys[number] else MOST_OF_KEY):
                continue
            if spent and spent + count > BUDGET:
                break
            spent += count
            mine.append(number)
        chosen[offer] = mine
    found = _offers_under({number for mine in chosen.values() for number in mine})
    scale = math.log(4 * MOST_OF_KEY)
    best: dict[int, list[int]] = {}
    for offer, mine in chosen.items():
        scores: dict[int, float] = defaultdict(float)
        for number in mine:
            weight = 4.0 if numbers[offer][number] else (1 - math.log(counts[number]) / scale) ** 2
            for other in found.get(number, ()):
                scores[other] += weight
        scores.pop(offer, None)
        best[offer] = sorted(scores, key=lambda each: (-scores[each], each))[:MOST_CANDIDATES]
    return best


def _counts(numbers: Collection[int], proofs: Collection[int]) -> dict[int, int]:
    """How many offers are under each key; counting ends at the limit."""
    table = _table()
    counts: dict[int, int] = {}
    for some, limit in (
        (set(numbers).difference(proofs), MOST_OF_KEY),
        (set(numbers).intersection(proofs), MOST_OF_PROOF),
    ):
        few = f"SELECT 1 FROM {table} WHERE number = given.value LIMIT {limit}"  # noqa: S608 - nothing from outside is inserted
        statement = f"SELECT given.value, (SELECT count(*) FROM ({few}) few) FROM {_given()}"  # noqa: S608 - nothing from outside is inserted
        counts |= {int(number): int(count) for number, count in _asked(statement, some)}
    return counts


def _offers_under(numbers: Collection[int]) -> dict[int, list[int]]:
    table = _table()
    rows = _asked(
        f"SELECT number, offer_id FROM {_given()} JOIN {table} ON number = given.value",  # noqa: S608 - nothing from outside is inserted
        numbers,
    )
    found: dict[int, list[int]] = defaultdict(list)
    for number, offer in rows:
        found[number].append(offer)
    return found


def _given() -> str:
    if connection.vendor == "postgresql":
        return "unnest(%s::bigint[]) AS given(value)"
    return "json_each(%s) AS given"


def _asked(statement: str, numbers: Iterable[int]) -> list[Any]:
    wanted = sorted(numbers)
    if not wanted:
        return []
    given: Any = wanted if connection.vendor == "postgresql" else f"[{','.join(map(str, wanted))}]"
    with connection.cursor() as cursor:
        cursor.execute(statement, [given])
        return list(cursor.fetchall())


def _table() -> str:
    return connection.ops.quote_name(OfferKey._meta.db_table)  # noqa: SLF001 - Django's documented way to a model's table
