"""What stands in names that should not, and what only looks like it."""

import re
from itertools import product

import pytest

from price_lists.title_rules.detecting import _HINTS, _PROMOTED, found, suspicious
from price_lists.title_rules.enums import Rule

EVERY = frozenset(Rule)
FAULTS = {
    Rule.PHONE: [
        ("Дриль Bosch т. +380671234567", "+380671234567"),
        ("Дриль Bosch тел. 067 123-45-67", "тел. 067 123-45-67"),
        ("Дриль Bosch (067) 123 45 67", "(067) 123 45 67"),
        ("Дриль 098-649-41-04 Bosch", "098-649-41-04"),
        ("Цегла, 044 537-02-22", "044 537-02-22"),
        ("Дриль, viber 0671234567", "viber 0671234567"),
        ("Плитка 38 (050) 333-22-11 опт", "38 (050) 333-22-11"),
        ("Плитка 380503332211", "380503332211"),
        ("Дрель 8 (800) 555-35-35", "8 (800) 555-35-35"),
        ("Насос +7 912 345-67-89", "+7 912 345-67-89"),
        ("Насос +48 22 123 45 67", "+48 22 123 45 67"),
        ("Вікна тел 55-12-34", "тел 55-12-34"),
        ("Вікна т. 0671234567", "0671234567"),
        ("Вікна 067 1234567", "067 1234567"),
        ("Вікна 8-067-123-45-67", "8-067-123-45-67"),
        ("Вікна 0 800 300 400", "0 800 300 400"),
    ],
    Rule.LINK: [
        ("Дриль Bosch rozetka.com.ua", "rozetka.com.ua"),
        ("Дриль www.shop-ua.biz знов", "www.shop-ua.biz"),
        ("Дриль https://example.com/a?b=1 нова", "https://example.com/a?b=1"),
        ("Дриль, sales@example.com.ua", "sales@example.com.ua"),
        ("Дриль t.me/shop_ua", "t.me/shop_ua"),
        ("Дриль (telegram: @shop_ua)", "telegram: @shop_ua"),
        ("MEENAMART.COM Duffle Bag", "MEENAMART.COM"),
        ("WWW.DRILI.LVIV Дриль", "WWW.DRILI.LVIV"),
        ("Дриль Www.drili.top", "Www.drili.top"),
    ],
    Rule.PROMOTION: [
        ("Дриль Bosch АКЦІЯ", "АКЦІЯ"),
        ("Дриль Bosch, знижка до 20% на все", "знижка до 20% на все"),
        ("Скидка! Дрель", "Скидка"),
        ("Дрель распродажа", "распродажа"),
        ("Дриль (-20%)", "(-20%)"),
        ("Дриль за 499 грн", "499 грн"),
        ("Дриль, найкраща ціна", "найкраща ціна"),
        ("Чохол безкоштовна доставка", "безкоштовна доставка"),
    ],
    Rule.MARKS: [
        ("Дриль!!! Bosch", "!!!"),
        ("*** Дриль ***", "***"),
        ("🔥 Дриль Bosch", "🔥"),
        ("Дриль ★★★ Bosch", "★★★"),
        ("Дриль ..... Bosch", "....."),
    ],
    Rule.HTML: [
        ("Кабель 90&deg; кутовий", "&deg;"),
        ("Дриль<br/>Bosch", "<br/>"),
        ("Дриль &amp;quot;Bosch", "&amp;"),
        ("Дриль &#39;Bosch", "&#39;"),
    ],
}
TRAPS = {
    Rule.PHONE: [
        "Свічка Bosch 0986494104",
        "Свічка Bosch 0 986 494 104",
        "Гальмівні колодки Bosch 0 986 424 797",
        "Кабель 380 В 50 Гц 3-фазний 12345",
        "Олія 4820012345678",
        "Код 380123456788",  # twelve figures with a right check digit: UPC
        "Braun 4210201367758 blender accessory",
        "3M 78.6969.9463.7 projector lamp",
        "Supermicro MCP-290-00057-0N rack accessory",
        "Multibrackets M VESA Wallmount III Black 75 100 200x100 200x200",
        "Картридж T603200 220 ml",
        "Чохол для тел. 6.5 дюйма",
        "Плита 0,5 067",
        "Стрічка 10-20-30-40-50-60",
    ],
    Rule.LINK: [
        "StarTech.com DB9 RS232 Serial Null Modem Adapter",
        "Eaton Protection Box 6 Tel@ USB DIN",
        "HDMI 4K @ 60 Hz, 4K@30Hz",
        "Набір 12 шт.в коробці",
        "Microsoft Visual Basic.NET 2003",
        "ASUS P5Q3 Deluxe/WiFi-AP @n LGA 775",
        "Кухоль 0.5л.Синій",
        '"Kingston 32GB"@default',
    ],
    Rule.SHOUTING: [
        "HP 128MB SDRAM SDR SDRAM",
        "KYOCERA MK-580",
        "APC AIR 2U RM 115V 60HZ",
        "Труба ПВХ ГОСТ",
        "Ноутбук ASUS ROG STRIX NVIDIA GeForce RTX з екраном",
        "МОЛОКО 1 л",
        "Ламінат LG ЛДСП білий",
        "Кабель HDMI USB SATA чорний 2 м",
        "PROSEPT CEMENT CLEANER - видаляч цементу 1 л",
        "Простирадло ЖИРАФИКИ бязь 180х200 кольорова дитяча",
    ],
    Rule.PROMOTION: [
        "Щебінь фракція 5-20",
        "Топ жіночий літній",
        "Подарункова картка 500 грн",
        "Подарунковий набір чаю",
        "Монета 5 гривень",
        "Йогурт 50% (знежирений) -2.5%",
        "Конфеты Красная цена Молочные",
        "Молоко 3.4-4% БЗМЖ",
        "Сметана 15%",
        "Сыр -45% жирности",
        "Fisher-Price каталка",
        "HP Point of Sale System",
        "Термопапір для ціників",
        "Реакція: настільна гра",
    ],
    Rule.MARKS: [
        "Кабель 3 м ™ 45° ⌀20",
        "Датчик 4...20 мА",
        "Сонцезахисний крем SPF 50 PA++++",
        "Напиток Shh... Tonic",
        "Лампа 5..10 В",
        "Дошка 10×20 ±5 ≤30",
        "Моніха № 5 — синя",
        "Yahoo! чашка",
        "?????? Marions 05903 158 ?? ??????",
        "Кабель C++ та R&D",
        "Труба □ 20х20",
    ],
    Rule.HTML: ["R&D стіл", "AT&T кабель", "Трубка <5 мм", "Black & Decker; дриль", "H&M футболка"],
}


@pytest.mark.parametrize(
    ("rule", "name", "fault"), [(rule, *each) for rule, names in FAULTS.items() for each in names]
)
def test_faults_are_found_where_they_stand(rule, name, fault):
    spans = found(name, {rule})[rule]
    assert fault in [name[start:end].strip() for start, end in spans]
    assert suspicious({rule})(name)
    assert suspicious(EVERY)(name)


@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, names in TRAPS.items() for name in names])
def test_traps_are_none(rule, name):
    assert found(name, {rule}) == {}


@pytest.mark.parametrize(
    "name",
    ["ДРЕЛЬ УДАРНАЯ BOSCH", "Xerox ПАПІР ОФІСНИЙ БІЛИЙ А4", "IMPRESORA HP LASER MONOCROMO LASERJET PRO",
     "PETROL TANK CAP UNIVERSAL FOR ALL VEHICLES INSIDE"],
)  # fmt: skip
def test_shouting_is_most_of_a_name_in_words_that_can_be_spoken(name):
    assert list(found(name, EVERY)) == [Rule.SHOUTING]


def test_a_brand_is_no_fault():
    assert found("Чай ЧОРНИЙ ДРАКОН листовий", {Rule.SHOUTING}, brand="ЧОРНИЙ ДРАКОН") == {}
    assert found("Кружка Zakaz.ua біла", {Rule.LINK}, brand="Zakaz.ua") == {}
    assert found("Кружка Zakaz.ua біла", {Rule.LINK}) == {Rule.LINK: [(7, 15)]}


def test_the_quick_look_lets_plain_names_through():
    look = suspicious(EVERY)
    assert not any(
        map(look, ["Степлер офісний №24/6 чорний", "Дриль ударна Bosch GSB 13 RE 600 Вт", "Ручка"])
    )


def written(pattern):
    """Texts that a pattern describes: each branch and each optional part, of sets the first character of each range."""
    texts = [""]
    for name, value in pattern:
        match str(name):
            case "LITERAL":
                parts = [chr(value)]
            case "BRANCH":
                parts = [text for branch in value[1] for text in written(branch)]
            case "SUBPATTERN":
                parts = written(value[3])
            case "MAX_REPEAT":
                parts = ["", *written(value[2])] if value[0] == 0 else written(value[2])
            case "IN":
                parts = [chr(each[1]) if str(each[0]) == "LITERAL" else "1" for each in value]
            case "ASSERT":
                parts = written(value[1])  # what stands before
            case "ASSERT_NOT":
                parts = [""]
        texts = ["".join(pair) for pair in product(texts, parts)]
    return texts


@pytest.mark.parametrize("name", ["Ніж {}", "Ніж {}, білий", "Knife {}"])
def test_no_words_of_promotion_are_missed_by_the_quick_look(name):
    texts = {name.format(text) for text in written(re._parser.parse(_PROMOTED.pattern))}
    assert len(texts) > 100
    assert [text for text in sorted(texts) if not _HINTS[Rule.PROMOTION](text)] == []
    assert [text for text in sorted(texts) if Rule.PROMOTION not in found(text)] == []
