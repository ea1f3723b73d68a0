"""Single values: numbers, units, currencies, barcodes, links, descriptions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from price_lists.mapping.separators import split_path
from price_lists.validation.currencies import currency_code, currency_in_heading, currency_of_sign
from price_lists.validation.gtin import GtinNotTaken, parse_gtin
from price_lists.validation.numbers import NumberNotUnderstood, parse_price
from price_lists.validation.texts import clean_description, clean_title, letters_lost, parse_urls
from price_lists.validation.units import pack_in_title, parse_unit

D = Decimal  # amounts are written on every other line


@pytest.mark.parametrize(
    ("text", "mark", "amount", "currency"),
    [
        ("12", ".", D(12), ""),
        ("12.5", ".", D("12.5"), ""),
        ("12,50", ".", D("12.50"), ""),
        ("1 234,56", ".", D("1234.56"), ""),
        ("1\u00a0234,56", ".", D("1234.56"), ""),
        ("1\u202f234.56", ".", D("1234.56"), ""),
        ("1.234,56", ".", D("1234.56"), ""),
        ("2,999.99", ".", D("2999.99"), ""),
        ("1,234,567", ".", D(1234567), ""),
        ("1,234", ".", D(1234), ""),
        ("1,234", ",", D("1.234"), ""),
        ("1.234", ",", D(1234), ""),
        ("1.234", ".", D("1.234"), ""),
        ("0,125", ".", D("0.125"), ""),
        ("1 234.50 грн", ".", D("1234.50"), "UAH"),
        ("150грн/шт", ".", D(150), "UAH"),
        ("₴ 99", ".", D(99), "UAH"),
        ("$12", ".", D(12), "USD"),
        ("12,5 у.е.", ".", D("12.5"), "USD"),
        ("10 € з ПДВ", ".", D(10), "EUR"),
        ("150 р.", ".", D(150), "RUB"),
        ("1'234.50", ".", D("1234.50"), ""),
        ("150.-", ".", D(150), ""),
        ("4.6E+3", ".", D(4600), ""),
        (".5", ".", D("0.5"), ""),
    ],
)
def test_prices(text, mark, amount, currency):
    assert parse_price(text, mark) == (amount, currency)


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_has_a_reason(text):
    try:
        amount = parse_price(text).amount
    except NumberNotUnderstood as error:
        amount, reason = D(1), str(error.args[0])
    else:
        reason = "price_"
    assert reason.startswith(("price_", "formula_"))
    assert 0 < amount <= 10**9


@given(st.decimals(min_value="0.01", max_value="999999999", places=2))
def test_amounts_survive_every_usual_spelling(amount):
    plain = f"{amount:.2f}"
    grouped = f"{amount:,.2f}"
    continental = grouped.replace(",", "\u00a0").replace(".", ",")
    german = grouped.replace(",", "x").replace(".", ",").replace("x", ".")
    assert {parse_price(text).amount for text in (plain, grouped, continental, german)} == {amount}


@pytest.mark.parametrize(
    ("text", "code", "pack"),
    [
        ("шт.", "H87", 1),
        ("ШТ", "H87", 1),
        ("Штука", "H87", 1),
        ("796", "H87", 1),
        ("PCE", "H87", 1),
        ("C62", "H87", 1),
        ("уп", "PK", 1),
        ("пач.", "PK", 1),
        ("упак (10 шт)", "PK", 10),
        ("уп/100", "PK", 1),
        ("кг", "KGM", 1),
        ("л", "LTR", 1),
        ("м", "MTR", 1),
        ("пог. м", "LM", 1),
        ("м2", "MTK", 1),
        ("кв.м", "MTK", 1),
        ("м³", "MTQ", 1),
        ("набір", "SET", 1),
        ("компл.", "SET", 1),
        ("пара", "PR", 1),
        ("рулон", "RO", 1),
        ("ящ", "BX", 1),
        ("слон", "", 1),
        ("", "", 1),
    ],
)
def test_units(text, code, pack):
    assert parse_unit(text) == (code, pack)


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Батарейки AA (уп. 4 шт)", 4),
        ("Файли А4, упаковка 100 шт", 100),
        ("Набір ножів 6 предметів", 0),
        ("Ручка 12 шт", 0),
    ],
)
def test_pack_out_of_a_name_only_if_clearly_told(title, count):
    assert pack_in_title(title) == count


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("грн.", "UAH"),
        ("UAH", "UAH"),
        ("980", "UAH"),
        ("$", "USD"),
        ("євро", "EUR"),
        ("RUR", "RUB"),
        ("XXX", ""),
        ("kr", ""),
    ],
)
def test_currencies(text, code):
    assert currency_code(text) == code


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("Ціна, грн", "UAH"),
        ("Цена (USD)", "USD"),
        ("Ціна_UAH", "UAH"),
        ("Price €", "EUR"),
        ("Ціна грн / $", ""),
        ("Група", ""),
    ],
)
def test_currency_in_a_heading(heading, code):
    assert currency_in_heading(heading) == code


def test_letters_that_only_fold_to_those_of_a_currency():
    # What an expression takes for «s», «в», «д», «о», «с», «т», though lower() leaves it as it is.
    for word, code in (
        ("u\u017fd", "USD"), ("грн", "UAH"), ("гри\u1c80ня", "UAH"), ("\u1c81ол", "USD"), ("д\u1c82л", "USD"),
        ("ро\u1c83.руб", "RUB"), ("\u1c84енге", "KZT"), ("фун\u1c85", "GBP"), ("\u212art", ""), ("\u212ač", "CZK"),
    ):  # fmt: skip
        assert currency_of_sign(f"5 {word}") == ([(word, code)] if code else [])
        assert currency_in_heading(f"Price, {word.upper()}") == code


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("4820024700016", "4820024700016"),
        ("4820024700016.0", "4820024700016"),
        ("4 820024 700016", "4820024700016"),
        ("4.820024700016E+12", "4820024700016"),
        ("036000291452", "036000291452"),
        ("36000291452", "036000291452"),
        ("96385074", "96385074"),
    ],
)
def test_gtins(text, gtin):
    assert parse_gtin(text) == gtin


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4820024700017", "gtin_check_digit"),
        ("4.82002E+12", "gtin_rounded"),
        ("123", "gtin_length"),
        ("ABC", "gtin_length"),
        ("2000000000008", "gtin_restricted"),
        ("0000000000000", "gtin_length"),
    ],
)
def test_what_is_no_gtin(text, code):
    with pytest.raises(GtinNotTaken) as refused:
        parse_gtin(text)
    assert refused.value.args[0] == code


@pytest.mark.parametrize(
    ("text", "separator", "path"),
    [
        ("Одяг > Взуття > Чоботи", "", ("Одяг", "Взуття", "Чоботи")),
        ("Одяг|Взуття", "", ("Одяг", "Взуття")),
        ("Одяг / Взуття", "", ("Одяг", "Взуття")),
        ("Кабелі/Подовжувачі", "", ("Кабелі/Подовжувачі",)),
        ("БЯЗЬ/КПБ БЯЗЬ  пл.120г/м2/КПБ", "/", ("БЯЗЬ", "КПБ БЯЗЬ пл.120г/м2", "КПБ")),
        ("КПБ П/Э/КПБ поликотон", "/", ("КПБ П/Э", "КПБ поликотон")),
    ],
)
def test_category_paths(text, separator, path):
    assert split_path(text, separator) == path


def test_links_parted_by_anything():
    text = "https://a.example/1.jpg, https://a.example/2,3.jpg;https://a.example/4.jpg\nwww.a.example/5.jpg javascript:alert(1)"
    taken, refused = parse_urls(text)
    assert taken == [
        "https://a.example/1.jpg",
        "https://a.example/2,3.jpg",
        "https://a.example/4.jpg",
        "https://www.a.example/5.jpg",
    ]
    assert refused == ["javascript:alert(1)"]


def test_titles_and_descriptions_are_harmless():
    assert clean_title("  Ніж&nbsp;<b>кухонний</b>\x00\u200b \n 20&quot; ") == 'Ніж кухонний 20"'
    assert (
        clean_description('<p onclick="x()">A<script>alert(1)</script><img src=x onerror=y></p>')
        == "<p>A</p>"
    )
    assert clean_description("a < b & c") == "a < b & c"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("BO", "пляш. пляшок бут. бутылок"),
        ("VI", "фл. флаконів"),
        ("JR", "банка банок"),
        ("RO", "рул. рулонів ролл."),
        ("SET", "комп. наб. комплектів наборів ком-т"),
        ("BG", "мішків мешков"),
        ("TU", "тюб. тюбики"),
        ("BX", "ящиків короба"),
    ],
)
def test_units_in_the_words_of_price_lists(code, words):
    assert {word: parse_unit(word).code for word in words.split()} == dict.fromkeys(words.split(), code)


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("?????? Marions 05903 158 ?? ??????", True),
        ("Marions (????-??) 158", False),
        ("Дриль ????, синій", True),
        ("Дриль????", False),
        ("Дриль ???", False),
        ("????a", False),
    ],
)
def test_words_of_question_marks_are_lost_letters(name, lost):
    assert letters_lost(name) is lost
