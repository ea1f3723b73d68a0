"""Databases that benchmarks keep are of today's migrations."""

from benchmarks import stack_inputs, tables


def test_another_migration_makes_another_name(tmp_path, monkeypatch):
    migrations = tmp_path / "catalog" / "migrations"
    migrations.mkdir(parents=True)
    (tmp_path / "uv.lock").write_text("")
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    empty = tables.schema_digest()
    (migrations / "0001_initial.py").write_text("a = 1")
    first = tables.schema_digest()
    (migrations / "0001_initial.py").write_text("a = 2")
    assert len({empty, first, tables.schema_digest()}) == 3
    (migrations / "0001_initial.py").write_text("a = 1")
    assert tables.schema_digest() == first


def test_databases_of_that_name_and_other_migrations_are_told_from_others():
    here = ["bench_400", "bench_400_0123456789", "bench_400_abcdef0123", "bench_4000", "bench_lag_400"]
    here += ["bench_400_mine", "ryad"]
    gone = stack_inputs._of_other_schemas("bench_400", "bench_400_abcdef0123", here)
    assert gone == ["bench_400", "bench_400_0123456789"]
