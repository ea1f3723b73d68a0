"""Markup made to cost time or memory: each look at it ends soon and small, whatever stands in it."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from lxml import etree

from price_lists.errors import Refusal
from price_lists.readers import archives, documents, hidden, markup_tables
from price_lists.readers.base import COLUMN_CAP
from price_lists.readers.xml_stream import look_into_xml

SIZE = 400_000


def spent(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("pattern", "piece"),
    [
        (hidden._COLUMN, b"<col"),
        (hidden._ROW, b"<row"),
        (hidden._SHEET, b"<sheet"),
        (hidden._SHEET, b' r:id="x"'),
        (hidden._TABLE_ROW, b"<table:table-row"),
        (archives._UNCALCULATED, b"<c"),
        (archives._UNCALCULATED, b' r="A1"'),
        (archives._ERROR_CELL, b' t="e" r="A1"'),
        (archives._STRING_INDEX, b' t="s"><f'),
        (archives._SHEET, b' r:id="x"'),
        (archives._RELATION, b"<Relationship"),
    ],
)
def test_a_search_takes_no_square_of_the_length(pattern, piece):
    """Twice the text may take twice the time; squared, 400 KB took from seconds to minutes."""
    text = b"<c <sheet " + piece * (SIZE // len(piece))
    assert spent(lambda: pattern.findall(text)) < 1.5


@pytest.mark.parametrize("piece", ["<!--", "<?", "<!-- <?"])
def test_remarks_that_never_end_are_looked_through_once(tmp_path, piece):
    """They took six seconds for 64 KB, and several readers look."""
    path = tmp_path / "f.xml"
    path.write_text("<?xml version='1.0'?>" + piece * (65_536 // len(piece)))

    def look():
        with pytest.raises(Refusal):
            look_into_xml(path)

    assert spent(look) < 1


def test_columns_told_below_the_first_cost_nothing(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<workbook><sheet name="S" r:id="r1"/></workbook>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels", '<Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            '<worksheet><cols><col min="-9999999999" max="2" hidden="1"/></cols><sheetData/></worksheet>',
        )
    assert hidden.hidden_parts(path, "xlsx") == {"S": (frozenset({0, 1}), 0)}


def test_a_row_of_wide_cells_is_as_wide_as_a_row_may_be():
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="2048"/></w:tcPr></w:tc>'
    row = etree.fromstring(f'<w:tr xmlns:w="{w}">{cell * 2000}</w:tr>')
    assert len(documents._cells(row, documents._State())) == COLUMN_CAP
    line = etree.fromstring("<tr>" + '<td colspan="2048">a</td>' * 2000 + "</tr>")
    assert spent(lambda: markup_tables._html_cells(line, {})) < 1


def test_a_document_of_paragraphs_alone_is_read_in_little_memory():
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = f'<w:document xmlns:w="{w}"><w:body>' + "<w:p/>" * 50_000 + "</w:body></w:document>"
    left = 0
    for _, element in etree.iterparse(io.BytesIO(text.encode()), tag=f"{{{w}}}p"):
        documents._forget(element)
        left = max(left, len(element.getparent()))
    assert left < 10_000  # what one piece of the file holds, not the file
