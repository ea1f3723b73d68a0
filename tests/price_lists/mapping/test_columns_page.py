"""A grid of sizes through the pages: held for the vendor's word, then offers, and unchanged the second time."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Offer
from price_lists.enums import RunState
from price_lists.models import ImportRun
from price_lists.services import import_file, request_apply
from tests.factories.vendors import MembershipFactory
from tests.price_lists.reading.support import csv_file

GRID = [
    ["Артикул", "Назва", "S", "M", "L"],
    ["F-1", "Футболка біла", "200", "200", "210"],
    ["F-2", "Футболка чорна", "215", "", "225"],
]


def test_the_page_says_what_is_a_guess(vendor, sign_in, tmp_path):
    client = sign_in(MembershipFactory(vendor=vendor).user)
    path = csv_file(tmp_path / "grid.csv", GRID)
    answer = client.post(
        reverse("price_lists:upload", args=[vendor.slug]),
        {"file": SimpleUploadedFile("grid.csv", path.read_bytes())},
    )
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.latest("pk")
    assert run.state == RunState.MAPPING
    page = client.get(reverse("price_lists:run", args=[vendor.slug, run.pk]))
    assert [(column.heading, column.chosen, column.percent) for column in page.context["doubts"]] == [
        ("S", "variant_price", 50),
        ("M", "variant_price", 50),
        ("L", "variant_price", 50),
    ]
    chosen = re.findall(r'<option value="(\w+)" selected', page.content.decode())
    assert chosen[:5] == ["article", "title", "variant_price", "variant_price", "variant_price"]
    assert len(run.inspection["notes"]) == 1


def test_a_grid_sent_by_itself_is_held(vendor, tmp_path):
    run = import_file(vendor=vendor, path=csv_file(tmp_path / "grid.csv", GRID), source_name="grid")
    assert run.state == RunState.HELD
    assert "columns_unsure" in [reason["code"] for reason in run.guard]
    assert Offer.objects.count() == 0


def test_a_confirmed_grid_is_unchanged_the_second_time(vendor, tmp_path):
    path = csv_file(tmp_path / "grid.csv", GRID)
    run = import_file(vendor=vendor, path=path, source_name="grid")
    request_apply(run=run, confirmed=True)
    run = import_file(vendor=vendor, path=path, source_name="grid")
    assert (run.state, run.counts["new"]) == (RunState.APPLIED, 5)
    assert min(Offer.objects.values_list("title", flat=True)) == "Футболка біла, L"
    changed = csv_file(tmp_path / "next.csv", [*GRID[:2], ["F-2", "Футболка чорна", "215", "", "230"]])
    again = import_file(vendor=vendor, path=changed, source_name="grid")
    assert again.state == RunState.APPLIED  # the layout was confirmed, so nobody is asked again
    assert {name: again.counts.get(name, 0) for name in ("new", "changed", "unchanged", "withdrawn")} == {
        "new": 0,
        "changed": 1,
        "unchanged": 4,
        "withdrawn": 0,
    }
