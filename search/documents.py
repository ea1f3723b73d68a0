"""What the engines are given: one document per offer, its words already analysed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter

import orjson

from catalog.condition import condition_of
from catalog.enums import Condition, PriceBasis
from core import text
from core.text.remembering import Remembered

# Attributes that say what a thing is, by their names in price lists.
_KIND = re.compile(
    r"^(?:t_)?(?:product_)?(?:type|kind)$|^(?:тип|вид|вид товару|тип товару|тип товара|вид товара)$",
    re.IGNORECASE,
)
_SPELLING = re.compile(r"[^\W\d_]{3,40}")
LONGEST_BODY = 20_000  # characters of description and attributes that are searched


@dataclass(frozen=True, slots=True)
class Document:
    """`id` and `version` come from the database; a document with a lower version never replaces a higher one.

    `price` is in 1/10,000 of the base currency for one unit, VAT included, None where it is not known; `unit_prices` are
    those for other bases. `facts` are the typed values of its category's attributes, as
    `catalog.attributes.reading.Fact.label` writes them. `participation` is the offer's own, "" for that of its vendor.
    """

    id: int
    version: int
    group: int
    vendor: int
    categories: tuple[int, ...]
    brand: str
    availability: str
    price: int | None
    title: str
    title_words: tuple[str, ...]
    tag_words: tuple[str, ...]
    description_words: tuple[str, ...]
    attribute_words: tuple[str, ...]
    spellings: tuple[str, ...]
    codes: tuple[str, ...]
    kind: str = ""
    supply: int = 0
    facts: tuple[str, ...] = ()
    unit_prices: tuple[tuple[PriceBasis, int], ...] = ()
    condition: str = Condition.NEW.value
    participation: str = ""
    deleted: bool = False

    @property
    def digest(self) -> int:
        """63 bits of what is indexed but the version: equal digests mean equal documents. 0 for a tombstone."""
        if self.deleted:
            return 0
        told = orjson.dumps(_indexed(self))
        return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") >> 1

    @property
    def source(self) -> tuple[object, ...]:
        """What engines keep for the re-ranker and the page: the last part of `Candidate`."""
        return (
            self.title,
            self.kind,
            self.brand,
            self.availability,
            self.codes,
            self.supply,
            self.categories,
            self.vendor,
            self.condition,
            self.participation,
        )

    @property
    def all_words(self) -> frozenset[str]:
        """Everything that the document is found by."""
        return frozenset((*self.title_words, *self.tag_words, *self.description_words, *self.attribute_words))


#: What of a document is indexed but its id and version.
_indexed = attrgetter(
    *(each.name for each in fields(Document) if each.name not in {"id", "version", "deleted"})
)


def tombstone(*, offer_id: int, version: int) -> Document:
    return Document(offer_id, version, 0, 0, (), "", "", None, "", (), (), (), (), (), (), deleted=True)


def build_document(
    *,
    offer_id: int,
    version: int,
    title: str,
    other_titles: Iterable[str] = (),
    descriptions: Iterable[str] = (),
    brand: str = "",
    maker: str = "",
    attributes: Mapping[str, object] | None = None,
    codes: Iterable[str] = (),
    vendor: int = 0,
    supply: int = 0,
    categories: Iterable[int] = (),
    availability: str = "",
    price: int | None = None,
    group: int | None = None,
    facts: Iterable[str] = (),
    unit_prices: Iterable[tuple[PriceBasis, int]] = (),
    participation: str = "",
) -> Document:
    """A document with its words analysed. `codes` are article, MPN, GTIN as written."""
    words: list[str] = []
    titles = list(dict.fromkeys(each for each in (title, *other_titles) if each))
    for each in titles:
        words += text.term_list(each)
    kinds: list[str] = []
    values: list[str] = [maker]
    for name, value in (attributes or {}).items():
        if isinstance(value, str) and value:
            (kinds if _KIND.match(name) else values).append(value)
    normal = tuple(dict.fromkeys(code for code in map(code_term, filter(None, codes)) if code))
    tags = [term for each in (brand, *kinds) for term in text.term_list(each)]
    return Document(
        id=offer_id,
        version=version,
        group=offer_id if group is None else group,
        vendor=vendor,
        categories=tuple(categories),
        brand=brand_label(brand),
        availability=availability,
        price=price,
        title=title,
        title_words=tuple(words),
        tag_words=tuple(dict.fromkeys((*tags, *normal))),
        description_words=tuple(_terms_within(descriptions, LONGEST_BODY)),
        attribute_words=tuple(dict.fromkeys(_terms_within(values, LONGEST_BODY))),
        spellings=tuple(dict.fromkeys(_spellings((*titles, brand)))),
        codes=normal,
        kind=" ".join(kinds),
        supply=supply,
        facts=tuple(facts),
        unit_prices=tuple(unit_prices),
        condition=condition_of(titles, attributes or {}, words=words).value,
        participation=participation,
    )


def _spellings(texts: Iterable[str]) -> list[str]:
    known = _spelt
    return [word for each in texts for chunk in each.split() for word in known[chunk]]


_spelt: Remembered[tuple[str, ...]] = Remembered(
    lambda chunk: tuple(_SPELLING.findall(text.fold(chunk))), entries=1 << 17
)


def _terms_within(texts: Iterable[str], room: int) -> list[str]:
    terms: list[str] = []
    for each in texts:
        if each and room > 0:
            terms += text.term_list(each[:room])
            room -= len(each)
    return terms


def code_term(code: str) -> str:
    """A code as indexed and asked: letters and digits; all-digit codes of GTIN's length without leading zeros."""
    normal = text.normalize_code(code)
    return normal.lstrip("0") if normal.isdigit() and len(normal) >= 8 else normal


def brand_label(brand: str) -> str:
    """A brand as counted: blanks tidied, as the vendor spells it otherwise."""
    return " ".join(text.clean(brand).split())
