"""Composes sheets as vendors make them, each by its seed, together with the offers that are truly in them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.price_lists.mapping.goods import TRADES, UNIT_WORDS, Good
from tests.price_lists.mapping.sheets import Rows

Words = dict[str, tuple[str, ...]]

TITLES: Words = {
    "uk": ("Найменування", "Назва товару", "Номенклатура", "Найменування товару", "Назва", "Товар", "Повна назва", "Найменування продукції", "Асортимент"),
    "ru": ("Наименование", "Название товара", "Номенклатура", "Наименование товара", "Товар", "Полное наименование", "Наименование продукции", "Ассортимент"),
    "en": ("Name", "Product name", "Item", "Description", "Product", "Item description", "Goods"),
}  # fmt: skip
ARTICLES: Words = {
    "uk": ("Артикул", "Код", "Арт.", "Код товару", "Артикул виробу", "Внутрішній код", "Код 1С"),
    "ru": ("Артикул", "Код", "Арт.", "Код товара", "Внутренний код", "Артикул/код", "Код 1С"),
    "en": ("SKU", "Article", "Code", "Item code", "Item No.", "Art. No"),
}
UNITS: Words = {
    "uk": ("Од. вим.", "Од.", "Одиниця виміру", "Од.виміру", "Один. вимір.", "ОВ", "Базова од."),
    "ru": ("Ед. изм.", "Ед.", "Единица измерения", "Ед.изм", "Единица", "Баз. ед."),
    "en": ("Unit", "UoM", "Units", "Unit of measure"),
}
BRANDS: Words = {
    "uk": ("Бренд", "ТМ", "Торгова марка", "Торгівельна марка"),
    "ru": ("Бренд", "ТМ", "Торговая марка", "Марка"),
    "en": ("Brand", "Trademark"),
}
STOCKS: Words = {
    "uk": ("Залишок", "Наявність", "Кількість", "Залишок на складі", "Вільний залишок", "К-сть", "Склад"),
    "ru": ("Остаток", "Наличие", "Количество", "Остаток на складе", "Свободный остаток", "Кол-во", "Склад"),
    "en": ("Stock", "Availability", "Qty", "In stock", "Quantity"),
}
CODES: Words = {
    "uk": ("Штрих-код", "Штрихкод", "EAN", "Штрих код (EAN13)", "ШК"),
    "ru": ("Штрих-код", "Штрихкод", "EAN13", "Штрих-код товара", "ШК"),
    "en": ("Barcode", "EAN", "GTIN", "EAN code"),
}
GROUPS: Words = {
    "uk": ("Категорія", "Група", "Група товару", "Розділ", "Товарна група"),
    "ru": ("Категория", "Группа", "Группа товаров", "Раздел", "Товарная группа"),
    "en": ("Category", "Group", "Product group"),
}
NUMBERS: Words = {
    "uk": ("№", "№ п/п", "№ з/п", "п/п"),
    "ru": ("№", "№ п/п", "№ пп", "N п/п"),
    "en": ("#", "No", "Nr."),
}
#: Columns of no meaning for an offer's main facts: heading -> how its cells are made.
FURTHER: Words = {
    "uk": ("Кратність", "Мін. замовлення", "Вага, кг", "Фото", "Замовлення", "Сума замовлення", "Країна", "Примітка", "Гарантія, міс."),
    "ru": ("Кратность", "Мин. заказ", "Вес, кг", "Фото", "Заказ", "Сумма", "Страна", "Примечание", "Гарантия, мес"),
    "en": ("MOQ", "Weight, kg", "Image", "Your order", "Total", "Country", "Remarks", "Warranty"),
}  # fmt: skip
#: Price schemes: (kind, heading by language); the first kind listed as "main" is the price.
#: kind: main, wholesale, no_vat, recommended, other, q10 (from 10 pieces), old, off (percent), reduced, bought
SCHEMES: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "one": {
        "uk": (("main", "Ціна|Ціна за од.|Вартість|Прайс|Ціна продажу|Ціна за одиницю|Ваша ціна|Роздрібна ціна|Ціна, роздріб"),),
        "ru": (("main", "Цена|Цена за ед.|Стоимость|Прайс|Цена продажи|Розничная цена|Цена розница|Ваша цена|Розница"),),
        "en": (("main", "Price|Unit price|Retail price|Price per unit|Your price|Net price"),),
    },
    "retail_wholesale": {
        "uk": (("wholesale", "Ціна опт|Опт|Оптова ціна|Гурт|Ціна дилер|Дилерська ціна"), ("main", "Ціна роздріб|Роздріб|Роздрібна ціна|Ціна для клієнта, роздрібна")),
        "ru": (("wholesale", "Цена опт|Опт|Оптовая цена|Дилер|Цена партнера|Цена опт."), ("main", "Цена розница|Розница|Розничная цена|Розн. цена")),
        "en": (("wholesale", "Wholesale price|Dealer price|B2B price"), ("main", "Retail price|Retail")),
    },
    "drop_rrp": {
        "uk": (("wholesale", "Дроп|Дроп ціна|Ціна дроп|Опт|Опт від 5000 грн"), ("main", "РРЦ|РРЦ, мін.|Рекомендована роздрібна ціна|Рекомендована ціна")),
        "ru": (("wholesale", "Дроп|Дроп цена|Цена дроп|Опт"), ("main", "РРЦ|МРЦ|Рекомендованная розничная цена|Рекоменд. цена")),
        "en": (("wholesale", "Dropship price|Drop price|Wholesale"), ("main", "RRP|MSRP|Recommended retail price")),
    },
    "vat": {
        "uk": (("no_vat", "Ціна без ПДВ|Ціна, без ПДВ|без ПДВ|Ціна за од. без ПДВ"), ("main", "Ціна з ПДВ|Ціна, з ПДВ|Ціна за од. з ПДВ|Ціна (в т.ч. ПДВ)|з ПДВ")),
        "ru": (("no_vat", "Цена без НДС|Цена, без НДС|без НДС"), ("main", "Цена с НДС|Цена, с НДС|с НДС|Цена (в т.ч. НДС)")),
        "en": (("no_vat", "Price excl. VAT|Price without VAT|Price net of VAT"), ("main", "Price incl. VAT|Price with VAT|Price inc VAT")),
    },
    "quantity": {
        "uk": (("main", "Ціна|Ціна від 1 шт|Ціна за 1 шт|Ціна роздріб|1 шт"), ("q10", "від 10 шт|Ціна від 10 шт.|10+|Ціна (від 10 шт)|>10 шт|10-49 шт"), ("q50", "від 50 шт|Ціна від 50 шт.|50+|Ціна (від 50 шт)|>50 шт|50-99 шт")),
        "ru": (("main", "Цена|Цена от 1 шт|Цена за 1 шт|1 шт"), ("q10", "от 10 шт|Цена от 10 шт.|10+|Цена (от 10 шт)|10-49 шт"), ("q50", "от 50 шт|Цена от 50 шт.|50+|Цена (от 50 шт)|50 шт и более")),
        "en": (("main", "Price|Price from 1 pc|1+"), ("q10", "from 10 pcs|Price from 10 pcs|10+|Price 10+"), ("q50", "from 50 pcs|Price from 50 pcs|50+|Price 50+")),
    },
    "old": {
        "uk": (("old", "Стара ціна|Ціна без знижки|Звичайна ціна|Ціна до знижки"), ("main", "Ціна зі знижкою|Акційна ціна|Нова ціна|Спецціна|Ціна")),
        "ru": (("old", "Старая цена|Цена без скидки|Обычная цена"), ("main", "Цена со скидкой|Акционная цена|Новая цена|Спеццена|Цена")),
        "en": (("old", "Old price|Regular price|Price before discount"), ("main", "Sale price|Special price|New price|Price")),
    },
    "discount": {
        "uk": (("old", "Ціна|Ціна базова|Прайсова ціна"), ("off", "Знижка, %|Знижка|Ваша знижка"), ("main", "Ціна зі знижкою|Ціна з урахуванням знижки")),
        "ru": (("old", "Цена|Цена базовая|Базовая цена"), ("off", "Скидка, %|Скидка|Ваша скидка"), ("main", "Цена со скидкой|Цена с учетом скидки")),
        "en": (("old", "Price|List price|Base price"), ("off", "Discount, %|Discount"), ("main", "Discounted price|Price with discount")),
    },
    "bought": {
        "uk": (("bought", "Закупівельна ціна|Вхід|Собівартість|Ціна закупки|Закупка"), ("main", "Ціна|Ціна продажу|Роздріб")),
        "ru": (("bought", "Закупочная цена|Вход|Себестоимость|Цена закупки|Закупка"), ("main", "Цена|Цена продажи|Розница")),
        "en": (("bought", "Purchase price|Cost price|Buying price"), ("main", "Price|Selling price|Retail price")),
    },
    "levels": {
        "uk": (("main", "Роздріб|Ціна роздрібна"), ("wholesale", "Дрібний опт|Ціна дрібний опт|Мілкий опт"), ("wholesale", "Опт|Ціна опт"), ("wholesale", "Великий опт|Крупний опт|VIP")),
        "ru": (("main", "Розница|Цена розничная"), ("wholesale", "Мелкий опт|Цена мелкий опт"), ("wholesale", "Опт|Цена опт"), ("wholesale", "Крупный опт|VIP|Дилерская")),
        "en": (("main", "Retail|Retail price"), ("wholesale", "Small wholesale price"), ("wholesale", "Wholesale price"), ("wholesale", "Dealer|VIP price")),
    },
    "numbered": {
        "uk": (("main", "Ціна 1|Ціна №1"), ("other", "Ціна 2|Ціна №2"), ("other", "Ціна 3|Ціна №3")),
        "ru": (("main", "Цена 1|Цена №1"), ("other", "Цена 2|Цена №2"), ("other", "Цена 3|Цена №3")),
        "en": (("main", "Price 1|Price A"), ("other", "Price 2|Price B"), ("other", "Price 3|Price C")),
    },
}  # fmt: skip
SCHEMES["usd_uah"] = {
    "uk": (("usd", "Ціна, $|Ціна USD|Ціна, у.о.|USD|Ціна у $"), ("main", "Ціна, грн|Ціна UAH|Ціна, грн.|ГРН|Ціна у грн")),
    "ru": (("usd", "Цена, $|Цена USD|Цена, у.е.|USD|у.е."), ("main", "Цена, грн|Цена UAH|Цена, грн.|грн|Цена в грн")),
    "en": (("usd", "Price, USD|Price $|USD"), ("main", "Price, UAH|Price UAH|UAH")),
}  # fmt: skip
MONEY: dict[str, Words] = {
    "UAH": {
        "uk": (", грн", " (грн)", " грн.", ", грн.", " UAH", ", ₴"),
        "ru": (", грн", " (грн)", " грн.", " UAH"),
        "en": (", UAH", " (UAH)", " UAH"),
    },
    "USD": {
        "uk": (", USD", " ($)", ", у.о.", " дол."),
        "ru": (", USD", " ($)", ", у.е.", " $"),
        "en": (", USD", " ($)", " USD"),
    },
    "EUR": {"uk": (", EUR", ", євро", " (€)"), "ru": (", EUR", ", евро", " (€)"), "en": (", EUR", " (€)", " EUR")},
}  # fmt: skip
ABOVE: dict[str, tuple[list[str], ...]] = {
    "uk": (
        ["ТОВ «Ромашка Трейд»"], ["м. Київ, вул. Будівельників, 12, оф. 4"], ["тел. (044) 123-45-67, (067) 123-45-67"],
        ["e-mail: sales@romashka.example", "", "www.romashka.example"], ["Прайс-лист від 12.10.2026"], [],
        ["Режим роботи: Пн-Пт 9:00-18:00"], ["Мінімальне замовлення 1000 грн, доставка безкоштовна від 5000 грн"],
        ["Курс USD", "41,50"], ["Менеджер:", "Олена", "067 123-45-67"], ["УВАГА! Ціни можуть змінюватися, уточнюйте у менеджера"],
        ["ПРАЙС-ЛИСТ"], ["ЄДРПОУ 12345678, IBAN UA123456789012345678901234567"],
    ),
    "ru": (
        ["ООО «Ромашка Трейд»"], ["г. Харьков, ул. Строителей, 12"], ["тел. (057) 123-45-67, (067) 123-45-67"],
        ["e-mail: sales@romashka.example", "", "www.romashka.example"], ["Прайс-лист от 12.10.2026"], [],
        ["Режим работы: Пн-Пт 9:00-18:00"], ["Минимальный заказ 1000 грн, доставка бесплатно от 5000 грн"],
        ["Курс USD", "41,50"], ["Менеджер:", "Елена", "067 123-45-67"], ["ВНИМАНИЕ! Цены могут меняться, уточняйте у менеджера"],
        ["ПРАЙС-ЛИСТ"], ["Наличие товара уточняйте"],
    ),
    "en": (
        ["Romashka Trade LLC"], ["12 Budivelnykiv St, Kyiv, Ukraine"], ["Tel.: +380 44 123 45 67"],
        ["sales@romashka.example", "", "www.romashka.example"], ["Price list, October 2026"], [],
        ["Minimum order 100 EUR"], ["PRICE LIST"], ["Prices are subject to change without notice"],
    ),
}  # fmt: skip
BELOW: dict[str, tuple[list[str], ...]] = {
    "uk": (["Ціни дійсні до 31.12.2026"], ["Директор ____________ Петренко П.П."], ["тел.: 067 123 45 67"], ["* товар під замовлення, термін поставки уточнюйте"], ["З повагою, Ваш менеджер"]),
    "ru": (["Цены действительны до 31.12.2026"], ["Директор ____________ Петренко П.П."], ["тел.: 067 123 45 67"], ["* товар под заказ, срок поставки уточняйте"], ["С уважением, Ваш менеджер"]),
    "en": (["Prices are valid until 31.12.2026"], ["Contact: +380 67 123 45 67"], ["* made to order"], ["Best regards, your manager"]),
}  # fmt: skip
TOTALS: Words = {
    "uk": ("Разом", "Всього:", "Усього", "РАЗОМ ДО СПЛАТИ"),
    "ru": ("Итого", "ИТОГО:", "Всего", "Итого к оплате"),
    "en": ("Total", "TOTAL:", "Grand total"),
}
ASKED: Words = {
    "uk": ("дог.", "договірна", "за запитом", "уточнюйте", "ціна договірна", "запит", "телефонуйте"),
    "ru": (
        "дог.",
        "договорная",
        "по запросу",
        "уточняйте",
        "цена договорная",
        "звоните",
        "по договоренности",
    ),
    "en": ("on request", "call", "ask", "POA", "upon request"),
}
IN_STOCK = "in_stock"
SAID_STOCK: dict[str, tuple[tuple[str, str], ...]] = {
    "uk": (("в наявності", IN_STOCK), ("є", IN_STOCK), (">10 шт.", IN_STOCK), ("мало", IN_STOCK), ("немає", "none"), ("під замовлення", "to_order"), ("очікується", "to_order"), ("під замовлення 3-5 дн.", "to_order"), ("закінчується", IN_STOCK), ("немає в наявності", "none")),
    "ru": (("в наличии", IN_STOCK), ("есть", IN_STOCK), ("более 10", IN_STOCK), ("мало", IN_STOCK), ("нет", "none"), ("под заказ", "to_order"), ("ожидается", "to_order"), ("под заказ 3-5 дн.", "to_order"), ("много", IN_STOCK), ("нет в наличии", "none")),
    "en": (("in stock", IN_STOCK), ("yes", IN_STOCK), (">10", IN_STOCK), ("low stock", IN_STOCK), ("out of stock", "none"), ("on order", "to_order"), ("preorder", "to_order"), ("no", "none")),
}  # fmt: skip
SIGN_STOCK = (("+", IN_STOCK), ("-", "none"), ("***", IN_STOCK), ("++", IN_STOCK), ("*", IN_STOCK))


@dataclass
class Composed:
    """Rows of a sheet and what is in it: an offer is a dict of the facts that the sheet tells of it."""

    seed: int
    rows: Rows = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)  # rows that have no price but words
    told: dict[str, str] = field(default_factory=dict)  # how it was composed


@dataclass
class _Column:
    kind: str
    heading: str
    above: str = ""  # of a two-row header


class _Composer:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = Composed(seed)
        pick = self.pick
        self.trade = pick(list(TRADES))
        self.language = pick(("uk", "uk", "uk", "ru", "ru", "en"))
        self.names = "ru" if self.language == "uk" and self.maybe(0.25) else self.language
        self.scheme = pick(list(SCHEMES))
        self.currency = "UAH" if self.scheme == "usd_uah" else pick(("UAH", "UAH", "UAH", "USD", "EUR"))
        self.told_in = (
            "heading"
            if self.scheme == "usd_uah"
            else pick(("heading", "heading", "above", "cells", "column", "nowhere"))
        )
        self.figures = pick(("number", "number", "comma", "spaced", "nbsp", "english", "point"))
        self.stock = pick(("", "number", "words", "words", "signs"))
        self.groups = pick(("", "first", "title", "numbered", "column", "upper", "indent"))
        self.two_rows = len(SCHEMES[self.scheme][self.language]) > 1 and self.scheme in {"retail_wholesale", "levels", "vat", "quantity"} and self.maybe(0.3)  # fmt: skip

    def pick(self, choices: Any) -> Any:
        return self.chance.choice(list(choices))

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def word(self, words: Words) -> str:
        return self.pick(words[self.language])

    def columns(self) -> list[_Column]:
        columns: list[_Column] = []
        if self.maybe(0.5):
            columns.append(_Column("number", self.word(NUMBERS)))
        if self.maybe(0.75):
            columns.append(_Column("article", self.word(ARTICLES)))
        if self.groups == "column":
            columns.append(_Column("group", self.word(GROUPS)))
        columns.append(_Column("title", self.word(TITLES)))
        if self.maybe(0.35):
            columns.append(_Column("brand", self.word(BRANDS)))
        if self.maybe(0.6):
            columns.append(_Column("unit", self.word(UNITS)))
        prices = self.prices()
        after = [
            _Column("further", heading)
            for heading in self.chance.sample(FURTHER[self.language], self.pick((0, 0, 1, 2, 3)))
        ]
        if self.stock:
            after.append(_Column("stock", self.word(STOCKS)))
        if self.told_in == "column":
            after.append(
                _Column("currency", {"uk": "Валюта", "ru": "Валюта", "en": "Currency"}[self.language])
            )
        if self.maybe(0.25):
            after.append(_Column("barcode", self.word(CODES)))
        self.chance.shuffle(after)
        split = self.chance.randint(0, len(after))
        columns += after[:split] + prices + after[split:]
        if self.maybe(0.15) and columns[0].kind != "number":
            columns = columns[1:] + columns[:1]  # the article or name last
        return columns

    def prices(self) -> list[_Column]:
        found = []
        used: set[str] = set()
        for kind, headings in SCHEMES[self.scheme][self.language]:
            heading = self.pick([h for h in headings.split("|") if h not in used] or headings.split("|"))
            used.add(heading)
            if self.told_in == "heading" and self.scheme != "usd_uah" and kind != "off" and not self.two_rows:
                heading += self.word(MONEY[self.currency])
            found.append(_Column(kind, heading))
        if self.two_rows:
            word = {"uk": "Ціна", "ru": "Цена", "en": "Price"}[self.language]
            found[0].above = word + (self.word(MONEY[self.currency]) if self.told_in == "heading" else "")
        return found

    def figure(self, hundredths: int) -> object:
        whole, part = divmod(hundredths, 100)
        if self.figures == "number" and self.told_in != "cells":
            return hundredths / 100
        text = {
            "number": f"{whole}.{part:02d}",
            "comma": f"{whole},{part:02d}",
            "spaced": f"{whole:,}".replace(",", " ") + f",{part:02d}",
            "nbsp": f"{whole:,}".replace(",", "\u00a0") + f",{part:02d}",
            "english": f"{whole:,}.{part:02d}",
            "point": f"{whole}.{part:02d}",
        }[self.figures]
        if self.told_in == "cells":
            sign = {"UAH": ("грн", "грн.", "₴"), "USD": ("$", "USD"), "EUR": ("€", "EUR")}[self.currency]
            text = f"{text} {sign[0]}"
        return text

    def compose(self) -> Composed:
        columns = self.columns()
        made, rows = self.made, self.made.rows
        left: list[object] = [""] * self.pick((0, 0, 0, 1, 2))
        rows += [list(row) for row in self.chance.sample(ABOVE[self.language], self.pick((0, 1, 3, 6)))]
        if self.told_in == "above":
            rows.append([{"uk": f"Ціни вказані в {self.currency}", "ru": f"Цены указаны в {self.currency}", "en": f"All prices in {self.currency}"}[self.language]])  # fmt: skip
        if self.two_rows:
            rows.append(left + [c.above if c.kind in _PRICED else c.heading for c in columns])
            rows.append(left + [c.heading if c.kind in _PRICED else "" for c in columns])
        else:
            rows.append(left + [c.heading for c in columns])
        header = rows[-1]
        if self.maybe(0.1) and len(columns) > 3:
            rows.append([*left, *range(1, len(columns) + 1)])
        self.body(columns, left)
        if self.maybe(0.2) and not self.two_rows:
            rows.insert(len(rows) - 1, list(header))
            made.asked = [n + 1 if n >= len(rows) - 1 else n for n in made.asked]
        if self.maybe(0.4):
            total: list[object] = [*left, *("" for _ in columns)]
            total[len(left) + next(i for i, c in enumerate(columns) if c.kind == "title")] = self.word(TOTALS)
            if self.maybe(0.5):
                total[len(left) + next(i for i, c in enumerate(columns) if c.kind == "main")] = 99999.5
            rows.append(total)
        if self.maybe(0.5):
            rows += [[], *(list(row) for row in self.chance.sample(BELOW[self.language], 2))]
        made.told = {name: str(getattr(self, name)) for name in ("trade", "language", "scheme", "currency", "told_in", "figures", "stock", "groups", "two_rows")}  # fmt: skip
        made.told["headings"] = " | ".join(
            f"{c.above}/{c.heading}" if c.above else c.heading for c in columns
        )
        return made

    def body(self, columns: list[_Column], left: list[object]) -> None:
        goods = TRADES[self.trade]
        articles = self.pick(("zeros", "letters", "figures"))
        headings: list[str] = []
        title_at = next(i for i, c in enumerate(columns) if c.kind == "title")
        for order, good in enumerate(goods, 1):
            heading = good.group[self.names]
            if heading not in headings:
                headings.append(heading)
                self.group_row(columns, left, heading, title_at, len(headings))
            asks = order == 3 and self.maybe(0.3)
            row, offer = self.row(columns, good, order, asks=asks, articles=articles)
            self.made.rows.append(left + row)
            if asks:
                self.made.asked.append(len(self.made.rows))
            else:
                self.made.offers.append(offer)

    def group_row(
        self, columns: list[_Column], left: list[object], heading: str, title_at: int, number: int
    ) -> None:
        if self.groups in {"", "column"}:
            return
        text = {"numbered": f"{number}. {heading}", "upper": heading.upper(), "indent": heading}.get(self.groups, heading)  # fmt: skip
        at = 0 if self.groups == "first" else title_at
        self.made.rows.append([*left, *("" for _ in columns[:at]), text])

    def row(self, columns: list[_Column], good: Good, order: int, *, asks: bool, articles: str) -> tuple[list[object], dict[str, Any]]:  # fmt: skip
        shown = good.price if self.currency == "UAH" else max(good.price // 40, 15)
        title = good.name[self.names]
        offer: dict[str, Any] = {"title": title, "currency": "" if self.told_in == "nowhere" else self.currency, "tiers": []}  # fmt: skip
        if self.groups:
            path = good.group[self.names]
            offer["path"] = (path.upper() if self.groups == "upper" else path,)
        row = [
            self.cell(column, good, order, shown, offer, asks=asks, articles=articles) for column in columns
        ]
        if self.groups == "indent":
            row[next(i for i, c in enumerate(columns) if c.kind == "title")] = "    " + title
        offer["tiers"].sort()
        return row, offer

    def cell(self, column: _Column, good: Good, order: int, shown: int, offer: dict[str, Any], *, asks: bool, articles: str) -> object:  # fmt: skip  # noqa: C901, PLR0911, PLR0912 - one kind of column a branch
        kind = column.kind
        if kind == "title":
            return good.name[self.names]
        if kind == "number":
            return order
        if kind == "article":
            code = {"zeros": f"{order * 137:06d}", "letters": f"KT-{order * 31}/{order}", "figures": str(10000 + order * 7)}[articles]  # fmt: skip
            offer["article"] = code
            return float(code) if articles == "figures" else code
        if kind == "group":
            return good.group[self.names]
        if kind == "brand":
            offer["brand"] = good.brand
            return good.brand
        if kind == "unit":
            offer["unit"] = good.unit
            return self.pick(UNIT_WORDS[good.unit][self.language])
        if kind == "currency":
            return self.currency
        if kind == "stock":
            return self.stock_cell(offer)
        if kind == "barcode":
            code = f"482{order:09d}"
            code += str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(code)) % 10)
            offer["gtin"] = code
            return self.pick((code, float(code)))
        if kind == "further":
            return self.further(column.heading, order)
        if kind == "off":
            return "10%"
        amount = {
            "main": shown, "wholesale": shown * 8 // 10, "no_vat": shown * 5 // 6, "q10": shown * 9 // 10, "q50": shown * 8 // 10,
            "old": shown * 12 // 10, "bought": shown * 6 // 10, "usd": max(shown // 41, 1), "other": shown * 7 // 10,
        }[kind]  # fmt: skip
        value = Decimal(amount) / 100
        if kind == "main":
            offer["price"] = value
            return self.word(ASKED) if asks else self.figure(amount)
        if kind == "old":
            offer["old"] = value
        elif kind == "usd":
            offer["tiers"].append((value, "USD", Decimal(1)))
        elif kind != "bought":
            least = Decimal({"q10": 10, "q50": 50}.get(kind, 1))
            offer["tiers"].append((value, offer["currency"], least))
        return "" if asks else self.figure(amount)

    def stock_cell(self, offer: dict[str, Any]) -> object:
        if self.stock == "number":
            count = self.pick((0, 3, 17, 250, 1200))
            offer["stock"], offer["available"] = Decimal(count), IN_STOCK if count else "none"
            return count
        said = self.pick(SIGN_STOCK if self.stock == "signs" else SAID_STOCK[self.language])
        offer["available"] = said[1]
        return said[0]

    def further(self, heading: str, order: int) -> object:
        word = heading.lower()
        if word.startswith(("замовл", "заказ", "your", "фото", "image", "прим", "remark")):
            return ""
        if word.startswith(("сум", "total")):
            return 0
        if word.startswith(("країна", "страна", "country")):
            return self.pick(("Україна", "Польща", "China"))
        if word.startswith(("вага", "вес", "weight")):
            return round(0.15 * order, 3)
        return self.pick((1, 5, 10, 12))


_PRICED = frozenset(
    {"main", "wholesale", "no_vat", "recommended", "other", "q10", "q50", "old", "off", "bought", "usd"}
)


def compose(seed: int) -> Composed:
    """The sheet of this seed."""
    return _Composer(seed).compose()
