"""An import that ended half way leaves nothing behind by which another file would be understood wrongly."""

from dataclasses import replace

import pytest

from catalog.models import Offer
from core.jobs.errors import TookTooLong
from core.jobs.work import work_on
from price_lists import services
from price_lists.enums import RunState
from price_lists.mapping.model import Field, Mapping
from price_lists.models import ImportRun
from price_lists.services import applying
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
