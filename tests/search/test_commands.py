"""The commands: JSON and nothing else on standard output, non-zero on failure."""

import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from search.engines.opensearch.client import Client
from search.services import index_facts
from tests.factories.catalog import OfferFactory
from tests.factories.engines import KINDS
from tests.factories.vendors import VendorFactory
from tests.parts import require_part


def run(capsys, *arguments, **options):
    call_command(*arguments, **options)
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def relevance(tmp_path):
    documents = [
        {"id": "a", "title": "HP mouse", "brand": "HP", "price": 10, "gtins": ["0095205603217"]},
        {"id": "b", "title": "HP keyboard", "description": "with mouse", "attributes": {"type": "Keyboard"}},
        {"id": "c", "title": "Lamp"},
    ]
    judgments = "query,docid,rating\nmouse,a,3\nmouse,b,0\nlamp,c,2\nlamp,b,1\nchair,c,0\n"
    (tmp_path / "documents.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    (tmp_path / "judgments.csv").write_text(judgments, encoding="utf-8")
    return str(tmp_path / "documents.jsonl"), str(tmp_path / "judgments.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_evaluate_search(capsys, relevance, kind, settings):
    if kind == "opensearch":
        settings.OPENSEARCH = settings.OPENSEARCH | {
            "hosts": [require_part("opensearch")],
            "prefix": f"ryad-test-{uuid.uuid4().hex[:12]}",
        }
    figures = run(capsys, "evaluate_search", *relevance, engine=kind)
    assert figures == {
        "ndcg_at_10": round((1 + 3 / (3 + 1 / 1.5849625007211562)) / 2, 4),
        "unjudged_at_10": 0.0,
        "queries": 2,
        "recall_at_100": 0.75,
    }
    if kind == "opensearch":
        client = Client(settings.OPENSEARCH["hosts"], seconds=20)
        assert client.call("GET", f"/{settings.OPENSEARCH['prefix']}*/_alias") == {}


def test_evaluate_search_says_what_is_not_there(relevance, capsys, settings):
    settings.OPENSEARCH = settings.OPENSEARCH | {"hosts": []}
    with pytest.raises(CommandError, match="RYAD_OPENSEARCH_URL"):
        call_command("evaluate_search", *relevance, engine="opensearch")
    settings.OPENSEARCH = settings.OPENSEARCH | {"hosts": ["http://127.0.0.1:1"]}
    with pytest.raises(CommandError, match="does not answer: "):
        call_command("evaluate_search", *relevance, engine="opensearch")
    with pytest.raises(CommandError, match="FileNotFoundError"):
        call_command("evaluate_search", "nothing.jsonl", relevance[1])
    assert capsys.readouterr().out == ""


def test_search_offers(capsys, index):
    vendor = VendorFactory(slug="kram")
    near = OfferFactory(title="Степлер", vendor=vendor, price_amount=1_000_000, url="https://kram.example/1")
    far = OfferFactory(title="Степлер", vendor=VendorFactory(), price_amount=1_200_000)
    index_facts([{"offers": [near.pk, far.pk]}])
    answer = run(capsys, "search_offers", "степлеры", max_price="110", vendor=["kram"])
    assert answer == {
        "total": 1,
        "steps": [{"code": "as_typed"}],
        "hits": [
            {
                "offer": near.pk,
                "title": "Степлер",
                "price": "100",
                "currency": "UAH",
                "vendor": "kram",
                "url": "https://kram.example/1",
                "why": ["all_words", "named", "in_title", "available", "fresh"],
            }
        ],
        "alternatives": [],
    }
    limits = [
        "--basis",
        "piece",
        "--min-price",
        "110",
        "--condition",
        "new",
        "--region",
        "UA-30",
        "--sort",
        "price_asc",
    ]
    answer = run(capsys, "search_offers", "степлеры", "--without", "kram", *limits)
    assert [hit["offer"] for hit in answer["hits"]] == [far.pk]
    limits = ["--fact", "weight=..500", "--fact", "weight=1000"]
    assert run(capsys, "search_offers", "степлеры", *limits)["total"] == 0


@pytest.mark.parametrize(
    "options",
    [
        {"max_price": "дог."},
        {"max_price": "1", "currency": "XXX"},
        {"vendor": ["none"]},
        {"limit": 0},
        {"category": "none"},
        {"fact": ["weight"]},
        {"fact": ["weight=1..heavy"]},
    ],
)
def test_search_offers_refuses(capsys, index, options):
    with pytest.raises(CommandError):
        call_command("search_offers", "степлер", **options)
    assert capsys.readouterr().out == ""
