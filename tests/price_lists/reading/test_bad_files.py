"""Faulty and hostile files each get their defined answer, with a remedy, and the worker lives."""

from __future__ import annotations

import zipfile

import pytest
import xlsxwriter

from price_lists import reading
from price_lists.rows import Severity
from tests.price_lists.reading.support import csv_file, errors, text_file, understood

LOGIN = "<!DOCTYPE html><html><head><title>Вхід</title></head><body><form><input name='login'></form></body></html>"
OFFER = '<offer id="1"><price>5</price><name>Чай</name></offer>'


def refusal_of(path):
    refusal = reading.inspect(path).refusal
    assert refusal is not None
    assert str(refusal)
    assert str(refusal.remedy)
    return refusal


@pytest.mark.parametrize("name", ["feed.xml", "feed.json", "price.xlsx", "price.csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16"])
def test_a_sign_in_page_instead_of_a_list(tmp_path, name, encoding):
    assert refusal_of(text_file(tmp_path / name, LOGIN, encoding)).code == "html_page"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<yml_catalog><shop><offers></offers></shop></yml_catalog>", "no_offers_in_feed"),
        (f"<yml_catalog><shop><offers>{OFFER}", "truncated_file"),
        (f"<yml_catalog><shop><offers>{OFFER}<offer id='2'></offers></shop></yml_catalog>", "damaged_xml"),
        (f'<!DOCTYPE yml_catalog [<!ENTITY a "x">]><yml_catalog>{OFFER}</yml_catalog>', "xml_doctype"),
        (f'<!DOCTYPE price SYSTEM "file:///etc/passwd"><price>{OFFER}</price>', "xml_doctype"),
        ("<html", "html_page"),
        ("<?xml version='1.0'?><rss><channel></channel></rss>", "unknown_xml"),
        ("<Error><Code>AccessDenied</Code></Error>", "unknown_xml"),
        ('{"detail": "Not found."}', "json_without_goods"),
        ("Not Found", "no_goods_found"),
        ("\x00\x00\x00\x00", "empty_file"),
        ("\n\n\r\n", "empty_file"),
    ],
)
def test_what_servers_send_instead_of_a_list(tmp_path, text, code):
    assert refusal_of(text_file(tmp_path / "list", text)).code == code


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("<offer", "damaged_xml"), ("&a;" * 10, ""), ("\x00", "title_missing"), ("\ud800", "")],
)
def test_nothing_of_a_feed_escapes_as_a_crash(tmp_path, wrong, said):
    path = tmp_path / "feed.xml"
    text = f"<yml_catalog><shop><offers>{OFFER}{OFFER.replace('Чай', wrong)}</offers></shop></yml_catalog>"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    inspection = reading.inspect(path)
    if inspection.refusal is not None:
        assert inspection.refusal.code == said
        return
    items = list(reading.read(path, inspection.mapping))
    good, other = (item for item in items if getattr(item, "code", "") != "damaged_characters")
    assert (good.source_id, good.price) == ("1", 5)
    if said:
        assert (other.severity, other.code) == (Severity.ERROR, said)
    else:
        assert (other.source_id, other.price) == ("1", 5)


def test_a_long_text_in_a_feed_does_not_keep_the_others_out(tmp_path):
    long = OFFER.replace("<name>", f"<description>{'я' * 3_000_000}</description><name>")
    text = f"<yml_catalog><shop><offers>{long}{OFFER.replace('1', '2')}</offers></shop></yml_catalog>"
    offers, _ = understood(text_file(tmp_path / "feed.xml", text))
    assert [offer.source_id for offer in offers] == ["1", "2"]


def test_the_error_of_a_row_names_column_and_value(tmp_path):
    rows = [["Назва", "Ціна"], ["Чай", "50"], ["Кава", "п'ять\x00"], ["Какао", "1_000"]]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [offer.title for offer in offers] == ["Чай"]
    told = [(i.row, i.column, i.value) for i in issues if i.severity == Severity.ERROR]
    assert told == [(3, "Ціна", "п'ять"), (4, "Ціна", "1_000")]
    assert errors(issues) == [(3, "price_not_a_number"), (4, "price_not_a_number")]


def test_two_corners_of_a_sheet(tmp_path):
    path = tmp_path / "corners.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "x")
    workbook.close()
    assert refusal_of(path).code in {"spreadsheet_too_big", "no_goods_found"}


def test_a_workbook_whose_parts_are_missing_or_wrong(tmp_path):
    path = tmp_path / "hollow.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal_of(path).code in {"damaged_file", "no_goods_found"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "no xml at all")
    assert refusal_of(path).code in {"damaged_file", "no_goods_found"}
