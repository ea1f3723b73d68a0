"""From what people are told to events: whose they are, what they carry, and what they never carry."""

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from api.models import WebhookDelivery
from api.webhooks import catalogue
from api.webhooks.enums import EndpointState
from buyer_requests.services import messages
from notifications import kinds
from notifications.enums import Way
from notifications.services import Message, notify, notify_many
from price_lists.enums import RunState
from price_lists.models import ImportRun, PriceList, Source
from price_lists.services.imports import fail_run
from tests.factories.accounts import UserFactory
from tests.factories.api import make_endpoint
from tests.factories.buyer_requests import make_open
from tests.factories.catalog import SupplyFactory
from tests.factories.vendors import MembershipFactory, VendorFactory
from vendors.services import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor():
    vendor = VendorFactory(slug="ours", name="Наша")
    MembershipFactory(vendor=vendor)
    MembershipFactory(vendor=vendor)
    return vendor


@pytest.fixture
def request_():
    return make_open(UserFactory(name="Анна", company="Скріпка"))


def bodies():
    return [
        json.loads(body) for body in WebhookDelivery.objects.order_by("pk").values_list("body", flat=True)
    ]


def test_every_event_is_made_of_a_kind_that_is_registered():
    assert {kind for kind in catalogue.KINDS if not kinds.is_known(kind)} == set()
    assert {kind for kind in catalogue.KINDS if kind.startswith("sealed.")} == set()
    pairs = [(event.type, event.audience) for event in catalogue.EVENTS]
    assert len(pairs) == len(set(pairs))


def test_a_vendors_message_is_one_event_for_each_of_its_endpoints_that_wants_it(vendor, request_):
    wanting = make_endpoint(vendor=vendor)
    make_endpoint(vendor=vendor, events=["bid.lost"])
    make_endpoint(vendor=vendor, state=EndpointState.DISABLED)
    make_endpoint(vendor=VendorFactory(slug="theirs"))
    make_endpoint(user=request_.buyer)
    for _ in range(2):  # telling again tells nothing new
        messages.tell_vendor(
            request_, vendor, kind="bid.won", key="award", params=messages.named_lines(["Папір", "Ручки"])
        )
    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.type) == (wanting, "bid.won")
    [body] = bodies()
    assert (body["id"], body["type"], body["version"]) == (delivery.message_id, "bid.won", 1)
    assert body["data"] == {
        "request": {
            "id": str(request_.public_id),
            "title": request_.title,
            "url": f"http://127.0.0.1:8000/desk/ours/requests/{request_.public_id}/",
        },
        "lines": "Папір; Ручки",
        "line_count": 2,
    }


def test_a_buyers_message_is_the_buyers_event(vendor, request_):
    mine = make_endpoint(user=request_.buyer)
    make_endpoint(vendor=vendor)
    messages.tell_buyer(
        request_, kind="bid.received", key="bid:1:1", params={"vendor": vendor.name, "priced": 1, "total": 2}
    )
    assert WebhookDelivery.objects.get().endpoint == mine
    data = bodies()[0]["data"]
    assert data["request"]["url"] == f"http://127.0.0.1:8000/requests/{request_.public_id}/"
    assert (data["vendor"], data["priced_lines"], data["total_lines"]) == ("Наша", 1, 2)
    assert data["deadline_at"].endswith("Z")


def test_only_named_parameters_leave(vendor, request_):
    """A link that stops letters, or what a later version adds to a message, stays inside."""
    make_endpoint(vendor=vendor)
    hidden = {"stop_all": "/watching/stop/x/", "buyer": "Анна", "phone": "+380441234567"}
    messages.tell_vendor(request_, vendor, kind="counter.made.vendor", key="k", params=hidden | {
        "line": "Папір", "price": "120.50 UAH", "day": "—", "text": ""
    })  # fmt: skip
    body = WebhookDelivery.objects.get().body
    assert not any(each in body for each in ("Анна", "Скріпка", "+380", "stop"))
    data = bodies()[0]["data"]
    assert data["price"] == {"amount": "120.50", "currency": "UAH"}
    assert (data["line"], data["deliver_by"], data["text"]) == ("Папір", None, None)


def test_what_only_tells_of_earlier_messages_is_no_event(vendor, request_):
    make_endpoint(user=request_.buyer)
    told = Message([request_.buyer_id], "request.closed", {"bids": 1}, "/requests/", "k", way=Way.OUTSIDE)
    notify_many([told])
    assert bodies() == []


def test_an_event_goes_when_the_change_is_rolled_back(vendor, request_):
    make_endpoint(vendor=vendor)
    with transaction.atomic():
        messages.tell_vendor(request_, vendor, kind="bid.lost", key="award")
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert WebhookDelivery.objects.count() == 0


def test_other_messages_cost_no_question_and_events_one(vendor, request_):
    user = UserFactory()
    with CaptureQueriesContext(connection) as other:
        notify(users=[user], kind="vendor.joined", params={}, key="a")
    assert not [query for query in other.captured_queries if "api_webhook" in query["sql"]]
    with CaptureQueriesContext(connection) as event:
        notify(users=[user], kind="bid.received", params={}, key="b", url="/requests/")
    assert len([query for query in event.captured_queries if "api_webhook" in query["sql"]]) == 1


def test_an_import_that_fails_is_an_event(vendor):
    make_endpoint(vendor=vendor)
    source = Source.objects.create(vendor=vendor, name="Склад", supply=SupplyFactory(vendor=vendor))
    version = PriceList.objects.create(source=source, original_name="a.csv", size=1, sha256="0" * 64)
    run = ImportRun.objects.create(vendor=vendor, source=source, price_list=version, state=RunState.READING)
    fail_run(run=run, error=None)
    fail_run(run=run, error=None)
    [body] = bodies()
    assert body["type"] == "import.failed"
    assert body["data"]["source"] == {"id": source.pk, "name": "Склад"}
    assert body["data"]["import"]["url"].endswith(f"/desk/ours/price-lists/{run.pk}/")
    assert body["data"]["error"] == "unexpected"


def test_who_leaves_a_company_takes_no_events_along(vendor):
    owner, leaver = (membership for membership in vendor.memberships.order_by("pk"))
    added = make_endpoint(vendor=vendor, created_by=leaver.user)
    other = make_endpoint(vendor=vendor, created_by=owner.user)
    people.remove_member(vendor=vendor, actor=owner, membership_id=leaver.pk)
    added.refresh_from_db()
    other.refresh_from_db()
    assert (added.state, added.reason, other.state) == ("paused", "left", "active")
