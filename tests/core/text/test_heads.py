"""What a title names is told from what it is for, made of, comes with or is called."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import text
from core.text.heads import BESIDE, HEAD, NOT, describing, heads, is_accessory, naming, offered_heads


@pytest.mark.parametrize(
    ("wanted", "offered", "meets"),
    [
        ("Степлер №24/6", "Скоби №24/6 для степлера", NOT),
        ("Степлер №24/6", "Скобы для степлера Buromax №24/6, 1000 шт.", NOT),
        ("Степлер №24/6", "Степлер №24/6 металевий", HEAD),
        ("Скоби №10", "Степлер Axent Standard, скоби №10, 12 аркушів", NOT),
        ("скоби", "Скобы Leitz P3 №24/6, оцинкованные", HEAD),
        ("Скоби для степлера №24/6", "Скоби №24/6 для степлера", HEAD),
        ("Папір А4", "Швидкозшивач картонний Крафт-Папір «Справа» A4", NOT),
        ("Папір А4", "Тека картонна на зав'язках Крафт-Папір А4, 0,35 мм", NOT),
        ("Папір", "Крафт-папір у рулоні", HEAD),
        ("Папір А4", "Бумага IQ Economy+ A4, 80 г/м2, 500 л.", HEAD),
        ("офісний папір", "Папір А4 офісний", HEAD),
        ("потужний А4 папір", "Кольоровий папір А4", HEAD),
        ("Файли А4", "Папка на 20 файлів Axent А4, чорна", NOT),
        ("Крафт-папір", "Конверт Крафт-Папір C6 (114 × 162 мм), білий", NOT),
        ("Справа", "Швидкозшивач «Справа»", NOT),
        ("степлер", "«Степлер»", HEAD),
        ("Лазерний принтер", "Картридж для лазерного принтера HP", NOT),
        ("Бездротова миша", "Миша ігрова для ноутбука бездротова", HEAD),
        ("Миша бездротова", "Килимок для миші бездротової", NOT),
        ("Бумага для принтера А4", "Папір А4 для принтера", HEAD),
        ("Монітор 24", "Підставка під монітор 24", NOT),
        ("Лоток", "Для паперу лоток", HEAD),
        ("папір", "Для паперу лоток", NOT),
        ("Папка А4", "Папка-реєстратор Leitz 180° А4 80 мм", HEAD),
        ("Реєстратор А4", "Папка-реєстратор Leitz 180° А4 80 мм", BESIDE),
        ("Олівець", "Клей-олівець Kores 8 г", BESIDE),
        ("Маркер", "Текст-маркер Buromax 2–4 мм", HEAD),
        ("кабель", "USB-кабель Baseus", HEAD),
        ("Картридж", "Тонер-картридж Canon 728, чорний", HEAD),
        ("Скотч", "Стрічка скотч 48 мм", BESIDE),
        ("Телефон", "Чохол телефону", NOT),
        ("Маркер", "Набір текстових маркерів Axent Highlighter, 4 кольори", HEAD),
        ("Набір маркерів", "Маркери для дошок, набір", HEAD),
        ("Степлер", "Leitz степлер NeXXt 5500", HEAD),
        ("Диск", "Жорсткий диск 1 ТБ", HEAD),
        ("HDMI cable", "Adapter for HDMI cable", NOT),
        ("HDMI cable", "HDMI cable 2 m", HEAD),
        ("iPhone 13", "Чохол для iPhone 13", NOT),
        ("iPhone 13", "Смартфон Apple iPhone 13", HEAD),
        ("TN-2110", "Картридж для Brother HL-2140", HEAD),
        ("24/6", "Скоби для степлера 24/6", HEAD),
        ("", "Папір", HEAD),
        ("Папір", "", HEAD),
    ],
)
def test_what_is_wanted_and_what_is_offered(wanted, offered, meets):
    assert naming(heads(wanted), heads(offered)) == meets


def test_a_brand_is_no_name_of_the_good():
    ignored = frozenset(text.index_terms("Фрекен Бок"))
    wanted = heads("губки кухонні")
    assert naming(wanted, heads("Фрекен Бок губки кухонні 5 шт.", ignored)) == HEAD
    assert naming(wanted, heads("Губки", frozenset(text.index_terms("Губки")))) == HEAD


@pytest.mark.parametrize(
    ("title", "describes", "names"),
    [
        ("Kensington MicroSaver Keyed Laptop Lock", "laptop", "lock"),
        ("Brother Drum for Laser Printer, black", "laser", "printer"),
        ("Duracell Camera Battery - replaces Nikon EN-EL12 Battery", "camera", "battery"),
        ("HP Photosmart M525 Digital Camera 10 MP", "digital", "camera"),
        ("Toner cartridge Original Black 6 pc", "toner", "cartridge"),
    ],
)
def test_english_names_a_thing_last(title, describes, names):
    only = describing(title)
    assert set(text.index_terms(describes)) <= only
    assert only.isdisjoint(text.index_terms(names))


@pytest.mark.parametrize(
    ("title", "brand", "named"),
    [
        ("Laptop Lenovo ThinkPad Carbon", "Lenovo", "laptop"),
        ("Laptop Lenovo ThinkPad Carbon", "", "laptop"),
        ("Headphones Sony Extra Bass", "Sony", "headphones"),
        ("Headphones Sony Extra Bass", "", "headphones"),
        ("Wireless headphones Sony Extra Bass", "Sony", "headphones"),
        ("Toner Canon C-EXV", "", "toner"),
    ],
)
def test_a_thing_may_be_named_before_its_maker(title, brand, named):
    assert describing(title, frozenset(text.index_terms(brand))).isdisjoint(text.index_terms(named))


@pytest.mark.parametrize(
    "title", ["Laptop Lock Kensington", "Laptop backpack", "Laptop Stand Black", "Laptop Bag"]
)
def test_what_comes_first_describes_another_good(title):
    assert set(text.index_terms("laptop")) <= describing(title, frozenset(text.index_terms("Kensington")))


def test_of_a_title_in_cyrillic_letters_no_place_tells():
    assert describing("Чохол iPhone case чорний") == frozenset()


def test_glasses_and_cases_are_accessories():
    assert is_accessory(heads("Захисне скло Xiaomi Redmi 4"))
    assert not is_accessory(heads("Смартфон Xiaomi Redmi 4, чохол у комплекті"))


PIECES = st.sampled_from(
    [
        *(
            "Степлер",
            "USB-кабель",
            "скоби",
            "набір",
            "ручок",
            "синій",
            "клей-олівець",
            "стрічка",
            "скотч",
            "чохол",
        ),
        *(
            "для",
            "Для",
            "до",
            "for",
            "під",
            "і",
            "з",
            "HP",
            "Case",
            "Axent",
            "TN-2110",
            "шт/до",
            "5",
            "24/6",
            "x",
        ),
        *("«Крафт", "Папір»", '"Зоря"', "-", "(A4)", "80 г/м2,", "<b>клей</b>", "&quot;", "№10", "  "),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join), st.sampled_from(["", "Axent", "Степлер"]))
def test_an_offers_title_is_read_no_further_than_needed_and_names_the_same(title, brand):
    ignored = frozenset(text.index_terms(brand))
    assert offered_heads(title, ignored) == heads(title, ignored)._replace(latin=frozenset())
