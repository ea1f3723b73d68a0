"""Push messages through a real push service on this machine, which decrypts what came as a browser would."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth.signals import user_logged_in
from django.test import RequestFactory
from django.utils import timezone

from notifications import services
from notifications.enums import Way
from notifications.models import MailChoice, Notification, PushBrowser, PushKey, PushMessage
from notifications.push import browsers, keys, quiet, sending
from notifications.push.browsers import NotASubscription
from tests.api.conftest import Receiver
from tests.core.outgoing.conftest import say
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def plain(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """The browser's side: its keys, and what it makes of a message."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    @property
    def told(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": plain(point), "auth": plain(self.auth)}

    def decrypt(self, body: bytes) -> dict[str, str]:
        return json.loads(
            http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        )


@pytest.fixture
def service(settings):
    site = Receiver()
    site.answer = lambda handler: say(handler, b"", 201)
    settings.PUSH_SCHEMES = ("https", "http")
    settings.OUTGOING_PORTS = [80, 443, site.port]
    settings.OUTGOING_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    yield site
    site.stop()


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def user():
    return UserFactory(language="en")


@pytest.fixture
def subscribed(service, device, user):
    return browsers.subscribe(
        user=user, address=service.url("/send/1"), mark="m", agent="Firefox/1 Linux", **device.told
    )


def tell(user, key="k", **values):
    values = {"params": {"vendor": "Скріпка", "person": "Анна"}, "url": "/ru/profile/", **values}
    return services.notify(users=[user], kind="vendor.joined", key=key, **values)


def run():
    return sending.send_due(threads=1)


def test_a_message_arrives_encrypted_and_signed_once(service, subscribed, device, user):
    tell(user)
    tell(user)
    assert (run(), run()) == (1, 0)
    [(path, headers)] = service.asked
    message = Notification.objects.get()
    assert device.decrypt(service.bodies[0]) == {
        "title": "Анна works for Скріпка now",
        "body": "Ряд",
        "url": "/en/profile/",
        "tag": f"message-{message.pk}",
    }
    assert (path, headers["Content-Encoding"], headers["Topic"]) == (
        "/send/1",
        "aes128gcm",
        sending.topic(message),
    )
    assert len(headers["Topic"]) == 32
    assert 86_000 < int(headers["TTL"]) <= 86_400
    subscribed.refresh_from_db()
    assert subscribed.used_at is not None
    assert not PushMessage.objects.exists()


def test_the_push_service_can_tell_who_sends(service, subscribed, user):
    tell(user)
    run()
    fields = dict(
        part.split("=", 1) for part in service.asked[0][1]["Authorization"].removeprefix("vapid ").split(",")
    )
    assert fields["k"] == keys.public_key()
    signed, _dot, signature = fields["t"].rpartition(".")
    claims = json.loads(read(signed.split(".")[1]))
    assert claims["aud"] == f"http://127.0.0.1:{service.port}"
    assert claims["sub"] == "mailto:no-reply@ryad.example"
    numbers = read(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), read(fields["k"]))
    whole = encode_dss_signature(int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big"))
    point.verify(whole, signed.encode(), ec.ECDSA(SHA256()))  # raises where it is somebody else's


def test_the_sites_key_is_made_once_and_sealed():
    first = keys.public_key()
    assert len(read(first)) == 65
    assert keys.public_key() == first
    kept = PushKey.objects.get()
    assert (kept.public, kept.private.startswith("gAAAA")) == (first, True)


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(service, subscribed, user, status):
    service.answer = lambda handler: say(handler, b"", status)
    tell(user)
    tell(user, "l")
    assert run() == 0
    assert not PushBrowser.objects.exists()
    assert not PushMessage.objects.exists()


def test_an_error_is_tried_again_and_a_wish_to_wait_is_kept(service, subscribed, user):
    service.answer = lambda handler: say(handler, b"", 503, Retry_After="1800")
    tell(user)
    assert run() == 0
    waiting = PushMessage.objects.get()
    subscribed.refresh_from_db()
    for until in (waiting.next_at, subscribed.hold_until):
        assert until - timezone.now() > dt.timedelta(minutes=29)
    service.answer = lambda handler: say(handler, b"", 201)
    PushBrowser.objects.update(hold_until=None)
    PushMessage.objects.update(next_at=timezone.now())
    assert run() == 1


def test_what_would_be_refused_again_is_not_sent_again(service, subscribed, user):
    service.answer = lambda handler: say(handler, b"", 413)
    tell(user)
    assert run() == 0
    assert (PushMessage.objects.count(), PushBrowser.objects.count()) == (0, 1)


def test_old_news_and_read_news_are_dropped(service, subscribed, user):
    tell(user)
    PushMessage.objects.update(created_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    tell(user, "l")
    services.mark_read(user=user)
    assert (run(), service.asked, PushMessage.objects.count()) == (0, [], 0)


def test_quiet_hours_put_off_without_counting(service, subscribed, user, monkeypatch):
    monkeypatch.setattr(quiet, "_asked", [])
    quiet.ask(lambda who, now, is_urgent: who != user)
    tell(user)
    assert (run(), service.asked) == (0, [])
    waiting = PushMessage.objects.get()
    assert waiting.attempts == 0
    assert waiting.next_at > timezone.now() + dt.timedelta(minutes=9)
    monkeypatch.setattr(quiet, "_asked", [])
    PushMessage.objects.update(next_at=timezone.now())
    assert run() == 1


def test_people_choose_by_kind_and_letters_stay_as_they_were(subscribed, user):
    MailChoice.objects.create(user=user, kind="vendor.joined", mailed=False)
    tell(user)
    assert PushMessage.objects.count() == 1  # an old choice of letters says nothing about browsers
    services.choose_mail(user=user, mailed=["vendor.joined"], pushed=[])
    tell(user, "l")
    assert PushMessage.objects.count() == 1
    services.choose_mail(user=user, mailed=[])
    assert not MailChoice.objects.get(user=user, kind="vendor.joined").pushed
    services.notify(users=[user], kind="vendor.approved", params={"vendor": "a", "reason": ""}, key="m")
    assert PushMessage.objects.count() == 2  # what concerns the company always comes


def test_what_goes_to_the_inbox_alone_is_pushed_when_it_is_told_outside(subscribed, user):
    told = {"users": [user.pk], "kind": "vendor.joined", "params": {}, "url": "/profile/"}
    services.notify_many([services.Message(**told, key="a", way=Way.INBOX)])
    assert PushMessage.objects.count() == 0
    services.notify_many([services.Message(**told, key="b", way=Way.OUTSIDE)])
    assert PushMessage.objects.count() == 1


def test_a_browser_is_switched_on_and_ends_with_its_session(service, device, user, sign_in):
    client = sign_in(user)
    answer = client.post("/inbox/push/on/", {"address": service.url("/send/2"), **device.told})
    assert answer.json() == {"is_on": True}
    assert answer.cookies[browsers.COOKIE]["httponly"]
    page = client.get("/inbox/letters/")
    assert 'data-mine="yes"' in page.text
    assert 'data-mine=""' in sign_in(user).get("/inbox/letters/").text  # another browser
    client.post("/accounts/logout/")
    assert not PushBrowser.objects.exists()


def test_somebody_elses_signing_in_ends_it_too(service, device, user, sign_in):
    client = sign_in(user)
    client.post("/inbox/push/on/", {"address": service.url("/send/2"), **device.told})
    request = RequestFactory().post(
        "/accounts/login/"
    )  # the session ended by itself; the browser is the same
    request.COOKIES[browsers.COOKIE] = client.cookies[browsers.COOKIE].value
    browser_signals = {"sender": type(user), "request": request}
    user_logged_in.send(**browser_signals, user=user)
    assert PushBrowser.objects.count() == 1
    user_logged_in.send(**browser_signals, user=UserFactory())
    assert not PushBrowser.objects.exists()


def test_a_browser_belongs_to_who_subscribed_last_and_others_cannot_remove_it(
    subscribed, device, user, sign_in
):
    other = UserFactory()
    sign_in(other).post("/inbox/push/off/", {"id": subscribed.pk})
    assert PushBrowser.objects.count() == 1
    tell(user)
    browsers.subscribe(user=other, address=subscribed.address, mark="n", agent="", **device.told)
    assert PushBrowser.objects.get().user == other
    assert not PushMessage.objects.exists()  # what waited for the other person
    sign_in(other).post("/inbox/push/off/", {"id": PushBrowser.objects.get().pk})
    assert not PushBrowser.objects.exists()


def test_a_person_has_ten_browsers_at_most(service, user):
    for number in range(12):
        browsers.subscribe(
            user=user, address=service.url(f"/send/{number}"), mark="m", agent="", **Device().told
        )
    assert PushBrowser.objects.count() == 10
    assert PushBrowser.objects.order_by("pk").first().address.endswith("/send/2")


@pytest.mark.parametrize(
    ("address", "changed"),
    [
        ("http://push.example/1", {}),
        ("https://127.0.0.1/1", {}),
        ("https://10.0.0.1/1", {}),
        ("javascript:alert(1)", {}),
        ("https://push.example/" + "x" * 1000, {}),
        ("https://push.example/1", {"auth": "AAAA"}),
        ("https://push.example/1", {"p256dh": "!"}),
    ],
)
def test_what_is_no_subscription_is_refused(user, device, address, changed):
    with pytest.raises(NotASubscription):
        browsers.subscribe(user=user, address=address, mark="m", agent="", **(device.told | changed))
    assert not PushBrowser.objects.exists()


def test_subscriptions_belong_to_a_persons_data(subscribed, user):
    [exported] = services.export_messages(user)["push_browsers"]
    assert (exported["name"], exported["address"]) == ("Firefox, Linux", subscribed.address)
    services.erase_messages(user)
    assert not PushBrowser.objects.exists()


def test_the_worker_has_one_address_and_is_never_kept(client):
    answer = client.get("/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content
