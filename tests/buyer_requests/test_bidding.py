"""Richer bids: what is filled in, what is refused, what changed; counter-offers, files, bidders who look alike."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyer_requests import services
from buyer_requests.bidding import counters, files, look_alikes
from buyer_requests.bidding.counters import agreed_lines
from buyer_requests.bidding.enums import CounterState, Origin, Supply
from buyer_requests.bidding.history import differences
from buyer_requests.bidding.prefill import filled_lines
from buyer_requests.bidding.reading import inputs_of, terms_of
from buyer_requests.errors import (
    BidIncomplete,
    CounterGone,
    CounterIncomplete,
    FileRefused,
    RequestNotOpen,
    UnknownRequest,
)
from buyer_requests.matching import rematch_request
from buyer_requests.models import Bid, BidFile, BidRevision, CounterOffer, LookAlike, RequestLine
from buyer_requests.services import LineInput
from buyer_requests.services.bids import AlternativeInput, BidLineInput, BidTerms
from catalog.enums import Availability, PriceKind
from catalog.models import OfferPrice
from core.money import line_total
from notifications.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.buyer_requests import bid_line, make_bid, make_member, make_open, pass_deadline
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory, VendorFactory

#: What is filled in -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_there_comes_first_in_whole_packs_with_further_prices_and_alternatives():
    vendor = VendorFactory()
    line = LineInput(text="Ручка кулькова синя", quantity=Decimal(120), unit="H87")
    request = make_open(lines=(line,))
    values = {"vendor": vendor, "title": "Ручка кулькова синя", "unit": "PK", "pack_count": 50}
    cheap = OfferFactory(**values, price_amount=2_000_000, availability=Availability.TO_ORDER)
    best = OfferFactory(**values, price_amount=2_500_000, availability=Availability.IN_STOCK)
    dear = OfferFactory(**values, price_amount=3_000_000, availability=Availability.IN_STOCK)
    for least, amount in ((2, 2_400_000), (10, 2_000_000)):
        OfferPrice.objects.create(
            offer=best, kind=PriceKind.WHOLESALE, min_quantity=least, amount=amount, currency="UAH"
        )
    rematch_request(request.pk)
    row = request.lines.get()
    filled = filled_lines(vendor, [row], "UAH")[row.pk]
    assert [choice.offer.pk for choice in filled.choices] == [best.pk, dear.pk, cheap.pk]
    assert (filled.why, [choice.offer.pk for choice in filled.alternatives]) == (
        ("in_stock", "packs"),
        [dear.pk],
    )
    given = filled.as_input()
    assert (given.quantity, given.step, given.price_amount, given.supply) == (150, 50, 48_000, Supply.STOCK)
    assert given.breaks == ((Decimal("500.000"), 40_000),)
    assert [(other.price_amount, other.quantity) for other in given.alternatives] == [(60_000, 150)]


#: What a bid may say ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"breaks": ((Decimal(5), 90), (Decimal(9), 95))}, "bad_breaks"),
        ({"breaks": ((Decimal(5), 90), (Decimal(5), 80))}, "bad_breaks"),
        ({"step": Decimal(3)}, "bad_step"),
        ({"is_substitute": True}, "no_substitutes"),
        ({"alternatives": (AlternativeInput("Інше", Decimal(1), 5, is_substitute=True),)}, "no_substitutes"),
        ({"alternatives": (AlternativeInput("Інше", Decimal(1), 5),) * 4}, "too_many_alternatives"),
        ({"delivery_on": dt.date(2020, 1, 1)}, "bad_delivery_day"),
        ({"supply": "soon"}, "bad_supply"),
    ],
)
def test_what_a_line_may_not_say(values, code):
    request, vendor = make_open(), VendorFactory()
    RequestLine.objects.filter(request=request).update(substitutes=False)
    with pytest.raises(BidIncomplete) as refused:
        services.save_bid_draft(
            vendor=vendor, request=request, lines=[bid_line(request, 1, 100, **values)], terms=BidTerms()
        )
    assert (refused.value.code, Bid.objects.count()) == (code, 0)


@pytest.mark.django_db
def test_everything_that_was_sent_is_read_back_and_sent_again_changes_nothing():
    request, vendor = make_open(), VendorFactory()
    offer = OfferFactory(vendor=vendor)
    today = timezone.localdate()
    line = bid_line(
        request,
        1,
        100,
        breaks=((Decimal(50), 80), (Decimal(10), 90)),
        step=Decimal("0.5"),
        is_divisible=True,
        supply="stock",
        delivery_on=today,
        alternatives=(
            AlternativeInput("Інший", Decimal(2), 95, offer_id=offer.pk),
            AlternativeInput("Заміна", Decimal(2), 70, is_substitute=True, supply="order"),
        ),
    )
    terms = BidTerms(delivery_price=1000, free_delivery_from=5000, minimum_order=300, valid_until=today)
    sent = {"vendor": vendor, "user": make_member(vendor), "request": request}
    bid = services.send_bid(lines=[line], terms=terms, **sent)
    read = inputs_of(bid)
    assert (bid.lines.get().price_for(Decimal(49)), bid.lines.get().price_for(Decimal(50))) == (90, 80)
    assert [(other.title, other.price_amount) for other in read[0].alternatives] == [
        ("Інший", 95),
        ("Заміна", 70),
    ]
    services.send_bid(lines=read, terms=terms_of(bid), **sent)
    assert BidRevision.objects.count() == 1
    changed = bid_line(request, 2, 500)
    services.send_bid(lines=[read[0], changed], terms=BidTerms(valid_until=today), **sent)
    step = differences(list(bid.revisions.order_by("number")))[0]
    assert [change.name for change in step.terms] == ["delivery_price", "free_delivery_from", "minimum_order"]
    assert [(each.kind, each.line_id) for each in step.lines] == [("added", changed.line_id)]


#: Counter-offers ----------------------------------------------------------------------------------------------------


def _line(
    number: int, price: int, quantity: str = "1", breaks: tuple[tuple[Decimal, int], ...] = ()
) -> BidLineInput:
    return BidLineInput(number, "Товар", Decimal(quantity), price, breaks=breaks)


def test_price_for_all_goods_lowers_every_line_and_is_never_exceeded():
    lines = [_line(1, 333_333, "7"), _line(2, 1, "3"), _line(3, 45_678, "11.5", ((Decimal(5), 40_000),))]
    for target in (2_500_000, 1_999_900, 700_100):
        agreed = agreed_lines(lines, None, target, None)
        totals = sum(
            line_total(line.breaks[0][1] if line.breaks else line.price_amount, line.quantity)
            for line in agreed
        )
        assert target // 100 - 3 <= totals <= target // 100
        assert all(line.price_amount >= 1 for line in agreed)


def test_price_of_a_line_leaves_the_others_and_drops_breaks_that_are_dearer():
    lines = [_line(1, 100, "5", ((Decimal(10), 90), (Decimal(20), 70))), _line(2, 100)]
    day = dt.date(2030, 1, 1)
    agreed = agreed_lines(lines, 1, 80, day)
    assert (agreed[0].price_amount, agreed[0].breaks, agreed[0].delivery_on) == (
        80,
        ((Decimal(20), 70),),
        day,
    )
    assert agreed[1] == lines[1]


@pytest.mark.django_db
def test_talk_goes_to_and_fro_until_it_is_agreed_after_the_deadline_too():
    request, vendor, rival = make_open(), VendorFactory(), VendorFactory()
    bid = make_bid(request, vendor, {1: 1_000_000, 2: 900_000})
    member = bid.sent_by
    make_bid(request, rival, {1: 1_000_000})
    line = request.lines.get(position=1).pk
    asked = counters.make_counter_offer(user=request.buyer, bid=bid, line_id=line, price_amount=800_000)
    other = counters.make_counter_offer(
        user=request.buyer, bid=bid, line_id=request.lines.get(position=2).pk, price_amount=850_000
    )
    with pytest.raises(CounterIncomplete):
        counters.make_counter_offer(user=request.buyer, bid=bid, line_id=line, price_amount=1)
    with pytest.raises(UnknownRequest):
        counters.decide_counter_offer(user=make_member(rival), counter=asked, accept=True, vendor=rival)
    pass_deadline(request)
    services.close_due_requests()
    named = counters.make_counter_offer(
        user=member, bid=bid, line_id=line, vendor=vendor, price_amount=900_000, text="Краще не можемо"
    )
    counters.decide_counter_offer(user=request.buyer, counter=named, accept=True)
    bid.refresh_from_db()
    assert (bid.revision, bid.lines.get(line=line).price_amount) == (2, 900_000)
    assert bid.revisions.get(number=2).origin == Origin.COUNTER
    asked.refresh_from_db()
    other.refresh_from_db()
    assert (asked.state, other.state, other.revision) == (CounterState.COUNTERED, CounterState.OPEN, 2)
    with pytest.raises(CounterGone):
        counters.decide_counter_offer(user=request.buyer, counter=named, accept=True)
    told = Notification.objects.filter(kind__startswith="counter.")
    assert sorted(told.values_list("user_id", "kind")) == sorted(
        [
            (member.pk, "counter.made.vendor"), (member.pk, "counter.made.vendor"),
            (request.buyer_id, "counter.made.buyer"), (member.pk, "counter.accepted.vendor"),
        ]
    )  # fmt: skip
    services.award_request(buyer=request.buyer, request=request, choice={line: bid.pk})
    with pytest.raises(RequestNotOpen):
        counters.decide_counter_offer(user=member, counter=other, accept=True, vendor=vendor)


@pytest.mark.django_db
def test_what_runs_out_or_is_overtaken_by_a_revision_cannot_be_accepted():
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 1_000_000})
    member = bid.sent_by
    late = counters.make_counter_offer(user=request.buyer, bid=bid, price_amount=1_900_000)
    CounterOffer.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(CounterGone):
        counters.decide_counter_offer(user=member, counter=late, accept=True, vendor=vendor)
    assert (counters.expire_counter_offers(), counters.expire_counter_offers()) == (1, 0)
    again = counters.make_counter_offer(user=request.buyer, bid=bid, price_amount=1_800_000)
    make_bid(request, vendor, {1: 950_000})
    again.refresh_from_db()
    assert again.state == CounterState.VOID
    assert [talk.may_answer for talk in counters.talks_about(bid, vendor=vendor)] == [False]


#: Files -------------------------------------------------------------------------------------------------------------


def _office(part: str, *more: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in (part, *more):
            archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.7", ".pdf"),
        ("Привіт".encode(), ".txt"),
        (_office("xl/workbook.xml"), ".xlsx"),
        (_office("xl/workbook.xml", "xl/vbaProject.bin"), None),
        (b"MZ\x00\x00", None),
        (b"PK\x03\x04broken", None),
    ],
    # A ZIP holds the time: processes that collect in different seconds would know the test by different names.
    ids=["pdf", "text", "workbook", "macros", "program", "broken archive"],
)
def test_kind_of_a_file_is_told_by_its_bytes(content, ending):
    kind = files.kind_of(content)
    assert bool(kind) == bool(ending)
    if ending:
        assert files.safe_name("../../evil\x00name.exe", kind) == f"evil_name{ending}"


@pytest.mark.django_db
def test_files_are_few_small_and_for_the_two_sides_alone(sign_in):
    request, vendor = make_open(), VendorFactory()
    member = make_member(vendor)
    sent = {"vendor": vendor, "user": member, "request": request, "name": "Сертифікат.pdf"}
    kept = files.attach_file(file=io.BytesIO(b"%PDF-1"), **sent)
    assert files.attach_file(file=io.BytesIO(b"%PDF-1"), **sent).pk == kept.pk
    for number in range(2, 6):
        files.attach_file(file=io.BytesIO(b"%%PDF-%d" % number), **sent)
    for content, code in (
        (b"%PDF-9", "too_many_files"),
        (b"", "file_empty"),
        (b"x" * 5_242_881, "file_too_big"),
    ):
        with pytest.raises(FileRefused) as refused:
            files.attach_file(file=io.BytesIO(content), **sent)
        assert refused.value.code == code
    url = f"/requests/{request.public_id}/files/{kept.public_id}/"
    assert sign_in(request.buyer).get(url).status_code == 404  # the bid is not sent yet
    make_bid(request, vendor, {1: 100})
    answer = sign_in(request.buyer).get(url)
    assert (b"".join(answer.streaming_content), answer["X-Content-Type-Options"]) == (b"%PDF-1", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert sign_in(UserFactory()).get(url).status_code == 404
    rival = VendorFactory()
    path = f"/desk/{rival.slug}/requests/{request.public_id}/files/{kept.public_id}/"
    assert sign_in(make_member(rival)).get(path).status_code == 404


#: Bidders who look alike --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_two_companies_of_one_person_are_noted_for_operators_once(drain, django_assert_max_num_queries):
    first = VendorFactory(phone="+380 44 123-45-67", tax_id="")
    second = VendorFactory(phone="(044) 123 45 67", tax_id="")
    stranger = VendorFactory(phone="+380 50 765-43-21", tax_id="")
    both = UserFactory()
    for vendor in (first, second):
        MembershipFactory(vendor=vendor, user=both)
    request = make_open()
    for vendor in (first, second, stranger):
        make_bid(request, vendor, {1: 100})
    drain()
    pair = LookAlike.objects.get()
    assert ({pair.first_id, pair.second_id}, pair.signs, pair.times) == (
        {first.pk, second.pk}, ["people", "phone"], 1,
    )  # fmt: skip
    look_alikes.clear_pair(operator=UserFactory(is_staff=True), pair=pair, note="Одна родина")
    with django_assert_max_num_queries(12):
        look_alikes.compare(Bid.objects.get(vendor=first).pk)
    assert look_alikes.open_pairs().count() == 0
    second_request = make_open()
    for vendor in (first, second):
        make_bid(second_request, vendor, {1: 100})
    drain()
    pair.refresh_from_db()
    assert pair.times == 2


@pytest.mark.django_db
def test_own_companys_request_takes_no_bid_of_it():
    vendor = VendorFactory()
    request = make_open(make_member(vendor))
    with pytest.raises(UnknownRequest):
        make_bid(request, vendor, {1: 100})
    assert Bid.objects.count() == 0


@pytest.mark.django_db
def test_pages_of_a_bid_and_its_talk(sign_in, django_assert_max_num_queries):
    request, vendor = make_open(), VendorFactory()
    bid = make_bid(request, vendor, {1: 1_000_000, 2: 900_000})
    line = request.lines.get(position=1).pk
    client, url = sign_in(request.buyer), f"/requests/{request.public_id}/bids/{bid.public_id}/"
    with django_assert_max_num_queries(20):
        assert client.get(url).status_code == 200
    client.post(f"{url}counter/", {"line": line, "price": "80", "days": "3"})
    counter = CounterOffer.objects.get()
    assert (counter.price_amount, counter.line_id) == (800_000, line)
    desk = sign_in(bid.sent_by)
    page = f"/desk/{vendor.slug}/requests/{request.public_id}/"
    assert f"counters/{counter.public_id}/" in desk.get(page).content.decode()
    desk.post(f"{page}counters/{counter.public_id}/", {"accept": "1"})
    assert bid.lines.get(line=line).price_amount == 800_000
    text = desk.get(page).content.decode()
    assert "<s>100" in text
    rival = sign_in(UserFactory())
    assert rival.get(url).status_code == 404
    assert rival.post(f"{url}counter/", {"price": "1"}).status_code == 404


@pytest.mark.django_db
def test_long_bid_is_sent_from_one_page_with_what_stands_on_the_others(sign_in):
    vendor = VendorFactory()
    request = make_open(lines=[LineInput(text=f"Зошит {number}", unit="H87") for number in range(52)])
    for number in range(52):
        OfferFactory(vendor=vendor, title=f"Зошит {number}", price_amount=100_000)
    rematch_request(request.pk)
    client, url = sign_in(make_member(vendor)), f"/desk/{vendor.slug}/requests/{request.public_id}/"
    first, last = request.lines.first(), request.lines.last()
    page = client.get(url).content.decode()
    assert (f"line-{first.pk}-price" in page, f"line-{last.pk}-price" in page) == (True, False)
    client.post(url, {"send": "1", "page": "2", "currency": "UAH", f"line-{last.pk}-include": "on",
        f"line-{last.pk}-title": "Інший зошит", f"line-{last.pk}-price": "9,50", f"line-{last.pk}-breaks": "10: 9"})  # fmt: skip
    bid = Bid.objects.get()
    assert bid.lines.count() == 51  # one of the second page was not ticked
    assert bid.lines.get(line=last).breaks == [["10.000", 90_000]]
    assert bid.lines.get(line=first).price_amount == 100_000


@pytest.mark.django_db
def test_bidders_are_told_together():
    counts = []
    for bidders in (1, 1, 4):  # the first fills caches
        request = make_open()
        for _number in range(bidders):
            make_bid(request, VendorFactory(), {1: 100})
        with CaptureQueriesContext(connection) as statements:
            services.cancel_request(buyer=request.buyer, request=request)
        counts.append(len(statements))
        assert Notification.objects.filter(kind="request.cancelled").count() == sum((1, 1, 4)[: len(counts)])
    assert counts[1] == counts[2]


@pytest.mark.django_db
def test_bytes_that_no_bid_has_are_swept_and_an_upload_in_progress_is_not():
    request, vendor = make_open(), VendorFactory()
    sent = {"vendor": vendor, "user": make_member(vendor), "request": request, "name": "a.pdf"}
    kept, gone = (files.attach_file(file=io.BytesIO(b"%%PDF-%d" % number), **sent) for number in (1, 2))
    paths = [Path(each.file.path) for each in (kept, gone)]
    uploading = paths[0].with_name("0" * 32)  # written a moment ago, its row not there yet
    uploading.write_bytes(b"%PDF-3")
    BidFile.objects.filter(pk=gone.pk).delete()  # as a cascade deletes it: the row alone
    for path in paths:
        os.utime(path, (0, 0))
    files.sweep_files()
    assert [path.exists() for path in (*paths, uploading)] == [True, False, True]
    assert files.sweep_files() == 0
