"""The whole demo through the rooms' own services, once and again."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User
from buyer_requests.models import Bid, BuyerRequest, CategoryFollow, LineMatch, VendorNotice
from catalog.models import Category, Offer
from core.models import CurrencyRate
from marketplace.demo import loader, pooling
from marketplace.demo.state import read_json
from price_lists.models import CategoryLink, ImportRun
from search.saved.enums import Told
from search.saved.models import PriceWatch, SavedMatch, SavedSearch
from vendors.models import Vendor


@pytest.fixture
def run_command(settings):
    settings.DEMO = True

    def run():
        out = StringIO()
        call_command("load_demo", stdout=out)
        return out.getvalue()

    return run


@pytest.mark.django_db(transaction=True)
def test_load_demo_fills_an_empty_row_and_leaves_a_loaded_one_alone(run_command):
    assert "The demo row is loaded (" in run_command()

    assert Category.objects.count() == 90
    assert Offer.objects.count() == 1268
    assert Offer.objects.filter(category=None).count() == 0
    assert Vendor.objects.public().count() == 4
    assert sorted(Vendor.objects.values_list("participation", flat=True)) == [
        "cart", "hosted", "listing", "listing"
    ]  # fmt: skip
    assert sorted(CurrencyRate.objects.values_list("currency", flat=True)) == ["EUR", "PLN", "USD"]
    assert ImportRun.objects.filter(state="applied").count() == 4
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 9
    assert CategoryLink.objects.filter(category=None).count() == 0
    assert CategoryFollow.objects.count() == 12
    titles = [each["title"] for each in read_json("requests")["requests"][:2]]
    requests = list(BuyerRequest.objects.filter(title__in=[*titles, pooling.TITLE]).order_by("pk"))
    assert [request.state for request in requests] == ["open", "open", "open"]
    matched = [request.lines.filter(match_count__gt=0).count() for request in requests]
    assert matched == [8, 4, 1]  # of 8, of 6 (nobody sells chairs and desks) and of what is bought together
    assert requests[2].lines.get().quantity == 94
    assert LineMatch.objects.values("vendor").distinct().count() == 4
    assert VendorNotice.objects.values("vendor").distinct().count() == 4
    # One vendor bids on what is bought together, another's rule has answered the request that its goods fit.
    bids = Bid.objects.filter(request__in=requests).order_by("request", "pk")
    assert list(bids.values_list("vendor__slug", "is_automatic", "state")) == [
        ("tekhnobazar", True, "sent"),
        ("kantseliarskyi-dvir", False, "sent"),
        ("tekhnobazar", True, "sent"),
    ]
    # The buyer's searches know the first lists and have news of the others.
    assert (SavedSearch.objects.filter(due_at__isnull=False).count(), PriceWatch.objects.count()) == (3, 3)
    assert set(SavedMatch.objects.values_list("told", flat=True)) == {Told.KNOWN, Told.WAITING}

    assert run_command() == "The demo row is loaded.\n"
    assert Offer.objects.count() == 1268


@pytest.mark.django_db
def test_demo_sign_ins_work_and_the_operator_may_enter_the_admin(client):
    loader._load_people()

    assert client.login(username="buyer@ryad.example", password="ryad-demo-2026")
    operator = User.objects.get(email="operator@ryad.example")
    assert operator.is_staff
    assert operator.has_perm("wagtailadmin.access_admin")
    assert not operator.is_superuser


@pytest.mark.django_db
def test_load_demo_refuses_a_row_that_is_no_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="no demo installation"):
        call_command("load_demo", stdout=StringIO())

    assert not User.objects.exists()
