"""Pages of requests: the way through them, who gets 404, what they cost in statements."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from buyer_requests import services
from buyer_requests.enums import BidState, RequestState
from buyer_requests.matching import rematch_request
from buyer_requests.models import Award, Bid, BuyerRequest, Question
from buyer_requests.services import LineInput
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import make_bid, make_draft, make_member, make_open, pass_deadline
from tests.factories.catalog import CategoryFactory, OfferFactory
from tests.factories.vendors import VendorFactory
from vendors.enums import VendorState

pytestmark = pytest.mark.django_db


def _table(request, **values):
    """The edit form's data for a draft as its page has it."""
    lines = list(request.lines.all())
    data = {
        "title": "Канцтовари",
        "deadline_day": (timezone.localdate() + dt.timedelta(days=5)).isoformat(),
        "currency": "UAH",
        "audience": "all",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": len(lines),
    }
    for number, line in enumerate(lines):
        data |= {
            f"lines-{number}-text": line.text,
            f"lines-{number}-quantity": str(line.quantity),
            f"lines-{number}-unit": line.unit,
            f"lines-{number}-ceiling": "",
        }
    return data | values


# The buyer's way


def test_list_becomes_a_table_a_check_and_a_published_request(sign_in):
    buyer = UserFactory()
    client = sign_in(buyer)
    answer = client.post(
        reverse("requests:new"),
        {"lines": "Добрий день!\nПапір А4 — 10 пач до 150 грн\nЦукор 10 кг\nРазом: 2"},
    )
    draft = BuyerRequest.objects.get()
    assert answer.url == reverse("requests:edit", args=[draft.public_id])
    lines = [
        (line.text, line.quantity, line.unit, line.ceiling_amount, line.unsure) for line in draft.lines.all()
    ]
    assert lines == [("Папір А4", 10, "PK", 1_500_000, []), ("Цукор", 10, "KGM", None, ["quantity", "unit"])]
    page = client.get(answer.url).content.decode()
    assert page.count("is-unsure") == 2
    assert "Добрий день!" in page
    answer = client.post(answer.url, _table(draft, **{"lines-0-ceiling": "150,50", "lines-1-quantity": "12"}))
    assert answer.url == reverse("requests:check", args=[draft.public_id])
    lines = [(line.quantity, line.ceiling_amount) for line in draft.lines.all()]
    assert lines == [(10, 1_505_000), (12, None)]
    assert client.get(answer.url).status_code == 200
    answer = client.post(reverse("requests:publish", args=[draft.public_id]))
    assert answer.url == reverse("requests:detail", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.state == RequestState.OPEN
    assert timezone.localtime(draft.deadline_at).time() == dt.time(23, 59, 59)


def test_uploaded_workbook_becomes_a_draft(sign_in):
    book = openpyxl.Workbook()
    for row in (["Назва", "К-сть", "Од."], ["Папір А4", 5, "пач"]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    file = SimpleUploadedFile("список.xlsx", stream.getvalue())
    sign_in(UserFactory()).post(reverse("requests:new"), {"file": file})
    line = BuyerRequest.objects.get().lines.get()
    assert (line.text, line.quantity, line.unit) == ("Папір А4", 5, "PK")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html></html>"])
def test_file_that_is_no_list_says_so_and_stores_nothing(sign_in, content):
    file = SimpleUploadedFile("list.xlsx", content)
    answer = sign_in(UserFactory()).post(reverse("requests:new"), {"file": file})
    assert (answer.status_code, BuyerRequest.objects.count()) == (422, 0)
    assert "error-text" in answer.content.decode()


def test_what_the_search_did_not_find_is_filled_in(sign_in):
    page = sign_in(UserFactory()).get(reverse("requests:new"), {"lines": "<b>степлер</b>"}).content.decode()
    assert "&lt;b&gt;степлер&lt;/b&gt;" in page


def test_wrong_cells_keep_what_was_typed(sign_in):
    draft = make_draft()
    answer = sign_in(draft.buyer).post(
        reverse("requests:edit", args=[draft.public_id]),
        _table(draft, **{"lines-0-quantity": "багато", "lines-1-category": "Немає такої"}),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="багато"' in page
    assert 'value="Немає такої"' in page
    assert draft.lines.get(position=1).quantity == 2


def test_removed_and_emptied_rows_go(sign_in):
    draft = make_draft()
    sign_in(draft.buyer).post(
        reverse("requests:edit", args=[draft.public_id]), _table(draft, **{"lines-0-DELETE": "on"})
    )
    assert [line.text for line in draft.lines.all()] == ["Папір А4"]


def test_estimate_tells_prices_and_vendors(sign_in):
    OfferFactory(title="Степлер металевий", price_amount=900_000)
    OfferFactory(title="Степлер металевий синій", price_amount=800_000)
    draft = make_draft()
    context = sign_in(draft.buyer).get(reverse("requests:estimate", args=[draft.public_id])).context
    estimate = context["estimate"]
    assert (estimate.total, estimate.priced, len(estimate.told)) == (16_000, 1, 2)
    assert [(line.offers, line.vendors, line.low) for line in estimate.lines] == [
        (2, 2, 800_000),
        (0, 0, None),
    ]


def test_award_is_shown_before_it_counts(sign_in):
    request = make_open()
    first, second = VendorFactory(), VendorFactory()
    one = make_bid(request, first, {1: 100_000, 2: 900_000})
    make_bid(request, second, {1: 90_000})
    client = sign_in(request.buyer)
    url = reverse("requests:award", args=[request.public_id])
    answer = client.post(url, {"mode": f"bid:{one.public_id}"})
    assert answer.status_code == 200
    assert (answer.context["way"].total, Award.objects.count()) == (20_00 + 900_00, 0)
    best = client.post(url, {"mode": "best"}).context["way"]
    assert (best.total, best.vendors) == (18_00 + 900_00, 2)
    chosen = {f"line-{line}": str(one.public_id) for line in best.choice}
    client.post(url, chosen | {"confirm": "1"})
    assert set(Award.objects.values_list("bid", flat=True)) == {one.pk}
    page = client.get(reverse("requests:detail", args=[request.public_id])).content.decode()
    assert first.name in page


def test_export_is_a_workbook_in_which_texts_stay_texts(sign_in):
    request = make_open(lines=[LineInput(text="=HYPERLINK(1)")])
    make_bid(request, VendorFactory(name="=cmd"), {1: 100_000})
    answer = sign_in(request.buyer).get(reverse("requests:export", args=[request.public_id]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", "=HYPERLINK(1)")
    assert (sheet["E1"].data_type, sheet["E2"].value) == ("s", 10)


# Who may not


BUYER_PAGES = [
    ("get", "detail", {}),
    ("get", "edit", {}),
    ("post", "edit", {"title": "x"}),
    ("get", "check", {}),
    ("get", "estimate", {}),
    ("post", "publish", {}),
    ("post", "delete", {}),
    ("post", "cancel", {}),
    ("post", "deadline", {"deadline_day": "2030-01-01"}),
    ("post", "award", {"mode": "best", "confirm": "1"}),
    ("get", "export", {}),
]


@pytest.mark.parametrize(("method", "name", "data"), BUYER_PAGES)
@pytest.mark.parametrize("state", ["draft", "open"])
@pytest.mark.parametrize("who", ["stranger", "vendor", "operator"])
def test_anothers_request_does_not_exist(  # noqa: PLR0917 - parameters and a fixture
    sign_in, method, name, data, state, who
):
    request = make_draft() if state == "draft" else make_open()
    person = UserFactory(is_staff=who == "operator", is_superuser=who == "operator")
    if who == "vendor":
        vendor = VendorFactory()
        person = make_member(vendor)
        if state == "open":
            make_bid(request, vendor, {1: 100})
    before = BuyerRequest.objects.values().get(pk=request.pk)
    answer = getattr(sign_in(person), method)(reverse(f"requests:{name}", args=[request.public_id]), data)
    assert answer.status_code == 404
    assert BuyerRequest.objects.values().get(pk=request.pk) == before
    assert Award.objects.count() == 0


@pytest.mark.parametrize(("method", "name", "data"), BUYER_PAGES)
def test_unknown_request_is_404_and_visitors_sign_in(client, sign_in, method, name, data):
    url = reverse(f"requests:{name}", args=[uuid.uuid4()])
    assert getattr(sign_in(UserFactory()), method)(url, data).status_code == 404
    assert getattr(client, method)(url, data).status_code == 302


def test_visitors_see_how_it_works_and_no_request(client):
    request = make_open(title="Таємний перелік")
    page = client.get(reverse("requests:list")).content.decode()
    assert request.title not in page


@pytest.mark.parametrize(
    "why", ["draft", "not chosen", "suspended", "own", "other vendor's desk", "closed unseen"]
)
def test_desk_does_not_know_what_the_vendor_may_not_see(sign_in, why):
    vendor = VendorFactory(state=VendorState.SUSPENDED if why == "suspended" else VendorState.APPROVED)
    person = make_member(vendor)
    buyer = person if why == "own" else UserFactory()
    if why == "draft":
        request = make_draft(buyer)
    elif why == "not chosen":
        request = make_open(buyer, audience="chosen", vendor_ids=[VendorFactory().pk])
    else:
        request = make_open(buyer)
    if why == "closed unseen":
        pass_deadline(request)
        services.close_due_requests()
    slug = VendorFactory().slug if why == "other vendor's desk" else vendor.slug
    client = sign_in(person)
    line = request.lines.first()
    data = {
        "currency": "UAH",
        f"line-{line.pk}-include": "on",
        f"line-{line.pk}-title": "x",
        f"line-{line.pk}-price": "5",
    }
    for name, body in (("detail", data), ("withdraw", {}), ("ask", {"text": "?"})):
        url = reverse(f"requests_desk:{name}", args=[slug, request.public_id])
        assert (
            client.post(url, body).status_code == (403 if why == "suspended" else 404) or why == "suspended"
        )
    assert (Bid.objects.count(), Question.objects.count()) == (0, 0)


def test_no_vendor_sees_another_vendors_bid(sign_in):
    request, rival, vendor = make_open(), VendorFactory(name="Суперник"), VendorFactory()
    make_bid(request, rival, {1: 1_234_500}, terms="Таємні умови")
    person = make_member(vendor)
    page = (
        sign_in(person)
        .get(reverse("requests_desk:detail", args=[vendor.slug, request.public_id]))
        .content.decode()
    )
    for secret in ("Суперник", "123,45", "Таємні умови"):
        assert secret not in page
    services.award_request(
        buyer=request.buyer, request=request, choice={request.lines.first().pk: Bid.objects.get().pk}
    )
    assert (
        sign_in(person)
        .get(reverse("requests_desk:detail", args=[vendor.slug, request.public_id]))
        .status_code
        == 404
    )


def test_hidden_name_and_contacts_come_with_the_award(sign_in):
    buyer = UserFactory(name="Олена Прихована", company="ТОВ Таємниця", phone="+380 44 111-22-33")
    request, vendor = make_open(buyer, name_hidden=True), VendorFactory()
    bid = make_bid(request, vendor, {1: 100_000})
    client = sign_in(make_member(vendor))
    url = reverse("requests_desk:detail", args=[vendor.slug, request.public_id])
    pages = (
        client.get(url).content.decode()
        + client.get(reverse("requests_desk:all", args=[vendor.slug])).content.decode()
    )
    secrets = (buyer.name, buyer.company, buyer.email, buyer.phone)
    assert not [secret for secret in secrets if secret in pages]
    assert request.pseudonym in pages
    services.award_request(buyer=buyer, request=request, choice={request.lines.first().pk: bid.pk})
    won = client.get(url).content.decode()
    assert [secret for secret in secrets if secret in won] == list(secrets)


def test_contacts_stay_back_until_the_award_where_the_name_is_open(sign_in):
    buyer = UserFactory(name="", company="", email="olena.secret@example.com")
    request, vendor = make_open(buyer), VendorFactory()
    page = (
        sign_in(make_member(vendor))
        .get(reverse("requests_desk:detail", args=[vendor.slug, request.public_id]))
        .content.decode()
    )
    assert "olena" not in page


# The vendor's way


def test_bid_is_filled_in_adjusted_sent_and_withdrawn(sign_in):
    offer = OfferFactory(title="Степлер металевий", price_amount=1_339_000)
    vendor = offer.vendor
    request = make_open()
    rematch_request(request.pk)
    client = sign_in(make_member(vendor))
    url = reverse("requests_desk:detail", args=[vendor.slug, request.public_id])
    page = client.get(url)
    first, second = page.context["lines"]
    assert (first["include"].value(), first["price"].value(), first["quantity"].value()) == (
        True,
        "133,90",
        "2",
    )
    assert second["include"].value() is False
    data = {"currency": "UAH", "delivery_price": "90", "delivery_days": "2"}
    for form in (first, second):
        for name in ("title", "quantity", "price", "offer"):
            data[f"{form.prefix}-{name}"] = form[name].value()
    data |= {f"{first.prefix}-include": "on", f"{first.prefix}-price": "120,5"}
    client.post(url, data | {"draft": "1"})
    assert Bid.objects.get().state == BidState.DRAFT
    assert client.post(url, data | {"send": "1"}).url == url
    bid = Bid.objects.get()
    line = bid.lines.get()
    assert (bid.state, bid.delivery_price, line.offer_id, line.price_amount) == (
        BidState.SENT,
        900_000,
        offer.pk,
        1_205_000,
    )
    client.post(reverse("requests_desk:withdraw", args=[vendor.slug, request.public_id]))
    assert Bid.objects.get().state == BidState.WITHDRAWN


def test_wrong_price_keeps_the_form_and_sends_nothing(sign_in):
    request, vendor = make_open(), VendorFactory()
    line = request.lines.first()
    answer = sign_in(make_member(vendor)).post(
        reverse("requests_desk:detail", args=[vendor.slug, request.public_id]),
        {
            "currency": "UAH",
            f"line-{line.pk}-include": "on",
            f"line-{line.pk}-title": "Степлер",
            f"line-{line.pk}-price": "дог.",
        },
    )
    assert (answer.status_code, Bid.objects.count()) == (422, 0)
    assert 'value="дог."' in answer.content.decode()


def test_asking_and_answering(sign_in):
    request, vendor = make_open(), VendorFactory(name="Допитливий")
    sign_in(make_member(vendor)).post(
        reverse("requests_desk:ask", args=[vendor.slug, request.public_id]), {"text": "Який колір?"}
    )
    client = sign_in(request.buyer)
    question = Question.objects.get()
    client.post(reverse("requests:answer", args=[request.public_id, question.pk]), {"text": "Синій"})
    page = client.get(reverse("requests:detail", args=[request.public_id])).content.decode()
    assert ("Синій" in page, "Допитливий" in page) == (True, False)


# What pages cost


@pytest.mark.parametrize("items", [1, 3])
def test_statements_of_the_buyers_page(sign_in, django_assert_num_queries, items):
    lines = [LineInput(text=f"Степлер {number}") for number in range(items)]
    request = make_open(lines=lines)
    for _number in range(items):
        vendor = VendorFactory()
        make_bid(request, vendor, dict.fromkeys(range(1, items + 1), 100_000))
        services.ask_question(vendor=vendor, request=request, text="?")
    client = sign_in(request.buyer)
    url = reverse("requests:detail", args=[request.public_id])
    client.get(url)
    with django_assert_num_queries(BUYER_PAGE):
        client.get(url)


@pytest.mark.parametrize("items", [1, 3])
def test_statements_of_the_buyers_list(sign_in, django_assert_num_queries, items):
    buyer = UserFactory()
    for _number in range(items):
        make_bid(make_open(buyer), VendorFactory(), {1: 100})
    client = sign_in(buyer)
    client.get(reverse("requests:list"))
    with django_assert_num_queries(BUYER_LIST):
        client.get(reverse("requests:list"))


@pytest.mark.parametrize("items", [1, 3])
@pytest.mark.parametrize("tab", ["list", "all", "bids"])
def test_statements_of_the_desks_lists(sign_in, django_assert_num_queries, items, tab):
    vendor = VendorFactory()
    OfferFactory(vendor=vendor, title="Степлер металевий")
    for _number in range(items):
        request = make_open()
        rematch_request(request.pk)
        make_bid(request, vendor, {1: 100})
    client = sign_in(make_member(vendor))
    url = reverse(f"requests_desk:{tab}", args=[vendor.slug])
    client.get(url)
    with django_assert_num_queries(DESK_LIST):
        client.get(url)


@pytest.mark.parametrize("items", [1, 3])
def test_statements_of_the_desks_request(sign_in, django_assert_num_queries, items):
    vendor = VendorFactory()
    request = make_open(lines=[LineInput(text=f"Степлер {number}") for number in range(items)])
    for number in range(items):
        OfferFactory(vendor=vendor, title=f"Степлер {number}")
    rematch_request(request.pk)
    client = sign_in(make_member(vendor))
    url = reverse("requests_desk:detail", args=[vendor.slug, request.public_id])
    client.get(url)
    with django_assert_num_queries(DESK_REQUEST):
        client.get(url)


BUYER_PAGE, BUYER_LIST, DESK_LIST, DESK_REQUEST = 23, 9, 11, 25


@pytest.mark.parametrize("number", ["²", "-1", "x", "9" * 30, "9" * 5000])
def test_what_is_no_id_is_not_followed(sign_in, number):
    vendor = VendorFactory()
    chosen = CategoryFactory()
    client = sign_in(make_member(vendor))
    page = f"/desk/{vendor.slug}/requests/categories/"
    assert client.post(page, {"category": [number, chosen.pk]}).status_code == 302
    assert list(vendor.category_follows.values_list("category_id", flat=True)) == [chosen.pk]
