"""Which records are compared at all."""

from __future__ import annotations

from price_lists.identity import Candidates, Record, block_keys
from price_lists.identity.candidates import MOST_KEYS

GOODS = (
    Record("a", "Олія соняшникова Олейна 0,5 л"),
    Record("b", "Тонер-картридж Kyocera TK-3400", brand="Kyocera", mpn="1T0C0Y0NL0"),
    Record("c", "Чай Lipton жовтий 25 пак", gtin="4006381333931"),
    Record("d", "Ручка кулькова синя"),
)


def found(index: Candidates, record: Record) -> list[str]:
    return [candidate.id for candidate in index.lookup([record])[0]]


def test_keys_are_the_surest_first_and_depend_on_the_record_alone() -> None:
    keys = block_keys(Record("1", "Дриль Bosch GSR-120", brand="Bosch", mpn="0601", gtin="4006381333931"))
    assert keys[:5] == ["g:04006381333931", "b:bosch/0601", "m:0601", "c:0601", "c:gsr120"]
    assert "w:bosch" in keys
    assert block_keys(Record("2", "!!!")) == []
    assert len(block_keys(Record("3", " ".join(f"слово{at}" for at in range(100))))) == MOST_KEYS


def test_the_likeliest_comes_first() -> None:
    index = Candidates(GOODS)
    assert found(index, Record("1", "Олія Олейна 500 мл"))[0] == "a"
    assert found(index, Record("1", "Kyocera ТК-3400"))[0] == "b"
    assert found(index, Record("1", "зовсім інше"))[:1] == []


def test_a_gtin_and_a_part_number_are_proofs_that_no_word_is_needed_for() -> None:
    index = Candidates(GOODS)
    by_gtin = index.lookup([Record("1", "Yellow tea", gtin="4006381333931")])[0]
    assert [(each.id, each.proof) for each in by_gtin] == [("c", True)]
    by_part = index.lookup([Record("1", "Toner", brand="KYOCERA", mpn="1t0c-0y0nl0")])[0]
    assert [(each.id, each.proof) for each in by_part][:1] == [("b", True)]


def test_a_maker_in_the_other_alphabet_is_found() -> None:
    index = Candidates([Record("a", "Прокладки Libresse Ultra")])
    assert found(index, Record("1", "Либресс")) == ["a"]


def test_a_record_is_no_candidate_of_itself() -> None:
    assert found(Candidates(GOODS), GOODS[3]) == []


def test_removed_and_changed_records_are_not_found_as_they_were() -> None:
    index = Candidates(GOODS)
    index.remove(["a", "never there"])
    assert len(index) == 3
    assert found(index, Record("1", "Олія Олейна")) == []
    index.add([Record("b", "Степлер Axent")])
    assert found(index, Record("1", "Kyocera TK-3400")) == []
    assert found(index, Record("1", "Axent степлер")) == ["b"]


def test_what_is_sorted_in_is_found_as_what_was_added() -> None:
    index = Candidates(GOODS)
    asked = [Record("1", "Олія Олейна 500 мл"), Record("2", "Ручка синя"), Record("3", "Lipton чай")]
    before = index.lookup(asked)
    index._merge()  # what a million records would bring about
    assert index.lookup(asked) == before
    index.remove(["d"])
    index.add([Record("e", "Ручка синя гелева")])
    index._merge()
    assert [each.id for each in index.lookup(asked)[1]] == ["e"]


def test_only_the_best_near_ones_are_kept_where_speed_is_asked_for() -> None:
    from price_lists.identity.facts import read_facts

    index = Candidates(GOODS)
    asked = [read_facts(Record("1", "Олія соняшникова Олейна 0,5 л, чай"))]
    assert {each.id for each in index.lookup_facts(asked)[0]} == {"a", "c"}
    assert [each.id for each in index.lookup_facts(asked, near=0.6)[0]] == ["a"]
