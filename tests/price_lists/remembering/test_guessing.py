"""What is remembered in guessing: it decides where words do not, doubts where it contradicts, explains single words."""

from decimal import Decimal

import pytest
from django.utils import translation

from price_lists import reading
from price_lists.mapping import words
from price_lists.mapping.columns import guess_columns
from price_lists.mapping.memory import Memory, Remembered
from price_lists.mapping.recalling import headings_of
from price_lists.mapping.vocabulary import plain
from price_lists.mapping.words import BRAND, STOCK, UNIT, answers, explained_in, may_leave, with_answers
from price_lists.remembering.layouts import by_plan, plan_of
from price_lists.remembering.unknown import explained, unknown_words, without_others
from price_lists.rows import Availability, OfferRow

SEVEN = {"vendors": 7, "others": 1}
ROWS = [(f"Степлер №{n}", f"{90 + n},50", f"{80 + n},10", "є") for n in range(1, 9)]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def guessed(headings, said=(), rows=ROWS):
    memory = Memory(headings={plain(heading): Remembered(answer, **SEVEN) for heading, answer in said})
    found = guess_columns(dict(enumerate(headings)), rows, list(range(len(headings))), memory=memory)
    return {column.heading: column for column in found.columns}


def write(path, rows):
    path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    return path


def test_an_unknown_heading_gets_the_remembered_field_and_the_reason_says_so():
    headings = ("Назва", "Ціна", "Кошт Ю", "Стан")
    before = guessed(headings)["Кошт Ю"]
    assert before.field == "attribute"
    column = guessed(headings, [("Кошт Ю", "tier_price:wholesale")])["Кошт Ю"]
    assert (column.field, column.kind, column.confidence) == ("tier_price", "wholesale", 0.73)
    assert column.reason == "7 vendors read “Кошт Ю” as wholesale price"


def test_alone_in_its_file_a_remembered_further_price_is_the_price():
    column = guessed(("Назва", "Кошт Ю"), [("Кошт Ю", "tier_price:wholesale")])["Кошт Ю"]
    assert column.field == "price"


def test_a_sure_word_is_not_overruled_but_asked_about():
    column = guessed(("Назва", "Ціна"), [("Ціна", "stock")])["Ціна"]
    assert (column.field, column.confidence) == ("price", 0.5)
    assert column.reason == "the heading says so, but 7 vendors read “Ціна” as Stock"
    same = guessed(("Назва", "Ціна"), [("Ціна", "tier_price")])["Ціна"]
    assert (same.field, same.confidence, same.reason) == ("price", 0.99, "the heading says so")


def test_values_that_cannot_be_it_contradict_what_is_remembered():
    column = guessed(("Назва", "Ціна", "Кошт Ю", "Стан Ю"), [("Стан Ю", "gtin")])["Стан Ю"]
    assert column.field != "price"
    named = guessed(("Назва", "Ціна", "Кошт Ю"), [("Кошт Ю", "title")])["Кошт Ю"]
    assert named.field == "attribute"


def test_words_of_stock_units_and_brands_are_asked_about_and_explained_words_are_read(tmp_path):
    rows = [["Назва", "Ціна", "Наявність", "Од.", "Бренд"]]
    rows += [[f"Чай {n}", f"{n}0", "в наявності", "шт", "Lovare"] for n in range(1, 7)]
    rows += [
        ["Кава А", "70", "Закінч-ся", "жменя", "LOVARE"],
        ["Кава Б", "75", "закінч-ся ", "Жменя.", "LOVARE"],
    ]
    path = write(tmp_path / "a.csv", rows)
    inspection = reading.inspect(path, memory=Memory())
    assert [tuple(each) for each in inspection.words] == [
        (STOCK, "Закінч-ся", 2, ()), (UNIT, "жменя", 2, ()), (BRAND, "LOVARE", 2, ("Lovare",)),
    ]  # fmt: skip
    said = {(STOCK, "Закінч-ся"): "none", (UNIT, "жменя"): "PK", (BRAND, "LOVARE"): "Lovare"}
    read = list(reading.read(path, with_answers(inspection.mapping, said)))
    assert all(isinstance(row, OfferRow) for row in read)
    assert [(row.availability, row.unit, row.brand) for row in read[-2:]] == [
        (Availability.NONE, "PK", "Lovare")
    ] * 2
    remembered = Memory(stock={"закінч-ся": Remembered("to_order", 3)}, units={"жменя": Remembered("-", 5)})
    by_others = reading.inspect(path, memory=remembered).mapping
    assert answers(by_others.options, STOCK) == {"закінч-ся": "to_order"}
    last = list(reading.read(path, by_others))[-1]
    assert (last.availability, last.unit) == (Availability.TO_ORDER, "")
    kept = explained(with_answers(by_others, {(STOCK, "закінч-ся"): "none"}), inspection.words, remembered)
    assert answers(kept.options, STOCK) == {"закінч-ся": "none"}
    assert answers(with_answers(kept, {(STOCK, "закінч-ся"): ""}).options, STOCK) == {}


def test_answers_that_are_none_are_left_out():
    mapping = with_answers(
        reading.Mapping("csv"),
        {(STOCK, "є"): "many", (UNIT, "жм"): "XXX", (BRAND, "a"): "b" * 200, (BRAND, "Kangaro"): "Acme",
         (BRAND, "***"): "!!!"},
    )  # fmt: skip
    assert mapping.options == {}
    kept = with_answers(reading.Mapping("csv"), {(BRAND, "KANGARO"): "Kangaro", (BRAND, "Acme"): "-"})
    assert explained_in(kept.options).brands == {"KANGARO": "Kangaro"}
    assert explained_in({"brand:Kangaro": "Acme"}).brands == {}


def test_of_as_many_words_as_are_kept_each_can_still_be_explained_otherwise(monkeypatch):
    monkeypatch.setattr(words, "MOST", 2)
    full = with_answers(reading.Mapping("csv"), {(STOCK, "a"): "none", (STOCK, "b"): "none"})
    again = with_answers(full, {(STOCK, "b"): "to_order", (STOCK, "c"): "none"})
    assert answers(again.options, STOCK) == {"a": "none", "b": "to_order"}


def test_nobody_is_offered_another_brand_for_theirs(tmp_path):
    rows = [["Назва", "Ціна", "Бренд"], *([f"Чай {n}", f"{n}0", "Lovare"] for n in range(1, 7))]
    path = write(tmp_path / "a.csv", rows)
    memory = Memory(brands={"Lovare": Remembered("Acme", 7)})
    inspection = reading.inspect(path, memory=memory)
    assert (inspection.words, inspection.mapping.options.get("brand:Lovare")) == ((), None)
    memory = Memory(brands={"Lovare": Remembered("LOVARE", 7)})
    inspection = reading.inspect(path, memory=memory)
    assert [(each.word, each.known_as) for each in inspection.words] == [("Lovare", ("LOVARE",))]
    assert inspection.mapping.options["brand:Lovare"] == "LOVARE"
    assert "brand:Lovare" not in without_others(inspection.mapping, memory).options


@pytest.mark.parametrize(
    ("word", "may"),
    [("Опт. від 10", True), ("тел. 067 123 45 67", False), ("a@b.ua", False), ("", False), ("Ц" * 41, False),
     ("https://a", False), ("Ціна для Олени", True), ("shop.example.ua", False), ("від 1.25 кв.м", True)],
)  # fmt: skip
def test_what_could_tell_a_vendor_never_leaves_it(word, may):
    assert may_leave(word) is may


def test_what_confirmed_columns_say_of_their_headings(tmp_path):
    path = write(
        tmp_path / "a.csv",
        [
            ["Назва", "Ціна", "Кошт Ю", "Колір", "Різне"],
            *([f"Чай {n}", "10", "9", "білий", "щось"] for n in range(4)),
        ],
    )
    mapping = reading.inspect(path).mapping.corrected(columns={(0, 2): "tier_price", (0, 4): "ignore"})
    said = dict(headings_of(mapping).values())
    assert said == {"Назва": "title", "Ціна": "price", "Кошт Ю": "tier_price", "Різне": "ignore"}


def test_a_layout_is_taken_over_with_its_fields_and_the_files_own_words(tmp_path):
    rows = [["Назва", "Ціна", "Кошт Ю"], *([f"Чай {n}", "10,50", "9"] for n in range(4))]
    guess = reading.inspect(write(tmp_path / "a.csv", rows)).mapping
    plan = plan_of(guess.corrected(columns={(0, 2): "tier_price"}))
    assert plan == "title|price|tier_price"
    taken = by_plan(guess, Remembered(plan, 4))
    assert [(c.field, c.kind) for c in taken.tables[0].columns][1:] == [
        ("price", ""),
        ("tier_price", "Кошт Ю"),
    ]
    assert taken.tables[0].columns[2].reason == "so 4 vendors confirmed this layout"
    offer = next(row for row in reading.read(tmp_path / "a.csv", taken) if isinstance(row, OfferRow))
    assert (offer.price, offer.tiers[0].amount) == (Decimal("10.50"), Decimal(9))
    assert by_plan(guess, Remembered("title|price", 4)) is None
    assert by_plan(guess, Remembered("price|title|tier_price", 4)) is None  # names are no prices


@pytest.mark.parametrize(
    ("headings", "plan"),
    [
        (("Назва", "Роздріб", "Опт"), "title|tier_price:retail|price:wholesale"),
        (("Назва", "Роздріб", "Опт"), "title|attribute|price"),
        (("Назва", "Ціна", "Закупка"), "title|attribute|price"),
        (("Назва", "Ціна", "Залишок"), "title|price|order_days"),
    ],
)
def test_others_layouts_do_not_overrule_headings_that_are_sure(tmp_path, headings, plan):
    rows = [list(headings), *([f"Чай {n}", "10,50", "9"] for n in range(4))]
    guess = reading.inspect(write(tmp_path / "a.csv", rows)).mapping
    assert by_plan(guess, Remembered(plan, 30)) is None
    own = by_plan(guess, Remembered(plan, 1, own=True))
    assert plan_of(own) == plan
    same = plan_of(guess)
    assert by_plan(guess, Remembered(same, 30)).tables[0].columns[1].field == "price"


def test_what_a_layout_adds_is_as_sure_as_those_who_said_so_are_many(tmp_path):
    rows = [["Назва", "Ціна", "Кошт Ю"], *([f"Чай {n}", "10,50", "9"] for n in range(4))]
    guess = reading.inspect(write(tmp_path / "a.csv", rows)).mapping
    said = Remembered("title|price|stock", 4, 1)
    assert by_plan(guess, said).tables[0].columns[2].confidence == said.sureness == 0.62


def test_only_what_was_read_is_asked_about():
    assert unknown_words([]) == []
