"""The pages of what a person watches, and its two buttons."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import erase_person, export_person
from catalog.models import Offer
from core.money import Money
from search.query import SearchQuery
from search.saved import links, services
from search.saved.errors import NotASearch, SearchTooWide, TooManySearches
from search.saved.models import PriceWatch, SavedMatch, SavedSearch
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OfferFactory

HTMX = {"HX-Request": "true"}


def sealed(name="Папір", url="/en/search/?q=%D0%BF&page=3", **limits):
    return links.seal(SearchQuery(**(limits or {"words": "папір"})), url=url, name=name)


def test_one_press_saves_and_says_so_in_place(sign_in, buyer):
    client = sign_in(buyer)
    answer = client.post(reverse("watching:save"), {"what": sealed()}, headers=HTMX)
    saved = SavedSearch.objects.get()
    assert (answer.status_code, reverse("watching:search", args=[saved.pk]) in answer.text) == (200, True)
    assert (saved.user, saved.name, saved.url) == (buyer, "Папір", "/search/?q=%D0%BF")
    client.post(reverse("watching:save"), {"what": sealed()})
    assert SavedSearch.objects.count() == 1
    opened = client.get(reverse("watching:open", args=[saved.pk]))
    assert opened["Location"] == saved.url


def test_a_visitor_is_led_to_sign_in_and_finds_it_saved(client, buyer):
    for url in (
        f"{reverse('watching:save')}?what={sealed()}",
        f"{reverse('watching:watch')}?offer={OfferFactory().pk}",
    ):
        led = client.get(url)
        assert led["Location"] == f"/accounts/login/?next={reverse('watching:list')}"
        client.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("watching:list")).status_code == 200
        client.logout()
    assert (SavedSearch.objects.count(), PriceWatch.objects.count()) == (1, 1)


def test_a_link_on_another_site_is_no_press_of_a_visitor(client, buyer):
    url = f"{reverse('watching:watch')}?offer={OfferFactory().pk}"
    led = client.get(url, headers={"Sec-Fetch-Site": "cross-site"})
    client.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("watching:list")).status_code == 200
    assert PriceWatch.objects.count() == 0
    assert led["Location"] == f"/accounts/login/?next={url.replace('?', '%3F').replace('=', '%3D')}"


def test_what_is_refused_names_the_remedy(sign_in, buyer, monkeypatch):
    client = sign_in(buyer)
    wide = sealed(max_price=Money(Decimal(5), "UAH"))
    for what, error in ((wide, SearchTooWide), ("made-up", NotASearch)):
        answer = client.post(reverse("watching:save"), {"what": what})
        assert (answer.status_code, SavedSearch.objects.count()) == (400, 0)
        with pytest.raises(error):
            services.save_search(user=buyer, what=what)
    services.save_search(user=buyer, what=sealed())
    monkeypatch.setattr(services, "MOST_SEARCHES", 1)
    with pytest.raises(TooManySearches):
        services.save_search(user=buyer, what=sealed(words="степлер"))
    answer = client.post(reverse("watching:save"), {"what": sealed(words="степлер")}, headers=HTMX)
    assert "alert-warning" in answer.text


def test_the_list_says_what_is_new_until_somebody_looks(sign_in, buyer, save, tell):
    client = sign_in(buyer)
    search = save(words="степлер")
    tell(*OfferFactory.create_batch(2, title="Степлер"))
    page = client.get(reverse("watching:list")).text
    assert re.search(r'badge-accent">\s*2 ', page)
    url = reverse("watching:search", args=[search.pk])
    client.get(url, headers={"Sec-Purpose": "prefetch"})
    client.get(reverse("watching:open", args=[search.pk]), headers={"Sec-Purpose": "prefetch"})
    client.head(url)
    found = client.get(url).text
    assert found.count('class="is-new"') == 2
    assert "badge-accent" not in client.get(reverse("watching:list")).text
    services.watch_price(user=buyer, offer_id=OfferFactory().pk)
    client.get(reverse("watching:list"))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("watching:list"))
        counts.append(len(queries))
        save(words="папір")
        services.watch_price(user=buyer, offer_id=OfferFactory().pk)
    assert counts[0] == counts[1]


def test_settings_of_a_watch(sign_in, buyer):
    client = sign_in(buyer)
    watch = services.watch_price(user=buyer, offer_id=OfferFactory(price_amount=1_000_000).pk)
    url = reverse("watching:price", args=[watch.pk])
    wrong = client.post(url, {"drop": "5", "target": "150"})
    assert (wrong.status_code, "error-summary" in wrong.text) == (422, True)
    assert client.post(url, {"drop": "10", "target": "80,50", "tells_back": "on"}).status_code == 302
    watch.refresh_from_db()
    assert (watch.drop_percent, watch.target_amount, watch.tells_back) == (10, 805_000, True)
    assert 'value="80,50"' in client.get(url).text


def test_what_an_operator_hid_is_not_named(sign_in, buyer):
    offer = OfferFactory(title="Підробка")
    services.watch_price(user=buyer, offer_id=offer.pk)
    client = sign_in(buyer)
    assert "Підробка" in client.get(reverse("watching:list")).text
    Offer.objects.update(hidden_at=timezone.now())
    assert "Підробка" not in client.get(reverse("watching:list")).text


def test_a_letters_link_stops_that_alone_and_only_when_pressed(buyer):
    program = Client(enforce_csrf_checks=True)
    kept, stopped = (
        services.save_search(user=buyer, what=sealed(words=word)) for word in ("папір", "степлер")
    )
    url = links.stop_url("search", [stopped.pk])
    assert program.get(url).status_code == 200
    assert set(SavedSearch.objects.values_list("state", flat=True)) == {"active"}
    assert program.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    states = dict(SavedSearch.objects.values_list("pk", "state"))
    assert states == {kept.pk: "active", stopped.pk: "paused"}


def test_presses_are_counted_by_letter_and_not_by_mail_provider(buyer, settings):
    settings.RATE_LIMITS = {"watching.stop": "1/h"}
    searches = [services.save_search(user=buyer, what=sealed(words=word)) for word in ("папір", "степлер")]
    program = Client()
    urls = [links.stop_url("search", [search.pk]) for search in searches]
    assert [program.post(url).status_code for url in (*urls, urls[0])] == [200, 200, 429]
    assert set(SavedSearch.objects.values_list("state", flat=True)) == {"paused"}


def test_buttons_stand_on_results_and_goods(client, sign_in, buyer, index):
    offer = OfferFactory(title="Степлер")
    pages = {
        reverse("storefront:search") + "?q=степлер": reverse("watching:save"),
        reverse("storefront:offer", args=[offer.pk]): reverse("watching:watch"),
    }
    for page, button in pages.items():
        assert f'href="{button}?' in client.get(page).text  # a visitor's page sets no cookie for a form
        assert f'hx-post="{button}"' in sign_in(buyer).get(page).text
    # Everything that is sold is too much to watch.
    assert reverse("watching:save") not in client.get(reverse("storefront:search")).text
    services.watch_price(user=buyer, offer_id=offer.pk)
    assert (
        reverse("watching:watch") not in sign_in(buyer).get(reverse("storefront:offer", args=[offer.pk])).text
    )


def test_a_persons_data_is_told_and_goes_with_the_account(buyer, save, tell):
    save(words="степлер")
    tell(OfferFactory(title="Степлер"))
    services.watch_price(user=buyer, offer_id=OfferFactory().pk)
    told = export_person(user=buyer)["search"]
    assert [search["name"] for search in told["saved_searches"]] == ["Моє"]
    assert len(told["watched_prices"]) == 1
    other = services.save_search(user=UserFactory(), what=sealed())
    erase_person(user=buyer)
    assert list(SavedSearch.objects.all()) == [other]
    assert (PriceWatch.objects.count(), SavedMatch.objects.count()) == (0, 0)
