"""The demo's own goods: enough of them, with valid barcodes, names in both languages and photos."""

import csv
import json
import re
from collections import Counter

from marketplace.demo.catalogue import HERE, check_digit, goods
from marketplace.demo.needed import TARGET, needed
from marketplace.demo.offers import Shop, assortment, paths
from price_lists.validation.gtin import parse_gtin
from vendors.regions import Region
from vendors.slugs import slug_of


def _nodes(nodes, depth=1):
    for node in nodes:
        yield node, depth
        yield from _nodes(node.get("children", ()), depth + 1)


def _read(name):
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def test_there_are_as_many_distinct_goods_as_the_demo_promises():
    assert len(goods()) == 608
    assert len({good.key for good in goods()}) == 608
    assert len({good.name_uk for good in goods()}) == 608
    assert len({good.name_ru for good in goods()}) == 608


def test_every_barcode_is_valid_and_stands_at_one_good_only():
    assert [good.key for good in goods() if parse_gtin(good.gtin) != good.gtin] == []
    assert len({good.gtin for good in goods()}) == 608


def test_the_check_digit_is_that_of_a_known_barcode():
    assert check_digit("400638133393") == "1"  # the example that GS1's own pages use


def test_no_name_keeps_a_placeholder_or_an_empty_part():
    texts = [text for good in goods() for text in (good.name_uk, good.name_ru, good.name_en)]
    assert [text for text in texts if re.search(r"[{}|;~]|  |, ?,|, ?$", text)] == []
    assert [good.key for good in goods() if not good.name_uk or not good.name_ru] == []


def test_english_names_hold_no_cyrillic_letters():
    names = [good.name_en for good in goods() if good.name_en]
    assert len(names) > 100
    assert [name for name in names if re.search(r"[Ѐ-ӿ]", name)] == []


def test_every_photo_of_a_good_is_on_the_list_of_needed_ones():
    with TARGET.open(encoding="utf-8", newline="") as file:
        listed = {row["file"] for row in csv.DictReader(file, delimiter="\t")}
    assert {good.photo for good in goods()} == listed


def test_the_list_of_needed_photos_is_up_to_date():
    assert TARGET.read_text(encoding="utf-8") == needed()


def test_every_needed_photo_is_shipped():
    shipped = {path.name for path in (HERE.parents[1] / "static" / "demo" / "photos").glob("*.svg")}
    assert {good.photo for good in goods()} - shipped == set()


def test_the_tree_has_unique_names_and_at_most_three_levels():
    nodes = list(_nodes(_read("categories")))
    assert len(nodes) == 90
    assert len({node["slug"] for node, _depth in nodes}) == 90
    assert max(depth for _node, depth in nodes) == 3
    for language in ("uk", "ru", "en"):
        repeated = [name for name, n in Counter(node[language] for node, _ in nodes).items() if n > 1]
        assert repeated in ([], ["Чай"])
    assert {node["icon"] for node, _depth in nodes} <= {
        "office", "paper", "writing", "household", "electronics", "printing", "kitchen", "care", "furniture", "default"
    }  # fmt: skip


def test_goods_and_vendors_paths_lead_to_categories_of_the_tree():
    slugs = {node["slug"] for node, _depth in _nodes(_read("categories"))}
    assert {good.category for good in goods()} <= slugs
    assert {category for _shop, category in paths()} <= slugs


def test_every_good_is_sold_by_one_to_four_vendors():
    sold = Counter(item.good.key for shop in Shop for item in assortment(shop))
    assert set(sold) == {good.key for good in goods()}
    assert Counter(sold.values()) == {1: 126, 2: 305, 3: 169, 4: 8}


def test_prices_of_one_good_differ_but_not_wildly():
    prices = {}
    for shop in Shop:
        for item in assortment(shop):
            prices.setdefault(item.good.key, []).append(item.price)
    shared = [found for found in prices.values() if len(found) > 1]
    assert all(max(found) <= min(found) * 2 for found in shared)
    assert sum(len(set(found)) > 1 for found in shared) > len(shared) * 0.9


def test_people_and_companies_fit_together():
    data = _read("people")
    assert all(person["email"].endswith("@ryad.example") for person in data["people"])
    people = {person["key"] for person in data["people"]}
    assert {vendor["owner"] for vendor in data["vendors"]} <= people
    assert {vendor["participation"] for vendor in data["vendors"]} == {"listing", "hosted", "cart"}
    assert [vendor["slug"] for vendor in data["vendors"]] == [
        slug_of(vendor["name"]) for vendor in data["vendors"]
    ]
    assert {vendor["shop"] for vendor in data["vendors"]} == set(Shop)
    regions = {vendor["region"] for vendor in data["vendors"]}
    regions |= {region for vendor in data["vendors"] for region in vendor["delivery"]["regions"]}
    assert regions <= set(Region.values)


def test_requests_and_follows_name_categories_of_the_tree():
    data = _read("requests")
    slugs = {node["slug"] for node, _depth in _nodes(_read("categories"))}
    assert [len(request["lines"]) for request in data["requests"]] == [8, 6, 4]
    assert {line["category"] for request in data["requests"] for line in request["lines"]} <= slugs
    assert {slug for followed in data["follows"].values() for slug in followed} <= slugs
