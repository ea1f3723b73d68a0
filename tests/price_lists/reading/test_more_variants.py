"""Further layouts seen in the wild: exports of 1C and Prom, several prices without names, odd headers."""

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

PROM_RU = [
    "Код_товара",
    "Название_позиции",
    "Название_позиции_укр",
    "Поисковые_запросы",
    "Поисковые_запросы_укр",
    "Описание",
    "Описание_укр",
    "Тип_товара",
    "Цена",
    "Валюта",
    "Единица_измерения",
    "Минимальный_объем_заказа",
    "Оптовая_цена",
    "Минимальный_заказ_опт",
    "Ссылка_изображения",
    "Наличие",
    "Количество",
    "Номер_группы",
    "Название_группы",
    "Адрес_подраздела",
    "Возможность_поставки",
    "Срок_поставки",
    "Способ_упаковки",
    "Уникальный_идентификатор",
    "Идентификатор_товара",
    "Идентификатор_подраздела",
    "Идентификатор_группы",
    "Производитель",
    "Страна_производитель",
    "Скидка",
    "ID_группы_разновидностей",
    "Личные_заметки",
    "Продукт_на_сайте",
    "Cрок действия скидки от",
    "Цена от",
    "Ярлык",
    "HTML_заголовок",
    "HTML_описание",
    "Код_маркировки_(GTIN)",
    "Номер_устройства_(MPN)",
    "Название_Характеристики",
    "Измерение_Характеристики",
    "Значение_Характеристики",
    "Название_Характеристики",
    "Измерение_Характеристики",
    "Значение_Характеристики",
]


def test_prom_export_in_russian_with_a_sheet_of_groups(tmp_path):
    values = {
        "Код_товара": "PR-1",
        "Название_позиции": "Дрель ударная 750 Вт",
        "Название_позиции_укр": "Дриль ударний 750 Вт",
        "Тип_товара": "u",
        "Цена": 1850,
        "Валюта": "UAH",
        "Единица_измерения": "шт.",
        "Оптовая_цена": "1700;1600",
        "Минимальный_заказ_опт": "5;20",
        "Ссылка_изображения": "https://i.example/1.jpg, https://i.example/2.jpg",
        "Наличие": "+",
        "Номер_группы": 123456,
        "Название_группы": "Электроинструмент",
        "Уникальный_идентификатор": 99887766,
        "Идентификатор_товара": "X-1",
        "Производитель": "Procraft",
        "Страна_производитель": "Германия",
        "Код_маркировки_(GTIN)": "4820024700016",
    }
    row = [values.get(heading, "") for heading in PROM_RU]
    row[-6:] = ["Мощность", "Вт", "750", "Вес", "кг", "2.1"]
    second = list(row)
    second[0], second[1], second[2], second[23], second[24] = "PR-2", "Пила", "Пилка", 99887767, "X-2"
    sheets = {
        "Export Products Sheet": [PROM_RU, row, second],
        "Export Groups Sheet": [
            [
                "Номер_группы",
                "Название_группы",
                "Название_группы_укр",
                "Идентификатор_группы",
                "Номер_родителя",
            ],
            [123456, "Электроинструмент", "Електроінструмент", "", 1],
            [1, "Инструмент", "Інструмент", "", ""],
        ],
    }
    offers, issues = understood(xlsx_file(tmp_path / "export.xlsx", sheets))
    first = offers[0]
    assert len(offers) == 2
    assert (first.article, first.title, first.titles["ru"]) == (
        "PR-1",
        "Дриль ударний 750 Вт",
        "Дрель ударная 750 Вт",
    )
    assert (first.price, first.currency, first.unit, first.brand) == (D(1850), "UAH", "H87", "Procraft")
    assert first.tiers == (
        PriceTier("wholesale", D(1700), "UAH", D(5)),
        PriceTier("wholesale", D(1600), "UAH", D(20)),
    )
    assert first.attributes == {"Мощность": "750 Вт", "Вес": "2.1 кг"}
    assert first.category_path == ("Электроинструмент",)
    assert first.availability == Availability.IN_STOCK
    assert errors(issues) == []


def test_1c_price_list_with_two_header_rows_and_a_price_in_words(tmp_path):
    rows = [
        ["Прайс-лист"],
        ["Цены указаны на 01.09.2026"],
        [],
        ["", "Ценовая группа/ Номенклатура/ Характеристика номенклатуры", "", "Розничная", ""],
        ["", "", "Код", "Цена", "Ед."],
        ["", "Крепёж"],
        ["", "Болт М8х40", "НФ-000012", "3,20 грн.", "шт"],
        ["", "Гайка М8", "НФ-000013", "1,10 грн.", "шт"],
        ["", "Инструмент"],
        ["", "Ключ 13", "НФ-000100", "1 085,00 грн.", "шт"],
    ]
    offers, issues = understood(xls_file(tmp_path / "p.xls", {"TDSheet": rows}))
    assert [(o.article, *item) for o, item in zip(offers, brief(offers), strict=True)] == [
        ("НФ-000012", "Болт М8х40", D("3.20"), "UAH", "H87", ("Крепёж",)),
        ("НФ-000013", "Гайка М8", D("1.10"), "UAH", "H87", ("Крепёж",)),
        ("НФ-000100", "Ключ 13", D("1085.00"), "UAH", "H87", ("Инструмент",)),
    ]
    assert errors(issues) == []


def test_prices_named_only_by_their_kind(tmp_path):
    rows = [
        ["Артикул", "Наименование", "Крупный опт", "Опт", "Розница", "Остаток"],
        ["a", "Лопата штыковая", "180", "200", "250", "есть"],
        ["b", "Грабли веерные", "120", "135", "170", "нет"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows, encoding="cp1251"))
    assert [(o.price, o.availability) for o in offers] == [
        (D(250), Availability.IN_STOCK),
        (D(170), Availability.NONE),
    ]
    assert [(t.kind, t.amount) for t in offers[0].tiers] == [("wholesale", D(180)), ("wholesale", D(200))]


def test_the_same_price_in_two_currencies(tmp_path):
    rows = [
        ["Название", "Цена USD", "Цена UAH"],
        ["Модуль памяти 8 ГБ", "20.50", "850"],
        ["Модуль памяти 16 ГБ", "38.00", "1580"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.price, o.currency) for o in offers] == [(D(850), "UAH"), (D(1580), "UAH")]
    assert [(t.amount, t.currency) for t in offers[0].tiers] == [(D("20.50"), "USD")]


def test_a_name_column_called_by_its_trade(tmp_path):
    rows = [
        ["Автор", "Назва книги", "Видавництво", "Рік", "Ціна"],
        ["Леся Українка", "Лісова пісня", "А-ба-ба-га-ла-ма-га", "2024", "320"],
        ["Іван Франко", "Захар Беркут", "Фоліо", "2023", "180"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [(o.title, o.price) for o in offers] == [("Лісова пісня", D(320)), ("Захар Беркут", D(180))]
    assert offers[0].attributes["Рік"] == "2024"


def test_english_headers(tmp_path):
    rows = [
        ["Item No.", "Description", "Unit", "Unit price", "Stock qty", "EAN", "Manufacturer"],
        ["P-100", "Ballpoint pen, blue", "pcs", "0.35", "1000", "4006381333931", "Schneider"],
        ["P-101", "Notebook A5, 96 sheets", "pcs", "2.10", "250", "", "Oxford"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows, delimiter=","))
    assert [(o.article, o.title, o.price, o.unit, o.stock, o.brand) for o in offers] == [
        ("P-100", "Ballpoint pen, blue", D("0.35"), "H87", D(1000), "Schneider"),
        ("P-101", "Notebook A5, 96 sheets", D("2.10"), "H87", D(250), "Oxford"),
    ]
    assert offers[0].gtin == "4006381333931"


def test_dotted_numbering_of_groups(tmp_path):
    rows = [
        ["Код", "Найменування", "Ціна, грн."],
        ["", "1. Меблі"],
        ["", "1.1. Столи"],
        ["11", "Стіл письмовий", "3200"],
        ["", "1.2. Стільці"],
        ["12", "Стілець ISO", "950"],
        ["", "2. Техніка"],
        ["", "2.1. Принтери"],
        ["13", "Принтер лазерний", "5600"],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Прайс": rows}))
    assert [o.category_path for o in offers] == [
        ("Меблі", "Столи"),
        ("Меблі", "Стільці"),
        ("Техніка", "Принтери"),
    ]


def test_columns_of_category_and_subcategory(tmp_path):
    rows = [
        ["Категорія", "Підкатегорія", "Товар", "Ціна"],
        ["Дім", "Посуд", "Чашка", "50"],
        ["Дім", "Текстиль", "Рушник", "120"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.category_path for o in offers] == [("Дім", "Посуд"), ("Дім", "Текстиль")]


def test_category_rows_in_another_column_than_names(tmp_path):
    rows = [
        ["№", "Артикул", "Назва", "Ціна"],
        ["Смартфони"],
        [1, "SM-1", "Samsung Galaxy A15", 7499],
        [2, "SM-2", "Xiaomi Redmi 13", 6299],
        ["Аксесуари"],
        ["", "Чохли"],
        [3, "CH-1", "Чохол силіконовий", 199],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Прайс": rows}))
    assert [o.category_path for o in offers] == [("Смартфони",), ("Смартфони",), ("Аксесуари", "Чохли")]


def test_signatures_and_notes_below_the_table(tmp_path):
    rows = [
        ["Назва", "Од.", "Ціна"],
        ["Цукор 1 кг", "уп", "32"],
        ["Сіль 1 кг", "уп", "15"],
        ["Ціни дійсні до 30.09.2026. Доставка від 500 грн безкоштовно"],
        ["Директор ____________ Петренко П. П."],
        ["тел.: 044 123 45 67"],
    ]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert len(offers) == 2
    assert errors(issues) == []


def test_thousands_with_apostrophes_dots_and_kopecks(tmp_path):
    rows = [
        ["Назва", "Ціна"],
        ["А товар", "1'234.50"],
        ["Б товар", "12.345,00"],
        ["В товар", "1 250-00"],
        ["Г товар", "800=00"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.price for o in offers] == [D("1234.50"), D("12345.00"), D("1250.00"), D("800.00")]


def test_unclear_thousands_are_asked_about(tmp_path):
    rows = [["Назва", "Ціна"], ["Диван кутовий", "12,500"], ["Крісло", "4,300"], ["Пуф", "1,150"]]
    path = csv_file(tmp_path / "p.csv", rows)
    inspection = reading.inspect(path)
    assert inspection.notes
    assert [o.price for o in understood(path)[0]] == [D(12500), D(4300), D(1150)]
    corrected = inspection.mapping.corrected(decimal=",")
    assert [o.price for o in reading.read(path, corrected)] == [D("12.500"), D("4.300"), D("1.150")]


def test_no_header_with_categories_and_units(tmp_path):
    rows = [
        ["Овочі"],
        ["Картопля молода", "кг", "18,50"],
        ["Морква", "кг", "22,00"],
        ["Фрукти"],
        ["Яблуко Голден", "кг", "35,00"],
        ["Банан", "кг", "62,00"],
    ]
    offers, _ = understood(xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows}))
    assert brief(offers) == [
        ("Картопля молода", D("18.50"), "", "KGM", ("Овочі",)),
        ("Морква", D("22.00"), "", "KGM", ("Овочі",)),
        ("Яблуко Голден", D("35.00"), "", "KGM", ("Фрукти",)),
        ("Банан", D("62.00"), "", "KGM", ("Фрукти",)),
    ]


def test_prices_by_agreement_do_not_hide_the_price_column(tmp_path):
    rows = [
        ["Назва", "Ціна, грн"],
        ["Щебінь 5-20", "дог."],
        ["Пісок річковий", "дог."],
        ["Цемент М400", "165"],
        ["Вапно", "дог."],
    ]
    offers, issues = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.title for o in offers] == ["Цемент М400"]
    assert errors(issues) == [(2, "price_by_agreement"), (3, "price_by_agreement"), (5, "price_by_agreement")]


@pytest.mark.parametrize("extension", ["xls", "csv", "zip", ""])
def test_the_name_of_the_file_means_nothing(tmp_path, extension):
    path = xlsx_file(
        tmp_path / f"price.{extension}", {"Аркуш1": [["Назва", "Ціна"], ["Чай", 5], ["Кава", 6]]}
    )
    assert reading.inspect(path, original_name=path.name).format == "xlsx"
    assert len(understood(path)[0]) == 2


def test_single_column_of_semicolons_in_quotes_with_sep_line(tmp_path):
    text = 'sep=;\r\n"Назва";"Ціна"\r\n"Лампа; біла";"45,00"\r\n"Лампа ""Люкс""";"55,00"\r\n'
    offers, _ = understood(text_file(tmp_path / "p.csv", text, "utf-8-sig"))
    assert [(o.title, o.price) for o in offers] == [("Лампа; біла", D("45.00")), ('Лампа "Люкс"', D("55.00"))]


def test_names_with_total_words_are_goods(tmp_path):
    rows = [
        ["Артикул", "Назва", "Ціна"],
        ["1", "Total Quartz 9000 5W-40", "450"],
        ["2", "Сума шкільна синя", "700"],
        ["", "Итого:", "1150"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.title for o in offers] == ["Total Quartz 9000 5W-40", "Сума шкільна синя"]


def test_a_column_of_variants_keeps_goods_of_one_name_apart(tmp_path):
    rows = [
        ["Товар", "Колір", "Ціна"],
        ["Фарба", "біла", "100"],
        ["Фарба", "синя", "100"],
        ["Фарба", "біла", "100"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.attributes["Колір"] for o in offers] == ["біла", "синя", "біла"]


def test_groups_with_a_total_of_their_stock(tmp_path):
    rows = [
        ["Артикул", "Номенклатура", "Ед.", "Остаток", "Цена"],
        ["", "Крупы", "", 30],
        ["k1", "Гречка 1 кг", "шт", 10, 45],
        ["k2", "Рис 1 кг", "шт", 20, 52],
        ["", "Сахар", "", 5],
        ["s1", "Сахар 1 кг", "шт", 5, 33],
    ]
    offers, issues = understood(xlsx_file(tmp_path / "p.xlsx", {"TDSheet": rows}))
    assert [(o.title, o.category_path) for o in offers] == [
        ("Гречка 1 кг", ("Крупы",)),
        ("Рис 1 кг", ("Крупы",)),
        ("Сахар 1 кг", ("Сахар",)),
    ]
    assert errors(issues) == []


def test_what_was_chosen_last_time_is_adopted(tmp_path):
    first = csv_file(
        tmp_path / "a.csv", [["Назва", "Ціна", "Спеціальна"], ["Чай", "50", "45"], ["Кава", "9", "8"]]
    )
    chosen = reading.inspect(first).mapping.corrected(columns={(0, 2): "price"}, currency="UAH")
    rows = [
        ["Прайс на вересень"],
        [],
        ["Назва", "Ціна", "Спеціальна"],
        ["Чай", "60", "55"],
        ["Мате", "70", "65"],
    ]
    second = csv_file(tmp_path / "b.csv", rows)
    inspection = reading.inspect(second)
    assert inspection.mapping.signature == chosen.signature
    adopted = reading.adopt(chosen, inspection)
    assert adopted.tables[0].header_row == 3
    assert [(o.title, o.price, o.currency) for o in reading.read(second, adopted)] == [
        ("Чай", D(55), "UAH"),
        ("Мате", D(65), "UAH"),
    ]


def test_rows_far_below_the_look_are_read_with_flat_lists(tmp_path):
    rows = [["Назва", "Ціна"], *[[f"Товар {n}", n] for n in range(1, 5001)], ["Товар без ціни", "дог."]]
    for path in (csv_file(tmp_path / "p.csv", rows), xlsx_file(tmp_path / "p.xlsx", {"Лист1": rows})):
        offers, issues = understood(path)
        assert (len(offers), offers[-1].price) == (5000, D(5000))
        assert errors(issues) == [(5002, "price_by_agreement")]


def test_an_article_that_begins_like_a_program(tmp_path):
    rows = [
        ["MZ-1", "Мишка дротова чорна", "250,00"],
        ["MZ-2", "Мишка бездротова", "450,00"],
        ["MZ-3", "Килимок", "90,00"],
    ]
    offers, _ = understood(csv_file(tmp_path / "p.csv", rows))
    assert [o.article for o in offers] == ["MZ-1", "MZ-2", "MZ-3"]
