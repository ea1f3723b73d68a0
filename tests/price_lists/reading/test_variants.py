"""Lists as vendors of all kinds make them: each is read with no mapping by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from price_lists import reading
from price_lists.rows import Availability, PriceTier
from tests.price_lists.reading.support import (
    brief,
    csv_file,
    errors,
    text_file,
    understood,
    xls_file,
    xlsx_file,
)

D = Decimal  # prices are written on every other line


def test_header_on_row_twelve_below_a_letterhead(tmp_path):
    rows = [
        ["ТОВ «Канцмайстер»"],
        ["м. Київ, вул. Хрещатик, 1"],
        ["тел.: +38 (044) 123-45-67, e-mail: sales@kanc.example"],
        [],
        ["Прайс-лист від 01.09.2026"],
        ["Ціни вказані в гривнях з ПДВ"],
        [],
        [],
        [],
        [],
        ["Замовлення від 1000 грн"],
        ["№ п/п", "Код", "Найменування товару", "Од. вим.", "Ціна, грн", "Залишок"],
        [1, "00-00001", "Ручка кулькова Delta синя", "шт.", 6.5, 1200],
        [2, "00-00002", "Папір офісний А4 80 г/м2", "пач.", 189.9, 40],
    ]
    offers, issues = understood(xlsx_file(tmp_path / "price.xlsx", {"Прайс": rows}))
    assert brief(offers) == [
        ("Ручка кулькова Delta синя", D("6.5"), "UAH", "H87", ()),
        ("Папір офісний А4 80 г/м2", D("189.9"), "UAH", "PK", ()),
    ]
    assert [offer.article for offer in offers] == ["00-00001", "00-00002"]
    assert errors(issues) == []


def test_currency_from_a_line_above_the_table(tmp_path):
    rows = [
        ["Ціни в USD, без ПДВ"],
        ["Товар", "Ціна"],
        ["Дриль ударний 750 Вт", 45],
        ["Шуруповерт 18 В", 60.5],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Аркуш1": rows}))
    assert [offer.currency for offer in offers] == ["USD", "USD"]


@pytest.mark.parametrize(
    "encoding", ["cp1251", "koi8-u", "utf-16", "utf-8-sig", "utf-8", "cp866", "utf-16-le"]
)
def test_encodings(tmp_path, encoding):
    rows = [
        ["Артикул", "Назва", "Ціна", "Одиниця"],
        ["A-1", "Олівець чорнографітний HB", "4,50", "шт"],
        ["A-2", "Гумка для стирання біла", "3,00", "шт"],
        ["A-3", "Лінійка дерев'яна 30 см", "12,00", "шт"],
    ]
    if encoding == "cp866":  # it has no Ukrainian "і"
        rows = [[str(c).replace("і", "и").replace("Ц", "Ц") for c in row] for row in rows]
        rows[0] = ["Артикул", "Название", "Цена", "Единица"]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows, encoding=encoding))
    assert [(o.article, o.title, o.price) for o in offers] == [
        (row[0], row[1], D(row[2].replace(",", "."))) for row in rows[1:]
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    rows = [
        ["Код", "Наименование", "Цена", "Ед."],
        ["1001", "Бумага А4, 500 листов; белая", "210,50", "пачка"],
        ["1002", "Скрепки 28 мм, 100 шт", "15", "упак"],
        ["1003", "Степлер №24/6", "1 120,00", "шт"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.txt", rows, delimiter=delimiter))
    assert [(o.title, o.price, o.unit) for o in offers] == [
        ("Бумага А4, 500 листов; белая", D("210.50"), "PK"),
        ("Скрепки 28 мм, 100 шт", D(15), "PK"),
        ("Степлер №24/6", D("1120.00"), "H87"),
    ]


def test_wholesale_and_retail_columns(tmp_path):
    rows = [
        ["Артикул", "Номенклатура", "Опт, грн", "Мелкий опт, грн", "Розница, грн", "РРЦ"],
        ["77", "Фен Gorenje HD 2200", 700, 750, 899, 950],
        ["78", "Утюг Philips DST 5010", 1400, 1450, 1799, 1900],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows}))
    assert [(o.price, o.currency) for o in offers] == [(D(899), "UAH"), (D(1799), "UAH")]
    assert offers[0].tiers == (
        PriceTier("wholesale", D(700), "UAH"),
        PriceTier("wholesale", D(750), "UAH"),
        PriceTier("recommended", D(950), "UAH"),
    )


def test_price_with_vat_is_the_price(tmp_path):
    rows = [
        ["Назва", "Ціна без ПДВ", "Ціна з ПДВ"],
        ["Стіл офісний", "2 000,00", "2 400,00"],
        ["Стілець", "1 000,00", "1 200,00"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.price, o.vat) for o in offers] == [(D(2400), "included"), (D(1200), "included")]
    assert offers[0].tiers == (PriceTier("no_vat", D("2000.00"), ""),)


def test_two_row_header_with_merged_cells(tmp_path):
    rows = [
        ["", "", "", "", "", ""],
        ["", "", "", "", "", ""],
        ["", "", "", "опт", "роздріб", ""],
        ["", 101, "Зошит 48 арк. клітинка", 10.5, 14, "шт"],
        ["", 102, "Зошит 96 арк. лінійка", 19, 25, "шт"],
    ]
    merges = {
        "S": [
            (1, 1, 2, 1, "Артикул"),
            (1, 2, 2, 2, "Найменування"),
            (1, 3, 1, 4, "Ціна, грн"),
            (1, 5, 2, 5, "Од.вим."),
        ]
    }
    rows[2] = ["", "", "", "опт", "роздріб", ""]
    offers, issues = understood(xlsx_file(tmp_path / "p.xlsx", {"S": rows}, merges=merges))
    assert brief(offers) == [
        ("Зошит 48 арк. клітинка", D(14), "UAH", "H87", ()),
        ("Зошит 96 арк. лінійка", D(25), "UAH", "H87", ()),
    ]
    assert offers[0].tiers == (PriceTier("wholesale", D("10.5"), "UAH"),)
    assert offers[0].article == "101"
    assert errors(issues) == []


def test_numbering_row_below_the_header(tmp_path):
    rows = [
        ["№", "Назва товару", "Од.вим", "Кіл-ть", "Ціна"],
        ["1", "2", "3", "4", "5"],
        ["1", "Клей ПВА 100 г", "шт", "10", "18,20"],
        ["2", "Клей-олівець 15 г", "шт", "25", "22,00"],
        ["", "Разом", "", "35", "40,20"],
    ]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.title, o.price, o.stock) for o in offers] == [
        ("Клей ПВА 100 г", D("18.20"), D(10)),
        ("Клей-олівець 15 г", D("22.00"), D(25)),
    ]
    assert errors(issues) == []


def test_indented_category_rows(tmp_path):
    rows = [
        ["Номенклатура", "Ціна"],
        ["Побутова техніка"],
        ["  Чайники"],
        ["    Чайник Bosch TWK 3A011", 1299],
        ["    Чайник Tefal KO 330", 1499],
        ["  Тостери"],
        ["    Тостер Philips HD2581", 1199],
        ["Освітлення"],
        ["  Лампи"],
        ["    Лампа LED 10 Вт E27", 45],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"TDSheet": rows}))
    assert [(o.title, o.category_path) for o in offers] == [
        ("Чайник Bosch TWK 3A011", ("Побутова техніка", "Чайники")),
        ("Чайник Tefal KO 330", ("Побутова техніка", "Чайники")),
        ("Тостер Philips HD2581", ("Побутова техніка", "Тостери")),
        ("Лампа LED 10 Вт E27", ("Освітлення", "Лампи")),
    ]


def test_nested_category_rows_without_any_marks(tmp_path):
    rows = [
        ["Код", "Наименование", "Цена"],
        ["", "КАНЦТОВАРЫ"],
        ["", "Ручки"],
        ["1", "Ручка синяя", 5],
        ["", "Карандаши"],
        ["2", "Карандаш HB", 4],
        ["", "БУМАГА"],
        ["", "Офисная"],
        ["3", "Бумага А4", 200],
    ]
    offers, _ = understood(xls_file(tmp_path / "p.xls", {"Лист1": rows}))
    assert [o.category_path for o in offers] == [
        ("КАНЦТОВАРЫ", "Ручки"),
        ("КАНЦТОВАРЫ", "Карандаши"),
        ("БУМАГА", "Офисная"),
    ]


def test_category_with_a_code_of_its_own(tmp_path):
    rows = [
        ["Код", "Найменування", "Од.", "Ціна", "Залишок"],
        ["000010", "Фарби"],
        ["000011", "Фарба акрилова біла 1 л", "шт", 150, 3],
        ["000012", "Фарба акрилова чорна 1 л", "шт", 155, 7],
        ["000020", "Пензлі"],
        ["000021", "Пензель №5", "шт", 25, 70],
    ]
    offers, issues = understood(xlsx_file(tmp_path / "p.xlsx", {"TDSheet": rows}))
    assert [(o.title, o.category_path) for o in offers] == [
        ("Фарба акрилова біла 1 л", ("Фарби",)),
        ("Фарба акрилова чорна 1 л", ("Фарби",)),
        ("Пензель №5", ("Пензлі",)),
    ]
    assert errors(issues) == []


def test_no_header_at_all(tmp_path):
    rows = [
        ["10023", "Мишка Logitech M185 сіра", "549,00", "12"],
        ["10024", "Клавіатура Logitech K120", "499,00", "7"],
        ["10025", "Килимок для миші 25x20", "89,50", "130"],
        ["10026", "Навушники Sven AP-520", "420,00", "4"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.article, o.title, o.price) for o in offers] == [
        (row[0], row[1], D(row[2].replace(",", "."))) for row in rows
    ]


def test_tables_side_by_side(tmp_path):
    rows = [
        ["Найменування", "Ціна, грн", "", "Найменування", "Ціна, грн"],
        ["Цвяхи 100 мм, кг", 65, "", "Молоток 500 г", 180],
        ["Саморізи 3,5х35", 0.6, "", "Викрутка PH2", 75],
        ["Дюбель 6х40", 0.8, "", "", ""],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Прайс": rows}))
    assert sorted((o.title, o.price) for o in offers) == [
        ("Викрутка PH2", D(75)),
        ("Дюбель 6х40", D("0.8")),
        ("Молоток 500 г", D(180)),
        ("Саморізи 3,5х35", D("0.6")),
        ("Цвяхи 100 мм, кг", D(65)),
    ]


def test_tables_below_each_other_with_other_columns(tmp_path):
    rows = [
        ["Ноутбуки"],
        ["Модель", "Характеристики", "Ціна, грн"],
        ["Lenovo IdeaPad 3", "15.6 i3 8GB 256GB", 18999],
        ["ASUS X515", "15.6 i5 8GB 512GB", 22999],
        [],
        ["Принтери"],
        ["Код", "Модель", "Ціна, грн", "Наявність"],
        ["P1", "Canon LBP6030B", 4999, "є"],
        ["P2", "HP LaserJet M111a", 4799, "немає"],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows}))
    assert [(o.title, o.price, o.article) for o in offers] == [
        ("Lenovo IdeaPad 3", D(18999), ""),
        ("ASUS X515", D(22999), ""),
        ("Canon LBP6030B", D(4999), "P1"),
        ("HP LaserJet M111a", D(4799), "P2"),
    ]
    assert [o.availability for o in offers[2:]] == [Availability.IN_STOCK, Availability.NONE]


def test_repeated_header_after_each_page(tmp_path):
    head = ["Артикул", "Назва", "Ціна"]
    rows = [head, ["a1", "Чашка біла", "50"], head, ["a2", "Чашка синя", "55"], ["Всього:", "", "105"]]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.title for o in offers] == ["Чашка біла", "Чашка синя"]
    assert sorted(i.code for i in issues) == ["repeated_header", "total_row"]


def test_several_product_sheets_and_service_sheets(tmp_path):
    goods = [["Назва", "Ціна"], ["Товар один", 10], ["Товар два", 20]]
    sheets = {
        "Інструкція": [["Як замовити"], ["1. Заповніть колонку"], ["2. Надішліть файл"]],
        "Ручки": [["Назва", "Ціна"], ["Ручка А", 10], ["Ручка Б", 20]],
        "Папір": [["Назва", "Ціна"], ["Папір А4", 180], ["Папір А3", 360]],
        "Довідник": [["Валюта", "Курс"], ["USD", 41.5], ["EUR", 45]],
    }
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", sheets))
    assert [(o.title, o.category_path) for o in offers] == [
        ("Ручка А", ("Ручки",)),
        ("Ручка Б", ("Ручки",)),
        ("Папір А4", ("Папір",)),
        ("Папір А3", ("Папір",)),
    ]
    assert goods


def test_category_column_with_a_path_and_attributes(tmp_path):
    rows = [
        [
            "id",
            "Назва (укр)",
            "Назва (рос)",
            "Категорія",
            "Бренд",
            "Ціна",
            "Валюта",
            "Колір",
            "Розмір",
            "Штрихкод",
            "Фото",
        ],
        [
            "7",
            "Куртка зимова",
            "Куртка зимняя",
            "Одяг > Верхній одяг",
            "Zara",
            "1999",
            "UAH",
            "синій",
            "L",
            "4820024700016",
            "https://a.example/1.jpg, https://a.example/2.jpg",
        ],
        ["8", "Шапка", "Шапка", "Одяг > Головні убори", "H&M", "299", "грн", "", "", "4820024700017", ""],
    ]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows, delimiter=","))
    first, second = offers
    assert first.source_id == "7"
    assert first.title == "Куртка зимова"
    assert first.titles == {"uk": "Куртка зимова", "ru": "Куртка зимняя"}
    assert first.category_path == ("Одяг", "Верхній одяг")
    assert first.attributes == {"Колір": "синій", "Розмір": "L"}
    assert first.gtin == "4820024700016"
    assert first.photos == ("https://a.example/1.jpg", "https://a.example/2.jpg")
    assert (second.gtin, second.currency) == ("", "UAH")
    assert [i.code for i in issues] == ["gtin_check_digit"]


def test_stock_in_words(tmp_path):
    words = [
        "в наявності",
        "немає",
        "під замовлення",
        ">10 шт.",
        "5",
        "Есть",
        "Отсутсвует",
        "+",
        "-",
        "7 днів",
        "много",
    ]
    rows = [
        ["Назва", "Ціна", "Наявність"],
        *[[f"Товар номер {n}", 10 + n, word] for n, word in enumerate(words)],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    stock, none, order = Availability.IN_STOCK, Availability.NONE, Availability.TO_ORDER
    assert [o.availability for o in offers] == [
        stock,
        none,
        order,
        stock,
        stock,
        stock,
        none,
        stock,
        none,
        order,
        stock,
    ]
    assert offers[9].order_days == 7


def test_google_merchant_as_tab_separated_text(tmp_path):
    text = (
        "id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tsale_price\tbrand\tgtin\tproduct_type\n"
        "a1\tТермос 0,5 л\tСталевий\thttps://s.example/a1\thttps://s.example/a1.jpg\tin_stock\t499.00 UAH\t399.00 UAH\tKite\t\tПосуд > Термоси\n"
        "a2\tЛанчбокс\tПластик\thttps://s.example/a2\thttps://s.example/a2.jpg\tout_of_stock\t199.00 UAH\t\tKite\t\tПосуд\n"
    )
    offers, _ = understood(text_file(tmp_path / "feed.txt", text))
    assert [(o.source_id, o.title, o.price, o.currency, o.old_price, o.category_path) for o in offers] == [
        ("a1", "Термос 0,5 л", D("399.00"), "UAH", D("499.00"), ("Посуд", "Термоси")),
        ("a2", "Ланчбокс", D("199.00"), "UAH", None, ("Посуд",)),
    ]


def test_prices_with_signs_and_thousands(tmp_path):
    rows = [
        ["Name", "Price", "Qty"],
        ["Desk lamp", "$12", 1],
        ["Chair", "1,299.50 USD", 2],
        ["Sofa", "€2.500,00", 1],
        ["Стіл", "1 234.50 грн", 1],
        ["Шафа", "12 000 ₴", 1],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.price, o.currency) for o in offers] == [
        (D(12), "USD"),
        (D("1299.50"), "USD"),
        (D("2500.00"), "EUR"),
        (D("1234.50"), "UAH"),
        (D(12000), "UAH"),
    ]


def test_numbers_that_a_spreadsheet_spoiled(tmp_path):
    rows = [
        ["Артикул", "Назва", "Ціна", "Штрих-код"],
        [1001.0, "Маркер чорний", 24.9, 4820024700016],
        [1002.0, "Маркер червоний", 24.9, "4,82002E+12"],
    ]
    offers, issues = understood(xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows}))
    assert [(o.article, o.gtin) for o in offers] == [("1001", "4820024700016"), ("1002", "")]
    assert [i.code for i in issues] == ["gtin_rounded"]


def test_purchase_price_is_not_published(tmp_path):
    rows = [["Назва", "Закупівельна ціна", "Ціна"], ["Товар А", 50, 80], ["Товар Б", 70, 110]]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.price, o.tiers) for o in offers] == [(D(80), ()), (D(110), ())]


def test_price_columns_by_quantity(tmp_path):
    rows = [
        ["Назва", "Ціна, грн", "Ціна від 10 шт", "Ціна від 100 шт"],
        ["Пакет паперовий", "5,00", "4,50", "4,00"],
        ["Пакет крафт", "7,00", "6,50", "6,00"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert offers[0].price == D("5.00")
    assert [(t.amount, t.min_quantity) for t in offers[0].tiers] == [(D("4.50"), D(10)), (D("4.00"), D(100))]


def test_vertically_merged_names(tmp_path):
    rows = [
        ["Назва", "Розмір", "Ціна"],
        ["", "S", 100],
        ["", "M", 110],
        ["Шорти", "S", 90],
    ]
    merges = {"Лист1": [(1, 0, 2, 0, "Футболка бавовняна")]}
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows}, merges=merges))
    assert [(o.title, o.attributes, o.price) for o in offers] == [
        ("Футболка бавовняна", {"Розмір": "S"}, D(100)),
        ("Футболка бавовняна", {"Розмір": "M"}, D(110)),
        ("Шорти", {"Розмір": "S"}, D(90)),
    ]


def test_category_rows_merged_over_the_whole_width(tmp_path):
    rows = [
        ["Код", "Назва", "Ціна"],
        [],
        ["1", "Каструля 3 л", 700],
        [],
        ["2", "Сковорода 26 см", 650],
    ]
    merges = {"Лист1": [(1, 0, 1, 2, "Каструлі"), (3, 0, 3, 2, "Сковороди")]}
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows}, merges=merges))
    assert [(o.title, o.category_path) for o in offers] == [
        ("Каструля 3 л", ("Каструлі",)),
        ("Сковорода 26 см", ("Сковороди",)),
    ]


def test_homoglyphs_in_headings(tmp_path):
    # Latin "e", "a", "i" inside Cyrillic words
    rows = [["Haзвa", "Цiнa", "Од. вим."], ["Ложка столова", "20", "шт"], ["Виделка", "21", "шт"]]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.title, o.price) for o in offers] == [("Ложка столова", D(20)), ("Виделка", D(21))]


def test_stock_by_warehouse_is_added_up(tmp_path):
    rows = [
        ["Артикул", "Назва", "Ціна", "Склад Київ", "Склад Львів"],
        ["a", "Цемент 25 кг", "150", "10", "5"],
        ["b", "Пісок 25 кг", "60", "0", "0"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.stock, o.availability) for o in offers] == [
        (D(15), Availability.IN_STOCK),
        (D(0), Availability.NONE),
    ]


def test_unit_with_a_pack(tmp_path):
    rows = [
        ["Назва", "Ціна", "Од. виміру", "Кількість в упаковці"],
        ["Файли А4", "120", "уп.", "100"],
        ["Скотч 48 мм", "35", "шт", "36"],
        ["Серветки", "18", "уп (50 шт)", ""],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.unit, o.pack_count) for o in offers] == [("PK", 100), ("H87", 1), ("PK", 50)]


def test_mapping_survives_json_and_its_signature_ignores_dates(tmp_path):
    def price(day: str, extra: list[str]) -> reading.Inspection:
        rows = [
            [f"Прайс на {day}"],
            ["Назва", "Ціна", f"Залишок на {day}"],
            ["Чай", "50", "3"],
            *[[r, "9", "1"] for r in extra],
        ]
        return reading.inspect(csv_file(tmp_path / f"{day}.csv", rows))

    first, second = price("01.02.2026", []), price("15.03.2026", ["Кава", "Какао"])
    assert reading.Mapping.from_json(first.mapping.to_json()) == first.mapping
    assert first.mapping.signature == second.mapping.signature
    other = reading.inspect(csv_file(tmp_path / "o.csv", [["Назва", "Вартість", "Код"], ["Чай", "50", "3"]]))
    assert other.mapping.signature != first.mapping.signature


def test_a_person_corrects_the_columns(tmp_path):
    rows = [["Назва", "Ціна", "Спеціальна"], ["Чай", "50", "45"], ["Кава", "150", "140"]]
    path = csv_file(tmp_path / "p.csv", rows)
    mapping = reading.inspect(path).mapping.corrected(columns={(0, 2): "price"}, currency="UAH")
    offers = list(reading.read(path, mapping))
    assert [(o.price, o.currency) for o in offers] == [(D(45), "UAH"), (D(140), "UAH")]
    assert offers[0].attributes == {"Ціна": "50"}


def test_a_person_chooses_the_header_row(tmp_path):
    rows = [["Назва", "Ціна"], ["прайс", "2026"], ["Імʼя", "Скільки"], ["Чай зелений", "50"], ["Кава", "150"]]
    path = csv_file(tmp_path / "p.csv", rows)
    inspection = reading.inspect(path, header_rows={"": 3})
    assert inspection.mapping.tables[0].header_row == 3
    assert [o.title for o in reading.read(path, inspection.mapping)] == ["Чай зелений", "Кава"]


def test_raw_hash_depends_on_cells_and_category_but_not_on_the_row_number(tmp_path):
    def hashes(rows):
        path = csv_file(tmp_path / "p.csv", rows)
        mapping = reading.inspect(path).mapping
        return {
            item[0].cells[0]: item[1] for item in reading.raw_rows(path, mapping) if isinstance(item, tuple)
        }

    head = ["Назва", "Ціна"]
    one = hashes([head, ["Чай", ""], ["Чорний", "50"], ["Зелений", "55"]])
    two = hashes([head, [], [], ["Чай", ""], ["Новий", "70"], ["Чорний", "50"], ["Зелений", "56"]])
    assert one["Чорний"] == two["Чорний"]
    assert one["Зелений"] != two["Зелений"]
    three = hashes([head, ["Напої", ""], ["Чорний", "50"], ["Зелений", "55"]])
    assert one["Чорний"] != three["Чорний"]
