"""Rows that say what they said last time: noted and not staged, whatever else the file says of their goods."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Offer
from core.jobs.work import work_on
from price_lists import services
from price_lists.enums import Change, RunState
from price_lists.models import KnownRows, RowProblem, SourceItem, StagedRow
from price_lists.services import diffing, staging
from price_lists.services.diffing import needs_comparing
from price_lists.services.known import Ids, named_count, unnamed_items
from tests.factories.price_lists import good, goods, imported


def counts(run):
    return {name: run.counts.get(name, 0) for name in ("new", "changed", "unchanged", "vanished")}


def prices():
    offers = Offer.objects.filter(withdrawn_at=None).order_by("article")
    return {
        article[-2:]: amount // 10_000 for article, amount in offers.values_list("article", "price_amount")
    }


def applied(run):
    services.request_apply(run=run, confirmed=run.state == RunState.HELD)
    with work_on(services.start(run=run).pk) as work:
        services.advance(run=run, work=work)
    run.refresh_from_db()
    return run


def test_numbers_added_in_any_order_are_found_and_no_others():
    ids = Ids()
    assert ids.among([1, 2]) == set()
    for start in (900, 0, 300, 600, 601):
        ids.add(range(start, start + 200))
    there = {*range(200), *range(300, 500), *range(600, 801), *range(900, 1_100)}
    assert ids.among(range(0, 2_000, 50)) == there & set(range(0, 2_000, 50))
    assert ids.among([]) == set()
    assert [len(part) for part in ids._parts] == sorted((len(part) for part in ids._parts), reverse=True)


def test_a_known_row_is_noted_and_not_staged(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(8))
    rows = [*goods(5), good(6, price="999"), good(9)]
    run = imported(vendor, tmp_path / "b.csv", rows, only_check=True)
    assert counts(run) == {"new": 1, "changed": 1, "unchanged": 5, "vanished": 2}
    assert named_count(run) == 5
    staged = StagedRow.objects.filter(run=run).order_by("key").values_list("key", "change")
    assert list(staged) == [
        ("article:A-0006", "changed"),
        ("article:A-0007", "vanished"),
        ("article:A-0008", "vanished"),
        ("article:A-0009", "new"),
    ]
    unnamed = SourceItem.objects.filter(pk__in=unnamed_items(run)).values_list("key", flat=True)
    assert sorted(unnamed) == ["article:A-0006", "article:A-0007", "article:A-0008"]


def test_what_all_is_known_leaves_nothing_behind(vendor, tmp_path, monkeypatch):
    imported(vendor, tmp_path / "a.csv", goods(5))
    looked = []
    monkeypatch.setattr(diffing, "unnamed_items", lambda run: looked.append(run) or unnamed_items(run))
    run = imported(vendor, tmp_path / "b.csv", [*goods(5)[::-1]])
    assert (run.state, counts(run)) == (
        RunState.APPLIED,
        {"new": 0, "changed": 0, "unchanged": 5, "vanished": 0},
    )
    assert looked == []
    assert not KnownRows.objects.exists()


@pytest.mark.parametrize("batch", [1, 2, 3, 2_000])
def test_several_rows_of_a_known_good_are_told_as_if_none_were_known(vendor, tmp_path, monkeypatch, batch):
    """The last row holds and the others are listed, in whichever batch they stand and whichever of them is known."""
    monkeypatch.setattr(staging, "BATCH", batch)
    imported(vendor, tmp_path / "a.csv", goods(6))
    rows = [
        good(1), good(1),                                       # 2, 3: known twice
        good(2), good(2, price="500"),                          # 4, 5: known, then another price
        good(3, price="600"), good(3),                          # 6, 7: another price, then as known
        good(4), good(4, price="700"), good(4),                 # 8, 9, 10
        good(5, price="800"), good(5), good(5, price="801"),    # 11, 12, 13
    ]  # fmt: skip
    run = imported(vendor, tmp_path / "b.csv", rows)
    if run.state == RunState.HELD:
        run = applied(run)
    assert counts(run) == {"new": 0, "changed": 2, "unchanged": 3, "vanished": 1}
    assert prices() == {"01": 101, "02": 500, "03": 103, "04": 104, "05": 801}
    said = RowProblem.objects.filter(run=run, code="duplicate_article").values_list("row", "value")
    assert sorted(row for row, _other in said) == [2, 4, 6, 8, 9, 11, 12]
    # within a batch the rows are compared first, so that the first of three may be listed with the third
    assert {(row, int(other) - row) for row, other in said} <= {
        (2, 1), (4, 1), (6, 1), (8, 1), (9, 1), (11, 1), (12, 1), (8, 2), (11, 2),
    }  # fmt: skip
    assert run.counts["duplicates"] == 7
    assert SourceItem.objects.filter(withdrawn=False).count() == 5


def test_goods_that_were_withdrawn_are_no_known_rows(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(4))
    imported(vendor, tmp_path / "b.csv", goods(3))
    run = imported(vendor, tmp_path / "c.csv", [good(2), good(3), good(4)])
    assert counts(run) == {"new": 1, "changed": 0, "unchanged": 2, "vanished": 1}
    assert (run.counts["returned"], run.counts["before"]) == (1, 3)
    assert prices() == {"02": 102, "03": 103, "04": 104}


def test_rows_are_read_again_when_another_list_changed_what_they_were_known_by(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(6))
    first = imported(vendor, tmp_path / "b.csv", [*goods(4), good(5, price="90")], auto_apply=False)
    second = imported(vendor, tmp_path / "c.csv", [*goods(6)[::-1]], auto_apply=False)
    assert (counts(second)["unchanged"], needs_comparing(second)) == (6, False)
    applied(first)
    assert prices() == {"01": 101, "02": 102, "03": 103, "04": 104, "05": 90}
    second = applied(second)
    assert second.state == RunState.APPLIED
    assert counts(second) == {"new": 1, "changed": 1, "unchanged": 4, "vanished": 0}
    assert prices() == {f"0{n}": 100 + n for n in range(1, 7)}


def test_items_without_their_hash_are_read_again(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(3))
    run = imported(vendor, tmp_path / "b.csv", [*goods(3)[::-1]], auto_apply=False)
    SourceItem.objects.filter(key="article:A-0002").update(raw_hash=b"", price_hash=b"")
    assert needs_comparing(run)
    run = applied(run)
    assert counts(run) == {"new": 0, "changed": 1, "unchanged": 2, "vanished": 0}


def test_the_planner_is_told_of_many_rows_before_they_are_joined(vendor, tmp_path, monkeypatch):
    def statements(rows):
        with CaptureQueriesContext(connection) as done:
            imported(vendor, tmp_path / "a.csv", rows)
        return [each["sql"] for each in done]

    def told(sql):
        return [each.split()[-1].strip('"') for each in sql if each.startswith("ANALYZE")]

    assert told(statements(goods(3))) == []
    monkeypatch.setattr(diffing, "MANY", 3)
    monkeypatch.setattr("price_lists.services.applying.MANY", 3)
    sql = statements(goods(4, price="77"))
    if connection.vendor == "sqlite":
        assert told(sql) == []
        return
    assert told(sql) == [
        "price_lists_stagedrow", "price_lists_sourceitem", "catalog_offer", "catalog_stocklevel",
    ]  # fmt: skip
    compared = next(n for n, each in enumerate(sql) if each.startswith("\nUPDATE price_lists_stagedrow"))
    assert sql.index('ANALYZE (SKIP_LOCKED) "price_lists_stagedrow"') < compared


def test_what_left_is_looked_for_once(vendor, tmp_path, monkeypatch):
    """Whatever asks which goods left finds them staged: nothing compares all items with all rows again."""
    imported(vendor, tmp_path / "a.csv", goods(9))
    monkeypatch.setattr(diffing, "DROPPED_CHUNK", 2)
    looked = []
    monkeypatch.setattr(diffing, "unnamed_items", lambda run: looked.append(run) or unnamed_items(run))
    run = imported(vendor, tmp_path / "b.csv", [good(1), *goods(3, price="1")[1:]], auto_apply=False)
    assert (run.state, run.guard[0]["code"], run.guard[0]["vanished"]) == (RunState.HELD, "many_vanished", 6)
    assert StagedRow.objects.filter(run=run, change=Change.VANISHED).count() == 6
    run = applied(run)
    assert prices() == {"01": 101, "02": 1, "03": 1}
    assert len(looked) == 1
