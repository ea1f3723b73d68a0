"""What people read about a file or a row: one message with its remedy for each stable code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from price_lists.rows import RowIssue, Severity
from price_lists.title_rules import words

#: What a file is that is no price list, as `readers` calls it; names of formats are the same in all languages.
KINDS: dict[str, Any] = {
    "a Windows program": _("a Windows program"),
    "a program": _("a program"),
    "a picture": _("a picture"),
    "an RTF document": _("an RTF document"),
    "a database": _("a database"),
    "a RAR archive": _("a RAR archive"),
    "a 7-Zip archive": _("a 7-Zip archive"),
    "an XZ archive": _("an XZ archive"),
    "a bzip2 archive": _("a bzip2 archive"),
    "a Zstandard archive": _("a Zstandard archive"),
    "a CAB archive": _("a CAB archive"),
    "a TAR archive": _("a TAR archive"),
    "a ZIP archive": _("a ZIP archive"),
    "binary data": _("binary data"),
}


def in_readers_language(context: dict[str, Any]) -> dict[str, Any]:
    """A refusal's context; what the file is is called in the reader's language."""
    kind = KINDS.get(str(context.get("detail", "")))
    return context if kind is None else {**context, "detail": str(kind)}


# code -> (what happened, what to do)
REFUSALS: dict[str, tuple[Any, Any]] = {
    "empty_file": (
        _("The file is empty."),
        _("Check that the export finished and send the file again. Nothing has been changed."),
    ),
    "file_too_big": (
        _("The file is bigger than %(detail)s MB."),
        _("Split the list into several files, or leave descriptions and pictures out."),
    ),
    "no_valid_rows": (
        _("None of the %(detail)s rows can be taken. What was published before stays as it is."),
        _("Look at what is wrong with the rows, mend the file or choose other columns, and send it again."),
    ),
    "truncated_file": (
        _("The file breaks off in the middle (%(detail)s)."),
        _("Download or export it again; it was probably not transferred whole."),
    ),
    "html_page": (
        _("This is a web page, not a price list."),
        _("The link probably leads to a sign-in page. Give the link to the file itself."),
    ),
    "not_a_price_list": (
        _("This is not a price list: the content looks like %(detail)s."),
        _(
            "Send a table (XLSX, XLS, XLSB, ODS, CSV, a table in DOCX or HTML) or a feed (YML, CommerceML, Google Merchant,"
            " JSON), as it is or packed as ZIP or GZ."
        ),
    ),
    "unknown_xml": (
        _("This XML is no feed of goods that is known here (root element “%(detail)s”)."),
        _(
            "Send YML (Prom, Rozetka, Hotline and the like), CommerceML with the offers, a Google Merchant feed or a table"
            " that a spreadsheet program saved as XML."
        ),
    ),
    "nested_too_deep": (
        _("The file nests deeper than %(detail)s levels, which no list of goods needs."),
        _("Have the goods exported as a plain list, one after the other."),
    ),
    "value_too_long": (
        _("Near good number %(row)s “%(field)s” is longer than %(limit)s MB. It begins “%(value)s”."),
        _(
            "Give links to pictures and documents instead of putting them into the file, and shorten the text."
        ),
    ),
    "name_too_long": (
        _("Near good number %(row)s the name of a field is longer than %(limit)s characters: “%(value)s”."),
        _("Put long texts into values. The export may have lost a quote before this place."),
    ),
    "record_too_big": (
        _(
            "Near good number %(row)s more than %(limit)s MB or %(most)s elements stand in one good or between two; the"
            " last was “%(field)s” with “%(value)s”."
        ),
        _("Check the export: each good needs an element of its own. Leave out what does not describe goods."),
    ),
    "reading_too_big": (
        _("Reading the file needs more than %(limit)s MB of memory (near good number %(row)s)."),
        _("Split the list into several files, and leave out what does not describe goods."),
    ),
    "too_many_categories": (
        _("The file lists more than %(limit)s categories; the last read was “%(value)s” (%(field)s)."),
        _("Leave out the categories that hold none of your goods."),
    ),
    "too_many_choices": (
        _("The properties have more than %(limit)s values to choose from, up to “%(value)s” (%(field)s)."),
        _("Export only the properties that describe the goods."),
    ),
    "damaged_file": (
        _("The file is damaged and cannot be read: %(detail)s."),
        _("Open it in the program that made it, save it again and send the new file."),
    ),
    "damaged_xml": (
        _("The XML is not well-formed: %(detail)s."),
        _("Have the feed exported again; special characters must be escaped."),
    ),
    "xml_doctype": (
        _("The XML declares a document type or entities, which is not accepted."),
        _("Remove the DOCTYPE with its entities from the feed."),
    ),
    "encrypted_file": (
        _("The file is protected by a password."),
        _("Save it without a password and send it again."),
    ),
    "zip_too_many_entries": (
        _("The archive holds %(detail)s parts, which no price list needs."),
        _("Save the list as a plain XLSX or CSV."),
    ),
    "zip_too_big": (
        _("Unpacked, the file would take more than 2 GB."),
        _("Split the list into several files."),
    ),
    "zip_bomb": (
        _("A part of the file unpacks to more than a hundred times its size."),
        _("Save the goods alone into a new workbook and send that."),
    ),
    "too_many_columns": (
        _("The file has more than 2,048 columns (%(detail)s)."),
        _("Remove the empty or superfluous columns."),
    ),
    "spreadsheet_too_big": (
        _("The workbook needs more memory than reading is allowed."),
        _("Delete empty rows and columns at the sheet's end, or save it as CSV."),
    ),
    "reading_took_too_long": (
        _("Reading the workbook took too long and was stopped."),
        _("Save it as CSV and send that."),
    ),
    "no_goods_found": (
        _("No table with names and prices of goods was found."),
        _(
            "Give the file a column with names and one with prices, each under a heading that says so, and send it"
            " again."
        ),
    ),
    "no_parts_found": (
        _("No column with articles or barcodes beside prices or stock was found."),
        _(
            "A file that only tells prices or stock needs a column with the article, the barcode or the number that"
            " your price list has, under a heading that says so."
        ),
    ),
    "no_parts_matched": (
        _("None of the %(detail)s rows names a good of yours. What was published before stays as it is."),
        _("Check that the codes are those of your price list: article, barcode or the row's own number."),
    ),
    "no_offers_in_feed": (
        _("The feed holds no goods."),
        _("Check the export. What was published before stays as it is."),
    ),
    "commerceml_without_offers": (
        _("This CommerceML file holds the catalogue without offers and prices."),
        _("Send the file with the offers (offers.xml) of the same exchange."),
    ),
    "damaged_json": (
        _("The JSON is damaged: %(detail)s."),
        _("Have it exported again; quotes and line breaks in texts must be escaped."),
    ),
    "json_without_goods": (
        _("No list of goods with names and prices was found in the JSON; its keys are: %(detail)s."),
        _("Give each good at least a “name” and a “price”."),
    ),
    "document_without_tables": (
        _("The document holds no table."),
        _("Put the goods into a table with a column of names and one of prices, or send XLSX or CSV."),
    ),
    "archive_kind": (
        _("This is %(detail)s, which is not unpacked here."),
        _("Pack the list as ZIP or GZ, or send it unpacked."),
    ),
    "archive_in_archive": (
        _("The archive holds archives that hold archives (%(detail)s)."),
        _("Pack the lists themselves into one ZIP."),
    ),
    "archive_of_many_files": (
        _("The archive holds more than %(detail)s files besides pictures."),
        _("Send the price lists alone."),
    ),
    "archive_without_list": (
        _("None of the files in the archive is a price list: %(detail)s."),
        _("Pack the list itself: XLSX, XLS, ODS, CSV, YML (XML), JSON or a Google Merchant feed."),
    ),
    "archive_of_different_lists": (
        _("The archive holds feeds of different kinds: %(detail)s."),
        _("Send one of them, or pack only files that belong together."),
    ),
    "unknown_encoding": (
        _("The text cannot be decoded as %(detail)s."),
        _("Choose another encoding."),
    ),
    "sheet_missing": (
        _("The sheet “%(detail)s” is not in the file."),
        _("Choose the sheet again."),
    ),
    "unknown_format": (
        _("The format “%(detail)s” is not known."),
        _("Let the file be recognised anew."),
    ),
}

# code -> message; %(value)s and %(column)s are filled in
ROWS: dict[str, Any] = {
    "title_missing": _("The name is missing. Fill it in or remove the row."),
    "title_too_long": _("The name is longer than 1,000 characters. Shorten it."),
    "price_missing": _("The price is missing. Fill it in or remove the row."),
    "price_by_agreement": _(
        "“%(value)s” is no price. Goods by agreement cannot be compared: give a price or leave the row out."
    ),
    "price_from": _("“%(value)s” is a lowest price, not the price. Give the price of this very good."),
    "price_range": _("“%(value)s” is a range. Give one price, or one row for each variant."),
    "price_not_a_number": _("“%(value)s” is not a number. Write the price like 1234.50."),
    "price_negative": _("The price %(value)s is negative. Give a price above zero."),
    "price_zero": _(
        "The price is zero, so the good is not offered. Give its price; if it is not for sale now, remove it or mark it as out of stock."
    ),
    "price_absurd": _("The price %(value)s is above a thousand million. Check the column and the format."),
    "price_unclear": _("“%(value)s” can be read in two ways. Choose the decimal mark for this column."),
    "formula_without_value": _(
        "The cell holds a formula that was never calculated. Open the file in a spreadsheet program, save it and send it again."
    ),
    "formula_error": _("The cell shows the error %(value)s. Mend the formula."),
    "field_too_long": _("A cell is longer than 128 KB. It was cut off; check the quotes in this row."),
    "broken_quotes": _("A quote opened here is never closed and swallows the rows below. Check the quotes."),
    "nul_characters": _("The row holds NUL characters; they were removed."),
    "too_many_fields": _(
        "The good has %(value)s fields; more than 5,000 are not taken (“%(column)s” is the first above). Leave out what buyers do"
        " not need."
    ),
    "damaged_characters": _("Some characters are damaged (�). Check the file's encoding."),
    "old_price_ignored": _("The old price “%(value)s” is not above the price and was left out."),
    "tier_price_ignored": _("“%(value)s” in “%(column)s” is not a price and was left out."),
    "unknown_currency": _("The currency “%(value)s” is not known. Use a code like UAH."),
    "unknown_unit": _("The unit “%(value)s” is not known; it is kept as an attribute."),
    "gtin_check_digit": _("“%(value)s” is no valid barcode: the check digit is wrong. It was left out."),
    "gtin_length": _("“%(value)s” is no barcode: 8, 12, 13 or 14 digits are needed. It was left out."),
    "gtin_rounded": _(
        "The barcode “%(value)s” was rounded by a spreadsheet program. Format the column as text."
    ),
    "gtin_restricted": _("The barcode “%(value)s” is for use inside one shop and was left out."),
    "stock_not_understood": _("“%(value)s” does not tell the stock; it is shown as unknown."),
    "stock_negative": _("The stock %(value)s is negative; it was taken as none."),
    "url_not_taken": _("“%(value)s” is not a web address and was left out."),
    "code_missing": _(
        "The row names no good: the article or barcode is missing. Fill it in or remove the row."
    ),
    "unknown_code": _(
        "No good of your price lists has “%(value)s”. It was left out: a file of prices or stock adds no goods."
    ),
    "code_of_several": _(
        "Several goods of one list have “%(value)s”. It was left out: name each by a number or barcode of its own."
    ),
    "title_letters_lost": _(
        "The letters of the name are lost: the program that wrote the file put question marks in their place. Write it anew as"
        " UTF-8 or Windows-1251."
    ),
    "duplicate_article": _("The same good stands again in row %(value)s; the last one counts."),
    "merged_price": _("A further price of the good in row %(value)s."),
    "category_row": _("A heading of a group of goods."),
    "repeated_header": _("The header, repeated."),
    "total_row": _("A total."),
    "note_row": _("A note, not a good."),
    "too_many_columns": _("The row has %(value)s cells; those past 2,048 were left out."),
    "json_line_damaged": _("The line “%(value)s” is no JSON object. Mend it; the other lines are read."),
    "deleted_in_exchange": _("The exchange marks this good as deleted; it is not offered."),
    "price_in_two_currencies": _("“%(value)s” names two currencies. Give one price in a cell."),
    **words.ROWS,
}


def issue(
    code: str,
    *,
    row: int,
    column: str = "",
    value: str = "",
    sheet: str = "",
    severity: Severity = Severity.ERROR,
) -> RowIssue:
    """A RowIssue with its message in the active language; long values are cut to 200 characters."""
    shown = value if len(value) <= 200 else value[:199] + "…"
    return RowIssue(
        row=row,
        column=column,
        value=shown,
        code=code,
        message=message(code, column=column, value=shown),
        severity=severity,
        sheet=sheet,
    )


def message(code: str, *, column: str = "", value: str = "") -> str:
    """The text for a stored issue, in the active language: messages are never stored as the truth."""
    text = str(ROWS[code]) if code in ROWS else gettext("This row cannot be taken.")
    return text % {"column": column, "value": value}
