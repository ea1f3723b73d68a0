"""What a column can hold, in words and in groups, as the columns' page offers them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from price_lists.mapping.model import Field

#: (group, ((field, label), …)): what every list needs first.
GROUPS: tuple[tuple[Any, tuple[tuple[Field, Any], ...]], ...] = (
    (
        _("Needed"),
        (
            (Field.TITLE, _("Name")),
            (Field.PRICE, _("Price")),
        ),
    ),
    (
        _("Price"),
        (
            (Field.OLD_PRICE, _("Old price")),
            (Field.DISCOUNT_PRICE, _("Discounted price")),
            (Field.TIER_PRICE, _("Wholesale or other price")),
            (Field.VARIANT_PRICE, _("Price of this size or variant")),
            (Field.TIER_QUANTITY, _("Quantity from which it holds")),
            (Field.CURRENCY, _("Currency")),
            (Field.UNIT, _("Unit")),
            (Field.PACK, _("Pieces in a unit")),
        ),
    ),
    (
        _("Stock"),
        (
            (Field.STOCK, _("Stock")),
            (Field.AVAILABILITY, _("Availability")),
            (Field.ORDER_DAYS, _("Days to order")),
        ),
    ),
    (
        _("What it is"),
        (
            (Field.CATEGORY, _("Category")),
            (Field.BRAND, _("Brand")),
            (Field.MAKER, _("Maker")),
            (Field.COUNTRY, _("Country")),
            (Field.ARTICLE, _("Article")),
            (Field.MPN, _("Maker's part number")),
            (Field.GTIN, _("Barcode")),
            (Field.SOURCE_ID, _("Row's own number")),
        ),
    ),
    (
        _("Texts and pictures"),
        (
            (Field.TITLE_UK, _("Name in Ukrainian")),
            (Field.TITLE_RU, _("Name in Russian")),
            (Field.TITLE_EN, _("Name in English")),
            (Field.DESCRIPTION, _("Description")),
            (Field.DESCRIPTION_UK, _("Description in Ukrainian")),
            (Field.DESCRIPTION_RU, _("Description in Russian")),
            (Field.DESCRIPTION_EN, _("Description in English")),
            (Field.URL, _("Link")),
            (Field.PHOTO, _("Photo")),
            (Field.VIDEO, _("Video")),
        ),
    ),
    (
        _("Other"),
        (
            (Field.ATTRIBUTE, _("Property, named as the column")),
            (Field.ATTRIBUTE_NAME, _("Property's name")),
            (Field.ATTRIBUTE_UNIT, _("Property's unit")),
            (Field.ATTRIBUTE_VALUE, _("Property's value")),
            (Field.IGNORE, _("Not used")),
        ),
    ),
)
LABELS: dict[str, Any] = {field.value: label for _group, fields in GROUPS for field, label in fields}

#: Kinds of further prices that are told by a code; any other is the heading itself.
PRICE_KINDS: dict[str, Any] = {
    "retail": _("retail price"),
    "wholesale": _("wholesale price"),
    "recommended": _("recommended price"),
    "no_vat": _("price without VAT"),
    "other": _("other price"),
}

FORMATS: dict[str, Any] = {
    "csv": _("Text table (CSV)"),
    "xlsx": "XLSX",
    "xls": "XLS",
    "xlsb": "XLSB",
    "ods": "ODS",
    "yml": "YML",
    "google": "Google Merchant",
    "google_merchant": "Google Merchant",
    "commerceml": "CommerceML",
    "json": "JSON",
    "json_lines": _("JSON lines"),
    "docx": _("Word document (DOCX)"),
    "html": _("Table of a web page (HTML)"),
    "excel_xml": "Excel XML 2003",
    "files": _("Several files in an archive"),
}
ENCODINGS = ("utf-8", "cp1251", "utf-16", "koi8-u", "cp866", "cp1252")
DELIMITERS: tuple[tuple[str, Any], ...] = (
    (";", _("semicolon")),
    (",", _("comma")),
    ("\t", _("tab")),
    ("|", _("vertical bar")),
)
CURRENCIES = ("UAH", "USD", "EUR", "PLN", "GBP", "CZK", "RON", "MDL", "TRY", "CNY")
