"""How often the right category of a good is the first suggested, or among three; what it costs to learn and to ask.

python benchmarks/categories.py                                   # writes results/categories.json
python benchmarks/categories.py --learners sgd complement_nb      # those learners
python benchmarks/categories.py --sets demo --no-result           # for correctness, needs no other data

Each set is a tree with goods in it; a third is held back: whole makers in icecat, whole codes in the procurement
vocabulary, else titles. But for `demo` the vendor's category is withheld, as if it were a mixed one. `demo` is the demo
row: one of its four vendors at a time is a stranger to what was learnt from the others. Its goods are written for it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import re
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django
import numpy as np

from benchmarks.search_inputs import SHARED, write_result
from price_lists.categorising.features import features
from price_lists.categorising.model import Good, Model
from price_lists.categorising.training import LEARNERS, Example, learn
from price_lists.categorising.tree import Node, Tree

#: From here on an answer counts as sure.
SURE = 0.75
HELD_BACK = 3


class Labelled(NamedTuple):
    """What is learnt from, what is asked, and the tree's names where there is a tree."""

    name: str
    learnt: list[Example]
    asked: list[Example]
    tree: list[Node]


def held_back(name: str, found: Iterable[tuple[str, str, str]], least: int) -> Labelled:
    """(title, category, what is held back together) into two parts; rare categories are left out."""
    rows = list(dict.fromkeys(found))
    sizes = Counter(category for _, category, _ in rows)
    numbers = {category: at for at, category in enumerate(sorted(c for c in sizes if sizes[c] >= least), 1)}
    parts: tuple[list[Example], list[Example]] = ([], [])
    for title, category, together in rows:
        if category in numbers:
            asked = zlib.crc32(together.encode()) % HELD_BACK == 0
            parts[asked].append(Example(title, (), numbers[category], together))
    known = {example.category for example in parts[0]}
    return Labelled(name, parts[0], [each for each in parts[1] if each.category in known], [])


def icecat() -> Labelled:
    def rows() -> Iterator[tuple[str, str, str]]:
        with gzip.open(SHARED / "search" / "icecat_products.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                good = json.loads(line)
                kind = good["attributes"].get("t_product_type") or ""
                if len(kind) > 2 and kind != "System":
                    yield good["title"], kind, good["brand"] or ""

    return held_back("icecat_en_other_makers", rows(), 7)


_COLUMN = re.compile(r"COL (\S+) VAL (.*?)\s*(?=COL \S+ VAL |$)")


def shop(side: int, name: str) -> Labelled:
    """One shop of the Walmart-Amazon pairs with its own categories."""

    def rows() -> Iterator[tuple[str, str, str]]:
        folder = SHARED / "matching" / "er_magellan" / "Structured" / "Walmart-Amazon"
        for part in ("train", "valid"):
            for line in (folder / f"{part}.txt").read_text(encoding="utf-8").splitlines():
                columns = dict(_COLUMN.findall(line.split("\t")[side]))
                if columns.get("category"):
                    yield columns["title"], columns["category"], columns["title"]

    return held_back(name, rows(), 10)


def price_list(path: str) -> Callable[[], Labelled]:
    """A vendor's own categories of a real list."""

    def labelled() -> Labelled:
        from price_lists import reading
        from price_lists.rows import OfferRow

        file = SHARED / path
        inspection = reading.inspect(file, original_name=file.name)
        rows = (row for row in reading.read(file, inspection.mapping) if isinstance(row, OfferRow))
        found = [(row.title, " / ".join(row.category_path), row.title) for row in rows if row.category_path]
        return held_back(file.name, found, 6)

    return labelled


def vocabulary() -> Labelled:
    """Names of the procurement vocabulary in three languages into its groups of three digits."""

    def rows() -> Iterator[tuple[str, str, str]]:
        with (SHARED / "taxonomy" / "cpv_uk_ru_en.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["code"][3:8].strip("0"):
                    for language in ("uk", "ru", "en"):
                        if row[language]:
                            yield row[language], row["code"][:3], row["code"]

    return held_back("cpv_uk_ru_en_other_codes", rows(), 12)


def demo(stranger: str, *, with_path: bool) -> Callable[[], Labelled]:
    def labelled() -> Labelled:
        from marketplace.demo.offers import Shop, assortment

        nodes, numbers = demo_tree()
        parts: dict[bool, list[Example]] = {True: [], False: []}
        for vendor in Shop:
            for item in assortment(vendor):
                title = item.good.name_ru if vendor in {Shop.OFIS, Shop.TECHNO} else item.good.name_uk
                asked = vendor.name == stranger
                path = item.path if with_path or not asked else ()
                parts[asked].append(Example(title, path, numbers[item.good.category], vendor.name))
        known = {example.title for example in parts[False]}
        new = [each for each in parts[True] if each.title not in known]
        how = "title_and_path" if with_path else "title"
        return Labelled(f"demo_stranger_{stranger.lower()}_{how}", parts[False], new, nodes)

    return labelled


def demo_tree() -> tuple[list[Node], dict[str, int]]:
    from marketplace.demo import catalogue

    nodes: list[Node] = []
    numbers: dict[str, int] = {}

    def add(category: dict[str, Any], above: int | None) -> None:
        numbers[category["slug"]] = number = len(numbers) + 1
        children = category.get("children", [])
        names = tuple(category[language] for language in ("uk", "ru", "en") if category.get(language))
        nodes.append(Node(number, names, above, not children))
        for child in children:
            add(child, number)

    for category in json.loads((catalogue.HERE / "categories.json").read_text(encoding="utf-8")):
        add(category, None)
    return nodes, numbers


_LISTS = (
    "price_lists/google_merchant_uk.xml",
    "price_lists/maudau_yml_uk_ru.xml",
    "price_lists/prom_529_columns.csv",
    "price_lists/computers_ru.xls",
    "price_lists/phones_1c_ru.xls",
    "feed_versions/20160307T1131_price.yml",
)
SETS: dict[str, list[Callable[[], Labelled]]] = {
    "icecat": [icecat],
    "shops": [lambda: shop(0, "walmart_en"), lambda: shop(1, "amazon_en")],
    "lists": [price_list(path) for path in _LISTS],
    "cpv": [vocabulary],
    "demo": [
        demo(vendor, with_path=with_path)
        for vendor in ("KANC", "OFIS", "TECHNO", "DIM")
        for with_path in (True, False)
    ],
}


def named(found: Labelled) -> list[Example]:
    """The tree's names as examples, as the row itself gives them."""
    return [
        Example(name, (name,), node.category, name=True)
        for node in found.tree
        if node.leaf
        for name in node.names
    ]


def judged(model: Model, asked: Sequence[Example]) -> dict[str, float]:
    answers = model.guesses([Good(example.title, example.path) for example in asked])
    first = np.array([bool(a) and a[0].category == e.category for a, e in zip(answers, asked, strict=True)])
    three = [e.category in [guess.category for guess in a] for a, e in zip(answers, asked, strict=True)]
    sure = np.array([a[0].confidence if a else 0.0 for a in answers])
    taken = sure >= SURE
    return {
        "accuracy_at_1": round(float(first.mean()), 4),
        "accuracy_at_3": round(float(np.mean(three)), 4),
        "sure": round(float(taken.mean()), 4),
        "right_where_sure": round(float(first[taken].mean()), 4) if taken.any() else 0.0,
        "calibration_error": round(calibration_error(sure, first), 4),
    }


def calibration_error(sure: Any, right: Any) -> float:
    """Mean distance between what is promised and what comes, over ten equal steps of certainty."""
    step = np.minimum((sure * 10).astype(int), 9)
    return float(
        sum(abs(sure[step == at].sum() - right[step == at].sum()) for at in range(10)) / max(len(sure), 1)
    )


def cold(found: Labelled) -> dict[str, float]:
    """By the tree's names alone, good by good: what a row without any decision has."""
    from search.synonyms import synonyms

    tree = Tree(found.tree, synonyms)
    ranked = [tree.ranked(example.path, [example.title]) for example in found.asked]
    best = [tree.best(example.path, [example.title]) for example in found.asked]
    wanted = [example.category for example in found.asked]
    sure = np.array([score >= SURE for _, score in best])
    first = np.array([category == right for (category, _), right in zip(best, wanted, strict=True)])
    three = [right in [each[0] for each in found[:3]] for found, right in zip(ranked, wanted, strict=True)]
    return {
        "accuracy_at_1": round(float(first.mean()), 4),
        "accuracy_at_3": round(float(np.mean(three)), 4),
        "sure": round(float(sure.mean()), 4),
        "right_where_sure": round(float(first[sure].mean()), 4) if sure.any() else 0.0,
    }


def speed(learner: str, goods: int) -> dict[str, Any]:
    """Learning from so many offers of the procurement vocabulary's size of tree; asking real titles, words cold."""
    found = vocabulary()
    examples = [*found.learnt, *found.asked]
    examples = [each._replace(group=f"v{at % 7}") for at, each in enumerate(examples)][:goods]
    wall, cpu = time.perf_counter(), time.process_time()
    model = learn(examples, learner=learner)
    assert model is not None
    out = {
        "examples": len(examples),
        "categories": len(model.categories),
        "features": len(model.known),
        "learn_seconds": round(time.perf_counter() - wall, 2),
        "learn_processor_seconds": round(time.process_time() - cpu, 2),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        model.save(path)
        out["file_bytes"] = path.stat().st_size
        wall = time.perf_counter()
        again = Model.load(path)
        out["load_seconds"] = round(time.perf_counter() - wall, 3)
    with gzip.open(SHARED / "titles_vocab.tsv.gz", "rt", encoding="utf-8") as file:
        titles = [line.rstrip("\n").split("\t")[2] for line in file][1::9][:10_000]
    rates = []
    for _ in range(3):
        features.__globals__["_weighed"].cache_clear()
        wall, cpu = time.perf_counter(), time.process_time()
        again.guesses([Good(title) for title in titles])
        rates.append((len(titles) / (time.perf_counter() - wall), len(titles) / (time.process_time() - cpu)))
    out["titles_per_second_first"] = round(rates[0][0])
    out["titles_per_second"] = round(sorted(rate for rate, _ in rates)[1])
    out["titles_per_processor_second"] = round(sorted(rate for _, rate in rates)[1])
    return out


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learners", nargs="+", choices=sorted(LEARNERS), default=["sgd"])
    options.add_argument("--sets", nargs="+", choices=sorted(SETS), default=sorted(SETS))
    options.add_argument("--speed", type=int, default=20_000, help="examples; 0: accuracy alone")
    options.add_argument("--no-result", action="store_true")
    given = options.parse_args()
    os.environ.setdefault("RYAD_VAR", tempfile.mkdtemp(prefix="ryad-categories-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.site_settings")
    django.setup()  # the readers of price lists name their problems in the reader's language
    result: dict[str, Any] = {"sure_from": SURE, "sets": {}, "speed": {}}
    for key in given.sets:
        for make in SETS[key]:
            found = make()
            row: dict[str, Any] = {
                "learnt": len(found.learnt),
                "asked": len(found.asked),
                "categories": len({example.category for example in found.learnt}),
            }
            if row["categories"] < 2:  # as the list of sweets, all of one kind
                continue
            if found.tree:
                row["names_alone"] = cold(found)
            for learner in given.learners:
                wall = time.process_time()
                model = learn([*found.learnt, *named(found)], learner=learner)
                if model is not None:
                    row[learner] = judged(model, found.asked)
                    row[learner]["processor_seconds"] = round(time.process_time() - wall, 2)
            result["sets"][found.name] = row
            print(found.name, json.dumps(row))
    for learner in given.learners if given.speed else ():
        result["speed"][learner] = speed(learner, given.speed)
        print(learner, json.dumps(result["speed"][learner]))
    write_result("categories", result, keep=not given.no_result)


if __name__ == "__main__":
    main()
