"""Lists from programs with a key: what comes back, that the same is made once, and what is refused."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from buyer_requests.drafting import keys
from buyer_requests.models import BuyerRequest, RequestKey
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_draft

pytestmark = pytest.mark.django_db
LINES = {
    "title": "Канцтовари",
    "lines": [
        {"text": "Папір А4", "quantity": 10, "unit": "PK", "ceiling": "150.50", "must": ["80\x00г/м²"], "substitutes": False},
        {"text": "Маркер", "gtin": "4820000000017"},
    ],
}  # fmt: skip


def _send(client, secret, body, **headers):
    return client.post(
        reverse("requests_api:create"),
        json.dumps(body) if not isinstance(body, str) else body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", **headers},
    )


@pytest.fixture
def secret():
    return keys.give_key(owner=UserFactory())[1]


def test_lines_become_a_draft_once_for_a_key(client, secret):
    answer = _send(client, secret, LINES, **{"Idempotency-Key": "order-1"})
    again = _send(client, secret, LINES, **{"Idempotency-Key": "order-1"})
    other = _send(client, secret, LINES | {"title": "Інше"}, **{"Idempotency-Key": "order-1"})
    assert (answer.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json()["request"] == answer.json()["request"]
    draft = BuyerRequest.objects.get()
    assert (draft.buyer, draft.state, draft.title) == (RequestKey.objects.get().owner, "draft", "Канцтовари")
    rows = [
        (line.text, line.quantity, line.unit, line.ceiling_amount, line.substitutes, line.gtin, line.unsure)
        for line in draft.lines.all()
    ]
    assert rows == [
        ("Папір А4", 10, "PK", 1_505_000, False, "", []),
        ("Маркер", 1, "", None, True, "4820000000017", ["quantity"]),
    ]
    assert draft.lines.first().wants[0]["text"] == "80 г/м²"
    shown = client.get(answer.json()["status_url"], headers={"Authorization": f"Bearer {secret}"}).json()
    assert (shown["state"], [line["ceiling"] for line in shown["lines"]]) == ("draft", ["150.5", None])


@pytest.mark.parametrize("field", ["lines", "text"])
def test_ten_thousand_lines_are_refused_by_field_value_and_remedy(client, secret, field):
    texts = [f"Папір {number} — 2 пач" for number in range(10_000)]
    body = {"lines": [{"text": text} for text in texts]} if field == "lines" else {"text": "\n".join(texts)}
    answer = _send(client, secret, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"], error["value"]) == (
        400, "list_too_long", field, 10_000,
    )  # fmt: skip
    assert error["remedy"]
    assert not BuyerRequest.objects.exists()


def test_text_is_read_as_from_the_page(client, secret):
    answer = _send(client, secret, {"text": "Добрий день!\nПапір А4 — 10 пач\nСтеплер 2 шт"}).json()
    assert [(line["text"], line["quantity"]) for line in answer["lines"]] == [
        ("Папір А4", "10"),
        ("Степлер", "2"),
    ]
    assert [row["reason"] for row in answer["left_out"]] == ["not_a_good"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "body"),
        ('{"lines": [{"text": "Папір \\ud800"}]}', "body"),
        ('{"lines": [{"text": "Папір"}], "\\udc00": 1}', "body"),
        ({"lines": [{"text": "Папір", "must": ["а" * 501]}]}, "lines[0].must"),
        ([], "body"),
        ({}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": [{"text": ""}]}, "lines[0].text"),
        ({"lines": [{"text": "Папір", "quantity": "NaN"}]}, "lines[0].quantity"),
        ({"lines": [{"text": "Папір", "quantity": True}]}, "lines[0].quantity"),
        ({"lines": [{"text": "Папір", "unit": "пачка"}]}, "lines[0].unit"),
        ({"lines": [{"text": "Папір", "gtin": "4820000000010"}]}, "lines[0].gtin"),
        ({"lines": [{"text": "Папір"}], "needed_by": "завтра"}, "needed_by"),
        ({"lines": [{"text": "Папір"}], "currency": "XXX"}, "currency"),
        ({"lines": [{"text": "Папір"}] * 501}, "lines"),
    ],
)
def test_wrong_bodies_are_refused_by_field(client, secret, body, field):
    answer = _send(client, secret, body)
    assert (answer.json()["error"]["field"], BuyerRequest.objects.count()) == (field, 0)
    assert 400 <= answer.status_code < 500


def test_a_key_opens_its_owners_requests_alone(client, secret):
    draft = make_draft()
    address = reverse("requests_api:status", args=[draft.public_id])
    assert client.get(address, headers={"Authorization": f"Bearer {secret}"}).status_code == 404
    key = RequestKey.objects.get()
    keys.take_key_back(owner=key.owner, key_id=key.pk)
    assert _send(client, secret, LINES).status_code == 401
    assert BuyerRequest.objects.exclude(pk=draft.pk).count() == 0
