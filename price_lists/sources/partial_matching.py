"""Which offers a code means: by the keys of the vendor's full sources first, then by article, part number, barcode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from catalog.models import Offer
from core.text import normalize_code
from price_lists.mapping.model import Field
from price_lists.models import Source
from price_lists.sources.enums import Role
from price_lists.sources.partial_facts import offers_of_keys
from price_lists.sources.partial_reading import Part

#: What a code may be in another list: a program's export calls its own number an article, a list calls it the row's.
_KEYS: dict[str, tuple[str, ...]] = {
    Field.SOURCE_ID: ("id:", "article:"),
    Field.ARTICLE: ("article:", "id:"),
}
_MANY = -1


def targets_of(source: Source) -> QuerySet[Source]:
    """The full sources whose goods a partial one tells about."""
    full = Source.objects.filter(vendor=source.vendor_id, role=Role.FULL)
    return full.filter(pk=source.target_id) if source.target_id else full


class Matcher:
    """Offers by code. A code means one offer in each full source; where it means several, it means none."""

    def __init__(self, source: Source) -> None:
        self._sources = list(targets_of(source).values_list("pk", flat=True))
        self._vendor_id = source.vendor_id

    def by_key(self, parts: Sequence[Part]) -> list[list[int]]:
        """The offers of each part, found by the keys of price lists alone: one look into an index for all."""
        found: list[list[int]] = [[] for _part in parts]
        for place in range(max(map(len, _KEYS.values()))):
            # Nearly every file means by a code what the list means by it: other readings are looked for in the rest.
            left = {
                number: keys
                for number, part in enumerate(parts)
                if not found[number] and (keys := _keys_of(part, place))
            }
            if not left:
                continue
            wanted = {key for keys in left.values() for key in keys}
            offers = offers_of_keys(wanted, sources=self._sources)
            for number, keys in left.items():
                found[number] = next((offers[key] for key in keys if key in offers), [])
        return found

    def by_code(self, parts: Sequence[Part]) -> list[list[int] | None]:
        """The offers of parts whose keys are unknown, by one walk over the vendor's offers; None: several of one source.

        Codes are compared as search compares them, so that lost zeros in front are the only thing that still differs.
        """
        wanted = {_folded(field, code) for part in parts for field, code in part.codes}
        if not wanted or not self._sources:
            return [[] for _part in parts]
        found: dict[tuple[str, str], dict[int, int]] = {}
        offers = Offer.objects.filter(
            vendor=self._vendor_id, withdrawn_at__isnull=True, source_items__source__in=self._sources
        )
        rows = offers.values_list("pk", "source_items__source_id", "article", "mpn", "gtin")
        for pk, source_id, *codes in rows.iterator(chunk_size=5_000):
            for place in _places(*codes):
                if place in wanted:
                    of_source = found.setdefault(place, {})
                    of_source[source_id] = pk if of_source.get(source_id, pk) == pk else _MANY
        return [_first(part, found) for part in parts]


def _keys_of(part: Part, place: int) -> list[str]:
    """The keys that the part's codes may have, in their first or second reading."""
    return [f"{_KEYS[field][place]}{code}"[:255] for field, code in part.codes if field in _KEYS]


def _first(part: Part, found: dict[tuple[str, str], dict[int, int]]) -> list[int] | None:
    for field, code in part.codes:
        if of_source := found.get(_folded(field, code)):
            return None if _MANY in of_source.values() else list(of_source.values())
    return []


def _folded(field: str, code: str) -> tuple[str, str]:
    """The row's own number of another list may be this one's article."""
    if field == Field.GTIN:
        return Field.GTIN, code.lstrip("0")
    return (Field.MPN if field == Field.MPN else Field.ARTICLE), normalize_code(code)


def _places(article: str, mpn: str, gtin: str) -> Iterable[tuple[str, str]]:
    if article:
        yield Field.ARTICLE, normalize_code(article)
    if mpn:
        yield Field.MPN, normalize_code(mpn)
    if gtin:
        yield Field.GTIN, gtin.lstrip("0")
