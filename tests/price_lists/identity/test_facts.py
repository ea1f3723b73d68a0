"""What is read out of one record."""

from __future__ import annotations

import pytest

from price_lists.identity import Record, valid_gtin
from price_lists.identity.facts import read_facts
from price_lists.identity.vocabulary import sound


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4006381333930", ""),
        ("4006381333931", "04006381333931"),
        ("4 006381 333931", "04006381333931"),
        ("4006381333931.0", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("2000000000008", ""),  # numbered by a shop
        ("0000000000000", ""),
        ("4.0064E+12", ""),
        ("", ""),
    ],
)
def test_only_a_gtin_with_a_right_check_digit_counts(written: str, read: str) -> None:
    assert valid_gtin(written) == read


def test_units_come_to_one_measure() -> None:
    one, two = (read_facts(Record("1", title)) for title in ("Олія 0,5 л", "Масло 500мл"))
    assert one.measures["ml"] == two.measures["ml"] == {500.0}


def test_a_multiplied_weight_is_met_by_its_sum_and_its_part() -> None:
    facts = read_facts(Record("1", "Йогурт 4х100 г"))
    assert facts.measures["g"] == {100.0, 400.0}
    assert facts.pieces == {4}


@pytest.mark.parametrize(
    ("title", "pieces"),
    [
        ("Серветки 10 шт", {10}),
        ("Чай 25пак*2г", {25}),
        ("AA batteries pack of 12", {12}),
        ("Папір А4 80 г/м2", set()),
    ],
)
def test_pieces_in_a_title(title: str, pieces: set[int]) -> None:
    assert read_facts(Record("1", title)).pieces == pieces


def test_a_column_wins_over_the_title() -> None:
    assert read_facts(Record("1", "Серветки 10 шт", pack_count=12)).pieces == {12}


def test_look_alike_letters_in_a_model_are_one_alphabet() -> None:
    cyrillic, latin = (read_facts(Record("1", title)).models for title in ("Тонер ТК-3400", "Тонер TK-3400"))
    assert cyrillic == latin == {"tk3400"}


def test_two_alphabets_written_together_are_two_words() -> None:
    assert read_facts(Record("1", "невымываемыйPROSEPT")).words[-1] == "prosept"


@pytest.mark.parametrize("pair", [("либресс", "libresse"), ("бондюэль", "бондюель"), ("тик", "tic")])
def test_names_sound_alike_in_both_alphabets(pair: tuple[str, str]) -> None:
    assert sound(pair[0]) == sound(pair[1])


def test_colours_are_read_from_words_of_three_languages_and_from_attributes() -> None:
    titles = ("Ручка синя", "Ручка синяя", "Pen blue")
    assert {frozenset(read_facts(Record("1", title)).colours) for title in titles} == {frozenset({"blue"})}
    assert read_facts(Record("1", "Ручка", attributes={"Колір": "синій"})).colours == {"blue"}


def test_nothing_is_read_from_an_empty_record() -> None:
    facts = read_facts(Record("1", ""))
    assert (facts.words, facts.numbers, facts.models, facts.compact) == ((), frozenset(), frozenset(), "")
