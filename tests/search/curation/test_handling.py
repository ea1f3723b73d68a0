"""What was done about queries of the reports, whether it helped, pages that they lead to, vendors that are asked."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalog.models import Category
from catalog.services.categories import add_category
from core.models import AuditEntry, Job
from notifications.models import Notification
from search.curation import handling, routes, wanted
from search.curation.enums import HandledBy, Match, RouteKind
from search.curation.errors import AlreadyAsked, NotForVendors, RouteRefused
from search.learning.expecting import Usual, size_of, usual_of
from search.learning.keys import query_key
from search.learning.selectors import Report, Span, queries, usual
from search.models import CommonQuery, QueryDay, QueryHandling, QueryRoute
from search.query import SearchQuery, Sort
from search.services import index_facts
from search.tasks import ask_vendors as ask_task
from tests.factories.catalog import OfferFactory
from tests.factories.vendors import MembershipFactory

pytestmark = pytest.mark.django_db
ACTOR = "user:1"
ZEROS = dict.fromkeys(("empty", "above", "corrected", "opened", "hits", "places"), 0)


def day(words, ago, searches, **values):
    return QueryDay.objects.create(
        day=timezone.localdate() - dt.timedelta(days=ago),
        key=query_key(words),
        language="uk",
        words=words,
        searches=searches,
        **(ZEROS | values),
    )


def test_rates_before_and_since_are_compared(django_assert_num_queries):
    key = query_key("самокат")
    for ago, empty in ((12, 10), (11, 10), (9, 1), (8, 0)):
        day("самокат", ago, 10, empty=empty)
    day("самокат", 10, 50, empty=50)  # the day itself had both
    handling.handle(key=key, words="самокат", handled_by=HandledBy.FINE, actor=ACTOR)
    handling.handle(key=query_key("папір"), words="папір", handled_by=HandledBy.SPAM, actor=ACTOR)
    QueryHandling.objects.update(at=timezone.now() - dt.timedelta(days=10))
    with django_assert_num_queries(2):
        done = handling.handled([key, query_key("папір"), 7])
    assert set(done) == {key, query_key("папір")}
    each = done[key]
    assert (each.before.searches, each.before.percent_empty) == (20, 100)
    assert (each.since.searches, each.since.percent_empty, each.has_helped) == (20, 5, True)
    assert (done[query_key("папір")].before, done[query_key("папір")].has_helped) == (None, None)
    assert handling.reopen(key=key, actor=ACTOR)
    assert not handling.reopen(key=key, actor=ACTOR)
    assert key not in handling.handled([key])
    assert [entry.action for entry in AuditEntry.objects.order_by("-pk")[:1]] == ["search.reopen_query"]


def test_a_query_that_leads_to_a_page_is_not_judged_by_openings():
    key = query_key("самокат")
    CommonQuery.objects.create(key=key)
    for ago in (12, 11):
        day("самокат", ago, 40, opened=30, hits=30, places=30, results=400)
    for ago in (9, 8):
        day("самокат", ago, 40, results=400)
    now = timezone.localdate()
    span = Span(now - dt.timedelta(days=9), now)
    assert [row["words"] for row in queries(Report.LITTLE, span)] == ["самокат"]
    lead("/vendors/", words="самокат")
    QueryHandling.objects.update(at=timezone.now() - dt.timedelta(days=10))
    cache.clear()
    done = handling.handled([key])[key]
    assert (done.since.searches, done.is_led, done.has_helped) == (80, True, None)
    assert not queries(Report.LITTLE, span)
    assert usual(Span(now - dt.timedelta(days=20), now)).of(5) == usual_of(QueryDay.objects.none()).of(5)


def lead(target, words="зошити", match=Match.EXACT, language=""):
    return routes.add_route(words=words, match=match, language=language, target=target, note="", actor=ACTOR)


def route(words="зошити", **values):
    found = routes.route_of(SearchQuery(words=words, **values))
    return found and (found.kind, found.category or found.vendor or found.path)


def test_a_query_leads_to_a_page_unless_it_limits_something(django_assert_num_queries):
    category = add_category(
        parent=None, names={"uk": "Зошити", "ru": "Тетради", "en": "Notebooks"}, slug="notebooks"
    )
    lead(category)
    assert route("зошит") == (RouteKind.CATEGORY, category.pk)
    with django_assert_num_queries(0):
        assert route() == (RouteKind.CATEGORY, category.pk)
        for values in ({"exact": True}, {"page": 2}, {"sort": Sort.NEWEST}, {"vendors_in": frozenset([1])}):
            assert route(**values) is None
        assert route("зошити в клітинку") is None
    second = lead("/help/delivery/")
    assert route() == (RouteKind.PAGE, "/help/delivery/")
    assert QueryRoute.objects.filter(state="live").count() == 1
    routes.end_route(pk=second.pk, actor=ACTOR)
    assert route() is None
    assert routes.end_route(pk=second.pk, actor=ACTOR) is None
    assert Category.objects.filter(pk=category.pk).exists()


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "help",
        "javascript:alert(1)",
        "/a b",
        "",
    ],
)
def test_a_query_leads_nowhere_else(path):
    with pytest.raises(RouteRefused):
        lead(path)
    assert not QueryRoute.objects.exists()


@pytest.mark.parametrize("path", ["/search/?q=paper", "/search", "/ru/search/", "/%73earch/", "/./search/"])
def test_a_query_does_not_lead_to_the_search_itself(path):
    with pytest.raises(RouteRefused) as refused:
        lead(path)
    assert (refused.value.code, refused.value.field) == ("to_search", "path")


def test_the_very_query_comes_before_all_that_have_its_words():
    lead("/help/delivery/")
    lead("/vendors/", match=Match.WORDS)
    assert route() == (RouteKind.PAGE, "/help/delivery/")
    assert route("зошити сині") == (RouteKind.PAGE, "/vendors/")


def test_vendors_of_the_category_are_asked_once_a_window(index):
    category = add_category(
        parent=None, names={"uk": "Степлери", "ru": "Степлеры", "en": "Staplers"}, slug="staplers"
    )
    offer = OfferFactory(title="Степлер", category=category)
    member, stranger = MembershipFactory(vendor=offer.vendor), MembershipFactory()
    index_facts([{"offers": [offer.pk], "topic": "offers"}])
    key = query_key("степлер електричний")

    def ask():
        return wanted.ask_vendors(key=key, words="степлер електричний", category=category, actor=ACTOR)

    with pytest.raises(NotForVendors):
        ask()
    CommonQuery.objects.create(key=key)
    job = ask()
    arguments = Job.objects.get(pk=job.pk).kwargs
    for _turn in range(2):
        wanted.tell_vendors(**arguments)
    told = Notification.objects.filter(kind=wanted.KIND)
    assert [(row.user_id, row.params) for row in told] == [(member.user_id, {"words": "степлер електричний"})]
    assert not told.filter(user=stranger.user).exists()
    ask_task(job_id=str(job.pk), **arguments)
    assert Job.objects.get(pk=job.pk).state == "done"
    with pytest.raises(AlreadyAsked):
        ask()
    QueryHandling.objects.update(at=timezone.now() - dt.timedelta(days=wanted.WINDOW + 1))
    ask()


def test_what_tells_of_people_is_not_told_to_vendors(index):
    category = add_category(parent=None, names={"uk": "Інше", "ru": "Другое", "en": "Other"}, slug="other")
    words = "іван петренко паспорт"
    CommonQuery.objects.create(key=query_key(words))
    with pytest.raises(NotForVendors):
        wanted.ask_vendors(key=query_key(words), words=words, category=category, actor=ACTOR)
    assert not QueryHandling.objects.exists()


def test_what_is_usual_depends_on_how_much_is_found():
    day("мало", 1, 200, opened=50, results=400)
    day("багато", 1, 200, opened=160, hits=160, places=320, results=200 * 50)
    usual = usual_of(QueryDay.objects.all())
    assert isinstance(usual, Usual)
    assert usual.of(2) < 0.4
    assert usual.of(50) > 0.7
    assert usual.place == 2.0
    assert [size_of(number) for number in (0, 1, 5, 6, 100, 101)] == [0, 1, 2, 3, 4, 5]
