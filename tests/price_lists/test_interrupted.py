"""An import interrupted between two steps: what was half made is made again before anything of it is applied."""

import pytest

from catalog.models import Offer
from core.errors import Unavailable
from core.jobs.work import work_on
from price_lists import services
from price_lists.enums import RunState
from price_lists.errors import RunNotPossible
from price_lists.locks import take_turn, turn_is_free
from price_lists.mapping.model import Mapping
from price_lists.models import ImportRun, RowProblem, Source, StagedRow
from price_lists.services import diffing, imports, staging
from price_lists.services.known import named_count
from tests.factories.price_lists import good, goods, imported


@pytest.fixture
def once(monkeypatch):
    """`once(module, name)`: the database is away when this is called for the first (or nth) time."""

    def arm(module, name, nth=1):
        function, calls = getattr(module, name), []

        def away(*args, **kwargs):
            calls.append(args)
            if len(calls) == nth:
                raise Unavailable("database_down")
            return function(*args, **kwargs)

        monkeypatch.setattr(module, name, away)
        return calls

    return arm


def advanced(run, *, times=1):
    """The run as it is after so many jobs for it."""
    for _ in range(times):
        try:
            with work_on(services.start(run=run).pk) as work:
                services.advance(run=run, work=work)
        except Unavailable:
            pass
        run.refresh_from_db()
    return run


def on_sale():
    return Offer.objects.filter(withdrawn_at=None).count()


def test_a_comparison_cut_short_at_its_turn_makes_no_second_offer(vendor, tmp_path, once):
    imported(vendor, tmp_path / "a.csv", goods(6), source="one")
    imported(vendor, tmp_path / "b.csv", goods(6, price="90"), source="two")
    waiting = imported(vendor, tmp_path / "c.csv", goods(6, price="95"), source="one", auto_apply=False)
    assert waiting.state == RunState.REVIEW, waiting.guard
    imported(vendor, tmp_path / "d.csv", goods(6, price="91"), source="two")
    calls = once(diffing, "_compare")
    services.request_apply(run=waiting)
    advanced(waiting)
    assert (waiting.state, len(calls)) == (RunState.APPLYING, 1)
    advanced(waiting)
    assert (waiting.state, len(calls), Offer.objects.count()) == (RunState.APPLIED, 2, 6)


def test_goods_that_left_go_off_sale_although_the_comparison_was_cut_short(vendor, tmp_path, once):
    imported(vendor, tmp_path / "a.csv", goods(6))
    waiting = imported(vendor, tmp_path / "b.csv", [*goods(4), good(5, price="90")], auto_apply=False)
    imported(vendor, tmp_path / "c.csv", [good(50)], source="other")
    once(diffing, "_counts")
    services.request_apply(run=waiting, confirmed=waiting.state == RunState.HELD)
    advanced(waiting, times=2)
    assert (waiting.state, on_sale()) == (RunState.APPLIED, 6)


def test_an_automatic_import_cut_short_before_the_guard_is_judged_all_the_same(vendor, tmp_path, once):
    imported(vendor, tmp_path / "a.csv", goods(10))
    waiting = imported(vendor, tmp_path / "b.csv", goods(2))
    assert waiting.state == RunState.HELD
    services.request_apply(run=waiting, confirmed=True)
    imported(vendor, tmp_path / "c.csv", [good(50)], source="other")
    calls = once(imports, "guard_run")
    advanced(waiting, times=2)
    assert (waiting.state, len(calls), on_sale()) == (RunState.HELD, 2, 11)
    services.request_apply(run=waiting, confirmed=True)
    advanced(waiting)
    assert (waiting.state, len(calls), on_sale()) == (RunState.APPLIED, 2, 3)


def test_an_interrupted_import_queues_behind_one_that_came_in_between(vendor, tmp_path):
    first = imported(vendor, tmp_path / "a.csv", goods(3), source="one")
    second = imported(vendor, tmp_path / "b.csv", goods(3, price="90"), source="two")
    ImportRun.objects.update(state=RunState.APPLYING)
    assert advanced(first).state == RunState.QUEUED
    assert take_turn(second)
    assert not take_turn(first)


@pytest.mark.parametrize("nth", [1, 2])
def test_a_list_that_is_read_again_at_its_turn_keeps_it(vendor, tmp_path, monkeypatch, once, nth):
    monkeypatch.setattr(staging, "BATCH", 4)
    imported(vendor, tmp_path / "a.csv", goods(6))
    other = imported(vendor, tmp_path / "o.csv", [good(50)], source="other")
    first = imported(vendor, tmp_path / "b.csv", [*goods(4), good(5, price="90")], auto_apply=False)
    second = imported(vendor, tmp_path / "c.csv", goods(6)[::-1], auto_apply=False)
    for run in (first, second):
        services.request_apply(run=run, confirmed=run.state == RunState.HELD)
    assert advanced(first).state == RunState.APPLIED
    calls = once(staging._Staging, "_stage", nth)
    assert advanced(second).state == RunState.APPLYING
    assert (len(calls), second.staged_rows, turn_is_free(other)) == (nth, 4 * (nth - 1), False)
    assert (advanced(second).state, len(calls), on_sale()) == (RunState.APPLIED, 3, 7)
    assert Offer.objects.get(article="A-0005").price_amount == 1_055_000


def test_rows_half_thrown_away_are_all_read_again(vendor, tmp_path, monkeypatch):
    imported(vendor, tmp_path / "a.csv", goods(6))
    rows = [good(1), good(2, price="дог."), *(good(n, price="88") for n in range(3, 7))]
    run = imported(vendor, tmp_path / "b.csv", rows, auto_apply=False)
    read, problems = dict(run.counts), RowProblem.objects.filter(run=run).count()

    def dies(*, run, problems):
        StagedRow.objects.filter(run=run, key__gt="article:A-0004").delete()
        raise Unavailable("database_down")

    with monkeypatch.context() as patched:
        patched.setattr(staging, "forget_staged", dies)
        with pytest.raises(Unavailable):
            staging.restart(run=run)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.READING)
    assert advanced(run).state in {RunState.REVIEW, RunState.HELD}
    assert (run.counts, RowProblem.objects.filter(run=run).count()) == (read, problems)


def test_columns_sent_from_a_page_that_is_out_of_date_change_nothing(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(6))
    run = imported(vendor, tmp_path / "b.csv", [*goods(4), good(5, price="90")], auto_apply=False)
    shown = [ImportRun.objects.get(pk=run.pk) for _ in range(2)]
    services.request_apply(run=run, confirmed=run.state == RunState.HELD)
    rows = list(StagedRow.objects.values_list("key", "change"))
    with pytest.raises(RunNotPossible):
        services.set_mapping(run=shown[0], mapping=Mapping.from_json(run.mapping))
    with pytest.raises(RunNotPossible):
        services.guess_again(run=shown[1])
    assert (list(StagedRow.objects.values_list("key", "change")), len(rows)) == (rows, 2)
    assert (advanced(run).state, on_sale()) == (RunState.APPLIED, 5)


def test_columns_guessed_again_begin_the_reading_anew(vendor, tmp_path):
    run = imported(vendor, tmp_path / "a.csv", goods(6), only_check=True)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.REVIEW, only_check=False, auto_apply=False)
    run.refresh_from_db()
    services.guess_again(run=run)
    run.refresh_from_db()
    assert (run.state, run.staged_rows, run.counts) == (RunState.MAPPING, 0, {})
    services.set_mapping(run=run, mapping=Mapping.from_json(run.mapping))
    assert (advanced(run).state, run.counts["new"]) == (RunState.REVIEW, 6)


def test_a_list_read_again_knows_no_row_by_what_other_columns_gave(vendor, tmp_path, monkeypatch):
    imported(vendor, tmp_path / "a.csv", goods(6))
    compared = []

    def overtaken(*, run, work):
        compared.append(named_count(run))
        if len(compared) == 1:  # a run with other columns was applied meanwhile
            Source.objects.filter(pk=run.source_id).update(fingerprint="of other columns")
            return False
        return diffing.diff_run(run=run, work=work)

    monkeypatch.setattr(imports, "diff_run", overtaken)
    run = imported(vendor, tmp_path / "b.csv", goods(6)[::-1])
    assert (run.state, compared, run.counts["unchanged"]) == (RunState.APPLIED, [6, 0], 6)


def test_what_was_compared_anew_and_confirmed_once_more_is_applied(vendor, tmp_path):
    imported(vendor, tmp_path / "a.csv", goods(10))
    first = imported(vendor, tmp_path / "b.csv", [*goods(9), good(10, price="120")], auto_apply=False)
    second = imported(vendor, tmp_path / "c.csv", [good(1, price="99"), good(2, price="99")])
    assert (second.state, named_count(second)) == (RunState.HELD, 0)
    services.request_apply(run=first)
    assert advanced(first).state == RunState.APPLIED
    for expected in (RunState.HELD, RunState.APPLIED):  # the first yes was to another comparison
        services.request_apply(run=second, confirmed=True)
        assert advanced(second).state == expected
    assert on_sale() == 2
