"""What the elements and keys of feeds mean, over all dialects: names are compared without case and punctuation."""

from __future__ import annotations

import re
from functools import lru_cache

from price_lists.mapping.model import Field
from price_lists.mapping.vocabulary import meaning_of

_PUNCTUATION = re.compile(r"[\s_\-.:/\[\]]+")
_FOREIGN = re.compile(r"price[ro]?(usd|eur|pln|gbp|rub|kzt)\Z")
_WORD_ENDS = re.compile(r"(?<=[a-zа-яіїєґ0-9])(?=[A-ZА-ЯІЇЄҐ])")

_NAMES: dict[Field, str] = {
    Field.SOURCE_ID: "@id id offerid productid itemid externalid guid uuid",
    Field.AVAILABILITY: "@available available @instock instock presence availability isavailable isinstock"
    " stockstatus sellstatus",
    Field.PRICE: "price priceuah priceruah cost @price sellprice sellingprice retailprice priceretail finalprice"
    " currentprice regularprice unitprice pricevalue цена ціна",
    Field.DISCOUNT_PRICE: "pricepromo promoprice saleprice pricesale discountprice pricediscount specialprice"
    " pricewithdiscount actionprice priceaction",
    Field.OLD_PRICE: "oldprice priceold previousprice compareatprice oldpriceuah",
    Field.CURRENCY: "currencyid currency currencycode pricecurrency валюта",
    Field.BRAND: "vendor brand trademark vendorname brandname",
    Field.MAKER: "manufacturer producer maker",
    Field.ARTICLE: "vendorcode article sku code @sku articul artikul productcode itemcode",
    Field.GTIN: "barcode barcodes ean ean13 gtin gtin13 upc",
    Field.MPN: "mpn partnumber manufacturercode",
    Field.COUNTRY: "countryoforigin country madein",
    Field.URL: "url link producturl permalink href",
    Field.PHOTO: "picture pictures image images imagelink additionalimagelink photo photos img imgurl imageurl"
    " pictureurl photourl mainimage additionalimages gallery thumbnail",
    Field.VIDEO: "video videos videourl videolink",
    Field.STOCK: "stockquantity quantityinstock quantity stock amount count qty instockquantity rest rests balance"
    " stocks leftovers availablequantity inventoryquantity",
    Field.ORDER_DAYS: "stockdays orderdays daystoship leadtime deliverydays",
    Field.UNIT: "unit units measure measureunit unitofmeasure uom",
    Field.CATEGORY: "category categories categoryname categorypath producttype group groupname categorytext",
}
_MEANING = {_PUNCTUATION.sub("", name): field for field, names in _NAMES.items() for name in names.split()}
# Further prices of the same good: the kind is what the comparison shows.
_TIERS = {
    "wholesaleprice": "wholesale",
    "pricewholesale": "wholesale",
    "optprice": "wholesale",
    "priceopt": "wholesale",
    "prices": "wholesale",
    "dealerprice": "wholesale",
    "dropprice": "drop",
    "pricedrop": "drop",
    "rrp": "recommended",
    "pricerrp": "recommended",
    "recommendedprice": "recommended",
    "recommendedretailprice": "recommended",
    "msrp": "recommended",
}
_TEXTS = {
    "name": "title",
    "title": "title",
    "fullname": "title",
    "productname": "title",
    "description": "description",
    "fulldescription": "description",
    "descriptionhtml": "description",
    "bodyhtml": "description",
    "body": "description",
}
LANGUAGES = {
    "ua": "uk",
    "uk": "uk",
    "ukr": "uk",
    "ukua": "uk",
    "uaua": "uk",
    "ru": "ru",
    "rus": "ru",
    "ruru": "ru",
    "ruua": "ru",
    "en": "en",
    "eng": "en",
    "enus": "en",
    "engb": "en",
}
_LOCALISED = re.compile(
    r"(name|title|fullname|productname|fulldescription|description)(ua|uk|ukr|ukua|uaua|ru|rus|ruru|ruua|en|eng|enus|engb)\Z"
)
_MEASURES = frozenset(
    {"weight", "height", "width", "length", "depth", "dimensions", "volume", "warranty", "guarantee", "model"}
    | {"color", "colour", "size", "material", "season", "series", "collection"}
)
_NOTHING = (Field.IGNORE, "")
# What words of headings would take for something else.
_NO_FIELDS = frozenset(
    {
        "categoryid",
        "groupid",
        "sectionid",
        "portalcategoryid",
        "itemgroupid",
        "parentid",
        "vendorid",
        "brandid",
    }
    | {"manufacturerid", "currencyrate", "pricefrom", "pricetype", "createdat", "updatedat", "sort", "type"}
    | {
        "attributeset",
        "marketcategory",
        "portalcategoryurl",
        "salesnotes",
        "keywords",
        "googleproductcategory",
    }
)
# Parameters that are no attributes but fields of the offer; compared in lower case without punctuation.
_PARAMETERS: dict[str, Field] = {
    "артикул": Field.ARTICLE,
    "код товару": Field.ARTICLE,
    "код товара": Field.ARTICLE,
    "sku": Field.ARTICLE,
    "mpn": Field.MPN,
    "штрихкод": Field.GTIN,
    "штрих код": Field.GTIN,
    "ean": Field.GTIN,
    "gtin": Field.GTIN,
    "міра виміру": Field.UNIT,
    "одиниця виміру": Field.UNIT,
    "единица измерения": Field.UNIT,
    "мера измерения": Field.UNIT,
    "бренд": Field.BRAND,
    "торгова марка": Field.BRAND,
    "торговая марка": Field.BRAND,
    "виробник": Field.MAKER,
    "производитель": Field.MAKER,
    "країна виробник": Field.COUNTRY,
    "країна виробник товару": Field.COUNTRY,
    "країна виробництва": Field.COUNTRY,
    "країна виготовлення": Field.COUNTRY,
    "країна походження": Field.COUNTRY,
    "страна производитель": Field.COUNTRY,
    "страна производитель товара": Field.COUNTRY,
    "страна производства": Field.COUNTRY,
    "страна изготовления": Field.COUNTRY,
    "страна происхождения": Field.COUNTRY,
    "страна регистрации бренда": Field.IGNORE,
    "країна реєстрації бренду": Field.IGNORE,
    "мінімальна кратність товару": Field.IGNORE,
    "минимальная кратность товара": Field.IGNORE,
}


@lru_cache(maxsize=4096)
def named_field(  # noqa: PLR0911 - one kind of name after the other
    name: str, *, by_words: bool = False
) -> tuple[Field, str]:
    """The field that a name means and its kind. `by_words`: ask the words of table headings, too.

    "param:…" is a parameter of the good, "…:uk" a text in that language.
    """
    if name.startswith("param:"):
        label = name[6:]
        plain = " ".join(re.sub(r"[\W_]+", " ", label.lower()).split())
        return _PARAMETERS.get(plain, Field.ATTRIBUTE), label.strip(" :.")
    squashed = _PUNCTUATION.sub("", name.lower())
    meaning = _MEANING.get(squashed)
    if meaning:
        return meaning, ""
    if squashed in _TIERS:
        return Field.TIER_PRICE, _TIERS[squashed]
    if squashed in {"pricesquantity", "optquantity"}:
        return Field.TIER_QUANTITY, ""
    if _FOREIGN.match(squashed):
        return Field.TIER_PRICE, "retail"
    if squashed in _TEXTS:
        return Field(_TEXTS[squashed]), ""
    text = _LOCALISED.match(squashed)
    if text:
        return Field(f"{_TEXTS[text[1]]}_{LANGUAGES[text[2]]}"), ""
    if squashed in _MEASURES:
        return Field.ATTRIBUTE, _WORD_ENDS.sub(" ", name).replace("_", " ").lower()
    return _by_words(name) if by_words and squashed not in _NO_FIELDS else _NOTHING


def _by_words(name: str) -> tuple[Field, str]:
    found = meaning_of(_WORD_ENDS.sub(" ", name).replace("_", " "))
    if found is None or found.weight < 0.75 or found.kind == "purchase":
        return _NOTHING
    if found.field == Field.PRICE and found.rank >= 3:  # wholesale, purchase and the like are further prices
        return Field.TIER_PRICE, found.kind
    if found.field in {Field.TITLE, Field.DESCRIPTION} or found.weight >= 0.8:
        return found.field, ""
    return _NOTHING
