"""An import that ended half way leaves nothing behind by which another file would be understood wrongly."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from catalog.models import Offer
from core.errors import Unavailable
from core.jobs.errors import TookTooLong
from core.jobs.work import work_on
from price_lists import services
from price_lists.enums import Change, RunState
from price_lists.mapping.model import Field, Mapping
from price_lists.models import ImportRun, StagedRow
from price_lists.services import applying, diffing, staging
from tests.factories.price_lists import imported
from tests.price_lists.sources.support import write_table

HEADER = ["Артикул", "Назва", "Ціна, грн", "Ціна опт, грн"]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(applying, "CHUNK", 4)


def table(path, *, price, wholesale, count=8):
    rows = [[f"A-{n:04d}", f"Степлер офісний №{n}", price + n, wholesale + n] for n in range(1, count + 1)]
    return write_table(path, HEADER, rows)


def advanced(run: ImportRun) -> ImportRun:
    with work_on(services.start(run=run).pk) as work:
        services.advance(run=run, work=work)
    run.refresh_from_db()
    return run


def applied(run: ImportRun) -> ImportRun:
    services.request_apply(run=run, confirmed=run.state == RunState.HELD)
    return advanced(run)


def prices() -> list[int]:
    offers = Offer.objects.filter(withdrawn_at=None).order_by("article")
    return [amount // 10_000 for amount in offers.values_list("price_amount", flat=True)]


@pytest.fixture
def half_applied(monkeypatch):
    """`half_applied(run)`: a worker's time is up after the first four rows."""
    apply_rows = applying._Applying._apply_rows

    def slow(self, rows):
        if self.run.applied_id:
            raise TookTooLong("took_too_long")
        apply_rows(self, rows)

    def half(run: ImportRun) -> ImportRun:
        with monkeypatch.context() as patched:
            patched.setattr(applying._Applying, "_apply_rows", slow)
            applied(run)
        run.refresh_from_db()
        assert (run.state, run.applied_id > 0) == (RunState.FAILED, True)
        return run

    return half


def with_prices_of(run: ImportRun, heading: str) -> Mapping:
    """The run's mapping with the price in another column."""
    mapping = Mapping.from_json(run.mapping)
    columns = [
        replace(column, field=Field.PRICE if column.heading == heading else Field.IGNORE, kind="")
        if column.heading.startswith("Ціна")
        else column
        for column in mapping.tables[0].columns
    ]
    return replace(mapping, tables=(replace(mapping.tables[0], columns=tuple(columns)),))


def test_rows_that_other_columns_gave_are_understood_again(vendor, tmp_path, half_applied):
    imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80))
    second = table(tmp_path / "b.csv", price=110, wholesale=90)
    run = imported(vendor, second, auto_apply=False)
    services.set_mapping(run=run, mapping=with_prices_of(run, "Ціна опт, грн"))
    half_applied(advanced(run))
    assert prices() == [91, 92, 93, 94, 105, 106, 107, 108]
    again = imported(vendor, second)
    assert (again.state, again.pk != run.pk) == (RunState.APPLIED, True)
    assert prices() == [110 + n for n in range(1, 9)]


def test_rows_read_before_the_vat_became_another_are_understood_again(vendor, tmp_path):
    rows = table(tmp_path / "a.csv", price=100, wholesale=80)
    run = imported(vendor, rows, auto_apply=False)
    services.set_mapping(run=run, mapping=Mapping.from_json(run.mapping))
    assert advanced(run).state == RunState.REVIEW
    vendor.vat_percent = 7
    vendor.save()
    assert applied(run).state == RunState.APPLIED
    assert set(Offer.objects.values_list("vat_percent", flat=True)) == {20}
    imported(vendor, table(tmp_path / "b.csv", price=100, wholesale=80, count=7))
    on_sale = Offer.objects.filter(withdrawn_at=None)
    assert set(on_sale.values_list("vat_percent", flat=True)) == {7}


def test_a_reading_gone_on_with_under_other_terms_makes_nothing_known(vendor, tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "BATCH", 5)
    work, batches = SimpleNamespace(check_cancelled=lambda: None, progress=lambda _n: None), []
    run = imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80), auto_apply=False)
    services.set_mapping(run=run, mapping=Mapping.from_json(run.mapping))
    stage = staging._Staging._stage

    def once(self, batch, *, upto):
        if batches:
            raise Unavailable("database_down")
        batches.append(upto)
        stage(self, batch, upto=upto)

    monkeypatch.setattr(staging._Staging, "_stage", once)
    with pytest.raises(Unavailable):
        staging.stage_run(run=run, work=work)
    monkeypatch.setattr(staging._Staging, "_stage", stage)
    run.refresh_from_db()
    assert (run.staged_rows, len(run.read_as["fingerprint"])) == (5, 32)
    run.vendor.vat_percent = 7
    staging.stage_run(run=run, work=work)
    run.refresh_from_db()
    assert (run.staged_rows, run.read_as["fingerprint"]) == (8, "")


def test_what_another_list_brings_while_one_is_compared_is_met_at_its_turn(vendor, tmp_path, monkeypatch):
    imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80, count=1), source="one")
    share, between = diffing.share, []

    def shared(**asked):
        done = share(**asked)
        if not between:
            between.append(True)
            other = table(tmp_path / "b.csv", price=110, wholesale=90)
            imported(vendor, other, source="one")
        return done

    monkeypatch.setattr(diffing, "share", shared)
    run = imported(vendor, table(tmp_path / "c.csv", price=120, wholesale=95), source="two")
    if run.state == RunState.HELD:
        run = applied(run)
    assert (run.state, Offer.objects.filter(withdrawn_at=None).count()) == (RunState.APPLIED, 8)


def test_goods_of_a_list_that_was_applied_half_way_are_met_at_ones_turn(vendor, tmp_path, half_applied):
    imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80, count=1), source="one")
    half = imported(
        vendor, table(tmp_path / "b.csv", price=100, wholesale=80), source="one", auto_apply=False
    )
    second = table(tmp_path / "c.csv", price=120, wholesale=95)
    run = imported(vendor, second, source="two", auto_apply=False)
    services.set_mapping(run=run, mapping=Mapping.from_json(run.mapping))
    run = advanced(run)
    assert run.counts["joined"] == 1
    half_applied(half)
    run = applied(run)
    assert run.state == RunState.APPLIED
    assert (run.counts["joined"], Offer.objects.count()) == (5, 8)


def test_gone_on_with_after_an_older_list_it_says_all_of_its_rows_again(vendor, tmp_path, half_applied):
    first = imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80), auto_apply=False)
    services.set_mapping(run=first, mapping=Mapping.from_json(first.mapping))
    applied(advanced(first))
    older = imported(vendor, table(tmp_path / "b.csv", price=110, wholesale=80), auto_apply=False)
    rows = [[f"A-{n:04d}", f"Степлер офісний №{n}", (100 if n > 6 else 120) + n, 80 + n] for n in range(1, 9)]
    run = imported(vendor, write_table(tmp_path / "c.csv", HEADER, rows), auto_apply=False)
    half_applied(run)
    assert applied(older).state == RunState.APPLIED
    services.retry(run=run)
    assert advanced(run).state == RunState.APPLIED
    assert prices() == [row[2] for row in rows]


def test_begun_before_goods_that_left_were_staged_it_finds_them_when_gone_on_with(
    vendor, tmp_path, half_applied
):
    first = imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80), auto_apply=False)
    services.set_mapping(run=first, mapping=Mapping.from_json(first.mapping))
    applied(advanced(first))
    fewer = table(tmp_path / "b.csv", price=110, wholesale=80, count=6)
    run = half_applied(imported(vendor, fewer, auto_apply=False))
    StagedRow.objects.filter(run=run, change=Change.VANISHED).delete()
    run.counts = {name: value for name, value in run.counts.items() if name not in {"named", "standing"}}
    run.save()
    services.retry(run=run)
    assert advanced(run).state == RunState.APPLIED
    assert prices() == [110 + n for n in range(1, 7)]


@pytest.mark.parametrize("state", [RunState.APPLYING, RunState.QUEUED])
def test_rows_known_before_an_older_list_died_half_way_are_understood_again(
    vendor, tmp_path, half_applied, state
):
    first = imported(vendor, table(tmp_path / "a.csv", price=100, wholesale=80), auto_apply=False)
    services.set_mapping(run=first, mapping=Mapping.from_json(first.mapping))
    applied(advanced(first))
    older = imported(vendor, table(tmp_path / "b.csv", price=110, wholesale=80), auto_apply=False)
    newer = imported(vendor, table(tmp_path / "c.csv", price=100, wholesale=80, count=9), auto_apply=False)
    assert (newer.counts["named"], newer.state) == (8, RunState.REVIEW)
    half_applied(older)
    # its worker was killed and nobody has recorded it yet, or it came back and waits for another list to end
    ImportRun.objects.filter(pk=older.pk).update(state=state)
    assert applied(newer).state == RunState.APPLIED
    assert prices() == [100 + n for n in range(1, 10)]
