"""YML in its dialects, Hotline, Google Merchant, and feeds with faults that are mended or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from price_lists import reading
from price_lists.rows import Availability
from tests.price_lists.reading.support import text_file, understood

D = Decimal  # prices are written on every other line

YML = """<?xml version="1.0" encoding="{encoding}"?>
{doctype}<yml_catalog date="2026-09-01 10:00"><shop><name>Крамниця</name>
<currencies><currency id="UAH" rate="1"/><currency id="USD" rate="41.5"/></currencies>
<categories><category id="1">Кухня</category><category id="2" parentId="1">Ножі &amp; дошки</category></categories>
<offers>{offers}</offers></shop></yml_catalog>"""
OFFER = """<offer id="{id}" available="true"><url>https://shop.example/{id}</url><price>{price}</price>
<currencyId>UAH</currencyId><categoryId>2</categoryId><picture>https://shop.example/{id}.jpg</picture>
<vendor>Fiskars</vendor><vendorCode>F-{id}</vendorCode><name>{name}</name><barcode>4820024700016</barcode>
<description><![CDATA[<p onclick="x()">Гострий</p><script>alert(1)</script>]]></description>
<param name="Довжина" unit="см">20</param><param name="Країна-виробник">Фінляндія</param></offer>"""


def yml(offers: str, *, encoding: str = "utf-8", doctype: str = "") -> str:
    return YML.format(encoding=encoding, doctype=doctype, offers=offers)


def test_yml_with_everything(tmp_path):
    text = yml(OFFER.format(id=7, price="499.50", name="Ніж кухонний"))
    [offer], issues = understood(text_file(tmp_path / "f.xml", text))
    assert (offer.source_id, offer.article, offer.title, offer.price, offer.currency) == (
        "7", "F-7", "Ніж кухонний", D("499.50"), "UAH",
    )  # fmt: skip
    assert offer.category_path == ("Кухня", "Ножі & дошки")
    assert (offer.brand, offer.country, offer.gtin) == ("Fiskars", "Фінляндія", "4820024700016")
    assert offer.attributes == {"Довжина": "20 см"}
    assert offer.descriptions == {"": "<p>Гострий</p>"}
    assert (offer.url, offer.photos) == ("https://shop.example/7", ("https://shop.example/7.jpg",))
    assert offer.availability == Availability.IN_STOCK
    assert issues == []


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "cp1251"),
        ("windows-1251", "cp1251"),
        ("windows-1251", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-8", "utf-8-sig"),
    ],
)
def test_the_encoding_is_judged_by_evidence(tmp_path, declared, real):
    text = yml(
        "".join(OFFER.format(id=n, price=n, name="Дошка обробна з бука") for n in range(1, 4)),
        encoding=declared,
    )
    offers, _ = understood(text_file(tmp_path / "f.xml", text, real))
    assert [offer.title for offer in offers] == ["Дошка обробна з бука"] * 3


def test_the_plain_doctype_of_yml_is_taken(tmp_path):
    text = yml(
        OFFER.format(id=1, price=1, name="Ложка"), doctype='<!DOCTYPE yml_catalog SYSTEM "shops.dtd">\n'
    )
    assert len(understood(text_file(tmp_path / "f.xml", text))[0]) == 1


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE yml_catalog SYSTEM "http://evil.example/x.dtd">',
        '<!DOCTYPE yml_catalog [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE yml_catalog SYSTEM "shops.dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!-- <yml_catalog> --><!DOCTYPE yml_catalog PUBLIC "a" "b">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_other_doctypes_and_entities_are_refused(tmp_path, doctype, encoding):
    text = yml(OFFER.format(id=1, price=1, name="&b;&x;"), doctype=doctype, encoding=encoding)
    refusal = reading.inspect(text_file(tmp_path / "f.xml", text, encoding)).refusal
    assert refusal is not None
    assert refusal.code == "xml_doctype"


def test_loose_ampersands_html_entities_and_control_characters_are_mended(tmp_path):
    text = yml(
        OFFER.format(id=1, price=1, name="Ложка&nbsp;&laquo;Fish & Co&raquo; \x0b&#11;№1 &mdash; &unknown;")
    )
    [offer], _ = understood(text_file(tmp_path / "f.xml", text))
    assert offer.title == "Ложка «Fish & Co» №1 — &unknown;"


def test_a_truncated_feed_is_refused_before_anything_is_read(tmp_path):
    text = yml("".join(OFFER.format(id=n, price=n, name="Ложка") for n in range(1, 50)))
    refusal = reading.inspect(text_file(tmp_path / "f.xml", text[: len(text) // 2])).refusal
    assert refusal is not None
    assert refusal.code == "truncated_file"


def test_a_feed_without_offers_is_refused(tmp_path):
    refusal = reading.inspect(text_file(tmp_path / "f.xml", yml(""))).refusal
    assert refusal is not None
    assert refusal.code == "no_offers_in_feed"


def test_two_languages_by_suffix_and_by_attribute(tmp_path):
    first = (
        '<offer id="1"><price>5</price><name>Ложка столовая</name><name_ua>Ложка столова</name_ua></offer>'
    )
    second = '<offer id="2"><price>6</price><name lang="ru">Вилка десертная</name><name lang="ua">Виделка десертна</name></offer>'
    offers, _ = understood(text_file(tmp_path / "f.xml", yml(first + second)))
    assert [(o.title, o.titles) for o in offers] == [
        ("Ложка столова", {"uk": "Ложка столова", "ru": "Ложка столовая"}),
        ("Виделка десертна", {"uk": "Виделка десертна", "ru": "Вилка десертная"}),
    ]
    assert {o.currency for o in offers} == {"UAH"}


def test_vendor_model_kind_and_promotional_price(tmp_path):
    offer = (
        '<offer id="1" type="vendor.model"><typePrefix>Ноутбук</typePrefix><vendor>Acer</vendor><model>Aspire 3</model>'
        "<price>20000</price><price_promo>17999</price_promo></offer>"
    )
    [found], _ = understood(text_file(tmp_path / "f.xml", yml(offer)))
    assert (found.title, found.price, found.old_price) == ("Ноутбук Acer Aspire 3", D(17999), D(20000))


def test_hotline(tmp_path):
    text = """<?xml version="1.0" encoding="UTF-8"?><price><date>2026-09-01 10:00</date><firmName>Магазин</firmName>
    <categories><category><id>1</id><name>Техніка</name></category>
    <category><id>2</id><parentId>1</parentId><name>Чайники</name></category></categories>
    <items><item><id>15</id><categoryId>2</categoryId><code>TWK3A</code><vendor>Bosch</vendor><name>Чайник TWK3A011</name>
    <description>1,7 л</description><url>https://m.example/15</url><image>https://m.example/15.jpg</image>
    <priceRUAH>1299.00</priceRUAH><stock>В наявності</stock><guarantee>24</guarantee></item></items></price>"""
    [offer], _ = understood(text_file(tmp_path / "f.xml", text))
    assert (offer.title, offer.price, offer.currency, offer.article, offer.category_path) == (
        "Чайник TWK3A011", D("1299.00"), "UAH", "TWK3A", ("Техніка", "Чайники"),
    )  # fmt: skip
    assert offer.availability == Availability.IN_STOCK


def test_one_identifier_for_several_sizes_is_told_apart_by_the_link(tmp_path):
    item = (
        "<item><g:id>{id}</g:id><g:title>Кава {size}</g:title><g:link>https://k.example/{id}-{size}</g:link>"
        "<g:price>{price} UAH</g:price></item>"
    )
    items = "".join(
        item.format(id=n, size=size, price=price)
        for n in range(4)
        for size, price in (("200 г", 90), ("1 кг", 400))
    )
    text = f'<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>'
    offers, issues = understood(text_file(tmp_path / "f.xml", text))
    assert len(offers) == 8
    assert len({offer.key() for offer in offers}) == 8
    assert issues == []


def test_the_same_offer_twice_the_last_wins(tmp_path):
    text = yml(OFFER.format(id=1, price=10, name="Ложка") + OFFER.format(id=1, price=12, name="Ложка"))
    [offer], issues = understood(text_file(tmp_path / "f.xml", text))
    assert offer.price == D(12)
    assert [(i.code, i.row, i.value) for i in issues] == [("duplicate_article", 1, "2")]


def test_an_unknown_feed_with_goods_is_understood(tmp_path):
    text = (
        "<catalog><products><product><id>1</id><name>Ваза скляна</name><price>250</price><currency>UAH</currency>"
        "<images><image>https://v.example/1.jpg</image></images></product></products></catalog>"
    )
    [offer], _ = understood(text_file(tmp_path / "f.xml", text))
    assert (offer.title, offer.price, offer.currency, offer.photos) == (
        "Ваза скляна", D(250), "UAH", ("https://v.example/1.jpg",),
    )  # fmt: skip


def test_a_lowest_price_is_no_price(tmp_path):
    """As in a sheet that says "від 99": the attribute of YML says the same."""
    first = '<offer id="1"><name>Ложка</name><price from="true">99</price></offer>'
    second = '<offer id="2"><name>Виделка</name><price from="false">99</price></offer>'
    offers, issues = understood(text_file(tmp_path / "f.xml", yml(first + second)))
    assert [offer.source_id for offer in offers] == ["2"]
    assert [(found.row, found.code, found.value) for found in issues] == [(1, "price_from", "from 99")]


def test_a_further_price_that_only_later_goods_have_is_read(tmp_path):
    plain = "<offer id='{0}'><name>Ложка {0}</name><price>100</price></offer>"
    late = "<offer id='x'><name>Миска</name><price>90</price><price_opt>70</price_opt><price_drop>60</price_drop></offer>"
    text = yml("".join(plain.format(n) for n in range(1100)) + late)
    offers, issues = understood(text_file(tmp_path / "f.xml", text))
    assert [(tier.kind, tier.amount, tier.currency) for tier in offers[-1].tiers] == [
        ("wholesale", D(70), "UAH"),
        ("drop", D(60), "UAH"),
    ]
    assert (len(offers), issues) == (1101, [])


@pytest.mark.parametrize("declaration", ["", "<?xml version='1.0' encoding='utf-8'?>"])
def test_halves_of_surrogate_pairs_leave_the_encoding_alone(tmp_path, declaration):
    """Programs that think in UTF-16 write them as if they were letters: a lone half, or an emoji in two."""
    path = tmp_path / "f.xml"
    name = "Ложка \ud83d Fiskars \ud83d\ude00"
    offers = "".join(OFFER.format(id=n, price=n, name=name) for n in range(1, 4)).replace("Гострий", "Sharp")
    offers = offers.replace("Довжина", "Length").replace("см", "cm").replace("Країна-виробник", "Made")
    body = f"{declaration}<yml_catalog><shop><offers>{offers.replace('Фінляндія', 'FI')}</offers></shop></yml_catalog>"
    path.write_bytes(body.encode("utf-8", "surrogatepass"))
    inspection = reading.inspect(path)
    assert inspection.encoding == "utf-8"
    assert [item.title for item in reading.read(path, inspection.mapping) if hasattr(item, "title")] == [
        "Ложка \ufffd Fiskars 😀"
    ] * 3
