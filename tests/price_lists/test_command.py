"""`manage.py import_price_list`: JSON alone on standard output, success only when applied."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Offer
from core.models import OutboxEntry
from core.outbox import registry
from tests.factories.price_lists import goods, write_list


@pytest.fixture(autouse=True)
def _listeners(monkeypatch):
    """The index and the matcher have tests of their own; here their entries only have to be drained."""
    monkeypatch.setattr(registry, "_consumers", {})
    for name in ("search", "requests", "watching", "identity", "photos"):
        registry.register(name, lambda facts: None)


def run(*args):
    out, err = StringIO(), StringIO()
    call_command("import_price_list", *map(str, args), stdout=out, stderr=err)
    return json.loads(out.getvalue())


@pytest.mark.django_db(transaction=True)
def test_it_prints_the_counts_and_drains_the_outbox(vendor, tmp_path):
    said = run(write_list(tmp_path / "a.csv", goods(5)), "--vendor", vendor.slug)
    assert set(said) == {"run", "counts"}
    assert said["counts"] == {"new": 5, "changed": 0, "unchanged": 0, "withdrawn": 0, "errors": 0, "held": 0}
    assert OutboxEntry.objects.count() == 0
    again = run(tmp_path / "a.csv", "--vendor", vendor.slug)
    assert again == said


@pytest.mark.django_db(transaction=True)
def test_a_held_list_is_no_success(vendor, tmp_path):
    run(write_list(tmp_path / "a.csv", goods(12)), "--vendor", vendor.slug)
    write_list(tmp_path / "a.csv", goods(3))
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command(
            "import_price_list", str(tmp_path / "a.csv"), "--vendor", vendor.slug, stdout=out, stderr=err
        )
    assert caught.value.code == 3
    assert json.loads(out.getvalue())["counts"]["held"] == 9
    assert err.getvalue()
    assert Offer.objects.filter(withdrawn_at=None).count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_says_the_same_and_changes_nothing(vendor, tmp_path):
    file = write_list(tmp_path / "a.csv", goods(12))
    said = run(file, "--vendor", vendor.slug, "--dry-run")
    assert said["counts"] == {"new": 12, "changed": 0, "unchanged": 0, "withdrawn": 0, "errors": 0, "held": 0}
    assert (Offer.objects.count(), OutboxEntry.objects.count()) == (0, 0)
    real = run(file, "--vendor", vendor.slug)
    assert (real["counts"], Offer.objects.count()) == (said["counts"], 12)
    write_list(file, goods(3))
    with pytest.raises(SystemExit) as caught:
        run(file, "--vendor", vendor.slug, "--dry-run")
    assert caught.value.code == 3
    assert Offer.objects.filter(withdrawn_at=None).count() == 12


def test_what_is_no_price_list_is_an_error_without_output(vendor, tmp_path):
    (tmp_path / "x.csv").write_bytes(b"%PDF-1.4")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_price_list", str(tmp_path / "x.csv"), "--vendor", vendor.slug, stdout=out)
    with pytest.raises(CommandError):
        call_command("import_price_list", str(tmp_path / "none.csv"), "--vendor", vendor.slug, stdout=out)
    with pytest.raises(CommandError):
        call_command("import_price_list", str(tmp_path / "x.csv"), "--vendor", "nobody", stdout=out)
    assert out.getvalue() == ""
