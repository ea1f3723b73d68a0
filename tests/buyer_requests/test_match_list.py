"""The command that understands a list and finds its offers."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from buyer_requests.models import BuyerRequest, LineMatch
from core.rates import set_rate
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def _run(text: str, monkeypatch, capsys, **options):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    call_command("match_list", "-", **options)
    return json.loads(capsys.readouterr().out)


def test_lines_and_offers_as_json(monkeypatch, capsys):
    vendor = VendorFactory(slug="dvir")
    near = OfferFactory(
        vendor=vendor, title="Папір А4 білий", unit="PK", price_amount=1_400_000, url="https://e.example/1"
    )
    OfferFactory(vendor=vendor, title="Папір А4 білий дорогий", unit="PK", price_amount=1_600_000)
    answer = _run("Папір А4 — 10 пач до 150 грн\nрідкість", monkeypatch, capsys)
    first, second = answer["lines"]
    assert {key: first[key] for key in ("text", "quantity", "unit", "ceiling", "currency", "total")} == {
        "text": "Папір А4",
        "quantity": "10",
        "unit": "PK",
        "ceiling": "150.00",
        "currency": "UAH",
        "total": 1,
    }
    assert first["offers"] == [
        {
            "offer": near.pk,
            "title": "Папір А4 білий",
            "price": "140.00",
            "currency": "UAH",
            "vendor": "dvir",
            "url": "https://e.example/1",
            "unit": "PK",
            "price_per_unit": "140.00",
            "score": first["offers"][0]["score"],
        }
    ]
    assert (second["quantity"], second["ceiling"], second["currency"], second["offers"]) == (
        "1",
        None,
        None,
        [],
    )
    assert (BuyerRequest.objects.count(), LineMatch.objects.count()) == (0, 0)


def test_ceiling_in_another_currency(monkeypatch, capsys):
    set_rate(currency="USD", rate=Decimal(40))
    OfferFactory(title="HDMI cable 2m", price_amount=3_200_000)
    OfferFactory(title="HDMI cable 2m gold", price_amount=3_200_100)
    (line,) = _run("3 pcs HDMI cable 2m up to $8", monkeypatch, capsys)["lines"]
    assert (line["ceiling"], line["currency"], line["total"]) == ("8.00", "USD", 1)


def test_unknown_currency_and_missing_file_fail(monkeypatch, capsys):
    with pytest.raises(CommandError):
        _run("HDMI cable 3 pcs up to $8", monkeypatch, capsys)
    with pytest.raises(CommandError):
        call_command("match_list", "/nowhere/list.xlsx")
    assert capsys.readouterr().out == ""


def test_file_is_read_like_an_upload(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("Назва;К-сть;Од.\nПапір А4;5;пач\n", encoding="cp1251")
    call_command("match_list", str(path))
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert (line["text"], line["quantity"], line["unit"], line["row"]) == ("Папір А4", "5", "PK", 2)
