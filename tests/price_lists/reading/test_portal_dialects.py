"""The XML of Ukrainian portals, each as its requirements to sellers describe it, with goods of our own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from price_lists.rows import Availability, PriceTier
from tests.price_lists.reading.support import text_file, understood

D = Decimal  # prices are written on every other line

TREE = (
    '<categories><category id="1">Посуд</category><category id="2" parentId="1">Чашки</category></categories>'
)


def feed(tmp_path, offers: str, *, head: str = TREE, encoding: str = "utf-8"):
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-09-01 10:00"><shop>{head}'
        f"<offers>{offers}</offers></shop></yml_catalog>"
    )
    return understood(text_file(tmp_path / "feed.xml", text, encoding))


def test_prom_has_tiers_by_quantity_and_a_tree_with_its_own_spelling(tmp_path):
    head = (
        '<currencies><currency id="UAH" rate="1"/></currencies><categories>'
        '<category id="1" portal_id="44">Посуд</category><category id="2" parentID="1">Чашки</category></categories>'
    )
    [offer], issues = feed(
        tmp_path,
        """<offer id="901" available="true" in_stock="true" selling_type="u" group_id="77">
        <name>Чашка керамическая</name><name_ua>Чашка керамічна</name_ua><categoryId>2</categoryId>
        <portal_category_id>4404</portal_category_id><price>120</price><oldprice>150</oldprice>
        <prices><price><value>100</value><quantity>10</quantity></price>
        <price><value>90.50</value><quantity>50</quantity></price></prices>
        <currencyId>UAH</currencyId><picture>https://cups.example/1.jpg</picture>
        <picture>https://cups.example/2.jpg</picture><vendor>Глина</vendor><vendorCode>CH-1</vendorCode>
        <country>Україна</country><quantity_in_stock>40</quantity_in_stock><keywords>чашка, кружка</keywords>
        <description><![CDATA[<p>Красная глина</p>]]></description>
        <description_ua><![CDATA[<p>Червона глина</p>]]></description_ua>
        <param name="Об'єм" unit="мл">350</param><param name="Колір">Білий</param></offer>""",
        head=head,
    )
    assert offer.titles == {"uk": "Чашка керамічна", "ru": "Чашка керамическая"}
    assert offer.descriptions == {"uk": "<p>Червона глина</p>", "ru": "<p>Красная глина</p>"}
    assert (offer.price, offer.old_price, offer.currency) == (D(120), D(150), "UAH")
    assert offer.tiers == (
        PriceTier("wholesale", D(100), "UAH", D(10)),
        PriceTier("wholesale", D("90.50"), "UAH", D(50)),
    )
    assert offer.category_path == ("Посуд", "Чашки")
    assert (offer.stock, offer.availability) == (D(40), Availability.IN_STOCK)
    assert (offer.article, offer.brand, offer.country) == ("CH-1", "Глина", "Україна")
    assert offer.photos == ("https://cups.example/1.jpg", "https://cups.example/2.jpg")
    assert offer.attributes == {"Об'єм": "350 мл", "Колір": "Білий"}
    assert issues == []


def test_the_older_export_of_prom_has_items_in_a_shop(tmp_path):
    text = """<?xml version="1.0" encoding="utf-8"?><shop><currency code="USD" rate="41.50"/>
    <catalog><category id="5">Техніка</category><category id="6" parentID="5">Чайники</category></catalog>
    <items><item id="31" selling_type="r"><name>Чайник скляний</name><categoryId>6</categoryId>
    <priceuah>899.00</priceuah><image>https://tea.example/31.jpg</image><vendor>Вар</vendor>
    <available>true</available><barcode>4820024700016</barcode></item></items></shop>"""
    [offer], _ = understood(text_file(tmp_path / "prom.xml", text))
    assert (offer.source_id, offer.title, offer.price, offer.currency) == (
        "31", "Чайник скляний", D("899.00"), "UAH",
    )  # fmt: skip
    assert offer.category_path == ("Техніка", "Чайники")
    assert (offer.gtin, offer.availability) == ("4820024700016", Availability.IN_STOCK)


def test_rozetka_has_promotional_prices_and_values_by_language(tmp_path):
    head = (
        '<currencies><currency id="UAH" rate="1"/></currencies><categories>'
        '<category id="1" rz_id="4626">Посуд</category><category id="2" parentId="1">Чашки</category></categories>'
    )
    [offer], issues = feed(
        tmp_path,
        """<offer id="r-1" available="true"><url>https://cups.example/r-1</url><price>200</price>
        <price_old>250</price_old><price_promo>180</price_promo><currencyId>UAH</currencyId>
        <categoryId>2</categoryId><picture>https://cups.example/1.jpg</picture><vendor>Глина</vendor>
        <article>ART-9</article><stock_quantity>12</stock_quantity><state>new</state>
        <name>Чашка большая</name><name_ua>Чашка велика</name_ua>
        <description>Для чая</description><description_ua>Для чаю</description_ua>
        <param name="Колір" paramid="2019" valueid="11"><value lang="uk">Синій</value><value lang="ru">Синий</value></param>
        <param name="Країна-виробник товару">Україна</param></offer>""",
        head=head,
    )
    assert (offer.price, offer.old_price) == (D(180), D(200))
    assert offer.attributes == {"Колір": "Синій"}
    assert (offer.country, offer.article, offer.stock) == ("Україна", "ART-9", D(12))
    assert offer.titles == {"uk": "Чашка велика", "ru": "Чашка большая"}
    assert issues == []


def test_available_with_nothing_left_is_not_in_stock(tmp_path):
    offers, _ = feed(
        tmp_path,
        '<offer id="1" available="true"><price>1</price><name>Чашка</name><stock_quantity>0</stock_quantity></offer>'
        '<offer id="2" available="false"><price>1</price><name>Блюдце</name><stock_quantity>5</stock_quantity></offer>'
        '<offer id="3" available="true"><price>1</price><name>Глек</name><stock_quantity>5</stock_quantity></offer>',
    )
    assert [offer.availability for offer in offers] == [
        Availability.NONE, Availability.NONE, Availability.IN_STOCK,
    ]  # fmt: skip


def test_hotline_with_prices_in_two_currencies_and_days_of_delivery(tmp_path):
    text = """<?xml version="1.0" encoding="UTF-8"?><price><date>2026-09-01 10:00</date>
    <firmName>Крамниця</firmName><firmId>1</firmId><rate>41.5</rate>
    <categories><category><id>1</id><name>Техніка</name></category>
    <category><id>2</id><parentId>1</parentId><name>Чайники</name></category></categories>
    <items><item><id>15</id><categoryId>2</categoryId><code>KT-15</code><barcode>4820024700016</barcode>
    <vendor>Вар</vendor><name>Чайник Вар KT-15</name><description>1,7 л</description>
    <url>https://tea.example/15</url><image>https://tea.example/15.jpg</image>
    <priceRUAH>1299.00</priceRUAH><oldprice>1500</oldprice><priceRUSD>31.30</priceRUSD>
    <stock days="10">Під замовлення</stock><delivery id="1" cost="70"/>
    <guarantee type="manufacturer">12</guarantee><param name="Країна виготовлення">Китай</param>
    <condition>0</condition><custom>1</custom></item>
    <item><id>16</id><categoryId>2</categoryId><vendor>Вар</vendor><name>Чайник Вар KT-16</name>
    <priceRUSD>40</priceRUSD><stock>Немає</stock></item></items></price>"""
    (first, second), issues = understood(text_file(tmp_path / "hotline.xml", text))
    assert (first.price, first.old_price, first.currency) == (D("1299.00"), D(1500), "UAH")
    assert first.tiers == (PriceTier("retail", D("31.30"), "USD"),)
    assert (first.availability, first.order_days) == (Availability.TO_ORDER, 10)
    assert first.category_path == ("Техніка", "Чайники")
    assert (first.country, first.attributes) == ("Китай", {"guarantee": "12"})
    assert (second.price, second.currency, second.availability) == (D(40), "USD", Availability.NONE)
    assert issues == []


def test_epicentr_has_texts_by_attribute_and_units_as_a_parameter(tmp_path):
    text = """<?xml version="1.0" encoding="UTF-8"?><yml_catalog date="2026-09-01 10:00"><offers>
    <offer id="E-1" available="true"><price>320</price><price_old>400</price_old>
    <availability>in_stock</availability><category code="2301">Чашки</category>
    <attribute_set code="2301">Чашки</attribute_set><picture>https://cups.example/1.jpg</picture>
    <name lang="ua">Чашка з кришкою</name><name lang="ru">Чашка с крышкой</name>
    <description lang="ua">Порцеляна</description><description lang="ru">Фарфор</description>
    <vendor code="abc">Глина</vendor><country_of_origin code="ukr">Україна</country_of_origin>
    <param name="Міра виміру" paramcode="measure" valuecode="measure_pcs">шт.</param>
    <param name="Мінімальна кратність товару" paramcode="ratio">1</param>
    <param name="Об'єм, мл" paramcode="77">300</param><weight>450</weight></offer></offers></yml_catalog>"""
    [offer], issues = understood(text_file(tmp_path / "epicentr.xml", text))
    assert offer.titles == {"uk": "Чашка з кришкою", "ru": "Чашка с крышкой"}
    assert offer.descriptions == {"uk": "Порцеляна", "ru": "Фарфор"}
    assert (offer.unit, offer.price, offer.old_price) == ("H87", D(320), D(400))
    assert (offer.category_path, offer.country) == (("Чашки",), "Україна")
    assert offer.attributes == {"Об'єм, мл": "300", "weight": "450"}
    assert issues == []


def test_maudau_and_eva_have_texts_by_suffix(tmp_path):
    offers, issues = feed(
        tmp_path,
        """<offer id="m-1" available="true"><name_ru>Крем для рук</name_ru><name_ua>Крем для рук</name_ua>
        <price>95</price><old_price>120</old_price><categoryId>2</categoryId><vendor>Липа</vendor>
        <barcode>4820024700016</barcode><quantity_in_stock>3</quantity_in_stock>
        <description_ru>Увлажняет</description_ru><description_ua>Зволожує</description_ua></offer>
        <offer id="e-1" available="true"><name_ua>Шампунь</name_ua><name_ru>Шампунь</name_ru>
        <price>140</price><promo_price>99</promo_price><currencyId>UAH</currencyId><categoryId>2</categoryId>
        <brand>Липа</brand><count>8</count><images><image>https://hair.example/1.jpg</image></images>
        <attributes><attribute><name>Тип волосся</name><value>Сухе</value></attribute></attributes></offer>""",
    )
    assert [(o.price, o.old_price, o.stock, o.brand) for o in offers] == [
        (D(95), D(120), D(3), "Липа"),
        (D(99), D(140), D(8), "Липа"),
    ]
    assert offers[0].gtin == "4820024700016"
    assert offers[1].photos == ("https://hair.example/1.jpg",)
    assert offers[1].attributes == {"Тип волосся": "Сухе"}
    assert issues == []


def test_kasta_has_one_offer_for_each_size(tmp_path):
    offer = """<offer id="k-{size}" group_id="k" available="true"><price>700</price><price_old>900</price_old>
    <categoryId>2</categoryId><vendor>Льон</vendor><vendorCode>SH-5</vendorCode><name>Рубашка льняная</name>
    <name_ua>Сорочка лляна</name_ua><size>{size}</size><color>білий</color><stock_quantity>2</stock_quantity>
    <param name="Стать" lang="uk">Жіноча</param><param name="Пол" lang="ru">Женская</param></offer>"""
    offers, issues = feed(tmp_path, "".join(offer.format(size=size) for size in ("S", "M", "L")))
    assert [(o.source_id, o.article, o.attributes) for o in offers] == [
        (f"k-{size}", "SH-5", {"size": size, "color": "білий", "Стать": "Жіноча"}) for size in ("S", "M", "L")
    ]
    assert issues == []


def test_allo_has_items_at_the_root(tmp_path):
    text = """<?xml version="1.0" encoding="UTF-8"?><price><item><id>71</id><name>Смартфон Зоря 5</name>
    <name_ua>Смартфон Зоря 5 (синій)</name_ua><vendor>Зоря</vendor><code>Z5-B</code><price>7999</price>
    <old_price>8999</old_price><url>https://phones.example/71</url><image>https://phones.example/71.jpg</image>
    <category>Смартфони</category><available>true</available><stock>4</stock>
    <param name="Колір">синій</param></item></price>"""
    [offer], issues = understood(text_file(tmp_path / "allo.xml", text))
    assert (offer.source_id, offer.article, offer.title) == ("71", "Z5-B", "Смартфон Зоря 5 (синій)")
    assert (offer.price, offer.old_price, offer.stock) == (D(7999), D(8999), D(4))
    assert (offer.category_path, offer.attributes) == (("Смартфони",), {"Колір": "синій"})
    assert issues == []


def test_goods_of_a_feed_of_unknown_make_in_ukrainian(tmp_path):
    text = """<?xml version="1.0"?><Прайс><Товар><Артикул>T-1</Артикул><Назва>Глек</Назва><Ціна>310,50</Ціна>
    <Залишок>6</Залишок></Товар></Прайс>"""
    [offer], _ = understood(text_file(tmp_path / "own.xml", text))
    assert (offer.article, offer.title, offer.price, offer.stock) == ("T-1", "Глек", D("310.50"), D(6))


def test_rests_at_outlets_are_summed_and_foreign_stores_are_passed_over(tmp_path):
    [offer], issues = feed(
        tmp_path,
        """<offer id="1" available="true"><price>10</price><name>Чашка</name>
        <outlets><outlet id="1" instock="3"/><outlet id="2" instock="4"/></outlets>
        <stock id="Одеса"><available>true</available><price>11</price></stock></offer>""",
    )
    assert (offer.price, offer.stock) == (D(10), D(7))
    assert issues == []


UKRAINIAN = "Чашка керамічна біла для чаю"
RUSSIAN = "Чашка керамическая белая для чая"  # the DOS code page has no Ukrainian letters


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1251", UKRAINIAN),
        ("cp866", RUSSIAN),
        ("cp1125", UKRAINIAN),
        ("koi8-u", UKRAINIAN),
        ("utf-16-le", UKRAINIAN),
        ("utf-16-be", UKRAINIAN),
    ],
)
def test_a_feed_that_declares_utf_8_wrongly_is_read(tmp_path, encoding, name):
    offer = '<offer id="{n}"><price>{n}</price><name>{name}</name><vendor>Глина</vendor></offer>'
    head = "<categories><category id='1'>Посуд</category></categories>"
    offers, _ = feed(
        tmp_path, "".join(offer.format(n=n, name=name) for n in range(1, 6)), head=head, encoding=encoding
    )
    assert [offer.title for offer in offers] == [name] * 5


def test_a_feed_of_two_encodings_is_read(tmp_path):
    offer = '<offer id="{n}"><price>{n}</price><name>{name}</name></offer>'
    parts = [offer.format(n=n, name="Чашка керамічна").encode() for n in range(1, 6)]
    parts += [offer.format(n=n, name="Глечик великий").encode("cp1251") for n in range(6, 9)]
    path = tmp_path / "mixed.xml"
    path.write_bytes(b"<yml_catalog><shop><offers>" + b"".join(parts) + b"</offers></shop></yml_catalog>")
    offers, _ = understood(path)
    assert [offer.title for offer in offers] == ["Чашка керамічна"] * 5 + ["Глечик великий"] * 3
