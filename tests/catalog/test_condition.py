"""In what state a good is: by columns and by the words of its name."""

import pytest

from catalog.condition import condition_by_name, condition_of
from core import text


@pytest.mark.parametrize(
    ("title", "condition"),
    [
        ("Ноутбук HP EliteBook б/у", "used"),
        ("Кабель VGA (б/у)", "used"),
        ("Монітор Dell б.в.", "used"),
        ("Телефон бу", "used"),
        ("Принтер вживаний, стан добрий", "used"),
        ("Кресло подержанное", "used"),
        ("iPhone 11 pre-owned", "used"),
        ("Used Dell Latitude 5400", "used"),
        ("Картридж відновлений HP 85A", "refurbished"),
        ("(Renewed) Havells Steamer", "refurbished"),
        ("HP CE250A toner - remanufactured", "refurbished"),
        ("Apple Watch (Certified Refurbished)", "refurbished"),
        ("Шафа офісна (уцінка)", "marked_down"),
        ("Уценка! Стул", "marked_down"),
        ("Open Box Intel Adapter", "marked_down"),
        ("Телефон, пошкоджена упаковка", "marked_down"),
        # What only looks like it:
        ("Папір з вторинної сировини", "new"),
        ("Бумага офисная А4", "new"),
        ("Блок БУ-12", "new"),
        ("Суміш готова до вживання", "new"),
        ("Сок яблочный восстановленный", "new"),
        ("Шкіра відновлена, пояс", "new"),
        ("Cloth used for cleaning", "new"),
        ("Стілець без уцінки", "new"),
        ("Телефон не б/у", "new"),
        ("Щітка для б/у меблів", "new"),
    ],
)
def test_by_the_words_of_a_name(title, condition):
    assert condition_by_name(title) == condition
    # A name is only looked through where one of its analysed words may be a sign.
    assert condition_of([title], {}, words=text.term_list(title)) == condition


@pytest.mark.parametrize(
    ("columns", "condition"),
    [
        ({"condition": "refurbished"}, "refurbished"),
        ({"g:condition": "new"}, "new"),
        ({"condition": "likenew"}, "used"),
        ({"condition": "showcasesample"}, "marked_down"),
        ({"Стан": "Б/в"}, "used"),
        ({"Состояние товара": "Новое"}, "new"),
        ({"Стан": "Рідкий"}, "new"),
        ({"Уцінка": "Так"}, "marked_down"),
        ({"Уцінка": "Ні"}, "new"),
        ({"Б/у": "да"}, "used"),
        ({"Колір": "б/у"}, "new"),
    ],
)
def test_by_columns(columns, condition):
    assert condition_of(["Принтер"], columns) == condition


def test_a_name_is_believed_before_a_column_that_says_new_of_everything():
    assert condition_of(["Принтер б/у"], {"condition": "new"}) == "used"
