"""What vendors' columns tell of attributes, whose word wins, and how values are shown."""

import pytest
from django.utils import translation

from catalog.attributes.enums import Source
from catalog.attributes.units import shown, shown_size
from tests.catalog.attributes.seed import facts, labels


@pytest.mark.parametrize(
    ("category", "columns", "told"),
    [
        ("dish-soap", {"Об'єм, мл": "500"}, {"volume=500"}),
        ("dish-soap", {"Объём (л)": "0,5"}, {"volume=500"}),
        ("dish-soap", {"Об'єм": "0,5 л"}, {"volume=500"}),
        ("dish-soap", {"Об'єм": "500"}, set()),  # of what?
        ("dish-soap", {"Об'єм": "від 1 до 5 л"}, set()),
        ("dish-soap", {"Вага нетто": "1.2 кг"}, {"weight=1200"}),
        ("monitors", {"Діагональ": "23,8"}, {"diagonal=23.8"}),
        ("monitors", {"Диагональ экрана": '27" (68.6 см)'}, {"diagonal=27"}),
        ("monitors", {"Діагональ, см": "61"}, {"diagonal=24.015748"}),
        ("monitors", {"Діагональ": "2700"}, set()),  # beyond the limits
        ("monitors", {"Роздільна здатність": "1920 × 1080"}, {"resolution=full-hd"}),
        ("office-paper", {"Щільність паперу": "80 г/м²", "Кількість аркушів": "500"}, {"density=80", "sheets=500"}),
        ("mugs", {"Колір": "Чорний"}, {"colour=black"}),
        ("mugs", {"Цвет": "темно-синий"}, {"colour=blue"}),
        ("mugs", {"Colour": "light blue"}, {"colour=light-blue"}),
        ("mugs", {"Колір": "чорний/білий"}, set()),
        ("gloves", {"Розмір": "L"}, {"clothing-size=l"}),
        ("toilet-paper", {"Кількість шарів": "3"}, {"layers=3"}),
        ("keyboards", {"Підсвічування": "Так"}, {"backlight=yes"}),
        ("keyboards", {"Подсветка": "нет"}, {"backlight=no"}),
        ("sticky-notes", {"Розмір, мм": "76х76"}, {"size=76x76"}),
    ],
)  # fmt: skip
def test_a_column_is_read(category, columns, told):
    assert labels(category, **columns) == told


def test_the_vendor_s_column_wins_over_the_name():
    read = facts("mugs", "Чашка біла 300 мл", Колір="синій")
    assert (read["colour"].label, read["colour"].source, read["colour"].headings) == (
        "colour=blue", Source.COLUMN, ("Колір",),
    )  # fmt: skip
    assert read["volume"].source == Source.NAME


def test_what_the_vendor_says_and_nobody_understands_is_not_guessed_over():
    assert labels("mugs", "Чашка біла", Колір="космічний пил") == set()


def test_a_word_that_may_mean_something_else_leaves_the_name_its_say():
    assert labels("tea", "Чай чорний 25 пакетиків", Тип="пакетований") == {"tea=black", "bags=25"}
    assert labels("tea", Тип="зелений") == {"tea=green"}


def test_one_attribute_in_two_languages_is_one():
    assert facts("mugs", Колір="синій", Цвет="синий")["colour"].headings == ("Колір", "Цвет")


@pytest.mark.parametrize(
    ("value", "unit", "uk", "en"),
    [
        (500.0, "ml", "500 мл", "500 ml"),
        (1500.0, "ml", "1,5 л", "1.5 l"),
        (0.7, "mm", "0,7 мм", "0.7 mm"),
        (300.0, "mm", "30 см", "30 cm"),
        (66_000.0, "mm", "66 м", "66 m"),
        (15.6, "in", "15,6″", "15.6″"),
        (1000.0, "gb", None, "1 TB"),
        (0.5, "gb", None, "500 MB"),
        (3.0, "", "3", "3"),
    ],
)
def test_values_are_shown_in_the_reader_s_language(value, unit, uk, en):
    with translation.override("en"):
        assert shown(value, unit).replace("\xa0", " ") == en
    if uk:
        with translation.override("uk"):
            assert shown(value, unit).replace("\xa0", " ") == uk


def test_sides_are_shown_in_centimetres_where_they_are_round():
    with translation.override("en"):
        assert shown_size((100.0, 150.0), "mm") == "10 × 15\xa0cm"
        assert shown_size((63.5, 38.1), "mm") == "63.5 × 38.1\xa0mm"


def test_a_fact_speaks_the_reader_s_language():
    fact = facts("mugs", "Кружка red")["colour"]
    said = []
    for language in ("uk", "ru", "en"):
        with translation.override(language):
            said.append((fact.name, fact.text))
    assert said == [("Колір", "червоний"), ("Цвет", "красный"), ("Colour", "red")]
