"""CommerceML 2 (schemes 2.05 to 2.10): catalogue and offers apart, together, in one file and in one archive."""

from __future__ import annotations

import zipfile
from decimal import Decimal

import pytest

from price_lists import reading
from price_lists.rows import Availability, Severity
from tests.price_lists.reading.support import text_file, understood

D = Decimal  # prices are written on every other line
ROOT = '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_210" ВерсияСхемы="2.08">{}</КоммерческаяИнформация>'
CATALOGUE = """<Классификатор><Ид>c</Ид><Наименование>Товары</Наименование>
<Группы><Группа><Ид>g1</Ид><Наименование>Одежда</Наименование><Группы>
<Группа><Ид>g2</Ид><Наименование>Рубашки</Наименование></Группа></Группы></Группа></Группы>
<Свойства><Свойство><Ид>s1</Ид><Наименование>Состав</Наименование><ТипЗначений>Справочник</ТипЗначений>
<ВариантыЗначений><Справочник><ИдЗначения>v1</ИдЗначения><Значение>Лён 100%</Значение></Справочник></ВариантыЗначений></Свойство>
<Свойство><Ид>s2</Ид><Наименование>Торговая марка</Наименование><ТипЗначений>Строка</ТипЗначений></Свойство></Свойства>
</Классификатор><Каталог СодержитТолькоИзменения="false"><Ид>k</Ид><Товары>
<Товар><Ид>t1</Ид><Штрихкод>4820024700016</Штрихкод><Артикул>RB-1</Артикул><Наименование>Рубашка льняная</Наименование>
<БазоваяЕдиница Код="796 " НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт</БазоваяЕдиница>
<Группы><Ид>g2</Ид></Группы><Описание>Летняя</Описание><Картинка>import_files/aa/1.jpg</Картинка>
<Картинка>https://linen.example/1.jpg</Картинка><Страна>Украина</Страна>
<Изготовитель><Ид>m</Ид><Наименование>Фабрика льна</Наименование></Изготовитель>
<ЗначенияСвойств><ЗначенияСвойства><Ид>s1</Ид><Значение>v1</Значение></ЗначенияСвойства>
<ЗначенияСвойства><Ид>s2</Ид><Значение>Лён и Ко</Значение></ЗначенияСвойства></ЗначенияСвойств>
<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Вес</Наименование><Значение>0.3</Значение></ЗначениеРеквизита>
<ЗначениеРеквизита><Наименование>ВидНоменклатуры</Наименование><Значение>Товар</Значение></ЗначениеРеквизита></ЗначенияРеквизитов></Товар>
<Товар Статус="Удален"><Ид>t2</Ид><Наименование>Старая рубашка</Наименование></Товар></Товары></Каталог>"""
TYPES = """<ТипыЦен><ТипЦены><Ид>p1</Ид><Наименование>Оптовая</Наименование><Валюта>грн</Валюта>
<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены>
<ТипЦены><Ид>p2</Ид><Наименование>Розничная</Наименование><Валюта>грн</Валюта>
<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены>
<ТипЦены><Ид>p3</Ид><Наименование>Закупочная</Наименование><Валюта>грн</Валюта>
<Налог><Наименование>НДС</Наименование><УчтеноВСумме>true</УчтеноВСумме></Налог></ТипЦены></ТипыЦен>"""
PRICES = """<Цены><Цена><ИдТипаЦены>p1</ИдТипаЦены><ЦенаЗаЕдиницу>500</ЦенаЗаЕдиницу><Валюта>грн</Валюта></Цена>
<Цена><ИдТипаЦены>p2</ИдТипаЦены><ЦенаЗаЕдиницу>700,50</ЦенаЗаЕдиницу><Валюта>грн</Валюта></Цена>
<Цена><ИдТипаЦены>p3</ИдТипаЦены><ЦенаЗаЕдиницу>300</ЦенаЗаЕдиницу><Валюта>грн</Валюта></Цена></Цены>"""
SIZE = (
    "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Размер</Наименование><Значение>{}</Значение>"
    "</ХарактеристикаТовара></ХарактеристикиТовара>"
)
OLD_RESTS = '<Склад ИдСклада="a" КоличествоНаСкладе="3"/><Склад ИдСклада="b" КоличествоНаСкладе="4"/>'
NEW_RESTS = (
    "<Остатки><Остаток><Склад><Ид>a</Ид><Количество>3</Количество></Склад></Остаток>"
    "<Остаток><Склад><Ид>b</Ид><Количество>4</Количество></Склад></Остаток></Остатки>"
)


def package(*offers: str, types: str = TYPES) -> str:
    return (
        f"<ПакетПредложений><Ид>k#</Ид>{types}<Предложения>{''.join(offers)}</Предложения></ПакетПредложений>"
    )


def offer(identifier: str, *parts: str) -> str:
    return f"<Предложение><Ид>{identifier}</Ид>{''.join(parts)}</Предложение>"


NAMED = "<Наименование>Рубашка льняная (M)</Наименование>"
WHOLE = package(
    offer("t1#m", NAMED, SIZE.format("M"), PRICES, OLD_RESTS),
    offer("t1#l", SIZE.format("L"), PRICES, NEW_RESTS, "<Штрихкод>4820024700023</Штрихкод>"),
    offer("t2", "<Наименование>Старая рубашка</Наименование>", PRICES),
)


def zipped(tmp_path, **files: str):
    path = tmp_path / "webdata.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in files.items():
            archive.writestr(f"webdata/{name}.xml", ROOT.format(inner))
        archive.writestr("webdata/import_files/aa/1.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
    return path


def check_whole(offers, issues):
    medium, large = offers
    assert (medium.source_id, medium.article, medium.title) == ("t1#m", "RB-1", "Рубашка льняная (M)")
    assert (medium.price, medium.currency, medium.vat) == (D("700.50"), "UAH", "included")
    assert [(tier.kind, tier.amount, tier.currency) for tier in medium.tiers] == [("Оптовая", D(500), "UAH")]
    assert medium.category_path == ("Одежда", "Рубашки")
    assert (medium.unit, medium.stock, medium.availability) == ("H87", D(7), Availability.IN_STOCK)
    assert (medium.brand, medium.maker, medium.country) == ("Лён и Ко", "Фабрика льна", "Украина")
    assert medium.attributes == {"Размер": "M", "Состав": "Лён 100%", "Вес": "0.3"}
    assert medium.photos == ("https://linen.example/1.jpg",)
    assert medium.gtin == "4820024700016"
    assert (large.title, large.gtin, large.stock) == ("Рубашка льняная (L)", "4820024700023", D(7))
    assert large.attributes["Размер"] == "L"
    assert [(i.row, i.code, i.value, i.severity) for i in issues] == [
        (3, "deleted_in_exchange", "Старая рубашка", Severity.SKIPPED)
    ]


def test_catalogue_and_offers_in_one_archive(tmp_path):
    check_whole(*understood(zipped(tmp_path, import0_1=CATALOGUE, offers0_1=WHOLE)))


def test_catalogue_and_offers_in_one_file(tmp_path):
    check_whole(*understood(text_file(tmp_path / "all.xml", ROOT.format(CATALOGUE + WHOLE))))


def test_prices_and_rests_in_files_of_their_own(tmp_path):
    ids = ("t1#m", "t1#l", "t2")
    files = {
        "import0_1": CATALOGUE,
        "offers0_1": package(
            offer("t1#m", NAMED, SIZE.format("M")),
            offer("t1#l", SIZE.format("L"), "<Штрихкод>4820024700023</Штрихкод>"),
            offer("t2", "<Наименование>Старая рубашка</Наименование>"),
            types="",
        ),
        "prices0_1": package(*(offer(identifier, PRICES) for identifier in ids)),
        "rests0_1": package(*(offer(identifier, NEW_RESTS) for identifier in ids[:2]), types=""),
    }
    check_whole(*understood(zipped(tmp_path, **files)))


def test_offers_alone(tmp_path):
    path = text_file(tmp_path / "offers.xml", ROOT.format(package(offer("t1#m", NAMED, PRICES, OLD_RESTS))))
    [found], issues = understood(path)
    assert (found.title, found.price, found.stock) == ("Рубашка льняная (M)", D("700.50"), D(7))
    assert issues == []


@pytest.mark.parametrize("inner", [CATALOGUE, CATALOGUE + package()])
def test_the_catalogue_alone_is_refused_with_advice(tmp_path, inner):
    refusal = reading.inspect(text_file(tmp_path / "import.xml", ROOT.format(inner))).refusal
    assert refusal is not None
    assert refusal.code == "commerceml_without_offers"
    assert "offers.xml" in str(refusal.remedy)


def test_of_several_price_types_the_retail_one_else_no_purchase_price(tmp_path):
    types = TYPES.replace("Розничная", "Закупочная 2")
    [found], _ = understood(
        text_file(tmp_path / "o.xml", ROOT.format(package(offer("x", NAMED, PRICES), types=types)))
    )
    assert (found.price, found.tiers) == (D(500), ())


def test_a_wrong_declaration_of_the_encoding(tmp_path):
    path = text_file(tmp_path / "o.xml", ROOT.format(CATALOGUE + WHOLE), "cp1251")
    check_whole(*understood(path))
