"""Packed and joined lists through a whole import: first all new, then nothing changed, then what changed."""

from __future__ import annotations

import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from catalog.models import Offer
from core.outbox import registry
from tests.price_lists.reading.test_commerceml import CATALOGUE, ROOT, WHOLE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _listeners(monkeypatch):
    """The index and the matcher have tests of their own; here their entries only have to be drained."""
    monkeypatch.setattr(registry, "_consumers", {})
    for name in ("search", "requests", "watching", "identity", "photos"):
        registry.register(name, lambda facts: None)


def imported(path: Path, vendor) -> dict[str, int]:
    out = StringIO()
    call_command("import_price_list", str(path), "--vendor", vendor.slug, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())["counts"]


def counts(**said: int) -> dict[str, int]:
    return dict.fromkeys(("new", "changed", "unchanged", "withdrawn", "errors", "held"), 0) | said


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def table(prefix: str, price: int) -> str:
    rows = "".join(f"{prefix}{n};Товар {prefix} {n};{price + n};грн\n" for n in range(1, 6))
    return f"Артикул;Назва;Ціна;Валюта\n{rows}"


def test_several_tables_in_an_archive(vendor, tmp_path):
    path = tmp_path / "all.zip"
    files = {"Чай.csv": table("T", 100), "Кава.csv": table("K", 200)}
    assert imported(packed(path, files), vendor) == counts(new=10)
    files["notes.txt"] = "Дзвоніть"
    assert imported(packed(path, files), vendor) == counts(unchanged=10)
    files["Кава.csv"] = files["Кава.csv"].replace("201", "203")
    assert imported(packed(path, files), vendor) == counts(unchanged=9, changed=1)
    assert Offer.objects.filter(vendor=vendor, withdrawn_at=None).count() == 10


def test_an_exchange_of_1c_in_an_archive(vendor, tmp_path):
    path = tmp_path / "webdata.zip"
    files = {"import.xml": ROOT.format(CATALOGUE), "offers.xml": ROOT.format(WHOLE)}
    assert imported(packed(path, files), vendor) == counts(new=2)
    files["offers.xml"] = files["offers.xml"].replace("700,50", "710")
    assert imported(packed(path, files), vendor) == counts(changed=2)


def test_json_and_the_same_json_packed(vendor, tmp_path):
    goods = [{"sku": f"A{n}", "name": f"Чай {n}", "price": n, "currency": "UAH"} for n in range(1, 6)]
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"items": goods}, ensure_ascii=False), encoding="utf-8")
    assert imported(path, vendor) == counts(new=5)
    assert imported(packed(tmp_path / "list.zip", {"list.json": path.read_text("utf-8")}), vendor) == counts(
        unchanged=5
    )
