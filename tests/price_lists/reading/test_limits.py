"""Feeds made to fill the memory: each is refused by a bound of its own, which the tests lower to be quick."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from price_lists import reading
from price_lists.errors import Refusal
from price_lists.mapping.model import Field
from price_lists.readers import base, commerceml, json_feeds, json_shape, limits, markup_tables, recognise
from price_lists.readers.xml_stream import elements, look_into_xml
from price_lists.validation.feed_rows import FeedNormaliser
from tests.price_lists.reading.support import text_file, understood

GOODS = [{"id": str(number), "name": f"Чай № {number}", "price": "5"} for number in range(1, 31)]


@pytest.fixture
def low(monkeypatch):
    """Bounds that a file of half a megabyte passes; the pieces in which files are read are of 64 KB."""
    for name, value in {"VALUE_BYTES": 150_000, "RECORD_BYTES": 400_000, "RECORD_SIGNS": 20_000}.items():
        monkeypatch.setattr(limits, name, value)


def yml(offers: str, *, head: str = "") -> str:
    good = "<offer id='1'><name>Чай</name><price>5</price></offer>"
    return f"<yml_catalog><shop>{head}<offers>{good}{offers}</offers></shop></yml_catalog>"


def rss(items: str) -> str:
    good = "<item><g:id>1</g:id><g:title>Чай</g:title><g:price>5 UAH</g:price></item>"
    return f"<rss xmlns:g='http://base.google.com/ns/1.0'><channel>{good}{items}</channel></rss>"


def exchange(catalogue: str, *, own: str = "") -> str:
    offer = (
        f"<Предложение><Ид>1</Ид><Наименование>Чай</Наименование>{own}"
        "<Цены><Цена><ЦенаЗаЕдиницу>5</ЦенаЗаЕдиницу><Валюта>UAH</Валюта></Цена></Цены></Предложение>"
    )
    return (
        f"<КоммерческаяИнформация>{catalogue}<ПакетПредложений><Предложения>{offer}</Предложения></ПакетПредложений>"
        "</КоммерческаяИнформация>"
    )


def document(good: str) -> str:
    return json.dumps({"goods": GOODS}, ensure_ascii=False)[:-2] + f', {{"id": "x", "name": "Кава"{good}}}]}}'


def goods_of(number: int) -> str:
    return f"<offer id='{number}'><name>Кава</name><price>6</price>{{}}</offer>"


PARAMETERS = "".join(f"<param name='p{n}'>v</param>" for n in range(20_000))
KEYS = "".join(f', "k{n}": "v"' for n in range(40_000))

HOSTILE = {
    "parameters": (yml(goods_of(2).format(PARAMETERS)), "record_too_big", "param"),
    "attributes": (
        yml(goods_of(2).format("".join(f"<k{n} a='' b='' c=''/>" for n in range(14_000)))),
        "record_too_big",
        None,
    ),
    "between goods": (yml("<x>" + "<a/>" * 90_000 + "</x>"), "record_too_big", "a"),
    "a text": (
        yml(goods_of(2).format(f"<description><![CDATA[Смак{'a' * 400_000}]]></description>")),
        "value_too_long",
        "description",
    ),
    "texts": (yml(goods_of(2).format(f"<d>{'a' * 100_000}</d>" * 5)), "record_too_big", None),
    "google": (
        rss("<item>" + "<g:product_type>a</g:product_type>" * 20_000 + "</item>"),
        "record_too_big",
        "g:product_type",
    ),
    "row of cells": (
        "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet><Table><Row>"
        + "<Cell/>" * 60_000
        + "</Row></Table></Worksheet></Workbook>",
        "record_too_big",
        "Cell",
    ),
    "keys": (document(KEYS), "record_too_big", None),
    "objects": (document(', "params": [' + '{"a":[]},' * 30_000 + "{}]"), "record_too_big", None),
    "a string": (document(f', "description": "Смак{"a" * 400_000}"'), "value_too_long", "description"),
    "blanks": (document(f', "price":{" " * 400_000}1'), "value_too_long", "price"),
    "a good alone": ('{"name": "Кава", "price": "5"' + KEYS + "}", "record_too_big", None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_fill_the_memory_is_refused_with_its_place(tmp_path, low, name):
    content, code, field = HOSTILE[name]
    refusal = reading.inspect(text_file(tmp_path / "f", content)).refusal
    assert refusal is not None
    assert refusal.code == code
    assert field in {None, refusal.context["field"]}
    assert str(refusal.remedy)
    assert "%(" not in str(refusal)


def test_a_long_text_is_told_with_its_good_and_beginning(tmp_path, low):
    content = document(f', "description": "Смак{"a" * 400_000}"')
    refusal = reading.inspect(text_file(tmp_path / "f.json", content)).refusal
    assert refusal is not None
    assert refusal.context["value"].startswith("Смакaaa")
    xml = yml(goods_of(2).format(f"<description>Смак{'a' * 400_000}</description>"))
    refusal = reading.inspect(text_file(tmp_path / "f.xml", xml)).refusal
    assert refusal is not None
    assert (refusal.context["row"], refusal.context["value"][:7]) == (2, "Смакaaa")


@pytest.mark.parametrize("gap", ["", " ", " " * 70_000])
@pytest.mark.parametrize("before", [0, 65_000, 65_400])
def test_a_name_without_end_is_refused_wherever_the_piece_is_cut(tmp_path, gap, before):
    content = document(f', "description": "{"x" * before}", "{"k" * 3000}"{gap}: {{"a": 1}}')
    refusal = reading.inspect(text_file(tmp_path / "f.json", content)).refusal
    assert refusal is not None
    assert refusal.code == "name_too_long"
    fine = document(f', "description": "{"x" * before}", "price": "{"k" * 3000}"{gap}, "{"k" * 900}": 1')
    assert reading.inspect(text_file(tmp_path / "g.json", fine)).refusal is None


@pytest.mark.parametrize(
    "content",
    [
        document(', "a": ' + '{"a": ' * 80 + "1" + "}" * 80),
        yml(goods_of(2).format("<a>" * 300 + "</a>" * 300)),
    ],
)
def test_what_nests_too_deep_is_told_so(tmp_path, content):
    refusal = reading.inspect(text_file(tmp_path / "f", content)).refusal
    assert refusal is not None
    assert refusal.code == "nested_too_deep"


@pytest.mark.parametrize("figure", ["1" * 5000, "1e99999999999999999999"])
def test_a_figure_that_no_price_is_costs_its_file_no_crash(tmp_path, figure):
    refusal = reading.inspect(text_file(tmp_path / "f.json", document(f', "price": {figure}'))).refusal
    assert refusal is not None
    assert refusal.code == "damaged_json"


def categories(count: int) -> dict[str, str]:
    listed = [{"id": str(n), "name": f"Група {n}"} for n in range(count)]
    goods = [good | {"categoryId": "1"} for good in GOODS]
    groups = "".join(
        f"<Группа><Ид>{n}</Ид><Наименование>Група {n}</Наименование></Группа>" for n in range(count)
    )
    tree = "".join(f"<category id='{n}'>Група {n}</category>" for n in range(count))
    return {
        "f.json": json.dumps({"categories": listed, "goods": goods}),
        "f.xml": yml("", head=f"<categories>{tree}</categories>"),
        "c.xml": exchange(f"<Классификатор><Группы>{groups}</Группы></Классификатор>"),
    }


@pytest.mark.parametrize("name", categories(1))
def test_categories_are_counted(tmp_path, monkeypatch, name):
    monkeypatch.setattr(limits, "CATEGORIES", 40)
    assert understood(text_file(tmp_path / name, categories(40)[name]))[0]
    refusal = reading.inspect(text_file(tmp_path / name, categories(41)[name])).refusal
    assert refusal is not None
    assert (refusal.code, refusal.context["value"]) == ("too_many_categories", "Група 40")


def test_names_of_categories_are_weighed(monkeypatch):
    monkeypatch.setattr(limits, "CATEGORY_TEXT", 5000)
    tree = limits.CategoryTree()
    tree.add("1", "Ю" * 4000, "")
    assert tree.path("1") == ("Ю" * limits.NAME_BYTES,)
    with pytest.raises(Refusal):
        tree.add("2", "Я" * 1000, "1")


def test_choices_of_properties_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "CHOICES", 10)
    choice = "<Справочник><ИдЗначения>{0}</ИдЗначения><Значение>в{0}</Значение></Справочник>"
    values = "".join(choice.format(n) for n in range(10))
    catalogue = (
        "<Классификатор><Свойства><Свойство><Ид>1</Ид><Наименование>Колір</Наименование>"
        f"<ВариантыЗначений>{values}</ВариантыЗначений></Свойство></Свойства></Классификатор>"
    )
    refusal = reading.inspect(text_file(tmp_path / "f.xml", exchange(catalogue))).refusal
    assert refusal is not None
    assert (refusal.code, refusal.context["value"]) == ("too_many_choices", "Колір")


MANY = {
    "f.json": document(', "price": "6"' + "".join(f', "k{n}": "v"' for n in range(20))),
    "lines.json": "".join(json.dumps(good) + "\n" for good in GOODS)
    + json.dumps({"name": "Кава", "price": "6"} | {f"k{n}": "v" for n in range(20)}),
    "f.xml": yml(goods_of(2).format("".join(f"<k{n}>v</k{n}>" for n in range(20)))),
    "g.xml": rss("<item><g:id>2</g:id>" + "<g:color>a</g:color>" * 20 + "</item>"),
    "c.xml": exchange("", own="".join(f"<К{n}>v</К{n}>" for n in range(20))),
}


@pytest.mark.parametrize("name", MANY)
def test_a_good_of_too_many_fields_alone_is_left_out(tmp_path, monkeypatch, name):
    path = text_file(tmp_path / name, MANY[name])
    whole = understood(path)[0]
    monkeypatch.setattr(limits, "RECORD_FIELDS", 12)
    format_name, reader = recognise(path)
    if name == "c.xml":  # its only offer
        assert reading.inspect(path).refusal is not None
        return
    offers, issues = understood(path)
    assert [offer.key() for offer in offers] == [offer.key() for offer in whole[: len(offers)]]
    assert len(offers) == len(GOODS if "json" in name else [1])
    [found] = issues
    assert (found.code, found.row) == ("too_many_fields", len(offers) + 1)
    assert found.column
    assert reader.peek(path, format_name).sheets[0].rows


def test_variants_that_repeat_a_long_good_are_weighed(monkeypatch):
    monkeypatch.setattr(json_feeds, "_VARIANTS_WEIGHT", 10_000)
    good = {"name": "Чай", "description": "a" * 900, "variants": [{"price": n} for n in range(9)]}
    assert len(list(json_feeds.flattened(good))) == 9
    with pytest.raises(Refusal):
        list(json_feeds.flattened(good | {"variants": good["variants"] * 2}))


def test_one_good_of_several_files_of_an_exchange_is_weighed(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "JOINED_TEXT", 1000)
    path = tmp_path / "e.zip"
    offers = f"<Предложение><Ид>1</Ид><Описание>{'a' * 200}</Описание></Предложение>" * 9
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("offers.xml", "rests.xml"):
            archive.writestr(name, exchange("").replace("<Предложения>", f"<Предложения>{offers}"))
    refusal = reading.inspect(path).refusal
    assert refusal is not None
    assert refusal.code == "record_too_big"


def test_the_catalogue_before_the_offers_of_an_exchange_is_forgotten(tmp_path, low):
    good = "<Товар><Ид>{0}</Ид><Наименование>Товар {0}</Наименование></Товар>"
    catalogue = "<Каталог><Товары>" + "".join(good.format(n) for n in range(9000)) + "</Товары></Каталог>"
    offers, _ = understood(text_file(tmp_path / "f.xml", exchange(catalogue)))
    assert [offer.title for offer in offers] == ["Чай"]


def test_a_tree_of_groups_is_forgotten_once_the_goods_begin(tmp_path):
    tree = "".join(f"<category id='{n}'>Група {n}</category>" for n in range(26_000))
    path = text_file(
        tmp_path / "f.xml", yml(goods_of(2), head=f"<name>Крамниця</name><categories>{tree}</categories>")
    )
    look = look_into_xml(path)
    assert look is not None
    with elements(path, look, ("offer",)) as found:
        shop = [element.getroottree().find("shop") for _event, element in found][-1]
    assert [child.tag for child in shop] == ["name", "offers"]


def test_a_cell_of_a_document_is_weighed(tmp_path, low):
    path = tmp_path / "f.docx"
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    cell = "<w:p/>" * 70_000
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"<w:document xmlns:w='{w}'><w:body><w:tbl><w:tblGrid/><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl></w:body></w:document>",
        )
    refusal = reading.inspect(path).refusal
    assert refusal is not None
    assert refusal.code == "record_too_big"


def test_the_markup_of_a_page_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(markup_tables, "_HTML_SIGNS", 1000)
    rows = "<tr><td>Назва<td>Ціна" + "<tr><td>Чай чорний<td>50" * 9
    page = f"<html><table>{rows}</table>{{}}</html>"
    assert len(understood(text_file(tmp_path / "a.xls", page.format("")))[0]) == 9
    refusal = reading.inspect(text_file(tmp_path / "b.xls", page.format("<p>" * 1000))).refusal
    assert refusal is not None
    assert refusal.code == "spreadsheet_too_big"


WIDE = {
    "f.csv": "Назва;Ціна\n" + "".join(f"Чай {n};5\n" for n in range(1, 31)),
    "f.json": json.dumps({"goods": GOODS}, ensure_ascii=False),
    "f.xml": yml("".join(goods_of(n) for n in range(2, 31))),
    "g.xml": rss("<item><g:id>2</g:id><g:title>Кава</g:title><g:price>6 UAH</g:price></item>" * 29),
}


@pytest.mark.parametrize("name", WIDE)
def test_a_look_holds_no_more_than_fits(tmp_path, monkeypatch, name):
    path = text_file(tmp_path / name, WIDE[name])
    format_name, reader = recognise(path)
    assert len(reader.peek(path, format_name).sheets[0].rows) >= 30
    monkeypatch.setattr(base, "PEEK_SIZE", 200)
    assert 1 <= len(reader.peek(path, format_name).sheets[0].rows) < 10
    assert len(list(reading.read(path, reading.inspect(path).mapping))) == 30


def test_names_of_fields_without_end_are_not_remembered(monkeypatch, tmp_path):
    monkeypatch.setattr("price_lists.validation.feed_rows.NAMES", 5)
    path = text_file(tmp_path / "f.xml", yml(goods_of(2)))
    mapping = reading.inspect(path).mapping
    reader = commerceml.READER
    normalise = FeedNormaliser(reader, mapping)
    for number in range(20):
        normalise._learn(f"param:{number}")
    assert len(normalise._plan) == 5
    assert normalise._learn("param:" + "a" * 2000)[0] == "ignore"
    assert reader.field_of("param:x")[0] == Field.ATTRIBUTE


def test_what_repeats_in_one_good_is_joined_as_far_as_somebody_reads_it(tmp_path):
    repeated = f"<param name='Колір'>{'а' * 900}</param>" * 50
    offers, _ = understood(text_file(Path(tmp_path) / "f.xml", yml(goods_of(2).format(repeated))))
    assert 4000 <= len(offers[1].attributes["Колір"]) < 6000


@pytest.mark.parametrize("name", ["f.json", "f.xml"])
def test_a_file_for_which_the_process_grows_is_given_up(tmp_path, monkeypatch, name):
    """What no other bound sees, names of elements that the parser remembers say."""
    monkeypatch.setattr(limits, "MEMORY", -(2**40))  # any memory at all is too much
    text = "a" * 600_000
    good = goods_of(2).format(f"<d>{text}</d>")
    content = yml(good * 3) if name == "f.xml" else document(f', "a": "{text}", "b": "{text}"')
    refusal = reading.inspect(text_file(tmp_path / name, content)).refusal
    assert refusal is not None
    assert refusal.code == "reading_too_big"


def test_what_stands_between_the_holders_of_goods_is_forgotten(tmp_path):
    holder = "<offers><offer id='1'><name>Чай</name><price>5</price></offer></offers>" + "<x/>" * 10_000
    path = text_file(tmp_path / "f.xml", f"<yml_catalog><shop>{holder * 60}</shop></yml_catalog>")
    look = look_into_xml(path)
    assert look is not None
    most = 0
    with elements(path, look, ("offer",)) as found:
        for _event, element in found:
            most = max(most, len(element.getparent().getparent()))
    assert most < 400_000


def test_names_without_end_are_not_asked_for_their_meaning(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(limits, "NAMES", 50)
    monkeypatch.setattr(json_shape, "named_field", lambda name, **_: asked.append(name) or (Field.IGNORE, ""))
    path = text_file(tmp_path / "f.json", json.dumps({"goods": [{f"k{n}": "v" for n in range(300)}]}))
    with pytest.raises(Refusal):
        json_shape.shape_of(path, "utf-8")
    assert len(asked) == 50


def test_texts_that_are_remembered_have_an_end(tmp_path):
    text = "<description>" + "а" * 100_000 + "</description>"
    good = goods_of(2).format(text) + f"<offer id='3'><name>Сир</name><price>7{' ' * 2000}</price></offer>"
    offers, issues = understood(text_file(tmp_path / "f.xml", yml(good)))
    assert [len(offer.descriptions.get("", "")) for offer in offers] == [0, 50_000]
    assert [(found.row, found.code) for found in issues] == [(3, "price_not_a_number")]
