"""What names of offers tell of attributes, and what they must not be believed to tell."""

from time import process_time

import pytest

from catalog.attributes import names
from catalog.attributes.names import read_name
from catalog.attributes.numbers import Candidate, assigned
from catalog.attributes.rules import attribute_rule
from core.text import tokens
from tests.catalog.attributes.seed import labels, rules


@pytest.mark.parametrize(
    ("category", "title", "told"),
    [
        ("office-paper", "Папір Double A A4, 80 г/м², 500 арк., клас А", {"format=a4", "density=80", "sheets=500"}),
        ("office-paper", "Бумага А4 80г 500л", {"format=a4", "density=80", "sheets=500"}),
        ("photo-paper", "Фотопапір глянцевий 10×15 см, 265 г/м2, 20 арк.",
         {"format=10x15", "density=265", "sheets=20", "finish=glossy"}),
        ("staplers", "Степлер Leitz NeXXt №24/6, до 30 аркушів, чорний",
         {"capacity=30", "staple=n24-6", "colour=black"}),
        ("staples", "Скоби №10, 1000 шт.", {"staple=n10", "pieces=1000"}),
        ("adhesive-tape", "Стрічка клейка 48 мм х 66 м прозора",
         {"width=48", "tape-length=66000", "colour=transparent"}),
        ("laptops", 'Ноутбук Acer 15.6" 16GB DDR4 512GB SSD сірий',
         {"diagonal=15.6", "ram=16", "storage=512", "colour=grey"}),
        ("laptops", "Ноутбук Lenovo V15 8/512 ГБ", {"ram=8", "storage=512"}),
        ("cables", "Patch cable 10 ft Cat 6 Green 3.05 m", {"length=3050", "colour=green"}),
        ("power-banks", "Повербанк 20000 мАг 22,5 Вт синій", {"charge=20000", "power=22.5", "colour=blue"}),
        ("light-bulbs", "Лампа світлодіодна Е27 10 Вт тепле світло 900 лм",
         {"socket=e27", "power=10", "light=warm", "flux=900"}),
        ("tea", "Чай Greenfield чорний 25х2г", {"bags=25", "tea=black"}),
        ("tea", "Чай Lovare зелений, 24 пакетики", {"bags=24", "tea=green"}),
        ("tea", "Чай чорний 25 пак. х 2 г", {"bags=25", "tea=black"}),
        ("tea", "Чай зелений 100пак*1,5г", {"bags=100", "tea=green"}),
        ("tea", "Чай чорний 20 пакетиків по 2 г", {"bags=20", "tea=black"}),
        ("tea", "Чай Lovare чорний 50 пак по 2г", {"bags=50", "tea=black"}),
        ("coffee", "Кава мелена 5 шт. × 40 г", {"coffee=ground", "pieces=5"}),
        ("office-paper", "Набір А4 5 шт. × 40 г", {"format=a4"}),
        ("coffee", "Кофе Jardin в зёрнах, 1 кг", {"coffee=beans", "weight=1000"}),
        ("toilet-paper", "Папір туалетний двошаровий, 8 рулонів", {"layers=2", "rolls=8"}),
        ("napkins", "Серветки 3сл 33х33 см 20 шт", {"layers=3", "size=330x330", "pieces=20"}),
        ("gloves", "Рукавички нітрилові розмір М, 100 шт/уп", {"clothing-size=m", "material=nitrile", "pieces=100"}),
        ("batteries", "Батарейки GP Super ААА 4 шт.", {"battery=aaa", "pieces=4"}),
        ("copybooks", "Зошит А5 48 аркушів у клітинку", {"format=a5", "sheets=48", "ruling=squares"}),
        ("dish-soap", "Засіб для миття посуду Gala 0,5 л", {"volume=500"}),
        ("sponges", "Губки из нержавеющей стали, 2шт", {"material=metal", "pieces=2"}),
        ("folders", "Папка А4+ пластикова", {"format=a4-plus", "material=plastic"}),
    ],
)  # fmt: skip
def test_a_name_is_read(category, title, told):
    assert labels(category, title) == told


@pytest.mark.parametrize(
    ("category", "title", "told"),
    [
        ("coffee", "Кава в зернах 5-10 кг", {"coffee=beans"}),  # a range
        ("coffee", "Кава 12х15г", {"pieces=12"}),  # so much each
        ("dish-soap", "Засіб 1/2 л", set()),  # a fraction
        ("dish-soap", "Засіб 400 мл + 200 мл", set()),  # a bundle
        ("dish-soap", "ЗасібFungi0,5л", set()),  # torn figures
        ("ssd", "SSD 600 MB/s 6 Gb/s", set()),  # rates
        ("toners", "Картридж чорний, 30,000 pages", {"colour=black"}),  # thirty, or thirty thousand
        ("mugs", "Чашка з чорною ручкою біла 350 мл", {"volume=350", "colour=white"}),
        ("mugs", "Чашка с красной и синей полосой белая", {"colour=white"}),
        ("mugs", "Чашка без білого напису", set()),
        ("toners", "Картридж для HP LaserJet чорний", {"colour=black"}),
        ("mugs", "Чашка чорно-біла", set()),
        ("mugs", "Чашка чорна, біла", set()),
        ("mugs", "Чашка темно-синя", {"colour=blue"}),
        ("mugs", "Чашка «Чорна кава»", set()),
        ("copybooks", "Тетрадь ПЗБМ Чёрная Коллекция общая в клетку", {"ruling=squares"}),
        ("folders", "Папка A4-Tech", set()),
        ("gloves", "Рукавички L 100 шт", {"pieces=100"}),  # L beside nothing
        ("staples", "Скоби 10 мм, 1000 шт", {"pieces=1000"}),  # 10 without №
        ("glue", "Клей для 20 г", set()),
        ("toilet-paper", "Бумага туалетная влажная Home Story, 50шт", set()),  # sheets
        ("laptops", "Ноутбук 64 ГБ", set()),  # of memory or of storage
        ("laptops", "Ноутбук 16GB 512GB RTX3050 4GB", set()),  # three for two
    ],
)  # fmt: skip
def test_what_a_name_only_seems_to_tell_is_left(category, title, told):
    assert labels(category, title) == told


def test_words_of_the_brand_are_no_choices():
    assert labels("mugs", "Кружка Black Red White 300 мл", brand="Black Red White") == {"volume=300"}


def test_another_title_is_read_where_the_first_tells_nothing():
    assert labels("mugs", "Чашка «Ранок»", "Mug Morning 350 ml, red") == {"volume=350", "colour=red"}
    assert labels("mugs", "Чашка 300 мл", "Mug 350 ml, red") == {"volume=300"}


def test_a_pack_counts_pieces_unless_the_name_counts_something_else():
    assert labels("staples", "Скоби №10", pack=1000) == {"staple=n10", "pieces=1000"}
    assert labels("file-sleeves", "Файли А4, 100 арк.", pack=100) == {"format=a4"}


def test_many_numbers_that_could_be_of_many_attributes_are_given_up_at_once():
    lengths = [
        attribute_rule(code=f"l{number}", names={"uk": f"Довжина {number}"}, kind="number", unit="mm")
        for number in range(30)
    ]
    numbers = [Candidate(dict.fromkeys(lengths, value)) for value in (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)]
    began = process_time()
    assert assigned(numbers) == {}
    assert process_time() - began < 0.5
    assert len(assigned([Candidate({lengths[0]: 10.0}), Candidate({lengths[1]: 20.0})])) == 2


@pytest.mark.parametrize(
    ("category", "title", "told"),
    [
        ("monitors", "Monitor screen - 92 in", {"diagonal": 92.0}),
        ("monitors", "Monitor - 92 diagonal", {}),
        ("copybooks", "Тетрадь Чёрная Коллекция общая 150г", {"colour": "black"}),
        ("mugs", "Чашка Синя Птаха 8кн біла — 300 мл", {"volume": 300.0}),
    ],
)
def test_a_name_tells_the_same_whether_all_of_it_is_taken_apart(category, title, told, monkeypatch):
    assert read_name(rules()[category], title) == told
    monkeypatch.setattr(names, "sketch", lambda _rules, whole: tokens(whole))
    assert read_name(rules()[category], title) == told
