"""Verdicts on two records: what joins, what is asked, what is never joined, and the reasons given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from price_lists.identity import (
    EVIDENCE,
    VETOES,
    Decision,
    Match,
    Record,
    Statistics,
    Verdict,
    compare,
    rank,
)
from price_lists.identity.batches import best_of_many

TITLES = (
    "Олія соняшникова Олейна рафінована 0,5 л",
    "Олія соняшникова Олейна рафінована 850 мл",
    "Серветки вологі Naturella 10 шт",
    "Тонер-картридж Kyocera TK-3400",
    "Ручка кулькова Buromax синя 0,7 мм",
    "Смартфон Apple iPhone 13 128GB Blue",
    "Футболка чоловіча біла XL",
    "Папір офісний А4 80 г/м2 500 арк",
    "Чай Lipton жовтий 25 пак",
    "Порошок пральний Tide автомат 450 г",
    "Степлер Axent 24/6",
    "Кава мелена Jacobs Monarch 250 г",
)


@pytest.fixture(scope="module")
def statistics() -> Statistics:
    return Statistics.of(Record(str(at), title) for at, title in enumerate(TITLES))


def judged(statistics: Statistics, left: str, right: str) -> Verdict:
    return compare(Record("1", left), Record("2", right), statistics)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Олія соняшникова Олейна рафінована 0,5 л", "Олія соняшникова Олейна рафінована 500 мл"),
        ("Порошок стиральный Tide автомат 450 г", "Стиральный порошок Tide автомат, 450г"),
        ("Apple iPhone 13 128GB Blue smartphone", "Apple iPhone 13 128 GB blue smartphone"),
    ],
)
def test_one_good_in_other_words_joins_by_itself(statistics: Statistics, left: str, right: str) -> None:
    verdict = judged(statistics, left, right)
    assert (verdict.decision, verdict.vetoes) == (Decision.SAME, ())


@pytest.mark.parametrize(
    ("code", "left", "right"),
    [
        ("measure_different", TITLES[0], "Олія соняшникова Олейна рафінована 850 мл"),
        ("measure_different", "Молоко Яготинське 2,5% 900 г", "Молоко Яготинське 3,2% 900 г"),
        ("measure_different", "SSD Kingston A400 240GB", "SSD Kingston A400 480GB"),
        ("pack_different", "Серветки вологі Naturella 10 шт", "Серветки вологі Naturella 12 шт"),
        ("pack_different", "Duracell AA batteries pack of 4", "Duracell AA batteries pack of 8"),
        ("model_different", "Тонер-картридж Kyocera ТК-3400", "Тонер-картридж Kyocera TK-3410"),
        ("colour_different", "Ручка кулькова Buromax синя", "Ручка кулькова Buromax червона"),
        ("colour_different", "Ручка шариковая Buromax синяя", "Ручка шариковая Buromax чёрная"),
        ("colour_different", "Apple iPhone 13 128GB Blue", "Apple iPhone 13 128GB Black"),
        ("number_different", "Apple iPhone 13 128GB", "Apple iPhone 12 128GB"),
        ("size_different", "Футболка чоловіча біла XL", "Футболка чоловіча біла XXL"),
        ("size_different", "Папір офісний А4 80 г/м2 500 арк", "Папір офісний А3 80 г/м2 500 арк"),
    ],
)
def test_what_goods_cannot_differ_in_forbids_the_join(
    statistics: Statistics, code: str, left: str, right: str
) -> None:
    verdict = judged(statistics, left, right)
    assert code in [item.code for item in verdict.vetoes]
    assert verdict.decision is not Decision.SAME
    # The other way round as well.
    assert code in [item.code for item in judged(statistics, right, left).vetoes]


def test_a_value_that_one_side_does_not_tell_forbids_nothing(statistics: Statistics) -> None:
    pairs = (
        ("Серветки вологі Naturella", "Серветки вологі Naturella 10 шт"),
        ("Ручка кулькова Buromax", "Ручка кулькова Buromax синя"),
        ("Kyocera toner", "Kyocera toner TK-3400"),
    )
    assert [judged(statistics, *pair).vetoes for pair in pairs] == [(), (), ()]


def test_litres_and_sheets_are_told_apart_by_the_reading_that_agrees(statistics: Statistics) -> None:
    assert judged(statistics, "Зошит 48 л", "Зошит 48 аркушів").vetoes == ()


def test_nothing_in_common_is_different(statistics: Statistics) -> None:
    verdict = judged(statistics, "Чай Lipton жовтий", "Степлер Axent")
    assert verdict.decision is Decision.DIFFERENT
    assert verdict.probability < 0.1


TEA = Record("1", "Чай Lipton жовтий 25 пак", gtin="4006381333931")


def test_one_gtin_proves_it_whatever_the_words_are(statistics: Statistics) -> None:
    verdict = compare(TEA, Record("2", "Yellow label tea", gtin="4 006381 333931"), statistics)
    assert (verdict.decision, verdict.conflict) == (Decision.SAME, False)
    assert "gtin_same" in [item.code for item in verdict.evidence]


def test_two_gtins_are_two_goods_whatever_the_words_are(statistics: Statistics) -> None:
    verdict = compare(TEA, replace(TEA, id="2", gtin="4820024700016"), statistics)
    assert verdict.decision is Decision.DIFFERENT
    assert verdict.evidence[0].code == "gtin_different"


def test_one_gtin_on_two_goods_is_a_conflict(statistics: Statistics) -> None:
    verdict = compare(TEA, replace(TEA, id="2", title="Чай Lipton жовтий 100 пак"), statistics)
    assert (verdict.decision, verdict.conflict) == (Decision.DOUBTFUL, True)


def test_a_wrong_gtin_counts_as_none(statistics: Statistics) -> None:
    verdict = compare(
        replace(TEA, gtin="4006381333930"), replace(TEA, id="2", gtin="4820024700016"), statistics
    )
    assert "gtin_different" not in [item.code for item in verdict.evidence]


def test_brand_and_part_number_prove_it(statistics: Statistics) -> None:
    left = Record("1", "Drill GSR 12V", brand="Bosch", mpn="06019A6901")
    right = Record("2", "Дриль акумуляторний", brand="BOSCH", mpn="0 601 9A6 901")
    assert compare(left, right, statistics).decision is Decision.SAME
    other = compare(left, replace(right, mpn="06019A6902"), statistics)
    assert other.decision is Decision.DIFFERENT
    assert "mpn_different" in [item.code for item in other.vetoes]


def test_part_numbers_of_two_makers_say_nothing(statistics: Statistics) -> None:
    left = Record("1", "Лампа LED", brand="Philips", mpn="A1001")
    right = Record("2", "Лампа LED", brand="Osram", mpn="B2002")
    assert "mpn_different" not in [item.code for item in compare(left, right, statistics).evidence]


def test_colour_and_size_of_attributes_count(statistics: Statistics) -> None:
    left = Record("1", "Футболка чоловіча", attributes={"Колір": "білий", "Розмір": "XL"})
    right = Record("2", "Футболка чоловіча", attributes={"Цвет": "чёрный", "Размер": "xxl"})
    codes = {item.code for item in compare(left, right, statistics).vetoes}
    assert codes == {"colour_different", "size_different"}


@pytest.mark.parametrize(("left", "right"), [("", ""), ("", "Чай"), ("!!!", "Чай"), ("для", "для")])
def test_without_a_title_nothing_is_joined(statistics: Statistics, left: str, right: str) -> None:
    verdict = judged(statistics, left, right)
    assert verdict.decision is Decision.DIFFERENT
    assert verdict.probability <= 0.02


def test_a_model_in_look_alike_letters_is_the_same_model(statistics: Statistics) -> None:
    folded = judged(statistics, "Тонер-картридж Kyocera ТК-3400", "Тонер-картридж Kyocera TK-3400")
    plain = judged(statistics, "Тонер-картридж Kyocera TK-3400", "Тонер-картридж Kyocera TK-3400")
    other = judged(statistics, "Тонер-картридж Kyocera ТК-3400", "Тонер-картридж Kyocera TK-3410")
    assert folded.vetoes == plain.vetoes == ()
    assert plain.probability - folded.probability < 0.1 < folded.probability - other.probability


def test_reasons_name_what_both_sides_say(statistics: Statistics) -> None:
    verdict = judged(statistics, "Тонер-картридж Kyocera ТК-3400", "Тонер-картридж Kyocera TK-3400")
    said = {item.code: (item.left, item.right) for item in verdict.evidence}
    assert said["model_same"] == ("ТК-3400", "TK-3400")
    assert all(item.code in EVIDENCE for item in verdict.evidence)
    assert VETOES < EVIDENCE


def test_rivals_make_each_other_doubtful(statistics: Statistics) -> None:
    left = Record("1", "Ручка кулькова Buromax синя 0,7 мм")
    best, worse = (
        Record("2", "Ручка кулькова Buromax синя 0,7 мм"),
        Record("3", "Ручка кулькова Buromax 0,7 мм"),
    )
    matches = rank(left, [worse, best], statistics)
    assert [match.right for match in matches] == ["2", "3"]
    assert matches[1].verdict.probability < compare(left, worse, statistics).probability
    assert rank(left, [], statistics) == []


def test_many_at_once_are_judged_as_one_by_one(statistics: Statistics) -> None:
    records = [Record(str(at), title) for at, title in enumerate(TITLES)]
    asked = [(replace(record, id=f"new-{record.id}"), records) for record in records]
    many: list[Match | None] = list(best_of_many([*asked, (records[0], [])], statistics))
    assert many[-1] is None
    for match, (record, candidates) in zip(many[:-1], asked, strict=True):
        best = rank(record, candidates, statistics)[0]
        assert match is not None
        assert (match.right, match.verdict.decision, match.verdict.probability) == (
            best.right,
            best.verdict.decision,
            best.verdict.probability,
        )


def test_a_kept_statistic_judges_as_before(statistics: Statistics) -> None:
    again = Statistics.from_json(statistics.to_json())
    assert (
        judged(again, TITLES[0], TITLES[1]).probability
        == judged(statistics, TITLES[0], TITLES[1]).probability
    )
