"""A canary in a sealed bid: it sings nowhere before the opening, whoever looks and wherever, and everywhere after it."""

from __future__ import annotations

import io
import logging
import re
import zipfile

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import personal_data
from buyer_requests import services
from buyer_requests.bidding import files
from buyer_requests.models import Bid
from buyer_requests.sealing import opening
from buyer_requests.sealing.log import last_of_bidders, records_of
from core import outbox
from tests.buyer_requests.sealing.making import make_sealed, pass_by
from tests.factories.accounts import OperatorFactory
from tests.factories.buyer_requests import bid_line, make_member
from tests.factories.vendors import MembershipFactory, VendorFactory
from tests.security.rights import ADMIN, RIGHTS, World
from tests.security.test_url_rights import OURS, address_of, addresses
from vendors.enums import Role

pytestmark = pytest.mark.django_db

WORDS = ("КАНАРКАТОВАР", "КАНАРКАУМОВИ", "КАНАРКАФАЙЛ")
#: The price as a number and as it is stored; what stands between figures is taken out before one looks.
FIGURES = ("987654321", "98765,43", "98765.43")
WHO = "Продавець-Невидимка"
#: Addresses at which requests are read and decided by their buyer or by another vendor, and what both may export.
WATCHED = re.compile(r"^(requests|requests_desk|requests_api|notifications):")


@pytest.fixture
def bid(settings, tmp_path):
    """(request, vendor): a sealed request with one bid that carries the canaries, its file too."""
    settings.PRIVATE_ROOT = tmp_path
    request, vendor = make_sealed(), VendorFactory(name=WHO, slug="nevydymka")
    member = make_member(vendor)
    line = bid_line(request, 1, 987_654_321, title=f"Степлер {WORDS[0]}", note=WORDS[1])
    services.send_bid(
        vendor=vendor,
        user=member,
        request=request,
        lines=[line],
        terms=services.bids.BidTerms(terms=f"Передоплата {WORDS[1]}"),
        sender="x",
    )
    content = io.BytesIO(f"%PDF- {WORDS[2]} 987654321".encode())
    files.attach_file(vendor=vendor, user=member, request=request, name=f"{WORDS[2]}.pdf", file=content)
    return request, vendor


def texts(response):
    """All that an answer says: its body, what is in a workbook, where it leads, its cookies."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode(errors="replace") + str(response.headers) + str(response.cookies)


def sings(text):
    close = re.sub(r"[\s\u00a0\u202f]|&nbsp;", "", text)
    return [word for word in WORDS if word.lower() in text.lower()] + [
        each for each in FIGURES if each in close
    ]


def walk(client, urls, *, methods=("get", "post")):
    """{address: what sang there}; whatever a press changes is undone."""
    heard = {}
    for key, url, data in urls:
        for method in methods:
            with transaction.atomic():
                response = getattr(client, method)(url, data if method == "post" else {})
                found = sings(texts(response))
                transaction.set_rollback(True)
            if found:
                heard[f"{method} {key}"] = found
    return heard


def room(request, vendor="theirs"):
    """Every address of the room and of what is exported, for the sealed request in the place of the table's things."""
    world, urls = World(), []
    for key in OURS:
        if key not in RIGHTS or not WATCHED.match(key):
            continue
        row = RIGHTS[key]
        args = row.args(world)
        args |= {"public_id": request.public_id} if "public_id" in args else {}
        args |= {"vendor_slug": vendor} if "vendor_slug" in args else {}
        urls.append(
            (
                key,
                address_of(key, row.__class__(row.right, args=lambda _w, a=args: a), world),
                row.data(world),
            )
        )
    return urls


def admin():
    """The operators' own pages, and the admin's pages of requests; the rest of Wagtail knows nothing of this room."""
    routes = [(key, route) for key, route in addresses() if route.startswith(ADMIN)]
    ours = re.compile(r"^operators_|buyer_?request|reports|home")
    return [
        (key, f"/{route}", {}) for key, route in routes if ours.search(key) and not re.search(r"[<(^]", route)
    ]


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_nobody_hears_it_before_the_opening_and_the_buyer_does_after(bid, caplog, capsys, tmp_path):
    request, _vendor = bid
    caplog.set_level(logging.DEBUG)
    urls, operator = room(request), OperatorFactory(is_superuser=True, is_staff=True)
    rival = MembershipFactory(vendor__slug="rival", role=Role.OWNER)
    rivals = [(key, url.replace("/theirs/", "/rival/"), data) for key, url, data in urls]
    assert len(urls) > 50
    while outbox.drain("requests"):
        pass
    assert walk(signed_in(request.buyer), [each for each in urls if "desk" not in each[0]]) == {}
    assert walk(signed_in(operator), urls, methods=("get",)) == {}
    assert walk(signed_in(rival.user), [each for each in rivals if "desk" in each[0]], methods=("get",)) == {}
    pages = admin()
    assert len(pages) > 15
    assert walk(signed_in(operator), pages, methods=("get",)) == {}
    for person in (request.buyer, operator, rival.user):
        assert sings(str([keeper.export(person) for keeper in personal_data.keepers()])) == []
    assert sings(everything_stored()) == []
    assert (
        sings(
            "".join(
                path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()
            )
        )
        == []
    )
    told = capsys.readouterr()
    assert sings(caplog.text + told.out + told.err) == []
    # Nor does the buyer's page say who bid.
    detail = texts(signed_in(request.buyer).get(reverse("requests:detail", args=[request.public_id])))
    assert WHO not in detail

    pass_by(request)
    opening.open_due_requests()
    here, bid_id = {"public_id": request.public_id}, Bid.objects.get().public_id
    names = ("detail", "export", "bid", "sealed_opened")
    loud = [
        (name, reverse(f"requests:{name}", kwargs=here | ({"bid_id": bid_id} if name == "bid" else {})), {})
        for name in names
    ]
    # The control: the same ears hear it where it may be heard.
    assert set(walk(signed_in(request.buyer), loud, methods=("get",))) == {f"get {name}" for name in names}
    assert sings(everything_stored()) != []


def test_the_vendor_itself_sees_all_of_it(bid):
    request, vendor = bid
    member = signed_in(vendor.memberships.get().user)
    here = [vendor.slug, request.public_id]
    page = texts(member.get(reverse("requests_desk:detail", args=here)))
    assert WORDS[0] in page
    assert f"{WORDS[2]}.pdf" in page
    head = records_of(request)[-1].hash
    receipt = texts(member.get(reverse("requests_desk:sealed_receipt", args=[*here, head])))
    assert set(WORDS) <= set(sings(receipt))
    log = texts(member.get(reverse("requests_desk:sealed_log", args=here)))
    assert head in log
    assert sings(log) == []


def test_the_log_line_of_a_bidders_press_names_neither_him_nor_the_request(bid, capsys):
    request, vendor = bid
    user = vendor.memberships.get().user
    signed_in(user).post(reverse("requests_desk:withdraw", args=[vendor.slug, request.public_id]))
    told = capsys.readouterr()
    lines = [line for line in (told.out + told.err).splitlines() if "requests_desk:withdraw" in line]
    for trace in (vendor.slug, str(request.public_id), f"user:{user.pk}"):
        assert not any(trace in line for line in lines)
    assert next(iter(last_of_bidders(records_of(request)).values())).kind == "withdrawn"


def everything_stored():
    """Every value of every table, blobs by their bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(value).decode(errors="replace")
                    if isinstance(value, bytes | memoryview)
                    else str(value)
                    for value in row
                ]
    return "\n".join(found)
