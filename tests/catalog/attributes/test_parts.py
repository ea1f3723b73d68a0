"""What is said of a part is not said of the good; which memory is meant where the vendor says just that."""

import pytest

from tests.catalog.attributes.seed import labels


@pytest.mark.parametrize(
    ("category", "title", "told"),
    [
        ("pens", "Ручка кулькова 0,7 мм, корпус синій", {"line=0.7"}),
        ("pens", "Ручка кулькова синя 0,7 мм, корпус чорний", {"line=0.7", "colour=blue"}),
        ("pens", "Ручка шариковая синяя 0,7 мм чёрный корпус", {"line=0.7", "colour=blue"}),
        ("pens", "Ручка гелева, колір чорнила синій, колір корпусу чорний", {"colour=blue"}),
        ("markers", "Маркер чорний, ковпачок червоний", {"colour=black"}),
        ("mugs", "Термокухоль сірий кришка чорна 400 мл", {"colour=grey", "volume=400"}),
        ("mugs", "Чашка з синьою кришкою біла", {"colour=white"}),
        ("mugs", "Чашка, червона кришка", set()),
        ("staplers", "Степлер №10, корпус чорний", {"staple=n10", "colour=black"}),  # is what buyers see
        ("laptops", "Ноутбук HP чорний, чохол сірий", {"colour=black"}),
        ("laptops", "Ноутбук Acer пам'ять 16 ГБ", {"ram=16"}),
        ("laptops", "Ноутбук Acer память 256 ГБ", {"storage=256"}),
        ("laptops", "Ноутбук Acer, обсяг пам'яті 16 ГБ, SSD 512 ГБ", {"ram=16", "storage=512"}),
        ("laptops", "Ноутбук Acer, 8 ГБ пам'яті, 1 ТБ SSD", {"ram=8", "storage=1000"}),
        ("laptops", "Ноутбук Acer, оперативна пам'ять 32 ГБ, вбудована пам'ять 64 ГБ", {"ram=32", "storage=64"}),
        ("usb-sticks", "Флешка пам'ять 16 ГБ", {"memory=16"}),
    ],
)  # fmt: skip
def test_a_name_with_parts(category, title, told):
    assert labels(category, title) == told


@pytest.mark.parametrize(
    ("category", "columns", "told"),
    [
        ("pens", {"Колір корпусу": "чорний", "Колір чорнила": "синій"}, {"colour=blue"}),
        ("staplers", {"Колір корпусу": "чорний"}, {"colour=black"}),
        ("laptops", {"Обсяг пам'яті": "16 ГБ"}, {"ram=16"}),
        ("laptops", {"Обсяг пам'яті": "512 ГБ"}, {"storage=512"}),
        ("laptops", {"Объём памяти": "1 ТБ SSD"}, {"storage=1000"}),
        ("laptops", {"Обсяг пам'яті": "64 ГБ", "Оперативна пам'ять": "4 ГБ"}, {"ram=4", "storage=64"}),
        ("laptops", {"Пам'ять": "16 ГБ", "Накопичувач": "512 ГБ"}, {"ram=16", "storage=512"}),
        ("laptops", {"Пам'ять": "128 ГБ DDR5"}, {"ram=128"}),
        ("laptops", {"Пам'ять": "16 ГБ / 512 ГБ"}, set()),
        ("usb-sticks", {"Обсяг пам'яті": "16 ГБ"}, {"memory=16"}),
    ],
)
def test_columns_of_parts_and_memories(category, columns, told):
    assert labels(category, "", **columns) == told
