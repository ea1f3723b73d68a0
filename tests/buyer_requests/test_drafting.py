"""Drafts from past requests, templates and goods; unsure fields confirmed; codes and attributes in matching."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from buyer_requests import services
from buyer_requests.drafting import goods, templates
from buyer_requests.errors import UnknownRequest
from buyer_requests.matching.forward import match_texts
from buyer_requests.matching.queries import stored_queries
from buyer_requests.models import BuyerRequest, RequestTemplate
from buyer_requests.parsing.types import Want
from buyer_requests.services import LineInput
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_draft
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db


def _rich(buyer):
    line = LineInput(
        "Папір А4",
        Decimal(5),
        "PK",
        1_500_000,
        wants=[Want("80 г/м²"), Want("білий", must=False)],
        substitutes=False,
        mpn="X-1",
    )
    return services.create_draft(buyer=buyer, title="Папір", lines=[line], place="м. Львів, вул. Зелена 1")


def _held(request):
    return [
        (
            line.text,
            line.quantity,
            line.unit,
            line.ceiling_amount,
            line.substitutes,
            line.mpn,
            [want["text"] for want in line.wants],
        )
        for line in request.lines.all()
    ]


def test_again_and_by_template_hold_the_same_lines():
    buyer = UserFactory()
    first = _rich(buyer)
    again = templates.draft_again(buyer=buyer, request=first)
    kept = templates.keep_template(owner=buyer, request=first, name="  Щомісяця ")
    templates.keep_template(owner=buyer, request=again, name="Щомісяця")
    third = templates.draft_from_template(buyer=buyer, template_id=kept.pk)
    assert _held(first) == _held(again) == _held(third)
    assert (first.region, third.place, third.title) == ("UA-46", "м. Львів, вул. Зелена 1", "Щомісяця")
    assert RequestTemplate.objects.get().name == "Щомісяця"


def test_anothers_requests_and_templates_are_unknown():
    owner, other = UserFactory(), UserFactory()
    draft = _rich(owner)
    kept = templates.keep_template(owner=owner, request=draft, name="Мій")
    for work in (
        lambda: templates.draft_again(buyer=other, request=draft),
        lambda: templates.keep_template(owner=other, request=draft, name="Чужий"),
    ):
        with pytest.raises(UnknownRequest):
            work()
    with pytest.raises(templates.UnknownTemplate):
        templates.draft_from_template(buyer=other, template_id=kept.pk)
    assert (BuyerRequest.objects.count(), RequestTemplate.objects.count()) == (1, 1)


def test_chosen_goods_become_lines_with_their_codes(sign_in):
    one, two = OfferFactory(title="Папір А4", gtin="4820000000017"), OfferFactory(title="Степлер")
    buyer = UserFactory()
    page = sign_in(buyer).get(reverse("requests:from_goods"), {"good": [one.pk, two.pk, "x"]})
    assert page.content.decode().count('name="good"') == 2
    answer = sign_in(buyer).post(
        reverse("requests:from_goods"),
        {"good": [one.pk, two.pk], f"quantity-{one.pk}": "2,5", f"quantity-{two.pk}": ""},
    )
    draft = BuyerRequest.objects.get()
    assert answer.url == reverse("requests:edit", args=[draft.public_id])
    assert [(line.text, line.quantity, line.gtin) for line in draft.lines.all()] == [
        ("Папір А4", Decimal("2.5"), "4820000000017")
    ]
    assert goods.watched_goods(buyer) == []


def test_one_press_confirms_a_field_and_keeps_the_rest(sign_in):
    draft = make_draft()
    lines = [
        LineInput("Папір", Decimal(1), unsure=["quantity", "unit"]),
        LineInput("папір", Decimal(2), "", unsure=["quantity"]),
    ]
    services.save_draft(buyer=draft.buyer, request=draft, title="Т", lines=lines)
    address = reverse("requests:edit", args=[draft.public_id])
    data = {
        "title": "Т",
        "currency": "UAH",
        "audience": "all",
        "lines-TOTAL_FORMS": 2,
        "lines-INITIAL_FORMS": 2,
    }
    for number, line in enumerate(lines):
        data |= {
            f"lines-{number}-text": line.text,
            f"lines-{number}-quantity": str(line.quantity),
            f"lines-{number}-unsure": ",".join(line.unsure),
            f"lines-{number}-must": "щільність: 80 г/м²",
        }
    client = sign_in(draft.buyer)
    assert client.post(address, data | {"confirm": "0-quantity"}).url == f"{address}#line-1"
    assert [(line.unsure, line.wants[0]["text"]) for line in draft.lines.all()] == [
        (["unit"], "щільність: 80 г/м²"),
        (["quantity"], "щільність: 80 г/м²"),
    ]
    client.post(address, data | {"join": "1"})
    assert [(line.text, line.quantity) for line in draft.lines.all()] == [("Папір", 3)]


def test_ten_thousand_lines_are_refused_and_kept(sign_in):
    text = "\n".join(f"Папір {number} — 2 пач" for number in range(10_000))
    answer = sign_in(UserFactory()).post(reverse("requests:new"), {"lines": text})
    page = answer.content.decode()
    assert (answer.status_code, BuyerRequest.objects.count()) == (422, 0)
    assert "10000" in page
    assert "Папір 9999 — 2 пач" in page


def test_ten_thousand_lines_of_a_file_are_refused(sign_in):
    rows = "".join(f"Папір {number};2;пач\n" for number in range(10_000))
    file = SimpleUploadedFile("list.csv", f"Назва;Кількість;Од.\n{rows}".encode())
    answer = sign_in(UserFactory()).post(reverse("requests:new"), {"file": file})
    errors = answer.context["form"].errors
    assert (answer.status_code, BuyerRequest.objects.count()) == (422, 0)
    assert "999" in errors["file"][0]  # of a file no more rows are counted


def test_codes_match_before_words_and_alone_without_substitutes():
    exact = OfferFactory(title="Засіб універсальний", gtin="4820000000017")
    worded = OfferFactory(title="Маркер чорний")
    buyer = UserFactory()

    def found(**wish):
        draft = services.create_draft(buyer=buyer, lines=[LineInput("маркер", **wish)])
        queries = stored_queries(draft.lines.select_related("request"))
        return [each.offer_id for offers in match_texts(queries).values() for each in offers]

    assert found(gtin="4820000000017") == [exact.pk, worded.pk]
    assert found(gtin="04820000000017", substitutes=False) == [exact.pk]
    assert found() == [worded.pk]
