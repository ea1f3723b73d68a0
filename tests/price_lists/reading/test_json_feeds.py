"""JSON in envelopes of any make, JSON lines, and what is wrong with either."""

from __future__ import annotations

import json
import tracemalloc
from decimal import Decimal

import pytest

from price_lists import reading
from price_lists.rows import Availability, OfferRow
from tests.price_lists.reading.support import errors, text_file, understood

D = Decimal  # prices are written on every other line


def json_file(tmp_path, document: object, encoding: str = "utf-8"):
    return text_file(tmp_path / "list.txt", json.dumps(document, ensure_ascii=False), encoding)


GOOD = {
    "id": 7,
    "name": {"uk": "Ніж кухонний", "ru": "Нож кухонный"},
    "price": 499.5,
    "oldPrice": "600",
    "categoryId": 2,
    "images": ["https://knives.example/1.jpg", {"url": "https://knives.example/2.jpg"}],
    "brand": {"id": 3, "name": "Гострий"},
    "attributes": [{"name": "Довжина", "value": 20, "unit": "см"}],
    "stock": [{"warehouse": "Київ", "quantity": 3}, {"warehouse": "Львів", "quantity": 4}],
    "available": True,
    "barcode": 4820024700016,
    "description": None,
}
TREE = [{"id": 1, "name": "Кухня"}, {"id": 2, "name": "Ножі", "parentId": 1}]


def test_an_array_deep_in_an_envelope_with_a_tree_of_categories(tmp_path):
    envelope = {
        "status": "ok",
        "currency": "UAH",
        "meta": {"pages": [1, 2, 3], "shop": {"name": "Крамниця"}},
        "data": {"products": [GOOD], "categories": TREE},
    }
    path = json_file(tmp_path, envelope)
    assert reading.inspect(path).format == "json"
    [offer], issues = understood(path)
    assert (offer.source_id, offer.title, offer.price, offer.old_price, offer.currency) == (
        "7", "Ніж кухонний", D("499.5"), D(600), "UAH",
    )  # fmt: skip
    assert offer.titles == {"uk": "Ніж кухонний", "ru": "Нож кухонный"}
    assert offer.category_path == ("Кухня", "Ножі")
    assert offer.photos == ("https://knives.example/1.jpg", "https://knives.example/2.jpg")
    assert (offer.brand, offer.gtin, offer.attributes) == ("Гострий", "4820024700016", {"Довжина": "20 см"})
    assert (offer.stock, offer.availability) == (D(7), Availability.IN_STOCK)
    assert issues == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16", "utf-16-le"])
def test_a_bare_array_in_any_encoding(tmp_path, encoding):
    goods = [{"sku": f"A{n}", "title": "Зошит у клітинку", "price": f"{n},50"} for n in range(1, 9)]
    offers, _ = understood(json_file(tmp_path, goods, encoding))
    assert [(o.article, o.title, o.price) for o in offers] == [
        (f"A{n}", "Зошит у клітинку", D(f"{n}.50")) for n in range(1, 9)
    ]


def test_an_object_of_goods_by_their_ids(tmp_path):
    goods = {"items": {"k1": {"назва": "Чай", "ціна": 50}, "k2": {"назва": "Кава", "ціна": 90}}}
    offers, _ = understood(json_file(tmp_path, goods))
    assert [(o.source_id, o.title, o.price) for o in offers] == [("k1", "Чай", D(50)), ("k2", "Кава", D(90))]


def test_rows_with_the_names_in_the_first_one(tmp_path):
    rows = [["Артикул", "Назва", "Ціна"], ["a", "Чай", 50], ["b", "Кава", 90.25]]
    offers, _ = understood(json_file(tmp_path, {"rows": rows}))
    assert [(o.article, o.title, o.price) for o in offers] == [
        ("a", "Чай", D(50)),
        ("b", "Кава", D("90.25")),
    ]


def test_variants_are_offers_of_their_own(tmp_path):
    product = {
        "id": 1,
        "title": "Сорочка",
        "body_html": "<p>Льон</p>",
        "vendor": "Льон",
        "variants": [
            {"id": 11, "title": "S", "sku": "S-1", "price": "700.00", "compare_at_price": "900.00"},
            {"id": 12, "title": "Default Title", "sku": "S-2", "price": "710.00"},
        ],
        "images": [{"src": "https://shirts.example/1.jpg"}],
    }
    offers, _ = understood(json_file(tmp_path, {"products": [product]}))
    assert [(o.source_id, o.title, o.price, o.old_price) for o in offers] == [
        ("11", "Сорочка S", D(700), D(900)),
        ("12", "Сорочка", D(710), None),
    ]
    assert {o.brand for o in offers} == {"Льон"}
    assert {o.photos for o in offers} == {("https://shirts.example/1.jpg",)}


def test_prices_as_objects_keep_their_figures(tmp_path):
    goods = [{"name": "Чай", "price": {"amount": "50.10", "currency": "EUR"}, "wholesalePrice": 45}]
    [offer], _ = understood(json_file(tmp_path, goods))
    assert (offer.price, offer.currency) == (D("50.10"), "EUR")
    assert [(tier.kind, tier.amount) for tier in offer.tiers] == [("wholesale", D(45))]


def test_json_lines_keep_out_only_the_damaged_line(tmp_path):
    lines = [json.dumps({"sku": f"A{n}", "name": "Чай", "price": n}) for n in range(1, 6)]
    lines[2] = lines[2][:-4]
    path = text_file(tmp_path / "goods.jsonl", "\r\n".join([*lines, ""]))
    assert reading.inspect(path).format == "json_lines"
    offers, issues = understood(path)
    assert [offer.article for offer in offers] == ["A1", "A2", "A4", "A5"]
    assert errors(issues) == [(3, "json_line_damaged")]


def test_figures_of_json_lines_go_through_our_own_grammar(tmp_path):
    prices = ["NaN", "Infinity", "1e999", "-5", "0", "12.30"]
    lines = [f'{{"sku": "A{n}", "name": "Чай", "price": {price}}}' for n, price in enumerate(prices)]
    offers, issues = understood(text_file(tmp_path / "goods.jsonl", "\n".join(lines)))
    assert [offer.price for offer in offers] == [D("12.30")]
    assert errors(issues) == [
        (1, "price_not_a_number"), (2, "price_not_a_number"), (3, "price_absurd"), (4, "price_negative"),
        (5, "price_zero"),
    ]  # fmt: skip


def test_halves_of_surrogate_pairs_and_line_breaks_in_texts(tmp_path):
    text = '[{"name": "Чай \\ud83d чорний\nлистовий", "price": 5}]'
    [offer], _ = understood(text_file(tmp_path / "goods.json", text))
    assert offer.title.encode()
    assert offer.title.startswith("Чай")
    assert offer.title.endswith("чорний листовий")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"items": [{"name": "Чай", "price": 5}, {"name": "Ка', "truncated_file"),
        ('{"items": [{"name": "Чай", "price": 5}}', "damaged_json"),
        ('{"items": [{"name": "Чай", "price": NaN}]}', "damaged_json"),
        ('{"error": "unauthorised", "message": "log in"}', "json_without_goods"),
        ("[]", "json_without_goods"),
        ('{"items": [{"name": "Чай"}, {"name": "Кава"}]}', "json_without_goods"),
        ("[" * 100_000 + "]" * 100_000, "nested_too_deep"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested_too_deep"),
    ],
)
def test_what_json_is_refused(tmp_path, text, code):
    refusal = reading.inspect(text_file(tmp_path / "list.json", text)).refusal
    assert refusal is not None
    assert refusal.code == code
    assert str(refusal.remedy)


def test_brackets_in_texts_are_no_nesting(tmp_path):
    goods = [{"name": f'Чай [{{ "{n}" \\', "price": 5} for n in range(1, 200)]
    offers, _ = understood(json_file(tmp_path, goods))
    assert len(offers) == 199


def test_the_keys_that_were_found_are_named(tmp_path):
    refusal = reading.inspect(json_file(tmp_path, {"list": [{"label": "Чай", "sum": 5}]})).refusal
    assert refusal is not None
    assert "label" in str(refusal)


def test_a_long_array_is_streamed(tmp_path):
    path = tmp_path / "long.json"
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"items": [')
        for n in range(30_000):
            stream.write(
                ("," if n else "") + json.dumps({"id": n, "name": f"Чай {n}", "price": 5, "note": "x" * 200})
            )
        stream.write("]}")
    mapping = reading.inspect(path).mapping
    tracemalloc.start()
    try:
        count = sum(isinstance(item, OfferRow) for item in reading.read(path, mapping))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 30_000
    assert peak < path.stat().st_size / 2
