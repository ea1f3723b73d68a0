"""The page of the decision: weights and points, limits, ways side by side, quantities by hand, the protocol."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from buyer_requests import personal_data, services
from buyer_requests.deciding.enums import AwardState, CriterionKind
from buyer_requests.deciding.planning import CriterionInput, set_criteria, set_limits, set_points
from buyer_requests.deciding.plans import Limits, plan_of
from buyer_requests.errors import LeastOrderMissed
from buyer_requests.models import Award, BidAlternative, BidLine
from buyer_requests.selectors.comparison import comparison_of
from buyer_requests.selectors.proposals import Wishes, choice_of, problem_of
from buyer_requests.selectors.weighing import weighed_bids
from core.assignment import Aim
from core.assignment.apart import solve_apart
from notifications.models import Notification
from tests.factories.buyer_requests import make_bid, make_member, make_open
from tests.factories.vendors import VendorFactory

pytestmark = pytest.mark.django_db


def decided(request, **wishes):
    comparison = comparison_of(request)
    answer = solve_apart(problem_of(comparison, Wishes(**wishes), plan_of(request)))
    return choice_of(comparison, answer.choice)


def three_bids():
    """One line of 2, one of 10: 1,000.00 in 9 days, 1,040.00 in 2, 1,100.00 in 5."""
    request = make_open()
    bids = [
        make_bid(request, VendorFactory(name=name), {1: 1_000_000, 2: price}, delivery_days=days)
        for name, price, days in (("=Дешевий", 800_000, 9), ("Швидкий", 840_000, 2), ("Третій", 900_000, 5))
    ]
    return request, *bids


def test_weights_and_points_change_the_order_and_are_told_in_money():
    request, cheap, quick, third = three_bids()
    buyer = request.buyer
    set_criteria(
        buyer=buyer,
        request=request,
        criteria=[CriterionInput(CriterionKind.DAYS, 10), CriterionInput(CriterionKind.OWN, 20, "Сервіс")],
        is_stated=True,
    )
    assert Notification.objects.filter(kind="request.criteria").count() == 3  # bids are in force
    own = request.criteria.get(kind=CriterionKind.OWN)
    points = {(own.pk, cheap.pk): 5, (own.pk, quick.pk): 6, (own.pk, third.pk): 10, (own.pk + 9, cheap.pk): 1}
    set_points(buyer=buyer, request=request, points=points)
    found = weighed_bids(comparison_of(request), plan_of(request))
    # Days: 10 % of 200.00 + 800.00 for the latest; 3 of 7 days are 42.8 %. Points: 20 % of it for none.
    assert [(each.column.bid, each.counts, each.total, each.dearer, each.sooner) for each in found] == [
        (quick, (0, 80_00), 1_120_00, 40_00, 7),
        (third, (42_80, 0), 1_142_80, 100_00, 4),
        (cheap, (100_00, 100_00), 1_200_00, 0, 0),
    ]
    first, second = request.lines.values_list("pk", flat=True)  # of equal price on the first line
    assert decided(request, aim=Aim.WEIGHTED) == {first: third.pk, second: quick.pk}
    assert set(decided(request).values()) == {cheap.pk}
    assert not set_criteria(
        buyer=buyer,
        request=request,
        criteria=[CriterionInput(CriterionKind.DAYS, 10), CriterionInput(CriterionKind.OWN, 20, "Сервіс")],
        is_stated=True,
    )


def test_criteria_that_are_kept_to_oneself_are_told_to_nobody(sign_in):
    request, cheap, *_ = three_bids()
    client = sign_in(request.buyer)
    sent = client.post(
        reverse("requests:criteria", args=[request.public_id]), {"quality": "20", "warranty": "5"}
    )
    assert (sent.status_code, Notification.objects.filter(kind="request.criteria").exists()) == (302, False)
    desk = reverse("requests_desk:detail", args=[cheap.vendor.slug, request.public_id])
    assert not sign_in(make_member(cheap.vendor)).get(desk).context.get("stated")
    client = sign_in(request.buyer)
    page = client.get(reverse("requests:detail", args=[request.public_id]))
    assert f"points-{request.criteria.get(kind='warranty').pk}-{cheap.pk}" in page.text
    client.post(
        reverse("requests:criteria", args=[request.public_id]),
        {"quality": "20", "warranty": "5", "is_stated": "on"},
    )
    assert "stated-title" in sign_in(make_member(cheap.vendor)).get(desk).text


def test_limits_hold_in_what_is_proposed_and_are_taken_back(sign_in):
    request, cheap, quick, third = three_bids()
    first, second = request.lines.values_list("pk", flat=True)
    client, url = sign_in(request.buyer), reverse("requests:limits", args=[request.public_id])
    client.post(url, {"rule": "never", "bid": cheap.pk})
    client.post(url, {"rule": "only", "bid": third.pk, "line": first})
    client.post(url, {"rule": "whole", "line": second})
    client.post(url, {"rule": "only", "bid": third.pk})  # of no line: nothing
    assert plan_of(request).limits == Limits(
        frozenset({cheap.pk}), {first: third.pk}, {}, frozenset({second})
    )
    assert decided(request) == {first: third.pk, second: quick.pk}
    client.post(url, {"drop": f"only:{first}"})
    client.post(url, {"drop": f"never:{cheap.pk}"})
    assert decided(request) == {first: cheap.pk, second: cheap.pk}
    stranger = make_open()
    set_limits(buyer=stranger.buyer, request=stranger, limits=Limits(never=frozenset({cheap.pk})))
    assert plan_of(stranger).limits.never == frozenset()


def test_ways_stand_side_by_side_and_one_press_fills_each_in(sign_in):
    request, cheap, quick, _third = three_bids()
    client = sign_in(request.buyer)
    client.post(
        reverse("requests:propose", args=[request.public_id]), {"aim": "cheapest", "substitutes": "1"}
    )
    url = reverse("requests:detail", args=[request.public_id])
    ways = client.get(url).context["shown"].ways
    assert [(note.kind, note.way.total, note.difference, note.is_proven) for note in ways] == [
        ("cheapest", 1_000_00, 0, True),
        ("soonest", 1_040_00, 40_00, True),
    ]
    page = client.get(url, {"way": "soonest"})
    assert set(page.context["ticks"].values()) == {str(quick.public_id)}
    assert client.get(url, {"way": "none"}).context["shown"].kind == "cheapest"
    assert set(client.get(url).context["ticks"].values()) == {str(cheap.public_id)}


def test_alternatives_are_chosen_where_that_is_better_and_awarded_at_their_price(sign_in):
    request, cheap, _quick, _third = three_bids()
    line = request.lines.get(position=2)
    bid_line = BidLine.objects.get(bid=cheap, line=line)
    BidAlternative.objects.create(
        bid_line=bid_line, position=1, title="Інший папір", quantity=Decimal(10), price_amount=500_000,
        is_substitute=True,
    )  # fmt: skip
    wanted = {line.pk: ((cheap.pk, Decimal(10), 1),)}
    assert decided(request).items() >= wanted.items()
    assert decided(request, substitutes=False)[line.pk] == cheap.pk
    client = sign_in(request.buyer)
    sent = client.post(
        reverse("requests:award", args=[request.public_id]),
        {f"line-{line.pk}": f"{cheap.public_id}~1", "confirm": "1", "reason": "Дешевше"},
    )
    assert sent.status_code == 302
    award = Award.objects.get()
    assert (award.alternative, award.title, award.price_amount, award.total_minor) == (
        1, "Інший папір", 500_000, 500_00,
    )  # fmt: skip
    for wrong in (f"{cheap.public_id}~2", f"{cheap.public_id}~x", f"{cheap.public_id}~"):
        refused = client.post(reverse("requests:weigh", args=[request.public_id]), {f"line-{line.pk}": wrong})
        assert refused.context["way"].choice == {}


def test_typed_quantities_share_a_line_and_what_cannot_be_is_told(sign_in):
    request, cheap, quick, _third = three_bids()
    line = request.lines.get(position=2)
    BidLine.objects.filter(bid=cheap, line=line).update(
        is_divisible=True, step=Decimal(2), breaks=[["4.000", 750_000]]
    )
    BidLine.objects.filter(bid=quick, line=line).update(is_divisible=True)
    client = sign_in(request.buyer)
    with translation.override("en"):
        url = reverse("requests:weigh", args=[request.public_id])

    def weigh(first, second, **headers):
        data = {f"part-{line.pk}-{cheap.pk}": first, f"part-{line.pk}-{quick.pk}": second}
        return client.post(url, data | {"whole": "1"}, **headers)

    page = weigh("4", "6,0")  # without scripts: the whole page, with what was typed
    assert (page.context["way"].total, page.context["problems"]) == (4 * 75_00 + 6 * 84_00, [])
    assert f'name="part-{line.pk}-{cheap.pk}" value="4"' in page.text
    for first, second, problem in (
        ("3", "6", "in multiples of 2"),
        ("12", "", "only 10 are offered"),
        ("x", "", "write a number"),
        ("6", "6", "only 10 are needed"),
    ):
        told = weigh(first, second, HTTP_HX_REQUEST="true")
        assert (told.templates[0].name, told.context["way"].choice) == ("requests/_running.html", {})
        assert [problem in each for each in told.context["problems"]] == [True]
    client.post(
        reverse("requests:award", args=[request.public_id]),
        {f"part-{line.pk}-{cheap.pk}": "4", f"part-{line.pk}-{quick.pk}": "6"},
    )
    award = services.award_request(
        buyer=request.buyer,
        request=request,
        choice={line.pk: ((cheap.pk, Decimal(4)), (quick.pk, Decimal(6)))},
    )
    assert [each.price_amount for each in award] == [750_000, 840_000]


def test_least_orders_hold_unless_the_buyer_asks_all_the_same():
    request, cheap, *_ = three_bids()
    first, second = request.lines.values_list("pk", flat=True)
    request.bids.filter(pk=cheap.pk).update(minimum_order=3_000_000)  # 300.00; the first line is 200.00
    with pytest.raises(LeastOrderMissed) as refused:
        services.award_request(buyer=request.buyer, request=request, choice={first: cheap.pk})
    assert ("100.00 UAH" in str(refused.value), Award.objects.count()) == (True, 0)
    (award,) = services.award_request(
        buyer=request.buyer, request=request, choice={first: cheap.pk}, below_least=True
    )
    assert award.below_least
    services.answer_award(vendor=cheap.vendor, user=make_member(cheap.vendor), request=request, accepts=False)
    services.award_request(buyer=request.buyer, request=request, choice={first: cheap.pk, second: cheap.pk})
    assert not Award.objects.filter(below_least=True).exists()


def test_what_is_declined_passes_to_what_is_cheapest_with_delivery_and_the_rest_as_it_is():
    """The second has the other line already, with its delivery: it is next, although the third's price is lower."""
    request = make_open()
    first, second = request.lines.values_list("pk", flat=True)
    one = make_bid(request, VendorFactory(), {1: 100_000})
    two = make_bid(request, VendorFactory(), {1: 130_000, 2: 100_000}, delivery_price=500_000)
    three = make_bid(request, VendorFactory(), {1: 120_000}, delivery_price=500_000)
    services.award_request(
        buyer=request.buyer, request=request, choice={first: one.pk, second: two.pk}, passes_on=True
    )
    services.answer_award(vendor=one.vendor, user=make_member(one.vendor), request=request, accepts=False)
    assert Award.objects.get(line=first, state=AwardState.WAITING).bid == two
    assert not Award.objects.filter(bid=three).exists()
    request.refresh_from_db()
    assert (request.state, Award.objects.filter(passed_at=None, state="declined").count()) == ("awarded", 0)


def test_protocol_tells_choice_reasons_and_proof_and_runs_nothing(sign_in):
    request, cheap, *_ = three_bids()
    client = sign_in(request.buyer)
    client.post(
        reverse("requests:propose", args=[request.public_id]), {"aim": "cheapest", "substitutes": "1"}
    )
    ticked = {f"line-{line.pk}": str(cheap.public_id) for line in request.lines.all()}
    client.post(
        reverse("requests:award", args=[request.public_id]),
        ticked | {"confirm": "1", "reason": "=1+1", "way": "cheapest"},
    )
    with translation.override("en"):
        url = reverse("requests:export", args=[request.public_id])
    sent = client.get(url)
    book = openpyxl.load_workbook(io.BytesIO(sent.content))
    told = {row[0].value: row[1] for row in book["Decision"].iter_rows() if row[0].value}
    assert (told["Total, UAH"].value, told["Proof"].value) == (1_000, "No better choice exists.")
    assert (told["Reason"].value, told["Reason"].data_type) == ("=1+1", "s")
    choice = [[cell.value for cell in row[1:7]] for row in book["Choice"].iter_rows(min_row=2)]
    assert choice[0] == ["=Дешевий", "Степлер металевий", 2, "pc", 100, 200]
    assert book["Choice"]["B2"].data_type == "s"
    assert [cell.value for cell in book["Bids"][1]][4:] == ["=Дешевий", "Швидкий", "Третій"]
    personal_data.erase(request.buyer)
    assert list(request.decisions.values_list("made_by", "reason")) == [(None, "")]


def test_of_many_bids_the_best_stand_in_the_table_and_statements_stay_as_few(
    sign_in, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr("buyer_requests.views.choosing.COLUMNS", 2)
    request, cheap, quick, third = three_bids()
    more = [make_bid(request, VendorFactory(), {1: 1_000_000, 2: 950_000 + n}) for n in range(3)]
    client, url = sign_in(request.buyer), reverse("requests:detail", args=[request.public_id])
    page = client.get(url)
    assert [column.bid for column in page.context["table"].columns] == [cheap, quick]
    assert [column.bid for column in page.context["rest"]] == [third, *more]
    page = client.get(url, {"with": str(more[2].public_id)})
    assert [column.bid for column in page.context["table"].columns] == [cheap, quick, more[2]]
    request.criteria.all().delete()
    with django_assert_max_num_queries(26):
        client.get(url)
    for bid in (cheap, quick):  # who lost is told, all in the same statements
        make_member(bid.vendor)
    with django_assert_max_num_queries(45):
        services.award_request(
            buyer=request.buyer, request=request, choice={request.lines.first().pk: third.pk}
        )
    assert Notification.objects.filter(kind="bid.lost").count() == 2 + 5
