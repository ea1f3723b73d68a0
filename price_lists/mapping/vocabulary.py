"""The words that head columns in Ukrainian, Russian and English price lists, and what each means."""

from __future__ import annotations

import re
from functools import lru_cache

from price_lists.mapping.model import Field
from price_lists.mapping.price_words import NO_VAT, SUM, VAT, Meaning, price_meaning, quantity_of
from price_lists.validation.currencies import currency_in_heading

_LATIN_TWINS = str.maketrans("aceiopxykmtbh", "асеіорхукмтвн")


# Asked in this order; the first that matches decides. Headings come in lower case, with single spaces
# instead of punctuation.
_RULES: tuple[tuple[str, Meaning], ...] = (
    # names and values of characteristics, as Prom has them
    (r"^(?:назва|название|имя|name) (?:характеристик|параметр|атрибут)", Meaning(Field.ATTRIBUTE_NAME, 1.0)),
    (
        r"^(?:одиниця виміру|единица измерения|измерение|одиниця|вимір) (?:характеристик|параметр|атрибут)",
        Meaning(Field.ATTRIBUTE_UNIT, 1.0),
    ),
    (r"^(?:значення|значение|value) (?:характеристик|параметр|атрибут)", Meaning(Field.ATTRIBUTE_VALUE, 1.0)),
    (r"ценов\w* груп\w*.*номенклатур|цінов\w* груп\w*.*номенклатур", Meaning(Field.TITLE, 0.9)),
    (r"^(?:ценов|цінов)\w* (?:груп|катег)", Meaning(Field.CATEGORY, 0.6)),
    # what is no business of a buyer
    (
        r"^(?:|n|no|nn|nr|пп|п п|№|№ п п|№ пп|n п п|з п|номер п п|номер|№ з п|нпп|#)$",
        Meaning(Field.IGNORE, 0.7, "number"),
    ),
    (
        (
            r"^(?:номер|код|id|ідентифікатор|идентификатор|посилання|ссылка|адреса?) (?:на )?(?:групи|группы|підрозділу|подраздела|"
            r"раздела|розділу|категорії|категории|виробника?$|производителя$)"
        ),
        Meaning(Field.IGNORE, 0.9),
    ),
    (r"^id (?:групи|группы)|група різновидів|группы разновидностей", Meaning(Field.IGNORE, 0.9)),
    (
        r"пошуков|поисков|ключов|ключев|keyword|^мета|^meta|seo|^html|ярлик|ярлык|нотатк|заметк|^дата\b|date|оновлен|обновлен",
        Meaning(Field.IGNORE, 0.9),
    ),
    (r"^(?:сума|сумма|разом|всього|усього|итого|всего|total|amount)\b", Meaning(Field.IGNORE, 0.8, "sum")),
    (
        (
            r"^(?:мін|мин|min)\w* (?:замовл|заказ|кільк|колич|order|к ть|кол во|партія|партия)\w* ?(?:опт|гурт)|"
            r"^(?:мінімальне замовлення|минимальный заказ) опт"
        ),
        Meaning(Field.TIER_QUANTITY, 0.9),
    ),
    (
        (
            r"^(?:заказ|замовлення|замовити|ваш\w* (?:заказ|замовл)|заявка|order|к заказу|до замовлення)$|"
            r"(?:замовлен|заказ)\w*,? ?(?:шт|к ть|кол во|кількість|количество)$|(?:кількість|количество|к ть|кіл ть|кол во|к во|шт) "
            r"(?:до |для |в |у |к )?(?:замовлен|заказ|order)"
        ),
        Meaning(Field.IGNORE, 0.8, "order"),
    ),
    (
        (
            r"^(?:мін|мин|min|moq)\w* (?!.*(?:цін|цен|price|опт|розн|роздр))|^moq$|кратн|^термін дії|^срок действия|"
            r"знижка(?: |$)|скидка(?: |$)|^discount(?: ?%| rate)?$|^(?:your|max) discount|^ціна від$|^цена от$|"
            r"^(?!(?:цін|цен|price)).*(?:вага|\bвес\b|weight|об ?єм|\bобъем|розмір упак|размер упак|ширина|висота|высота|довжина|длина|глубина|глибина)"
        ),
        Meaning(Field.ATTRIBUTE, 0.6),
    ),
    (
        r"^(?:валюта|currency|вал|валюта ціни|валюта цены|currencyid|currency id)$",
        Meaning(Field.CURRENCY, 1.0),
    ),
    (
        r"^(?:термін|срок|строк|час|время)\w* (?:поста|доста|відвант|отгруз|замов|заказ|викон)|lead time|^доставка дн",
        Meaning(Field.ORDER_DAYS, 0.85),
    ),
    (r"доставк|delivery|shipping", Meaning(Field.ATTRIBUTE, 0.6)),
)
_AFTER_PRICES: tuple[tuple[str, Meaning], ...] = (
    # photos and links before names: "посилання на зображення товару"
    (r"фото|зображен|изображен|картин|photo|image|picture|^img|малюн|рисунок", Meaning(Field.PHOTO, 0.9)),
    (r"відео|видео|video|youtube", Meaning(Field.VIDEO, 0.9)),
    (
        r"посилан|ссылк|^link|\blink$|url|сайті?|web ?page|сторінк|страниц|гіперпосил|гиперссыл",
        Meaning(Field.URL, 0.85),
    ),
    # codes
    (
        r"штрих ?код|barcode|bar code|^ean\b|^ean ?\d|gtin|^upc|^ш ?к$|код маркуван|код маркир|^шк\b|ean$",
        Meaning(Field.GTIN, 1.0),
    ),
    (
        (
            r"mpn|(?:артикул|код|номер|каталожн\w* номер|арт) ?(?:\w+ )?(?:виробник|производит|постач|поставщ|пристро|устройств|завод|фабр)|"
            r"part ?(?:no|number|num)|^p ?n$|партномер|парт номер|каталожн|каталог\w* (?:номер|№)|manufacturer code|vendor ?code original"
        ),
        Meaning(Field.MPN, 0.9),
    ),
    (
        (
            r"^(?:унікальний |уникальный |product |offer |item |goods |товар |внутр\w* )?(?:id|ід|ид|uid|guid|uuid|ідентифікатор|идентификатор)"
            r"(?: (?:товару|товара|позиції|позиции|product|offer|номенклатури|номенклатуры))?$|^id (?:товар|product|offer)"
        ),
        Meaning(Field.SOURCE_ID, 0.9),
    ),
    (
        r"^(?:артикул|артикль|артикл|арт|art|article|sku|vendor ?code|vendorcode|арт №|№ арт\w*)\b",
        Meaning(Field.ARTICLE, 1.0),
    ),
    (
        (
            r"^(?:код|code|шифр|item (?:code|no|number)|product code|код (?:товар|номенкл|позиц|1с|1c|1 с|продукт|тмц)\w*|номенклатурн\w* (?:номер|код)|"
            r"ном номер|ном №|інв\w* номер|код\w*)$|^код\b|\bкод$|^code\b|\bcode$"
        ),
        Meaning(Field.ARTICLE, 0.8, "code"),
    ),
    # groups before names: "назва групи"
    (
        (
            r"^(?:назва |название |наименование |найменування |name of |product |item |goods )?(?:товарн\w* )?(?:категор|груп|розділ|раздел|рубрик|підгруп|подгруп|підкатег|"
            r"подкатег|підрозділ|подраздел|каталог|section|categor|group|subcategor|subgroup|сегмент|product type|google product category|"
            r"вид товар|вид продукц|тип товар|тип продукц|клас товар|класс товар)"
        ),
        Meaning(Field.CATEGORY, 0.85),
    ),
    (
        r"бренд|brand|торгов\w* марк|^тм$|^т м$|^марка|trade ?mark|^vendor$|торг[оі]ве?льн\w* марк",
        Meaning(Field.BRAND, 0.95),
    ),
    (r"країна|краiна|страна|country|made in|походжен|происхожд", Meaning(Field.COUNTRY, 0.9)),
    (
        r"виробн|производ|manufact|^maker|изготов|^завод|^фірма|^фирма|^producer|^виробник",
        Meaning(Field.MAKER, 0.9),
    ),
    # amounts
    (
        (
            r"^(?:од|ед|один|одиниц\w*|единиц\w*|ед|базов\w* (?:од|ед)\w*|осн\w* (?:од|ед)\w*) ?(?:вим|изм|вимір|вимiр)\w*|"
            r"^(?:одиниця|единица|од|ед|од вим|ед изм|unit|units|uom|measure|unit of measure|вимір|измерение|о в|ов|од в|один|ом|шт кг|базов\w* (?:од|ед)|баз (?:од|ед)|е и|еи)$|"
            r"^(?:одиниця|единица|од|ед)\b"
        ),
        Meaning(Field.UNIT, 0.95),
    ),
    (
        (
            r"(?:кіл\w*|кол\w*|к ть|к во|к сть|шт\w*|штук|норма|qty|pcs|number)\W*(?:\w+ )?(?:в|у|на|in|per)\W* ?(?:1 )?(?:упак|уп|ящ|короб|пач|pack|box|бло)|"
            r"^(?:в|у|шт|штук) ?(?:в|у)? ?(?:упак|уп|ящ|короб|пач)\w*$|^(?:упаков|фасов|фасув|тара\b|норма упак|pack|упак|уп\b|пакування|ящик|в ящику)"
        ),
        Meaning(Field.PACK, 0.8),
    ),
    (
        r"^(?:наявн|налич|availab|є в наявн|есть в налич|статус|status|presence|в наявності|в наличии|in stock|доступність|доступность)",
        Meaning(Field.AVAILABILITY, 0.9),
    ),
    (
        r"резерв|reserv|очіку|ожида|в дорозі|в пути|транзит|transit|прихід|приход",
        Meaning(Field.ATTRIBUTE, 0.6, "reserve"),
    ),
    (
        (
            r"залиш|остат|^ост\b|^зал\b|^кіл(?:ькість|ьк|ь)?\b|^кол(?:ичество|во| во|ич)?\b|^к ?(?:ть|сть|во|ість)\b|^кіл ?(?:ть|сть)|stock|^qty|quantity|доступно|"
            r"вільн|свободн|склад|^баланс|^магазин$|free$|^кількість|^количество|^наличие"
        ),
        Meaning(Field.STOCK, 0.85),
    ),
    # names
    (
        (
            r"^(?:повн\w* |полн\w* |коротк\w* |кратк\w* |торгов\w* |товарн\w* )?(?:опис|описан|descr|анотац|аннотац|текст|зміст)\w*|^характеристики$|"
            r"технічні характ|технические характ|особливост|особенност|short description|^body"
        ),
        Meaning(Field.DESCRIPTION, 0.85),
    ),
    (
        (
            r"^(?:повн\w* |полн\w* |коротк\w* |кратк\w* |робоч\w* |рабоч\w* )?(?:найменуван|наймен|наименован|наимен|назв|назван|номенклатур|номенкл|"
            r"товар|title|name|product|item|позиц|продукц|продукт|асортимент|ассортимент|тмц|goods|матеріал|материал|предмет|вироб|издели|книга)\w*"
        ),
        Meaning(Field.TITLE, 0.95),
    ),
    (
        r"(?:найменуван|наименован|назва\b|название|номенклатура|товар[уаи]?\b|товарів|товаров|product name|item name|\bname$|\btitle$)",
        Meaning(Field.TITLE, 0.75),
    ),
    (r"^(?:сорт|гібрид|гибрид)\b", Meaning(Field.TITLE, 0.6)),
    (r"^культур[аи]?$", Meaning(Field.CATEGORY, 0.6)),
    (r"^шт$", Meaning(Field.STOCK, 0.6)),
    (r"^(?:модель|model)\b", Meaning(Field.MPN, 0.4, "model")),
)
_COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in _RULES)
_COMPILED_AFTER = tuple((re.compile(pattern), meaning) for pattern, meaning in _AFTER_PRICES)
_UK = re.compile(r"(?:^| )(?:укр|українськ\w*|украинск\w*|uk|ua|ukr|ukrainian)(?: |$)")
_RU = re.compile(r"(?:^| )(?:рос|рус|російськ\w*|русск\w*|ru|rus|russian)(?: |$)")
_EN = re.compile(r"(?:^| )(?:англ|англійськ\w*|английск\w*|en|eng|english)(?: |$)")


def plain(heading: str) -> str:
    """A heading as the rules want it: lower case, Latin twins of Cyrillic letters mended, no punctuation."""
    text = heading.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    words = re.sub(r"[\s_.,:;()\[\]/\\*\"«»'№#|-]+", " ", text).strip()
    if not words:
        return "№" if "№" in heading else ""
    return " ".join(_mend(word) for word in words.split(" "))


def _mend(word: str) -> str:
    cyrillic = sum(1 for char in word if "а" <= char <= "ґ")
    return word.translate(_LATIN_TWINS) if cyrillic and cyrillic < len(word) else word


@lru_cache(maxsize=8192)
def meaning_of(heading: str) -> Meaning | None:
    """What a heading says its column holds; None if the words are not known."""
    if len(heading) > 120:
        return None
    words = plain(heading)
    if not words:
        return None
    meaning = (
        next((meant for pattern, meant in _COMPILED if pattern.search(words)), None)
        or price_meaning(words)
        or next((meant for pattern, meant in _COMPILED_AFTER if pattern.search(words)), None)
    )
    if meaning is None:
        return None
    if meaning.field in {Field.TITLE, Field.DESCRIPTION}:
        language = language_of_heading(words)
        if language:
            return meaning._replace(field=Field(f"{meaning.field}_{language}"))
    return meaning


def language_of_heading(words: str) -> str:
    for pattern, language in ((_UK, "uk"), (_RU, "ru"), (_EN, "en")):
        if pattern.search(words):
            return language
    return ""


def vat_in_heading(heading: str) -> str:
    words = plain(heading)
    if NO_VAT.search(words):
        return "excluded"
    return "included" if VAT.search(words) else ""


def quantity_in_heading(heading: str) -> str:
    least = quantity_of(plain(heading))
    return str(least) if least > 1 else ""


def has_sum(heading: str) -> bool:
    """Whether a heading tells a sum from which its price holds ("Опт від 5000 грн")."""
    return bool(SUM.search(plain(heading)))


def heading_currency(heading: str) -> str:
    """The currency of a column's prices; the sum from which they hold ("від 5000 грн") does not tell it."""
    return currency_in_heading(SUM.sub(" ", plain(heading)) if has_sum(heading) else heading)
