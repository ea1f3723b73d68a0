"""Real price lists: the offers found against counts and rows taken by hand and by other means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from lxml import etree

from price_lists import reading
from price_lists.rows import OfferRow
from tests.parts import SHARED_DATA
from tests.price_lists.reading.support import errors, understood

D = Decimal  # prices are written on every other line

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(
        not (SHARED_DATA / "price_lists").is_dir(), reason="the real price lists are not on this machine"
    ),
]

# file -> (offers, rows in error). Counted without the reader: rows with a number in the price column by
# eye and filter for spreadsheets, elements by a plain XML parser for feeds, distinct articles for Prom.
COUNTS = {
    "price_lists/phones_1c_ru.xls": (610, 1),
    "price_lists/computers_ru.xls": (263, 0),
    "price_lists/mixed_sheets_ru.xls": (679, 0),
    "price_lists/mixed_sheets_ru.xlsx": (679, 0),
    "price_lists/sample_ru.csv": (9, 0),
    "price_lists/maudau_yml_uk_ru.xml": (290, 0),
    "price_lists/epicentr_yml_uk_ru.xml": (206, 0),
    "price_lists/jebs_yml_declares_utf8_is_cp1251.xml": (5, 0),
    "price_lists/jebs_source.xlsx": (5, 0),
    "price_lists/google_merchant_uk.xml": (846, 0),
    "price_lists/prom_529_columns.csv": (91, 0),
    "price_lists/commerceml_offers.xml": (167, 0),
    "feed_versions/20160213T1650_price.yml": (275, 4),  # four of 279 cost 0
    "feed_versions/20160214T1608_price.yml": (279, 0),
    "feed_versions/20160301T1305_price.yml": (358, 0),
    "feed_versions/20160301T1327_price.yml": (358, 0),
    "feed_versions/20160307T1131_price.yml": (361, 0),
}


@pytest.mark.parametrize("name", COUNTS)
def test_number_of_offers(name):
    offers, issues = understood(SHARED_DATA / name)
    assert (len(offers), len(errors(issues))) == COUNTS[name]


def by_row(name: str) -> dict[tuple[str, int], OfferRow]:
    return {(offer.sheet, offer.row): offer for offer in understood(SHARED_DATA / "price_lists" / name)[0]}


def test_phones_row_by_row():
    offers = {row: offer for (_sheet, row), offer in by_row("phones_1c_ru.xls").items()}
    phones = "CОТОВЫЕ ТЕЛЕФОНЫ , ПЛАНШЕТЫ"
    assert {row: (o.article, o.title, o.price, o.category_path) for row, o in offers.items() if row in {9, 20, 33, 639, 642}} == {
        9: ("ЦБ-00009375", "AirPods 4 (ANC) Active Noise Cancellation *", D(14650), (phones,)),
        20: (
            "ЦБ-00010312",
            "Apple Watch Series 9 41mm Midnight Aluminium Case with Midnight Sport Band -S/M (гарантия 3 месяца)",
            D(26400),
            (phones,),
        ),
        33: ("ЦБ-00009996", 'Планшет BlackView MEGA 1 12/256 11.5" LTE + Стилус Голубой', D(19100), (phones,)),
        639: ("ЦБ-00003178", "Корпус для ПК QBX Cougar Black", D(3000), ("Тов. Б/У (ТОРГ!!!)",)),
        642: ("ЦБ-00003189", "Цифровая фоторамка Linx (адаптера нет)", D(1000), ("Тов. Б/У (ТОРГ!!!)",)),
    }  # fmt: skip
    assert {(o.currency, o.unit) for o in offers.values()} == {("", "")}
    assert offers[33].brand == "BlackView"


def test_computers_row_by_row():
    offers = {row: offer for (_sheet, row), offer in by_row("computers_ru.xls").items()}
    digital, goods = "Цифровая техника", "Сопутствующие товары"
    cables = "Кабели/Удлинители/Сетевые фильтры/Шнуры"
    assert {row: (o.title, o.price, o.unit, o.stock, o.category_path) for row, o in offers.items() if row in {5, 34, 56, 59, 82, 84, 129, 323}} == {
        5: ("Тел. BlackView A5 Pearl White", D(3650), "H87", D(1), (digital, "Сотовые телефоны")),
        34: ("Тел. Xiaomi RedMi 4X (16Gb) Gold", D(7080), "H87", D(1), (digital, "Сотовые телефоны")),
        56: (offers[56].title, offers[56].price, "H87", offers[56].stock, (digital, "Планшеты")),
        59: (offers[59].title, offers[59].price, "H87", offers[59].stock, (goods, "Портативные зарядные устройства")),
        82: (offers[82].title, offers[82].price, "H87", offers[82].stock, (goods, cables, "Кабель USB")),
        84: (offers[84].title, offers[84].price, "H87", offers[84].stock, (goods, cables, "Кабель USB-micro")),
        129: (offers[129].title, offers[129].price, "H87", offers[129].stock, (goods, "Гарнитуры/Наушники", "Гарнитуры Bluetooth")),
        323: ("Ручка Xiaomi", D(190), "H87", D(1), ("Прочее", "Прочее")),
    }  # fmt: skip
    assert offers[208].category_path == (goods, "Прочие сопутствующие товары")
    assert offers[213].category_path == ("Компьютерная периферия", "Компьютерные мыши", "Проводные мыши")


def test_mixed_sheets_row_by_row():
    offers = by_row("mixed_sheets_ru.xlsx")
    assert offers == by_row("mixed_sheets_ru.xls")
    made_up, real = "Лист с данными", "Лист с данными –\xa02"
    first, second, last = offers[made_up, 6], offers[made_up, 15], offers[real, 828]
    assert (first.article, first.title, first.price) == (
        "123-ААА",
        "Сепулька обычная недеформированная",
        D("2999.99"),
    )
    assert first.category_path == ("Сепульки обычные",)
    assert (second.article, second.price, second.vat) == ("323-ЖЖЖ", D(280000), "included")
    assert (last.article, last.price, last.unit, last.stock) == ("007715", D(3224), "H87", D(77))
    linen = offers[real, 10]
    assert (linen.article, linen.price, linen.stock) == ("009712", D(1402), D(2))
    assert linen.category_path == ("БЯЗЬ Иваново", "КПБ БЯЗЬ пл.120г/м2", "КПБ бязь цветная 120г/м2 1,5сп")


def test_prom_offers_have_both_prices():
    offers = {offer.article: offer for offer in by_row("prom_529_columns.csv").values()}
    camera = offers["200369"]
    assert (camera.price, camera.currency, camera.unit, camera.stock) == (D("30375.00"), "UAH", "H87", D(9))
    assert [(tier.amount, tier.currency) for tier in camera.tiers] == [(D("552.82"), "USD")]
    assert camera.titles["ru"].startswith("IP видеокамера Dahua DHI-ITC413-PW4D-IZ1")
    assert camera.title.startswith("IP відеокамера Dahua DHI-ITC413-PW4D-IZ1")
    assert camera.brand == "Dahua Technology"
    assert camera.attributes["Матриця"] == "1/1.8″ CMOS"


@pytest.mark.parametrize(
    ("name", "tag", "encoding"),
    [
        ("maudau_yml_uk_ru.xml", "offer", "utf-8"),
        ("epicentr_yml_uk_ru.xml", "offer", "utf-8"),
        ("jebs_yml_declares_utf8_is_cp1251.xml", "offer", "cp1251"),
        ("google_merchant_uk.xml", "item", "utf-8"),
    ],
)
def test_feeds_against_a_plain_parser(name, tag, encoding):
    """Every offer's name and price as a plain tree of the document gives them."""
    root = etree.fromstring((SHARED_DATA / "price_lists" / name).read_bytes().decode(encoding).encode())
    expected = []
    for element in root.iter(tag):
        texts = {}
        for child in element:
            key = etree.QName(child).localname + (f"_{child.get('lang')}" if child.get("lang") else "")
            texts.setdefault(key, child.text or "")
        title = texts.get("name_ua") or texts.get("title") or texts.get("name") or texts["name_ru"]
        expected.append((" ".join(title.split()), D(texts["price"].split()[0])))
    found = [(o.title, o.price) for o in understood(SHARED_DATA / "price_lists" / name)[0]]
    assert found == expected


def test_jebs_from_the_workbook_and_from_the_feed_agree():
    workbook = list(by_row("jebs_source.xlsx").values())
    feed = list(by_row("jebs_yml_declares_utf8_is_cp1251.xml").values())
    for one, other in zip(workbook, feed, strict=True):
        assert (one.article, one.price, one.old_price, one.currency, one.stock, one.photos) == (
            other.article, other.price, other.old_price, other.currency, other.stock, other.photos,
        )  # fmt: skip
    assert feed[0].category_path[:3] == ("Одежда, обувь и аксессуары", "Одежда", "Детская одежда")


def test_commerceml_offers_have_size_colour_and_two_prices():
    offers = list(by_row("commerceml_offers.xml").values())
    first, last = offers[0], offers[-1]
    assert (first.title, first.price, first.currency, first.unit, first.vat) == (
        "Брюки АС-101 Бохо", D(1620), "RUB", "H87", "included",
    )  # fmt: skip
    assert [(tier.kind, tier.amount, tier.currency) for tier in first.tiers] == [
        ("Яр. РИО Розница", D(1815), "RUB")
    ]
    assert (last.price, last.stock, len(last.attributes)) == (D(1740), D(0), 2)
    assert sum(1 for offer in offers if offer.gtin) == 164


def test_commerceml_catalogue_without_prices_is_refused():
    refusal = reading.inspect(SHARED_DATA / "price_lists/commerceml_import.xml").refusal
    assert refusal is not None
    assert refusal.code == "commerceml_without_offers"
