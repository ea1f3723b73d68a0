"""The committed price lists are what the generator writes, and they are as messy as meant."""

import csv
import io
from decimal import Decimal

import pytest
from lxml import etree
from python_calamine import load_workbook

from marketplace.demo.generate import FILES, LATER_KANC, SUSPICIOUS_OFIS, TARGET, files
from marketplace.demo.offers import Shop, assortment
from price_lists.reading import inspect, read
from price_lists.rows import OfferRow, RowIssue, Severity


@pytest.fixture(scope="module")
def generated():
    return files()


def _sheet(content):
    return load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def _read_all(name):
    path = TARGET / name
    found = list(read(path, inspect(path, original_name=path.name).mapping))
    offers = [item for item in found if isinstance(item, OfferRow)]
    errors = [item.code for item in found if isinstance(item, RowIssue) and item.severity == Severity.ERROR]
    return offers, errors


def _by_code(rows):
    return {row[0]: row[4] for row in rows[8:] if row[0] and row[4] != ""}


def test_the_committed_texts_are_what_the_generator_writes(generated):
    for name, content in generated.items():
        if not name.endswith(".xlsx"):
            assert (TARGET / name).read_bytes() == content, name


def test_the_committed_workbooks_hold_what_the_generator_writes(generated):
    # Their bytes depend on the compression library; their cells must not.
    for name, content in generated.items():
        if name.endswith(".xlsx"):
            assert _sheet((TARGET / name).read_bytes()) == _sheet(content), name


def test_all_files_together_stay_small():
    assert sum(path.stat().st_size for path in TARGET.rglob("*.*")) < 3_000_000


@pytest.mark.parametrize(
    ("shop", "offers", "errors"),
    [
        (Shop.KANC, 378, []),
        # Four prices by agreement, three forgotten; one good stands twice.
        (Shop.OFIS, 414, ["price_by_agreement"] * 4 + ["price_missing"] * 3),
        (Shop.TECHNO, 204, []),
        (Shop.DIM, 273, []),
    ],
)
def test_the_reader_finds_every_offer_of_the_lists(shop, offers, errors):
    found, wrong = _read_all(FILES[shop])
    assert len(found) == offers
    assert sorted(wrong) == errors


def test_the_offers_are_enough_for_a_lively_row():
    assert sum(len(assortment(shop)) for shop in Shop) == 1275


def test_every_offer_has_a_photo_of_the_demo():
    for name in FILES.values():
        found, _wrong = _read_all(name)
        assert all(row.photos[0].startswith("https://photos.ryad.example/") for row in found)


def test_the_csv_is_cp1251_with_decimal_commas_and_no_break_spaces():
    raw = (TARGET / FILES[Shop.OFIS]).read_bytes()
    rows = list(csv.reader(io.StringIO(raw.decode("cp1251"), newline=""), delimiter=";"))
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    prices = [row[5] for row in rows[1:] if len(row) > 5]
    assert any("\u00a0" in price for price in prices)
    assert {row[6] for row in rows[1:] if len(row) > 6} == {"есть", "нет", "под заказ"}


def test_the_yml_declares_its_document_type_and_lists_dollars_too():
    content = (TARGET / FILES[Shop.TECHNO]).read_bytes()
    assert b'<!DOCTYPE yml_catalog SYSTEM "shops.dtd">' in content
    shop = etree.fromstring(content).find("shop")
    currencies = [each.text for each in shop.iterfind("offers/offer/currencyId")]
    assert {currency: currencies.count(currency) for currency in ("UAH", "USD")} == {"UAH": 189, "USD": 15}


def test_the_workbook_is_typed_by_tired_hands():
    titles = [str(row[2]) for row in _sheet((TARGET / FILES[Shop.KANC]).read_bytes())[8:]]
    latin_in_cyrillic = [t for t in titles if any(_mixed(word) for word in t.split())]
    assert len(latin_in_cyrillic) >= 20
    assert any("А4" in title for title in titles)  # Cyrillic
    assert not any("A4" in title.replace("A4Tech", "") for title in titles)  # Latin


def _mixed(word):
    letters = [letter for letter in word.lower() if letter.isalpha()]
    return {"a" <= letter <= "z" for letter in letters} == {True, False} and len(letters) > 4


def test_the_next_workbook_changes_a_tenth_of_the_prices():
    now = _by_code(_sheet((TARGET / FILES[Shop.KANC]).read_bytes()))
    later = _by_code(_sheet((TARGET / LATER_KANC).read_bytes()))
    assert (len(later.keys() - now.keys()), len(now.keys() - later.keys())) == (5, 3)
    assert sum(now[code] != later[code] for code in now.keys() & later.keys()) == 38


def test_the_broken_export_lost_most_goods_and_its_decimal_mark():
    now = {row.article: row.price for row in _read_all(FILES[Shop.OFIS])[0]}
    later = {row.article: row.price for row in _read_all(SUSPICIOUS_OFIS)[0]}
    assert len(later.keys() & now.keys()) / len(now) == pytest.approx(0.4, abs=0.01)
    tenfold = [
        article for article in later.keys() & now.keys() if later[article] == now[article] * Decimal(10)
    ]
    assert len(tenfold) >= len(later.keys() & now.keys()) - 1
