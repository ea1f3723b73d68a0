"""Goods that only their names tell apart: a second row of one name is a second good, file after file."""

import pytest

from catalog.models import Offer
from price_lists.models import SourceItem
from price_lists.rows import first_key, repeated_key, repeated_keys
from price_lists.services import staging
from tests.factories.price_lists import imported

HEADER = "Назва;Ціна;Залишок"


def write(path, *rows):
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def on_sale():
    offers = Offer.objects.filter(withdrawn_at=None).order_by("pk")
    return [(title, amount // 10_000) for title, amount in offers.values_list("title", "price_amount")]


def changes(run):
    return {name: run.counts.get(name, 0) for name in ("new", "changed", "unchanged", "vanished")}


@pytest.mark.parametrize("batch", [1, 2, 3, 2_000])
def test_rows_of_one_name_are_told_apart_in_every_batch(vendor, tmp_path, monkeypatch, batch):
    monkeypatch.setattr(staging, "BATCH", batch)
    rows = ["Чохол чорний;10;1", "Скло захисне;20;1", "Чохол чорний;10;1", "Кабель;30;1", "Чохол чорний;15;1"]
    imported(vendor, write(tmp_path / "a.csv", *rows))
    goods = [
        ("Чохол чорний", 10),
        ("Скло захисне", 20),
        ("Чохол чорний", 10),
        ("Кабель", 30),
        ("Чохол чорний", 15),
    ]
    assert sorted(on_sale()) == sorted(goods)
    keys = set(SourceItem.objects.filter(key__contains="чохол").values_list("key", flat=True))
    assert keys == {f"name:|чохол чорний|{end}" for end in ("", "#2", "#3")}

    again = imported(vendor, write(tmp_path / "a.csv", *rows, "Миша;40;1"))
    assert changes(again) == {"new": 1, "changed": 0, "unchanged": 5, "vanished": 0}

    first_is_gone = imported(vendor, write(tmp_path / "a.csv", *rows[1:], "Миша;40;1"))
    # what is left of the three are two: the first keeps its facts, the second takes those of the third
    assert changes(first_is_gone) == {"new": 0, "changed": 1, "unchanged": 4, "vanished": 1}
    assert sorted(on_sale()) == sorted([*goods[1:], ("Миша", 40)])


def test_another_currency_is_a_further_price_of_the_first(vendor, tmp_path):
    rows = ["Чохол;400 грн;1", "Чохол;10 USD;1", "Чохол;410 грн;1"]
    imported(vendor, write(tmp_path / "a.csv", *rows))
    offers = Offer.objects.order_by("pk")
    assert [(o.price_currency, o.price_amount // 10_000, o.prices.count()) for o in offers] == [
        ("UAH", 400, 1),
        ("UAH", 410, 0),
    ]


def test_a_number_is_put_to_keys_by_name_alone():
    long = "name:|" + "x" * 239
    assert repeated_key("name:|a|H87", 1) == "name:|a|H87"
    assert repeated_key("name:|a|H87", 12) == "name:|a|H87#12"
    assert first_key("name:|a #2|H87#12") == "name:|a #2|H87"
    assert len(repeated_key(long, 123_456)) <= 255
    assert first_key(repeated_key(long, 123_456)) == long
    assert first_key("id:7#2") == "id:7#2"


@pytest.mark.parametrize("key", ["name:|a|H87", "name:|a%_|"])
def test_keys_of_further_rows_with_a_name_stand_together(key):
    begin, end = repeated_keys(key)
    keys = [repeated_key(key, n) for n in (1, 2, 10, 99)] + [f"{key} b", f"{key}a#2", f"{key}|#2"]
    assert [each for each in keys if begin <= each < end] == keys[1:4]
