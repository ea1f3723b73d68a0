"""What the demo's buyers searched for in the last two weeks, so that suggestions and reports have something to go by."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core.money import Money
from marketplace.demo.state import read_json
from search.learning.anonymity import FEWEST_DAYS
from search.learning.counting import count_searches, refresh_common_queries
from search.learning.demand import refresh_unmet_demand
from search.models import OpenedHit, QueryLog
from search.query import SearchQuery
from search.services import search
from search.services.recording import row_of_search
from search.suggesting.popular import refresh_popular_queries

_DAYS = 14
#: A made-up buyer opens one of the first hits in so many of a hundred searches, unless the list says otherwise.
_OPENED, _DEEPEST = 62, 5


def load_searches() -> int:
    """Searches for each query in earnest and notes it as often as the list says; returns how many are suggested."""
    if QueryLog.objects.exists():
        return 0
    now, chance = timezone.now(), random.Random(20240901)
    noted, opened = [], []
    for each in read_json("searches")["searches"]:
        ceiling = Money(Decimal(each["ceiling"]), "UAH") if "ceiling" in each else None
        query = SearchQuery(words=each["words"], language=each["language"], max_price=ceiling)
        results = search(query)
        for number in range(each["times"]):
            # Two or more a day, as of a row that people know.
            day = number % max(FEWEST_DAYS, min(_DAYS, each["times"] // 2))
            at = now - dt.timedelta(days=day, minutes=chance.randint(1, 600))
            row = row_of_search(query=query, results=results)
            if row is None:
                continue
            row.visitor = number
            noted.append((row, at))
            if results.hits and chance.randint(1, 100) <= each.get("opened", _OPENED):
                place = min(chance.randint(1, _DEEPEST), chance.randint(1, _DEEPEST), len(results.hits))
                opened.append(
                    OpenedHit(
                        token=row.token, key=row.key, language=row.language, place=place,
                        offer_id=results.hits[place - 1].offer_id, opened_at=at,
                    )
                )  # fmt: skip
    with transaction.atomic():
        rows = QueryLog.objects.bulk_create([row for row, _ in noted])
        for row, (_, at) in zip(rows, noted, strict=True):
            row.searched_at = at
        QueryLog.objects.bulk_update(rows, ["searched_at"], batch_size=200)
        OpenedHit.objects.bulk_create(opened)
    count_searches()
    refresh_common_queries()
    refresh_unmet_demand()
    return refresh_popular_queries()
