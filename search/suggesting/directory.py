"""Names of categories, vendors and popular queries, kept in each process for some minutes.

They are only where suggestions are looked up: what is shown is asked of the database each time, so that a suspended
vendor or a hidden category is gone at once. New names may take as long as the directory is kept.
"""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from catalog.models import Category
from search.suggesting.models import BlockedQuery, PopularQuery
from search.suggesting.names import Name, NameIndex
from search.suggesting.terms import Terms, is_blocked, terms_of
from vendors.models import Vendor

SECONDS = 300
_KEY = "search.suggesting.directory"


@dataclass(frozen=True, slots=True)
class Directory:
    """`queries` numbers popular queries by their places in `query_words`, `languages` has the language of each, `sellers` the
    one vendor whose offers it finds. `blocked` are words that are not suggested together.
    """

    categories: NameIndex
    vendors: NameIndex
    queries: NameIndex
    query_words: tuple[str, ...]
    languages: tuple[str, ...]
    sellers: tuple[int | None, ...] = ()
    blocked: tuple[Terms, ...] = ()

    def blocks(self, terms: Terms) -> bool:
        return is_blocked(terms, self.blocked)


@dataclass(frozen=True, slots=True)
class _Kept:
    """`until` is by the process's own clock, and matters only while the cache is away."""

    mark: str
    names: Directory
    until: float


_lock = threading.Lock()
_kept: _Kept | None = None


def directory() -> Directory:
    """As it was a few minutes ago at most. The mark in the cache says which one all processes agree on; while there is
    no cache, each process goes by its own clock.
    """
    global _kept  # noqa: PLW0603 - one for the process, replaced as a whole
    kept, mark = _kept, _agreed()
    if kept is not None and kept.mark == mark:
        return kept.names
    with _lock:
        if mark is None:
            own = uuid.uuid4().hex
            # Not taken: another was quicker, or there is no cache.
            mark = own if _agree(own) else _agreed()
        kept = _kept
        if kept is not None and (kept.mark == mark or (mark is None and time.monotonic() < kept.until)):
            return kept.names
        kept = _kept = _Kept(mark or "", _read(), time.monotonic() + SECONDS)
        return kept.names


def forget_directory() -> None:
    """The next question reads all names anew, in every process."""
    global _kept  # noqa: PLW0603 - see above
    _kept = None
    with suppress(OSError):
        cache.delete(_KEY)


def _agreed() -> str | None:
    mark = None
    with suppress(OSError):  # a cache that is down must not stop the reading of names
        mark = cache.get(_KEY)
    return mark if isinstance(mark, str) else None


def _agree(mark: str) -> bool:
    """Before the names are read, so that who forgets them meanwhile is heard."""
    with suppress(OSError):
        return bool(cache.add(_KEY, mark, SECONDS))
    return False


def _read() -> Directory:
    columns = [f"name_{code}" for code, _ in settings.LANGUAGES]
    shown = Category.objects.filter(is_active=True, merged_into__isnull=True)
    categories = [
        Name(pk, tuple(dict.fromkeys(name for name in names if name)), -depth)  # the wider one first
        for pk, depth, *names in shown.values_list("pk", "depth", *columns)
    ]
    vendors = [
        Name(pk, (name,), round(quality * 100))
        for pk, name, quality in Vendor.objects.public().values_list("pk", "name", "quality")
    ]
    stored = BlockedQuery.objects.values_list("words", flat=True)
    blocked = tuple(terms for terms in map(terms_of, stored) if terms)
    rows = PopularQuery.objects.order_by("-days", "-asked", "words").values_list(
        "words", "language", "only_vendor_id"
    )
    popular = [row for row in rows if not blocked or not is_blocked(terms_of(row[0]), blocked)]
    return Directory(
        categories=NameIndex(categories),
        vendors=NameIndex(vendors, by_form=False),
        queries=NameIndex(Name(place, (words,), -place) for place, (words, _, _) in enumerate(popular)),
        query_words=tuple(words for words, _, _ in popular),
        languages=tuple(language for _, language, _ in popular),
        sellers=tuple(vendor for _, _, vendor in popular),
        blocked=blocked,
    )
