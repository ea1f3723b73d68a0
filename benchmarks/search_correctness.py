"""Whether engines count right: totals, facets, orders by price and what misses one limit, beside SQL over the same documents.

    python benchmarks/search_correctness.py                       # 1,000 questions, results/search_correctness.json
    python benchmarks/search_correctness.py --questions 60 --documents 300 --no-result

No figure is a time: a single difference ends it with the question that showed it. OpenSearch is asked where its address is known
(RYAD_OPENSEARCH_URL, or what `make services` wrote).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

from benchmarks.search_inputs import ROOT, write_result  # names the settings, too

django.setup()

from catalog.enums import PriceBasis  # noqa: E402 - after django.setup()
from search.analysis import query_words  # noqa: E402 - after django.setup()
from search.documents import Document, build_document  # noqa: E402 - after django.setup()
from search.engines.base import EngineQuery, Filters, SearchEngine  # noqa: E402 - after django.setup()
from search.engines.embedded import EmbeddedEngine  # noqa: E402 - after django.setup()
from search.engines.opensearch import OpenSearchEngine  # noqa: E402 - after django.setup()
from search.query import Facets, FactLimit, Limit, Sort  # noqa: E402 - after django.setup()
from vendors.delivery import Delivery  # noqa: E402 - after django.setup()

WORDS = ("степлер", "червоний", "синій", "офісний", "HP", "ножиці", "набір", "папір", "лампа", "кава")
VENDORS, CATEGORIES = range(1, 13), range(1, 20)
BRANDS = ("HP", "Canon", "Buromax", "Axent", "")
STATES = ("in_stock", "to_order", "none", "unknown")
CONDITIONS = ("new", "used", "refurbished", "marked_down")
MODES = (("cart", frozenset([2, 3, 11])), ("hosted", frozenset([4, 9])))
SIZES = ("s", "m", "xl", "42")
WEIGHTS = ("0.5", "9", "80", "80.25", "100", "250", "1000", "1200", "25000")
CODES = ("weight", "size")
BASES = (PriceBasis.PIECE, PriceBasis.KG, PriceBasis.L)
DELIVERIES = (
    Delivery(frozenset([1, 2, 10]), 500, 20_000),
    Delivery(frozenset([3]), 500),
    Delivery(frozenset([4, 6]), 1_200, 9_000),
    Delivery(frozenset([7]), 90_000),
)
COLUMNS = ("price", *(f"price_{basis.value}" for basis in BASES))


def made(chance: random.Random, number: int) -> Document:
    price = chance.choice([None, *[chance.randint(1, 400) * 100] * 9])
    unit_prices = []
    if price is not None:
        unit_prices.append((PriceBasis.PIECE, price // chance.choice([1, 1, 10])))
        unit_prices += [
            (basis, price * chance.choice([2, 5])) for basis in BASES[1:] if chance.random() < 0.4
        ]
    facts = [f"weight={chance.choice(WEIGHTS)}"] if chance.random() < 0.7 else []
    facts += [f"size={chance.choice(SIZES)}"] if chance.random() < 0.6 else []
    return build_document(
        offer_id=number,
        version=1,
        title=" ".join(chance.sample(WORDS, chance.randint(1, 5))),
        vendor=chance.choice(VENDORS),
        brand=chance.choice(BRANDS),
        price=price,
        categories=chance.sample(CATEGORIES, chance.randint(0, 3)),
        availability=chance.choice(STATES),
        attributes={"condition": chance.choice(CONDITIONS)},
        participation=chance.choice(["", "", "", "listing", "hosted", "cart"]),
        unit_prices=unit_prices,
        facts=facts,
    )


def stored(documents: list[Document]) -> sqlite3.Connection:
    """The documents as tables."""
    database = sqlite3.connect(":memory:")
    prices = ", ".join(f"{name} INTEGER" for name in COLUMNS)
    database.executescript(
        "CREATE TABLE docs (id INTEGER PRIMARY KEY, vendor INTEGER, brand TEXT, availability TEXT, condition TEXT,"
        f" mode TEXT, {prices});"
        "CREATE TABLE words (id INTEGER, term TEXT); CREATE INDEX by_word ON words (term, id);"
        "CREATE TABLE categories (id INTEGER, category INTEGER);"
        "CREATE TABLE facts (id INTEGER, code TEXT, value TEXT, number REAL);"
        "CREATE INDEX by_fact ON facts (id, code); CREATE INDEX by_category ON categories (id);"
    )
    for each in documents:
        by_vendor = [mode for mode, vendors in MODES if each.vendor in vendors]
        priced = dict(each.unit_prices)
        row = (
            *(each.id, each.vendor, each.brand, each.availability, each.condition),
            each.participation or (by_vendor or ["listing"])[0],
            *(each.price, *(priced.get(basis) for basis in BASES)),
        )
        database.execute(f"INSERT INTO docs VALUES ({', '.join('?' * len(row))})", row)
        database.executemany("INSERT INTO words VALUES (?, ?)", [(each.id, term) for term in each.all_words])
        database.executemany(
            "INSERT INTO categories VALUES (?, ?)", [(each.id, one) for one in each.categories]
        )
        for label in each.facts:
            code, _, value = label.partition("=")
            number = float(value) if value.replace(".", "").isdigit() else None
            database.execute("INSERT INTO facts VALUES (?, ?, ?, ?)", (each.id, code, value, number))
    return database


class Question:
    """A question for the engine, and its conditions in SQL by the facet that they belong to."""

    def __init__(self, chance: random.Random) -> None:
        def seldom(value: Any, share: float = 0.18) -> Any:
            return value if chance.random() < share else None

        deliveries = seldom(DELIVERIES)
        ceiling = chance.choice([None, chance.randint(5, 450) * 100])
        weight = FactLimit(
            "weight",
            frozenset(seldom(["9", "250"], 0.4) or ()),
            low=chance.choice([None, 0.5, 80.1, 100]),
            high=chance.choice([100, 999.5, 30_000]),
        )
        size = FactLimit("size", frozenset(chance.sample(SIZES, 2)))
        self.words = query_words(" ".join(chance.sample(WORDS, chance.randint(0, 2))))
        self.filters = Filters(
            min_price=seldom(chance.randint(0, 200) * 100),
            max_price=ceiling,
            vendors_in=frozenset(seldom(chance.sample(VENDORS, 4)) or ()),
            vendors_out=frozenset(seldom(chance.sample(VENDORS, 2)) or ()),
            hidden_vendors=frozenset(seldom([chance.choice(VENDORS)]) or ()),
            category=seldom(chance.choice(CATEGORIES)),
            availability=frozenset(seldom(chance.sample(STATES, 2)) or ()),
            brands=frozenset(seldom(chance.sample(BRANDS[:4], 2)) or ()),
            facts=tuple(each for each in (seldom(weight), seldom(size)) if each),
            basis=PriceBasis.UNIT
            if deliveries and ceiling is not None
            else chance.choice([PriceBasis.UNIT, PriceBasis.UNIT, *BASES]),
            deliveries=deliveries if ceiling is not None else None,
            serving=seldom(frozenset(chance.sample(VENDORS, 6))),
            pickup=seldom(frozenset(chance.sample(VENDORS, 5))),
            participation=frozenset(seldom(chance.sample(["listing", "hosted", "cart"], 2)) or ()),
            modes=MODES,
            condition=frozenset(seldom(chance.sample(CONDITIONS, 2)) or ()),
        )
        self.price = "price" if self.filters.basis is PriceBasis.UNIT else f"price_{self.filters.basis.value}"
        self.offset, self.limit = chance.randint(0, 40), chance.randint(1, 30)

    def limits(self) -> Iterator[tuple[str, Limit | None, str, str]]:
        """(facet, limit, attribute, condition) of each limit."""
        filters, price = self.filters, self.price
        yield from self._sets()
        if filters.min_price is not None:
            yield "price", Limit.MIN_PRICE, "", f"{price} >= {filters.min_price}"
        if filters.max_price is not None:
            yield "price", Limit.MAX_PRICE, "", f"{price} <= {filters.max_price}"
            if filters.deliveries is not None:
                whens = " ".join(
                    f"WHEN vendor IN ({_ids(terms.vendors)})"
                    + (f" AND price < {terms.free_from}" if terms.free_from is not None else "")
                    + f" THEN {terms.cost}"
                    for terms in filters.deliveries
                )
                yield (
                    *("price", Limit.DELIVERED, ""),
                    f"price + CASE {whens} ELSE 0 END <= {filters.max_price}",
                )
        if filters.category is not None:
            has = f"SELECT 1 FROM categories c WHERE c.id = docs.id AND c.category = {filters.category}"
            yield "categories", Limit.CATEGORY, "", f"EXISTS ({has})"
        for each in filters.facts:
            options = [f"value IN ({_ids(each.values)})"]
            if each.low is not None or each.high is not None:
                options.append(
                    f"number >= {-1e9 if each.low is None else each.low}"
                    f" AND number <= {1e9 if each.high is None else each.high}"
                )
            has = f"SELECT 1 FROM facts f WHERE f.id = docs.id AND code = '{each.code}' AND (({') OR ('.join(options)}))"
            yield each.code, Limit.FACT, each.code, f"EXISTS ({has})"

    def _sets(self) -> Iterator[tuple[str, Limit | None, str, str]]:
        filters = self.filters
        for facet, limit, column, values in (
            ("vendors", Limit.VENDORS_IN, "vendor", filters.vendors_in),
            ("", Limit.REGION, "vendor", filters.serving),
            ("", Limit.PICKUP, "vendor", filters.pickup),
            ("brands", Limit.BRAND, "brand", filters.brands),
            ("availability", Limit.AVAILABILITY, "availability", filters.availability),
            ("condition", Limit.CONDITION, "condition", filters.condition),
            ("participation", Limit.PARTICIPATION, "mode", filters.participation),
        ):
            if values or (values is not None and not facet):
                yield facet, limit, "", f"{column} IN ({_ids(values)})"
        if filters.vendors_out:
            yield "vendors", Limit.VENDORS_OUT, "", f"vendor NOT IN ({_ids(filters.vendors_out)})"
        if filters.hidden_vendors:
            yield "", None, "", f"vendor NOT IN ({_ids(filters.hidden_vendors)})"

    def where(self, *, without: str = "", missed: tuple[Limit, str] | None = None) -> str:
        told = [
            f"id IN (SELECT id FROM words WHERE term IN ({_ids(word.terms)}))" for word in self.words
        ] or ["1"]
        for facet, limit, code, condition in self.limits():
            if missed == (limit, code):
                told.append(f"NOT ({condition})")
                if limit is Limit.FACT:
                    told.append(f"EXISTS (SELECT 1 FROM facts f WHERE f.id = docs.id AND code = '{code}')")
                elif limit in {Limit.MAX_PRICE, Limit.MIN_PRICE}:
                    told.append(f"{self.price} IS NOT NULL")
            elif missed and missed[0] is Limit.MAX_PRICE and limit is Limit.DELIVERED:
                continue  # too dear by itself: its delivery is no second limit
            elif not without or facet != without:
                told.append(condition)
        return " AND ".join(f"({each})" for each in told)


def _ids(values: Any) -> str:
    return ", ".join(f"'{each}'" if isinstance(each, str) else str(each) for each in sorted(values)) or "NULL"


def compare(engine: SearchEngine, database: sqlite3.Connection, question: Question) -> int:
    """Raises AssertionError at the first difference; returns how many answers were compared."""

    def sql(statement: str) -> list[Any]:
        return database.execute(statement).fetchall()

    def same(what: str, ours: Any, theirs: Any) -> None:
        if ours != theirs:
            raise AssertionError(
                f"{engine.name}, {what}: {ours} is not {theirs}\n{question.filters}\n{question.words}"
            )

    where, price = question.where(), question.price
    (total,) = sql(f"SELECT COUNT(*) FROM docs WHERE {where}")[0]
    for sort, direction in ((Sort.PRICE_ASC, "ASC"), (Sort.PRICE_DESC, "DESC")):
        answer = engine.search(
            EngineQuery(
                words=question.words,
                filters=question.filters,
                sort=sort,
                offset=question.offset,
                limit=question.limit,
                count_facts=CODES,
            )
        )
        same("total", answer.total, total)
        rows = sql(
            f"SELECT id, {price} FROM docs WHERE {where} ORDER BY {price} IS NULL, {price} {direction}, id"
            f" LIMIT {question.limit} OFFSET {question.offset}"
        )
        same(sort.value, [(each.id, each.basis_price) for each in answer.candidates], rows)
    same_facets(answer.facets, question, sql, same)
    turned = [(limit, code) for _, limit, code, _ in question.limits() if limit is not None]
    for limit, code in turned:
        answer = engine.search(
            EngineQuery(
                words=question.words,
                filters=question.filters,
                missed=limit,
                missed_fact=code,
                sort=Sort.NEWEST,
                limit=len(WORDS) * 1_000,
                with_facets=False,
            )
        )
        rows = sql(f"SELECT id FROM docs WHERE {question.where(missed=(limit, code))} ORDER BY id DESC")
        same(
            f"missed {limit.value} {code}", [each.id for each in answer.candidates], [row[0] for row in rows]
        )
    return 2 + len(turned)


def same_facets(facets: Facets, question: Question, sql: Any, same: Any) -> None:
    for name, values, column in (
        ("vendors", facets.vendors, "vendor"),
        ("brands", facets.brands, "brand"),
        ("availability", facets.availability, "availability"),
        ("condition", facets.condition, "condition"),
        ("participation", facets.participation, "mode"),
    ):
        where = question.where(without=name)
        rows = sql(f"SELECT {column}, COUNT(*) FROM docs WHERE {where} AND {column} <> '' GROUP BY 1")
        same(name, {each.value: each.count for each in values if each.count}, dict(rows))
    where = question.where(without="categories")
    rows = sql(f"SELECT category, COUNT(*) FROM docs JOIN categories USING (id) WHERE {where} GROUP BY 1")
    same("categories", {each.value: each.count for each in facets.categories if each.count}, dict(rows))
    where, price = question.where(without="price"), question.price
    ((low, high),) = sql(f"SELECT MIN({price}), MAX({price}) FROM docs WHERE {where}")
    same("prices", (facets.price.low, facets.price.high) if facets.price else (None, None), (low, high))
    shown = {facet.code: facet for facet in facets.facts}
    for code in CODES:
        where = question.where(without=code)
        rows = sql(
            f"SELECT value, COUNT(*), number FROM docs JOIN facts USING (id) WHERE code = '{code}' AND {where} GROUP BY 1"
        )
        facet = shown.get(code)
        counts = {each.value: each.count for each in facet.values if each.count} if facet else {}
        same(code, counts, {value: count for value, count, _ in rows})
        numbers = [number for *_, number in rows if number is not None]
        ends = (min(numbers), max(numbers)) if numbers else (None, None)
        same(f"{code}, ends", (facet.low, facet.high) if facet else (None, None), ends)
    where = question.where()
    for basis in BASES:
        ((count,),) = sql(f"SELECT COUNT(price_{basis.value}) FROM docs WHERE {where}")
        same(basis.value, {each.value: each.count for each in facets.bases}.get(basis.value, 0), count)


def engines(folder: Path) -> Iterator[Any]:
    yield EmbeddedEngine(folder)
    address = os.environ.get("RYAD_OPENSEARCH_URL") or _noted_address()
    if address:
        engine = OpenSearchEngine([address], prefix=f"ryad-correct-{uuid.uuid4().hex[:8]}", seconds=30.0)
        try:
            yield engine
        finally:
            engine.drop()


def _noted_address() -> str:
    noted = Path(os.environ.get("RYAD_VAR") or ROOT / "var") / "services" / "env"
    lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line).get("RYAD_OPENSEARCH_URL", "")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=2_000)
    options.add_argument("--questions", type=int, default=1_000)
    options.add_argument("--seed", type=int, default=20240701)
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    chance = random.Random(given.seed)
    documents = [made(chance, number) for number in range(1, given.documents + 1)]
    questions = [Question(chance) for _ in range(given.questions)]
    database = stored(documents)
    folder = Path(tempfile.mkdtemp(prefix="ryad-bench-correct-"))
    figures: dict[str, Any] = {"documents": given.documents, "questions": given.questions, "seed": given.seed}
    try:
        for engine in engines(folder):
            generation = engine.begin_rebuild()
            engine.write_rebuild(generation, documents)
            engine.finish_rebuild(generation)
            compared = sum(compare(engine, database, question) for question in questions)
            figures[engine.name] = {"answers_compared": compared, "differences": 0}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_result("search_correctness", figures, keep=not given.no_result)


if __name__ == "__main__":
    main()
