"""The log by queries, openings by their marks, counts by day, reports and demand from them."""

import datetime as dt
from decimal import Decimal

from core.money import Money
from search.learning import counting, demand, guessing, marks
from search.learning.keys import query_key
from search.learning.selectors import Report, Span, queries, unmet_demand
from search.learning.telling import may_be_told
from search.models import CommonQuery, OpenedHit, QueryDay, QueryLog, UnmetDemand
from search.query import SearchQuery
from search.services import (
    forget_old_searches,
    index_facts,
    record_opening,
    record_search,
    search,
    trace_further,
)
from tests.factories.catalog import CategoryFactory, OfferFactory

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def put(*offers):
    index_facts([{"offers": [offer.pk for offer in offers], "topic": "offers"}])
    return offers


def ask(words, **limits):
    query = SearchQuery(words=words, **limits)
    return record_search(query=query, results=search(query))


def noted(words, *, at=NOON, times=1, **values):
    """Rows of the log as of then, an hour apart, each by somebody else."""
    rows = QueryLog.objects.bulk_create(
        QueryLog(
            words=words,
            key=query_key(words),
            token=marks.new_token(),
            **{"total": 1, "visitor": number} | values,
        )
        for number in range(times)
    )
    for number, row in enumerate(rows):
        row.searched_at = at + dt.timedelta(hours=number)
    QueryLog.objects.bulk_update(rows, ["searched_at"])
    return rows


def span(days=30, language=""):
    return Span(NOON.date() - dt.timedelta(days=days - 1), NOON.date(), language)


def test_forms_order_and_language_of_words_make_no_other_query():
    assert query_key("зошити в клітинку") == query_key("Клітинка, ЗОШИТ") != query_key("зошити в лінійку")
    assert query_key("папір А4") == query_key("бумага a4")
    assert query_key(" ") == 0


def test_a_mark_tells_its_search_only_where_it_is_whole_and_young(time_machine):
    time_machine.move_to(NOON)
    trace = marks.Trace(marks.new_token(), query_key("степлер"), offset=24)
    text = trace.mark(77, 3).removeprefix("?s=")
    assert marks.read_mark(text) == marks.Mark(trace.token, trace.key, 77, 27)
    other = "A" if text[20] != "A" else "B"
    for wrong in ("", "x", text[:-1], text + "A", text[:20] + other + text[21:], "é" * 38, "A" * 10_000):
        assert marks.read_mark(wrong) is None
    time_machine.move_to(NOON + dt.timedelta(days=2))
    assert marks.read_mark(text) is None


def test_the_log_tells_how_a_search_went_and_nothing_of_who(index):
    category = CategoryFactory()
    put(OfferFactory(title="Степлер Eagle", category=category, price_amount=900_000))
    hundred, ten = Money(Decimal(100), "UAH"), Money(Decimal(10), "UAH")
    for words, limits in (
        ("степлера", {"max_price": hundred}),
        ("степлер", {"max_price": ten}),
        ("степлр", {}),
        ("степлер", {"region": "UA-46"}),
        ("самокат", {"brands": frozenset(["Eagle"])}),
    ):
        assert ask(words, **limits).token
    names = ("total", "corrected_to", "region", "is_limited", "is_above")
    assert list(QueryLog.objects.order_by("pk").values_list(*names)) == [
        (1, "", "", False, False),
        (0, "", "", False, True),
        (1, "степлер", "", False, False),
        (1, "", "UA-46", False, False),
        (0, "", "", True, False),
    ]
    assert {field.name for field in QueryLog._meta.fields} & {"user", "address", "session", "ip"} == set()
    assert ask("me@example.com") is None
    assert ask('шмфт"пьфшдюсщь') is None  # ivan@gmail.com in the Ukrainian layout
    assert ask('ТОВ"Юність" степлер').token
    assert trace_further(SearchQuery(words="степлер", page=3)).offset == 48
    assert QueryLog.objects.values("token").distinct().count() == 6


def test_days_are_counted_once_however_often(db, time_machine):
    time_machine.move_to(NOON)
    first, *_rest = noted("зошити", times=2)
    noted("зошит", total=0)
    noted("степлр", corrected_to="степлер", at=NOON - dt.timedelta(days=1))
    mark = marks.Mark(first.token, first.key, 5, 3)
    for _time in range(2):
        record_opening(mark=mark, language="uk")
    assert OpenedHit.objects.count() == 1
    assert [counting.count_searches(now=NOON) for _time in range(2)] == [2, 1]
    row = QueryDay.objects.get(day=NOON.date())
    assert (row.words, row.searches, row.empty, row.opened, row.hits, row.places) == ("зошити", 3, 1, 1, 1, 3)
    assert row.visitors == 2  # the other form is the first visitor's
    assert not queries(Report.CORRECTED, span()).exists()  # too few people asked it
    CommonQuery.objects.create(key=query_key("степлр"))
    corrected = queries(Report.CORRECTED, span()).get()
    assert (corrected["words"], corrected["corrected_to"]) == ("степлр", "степлер")


def test_a_day_is_counted_again_in_parts_and_only_where_it_changed(
    db, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(counting, "_WRITTEN_AT_ONCE", 2)
    day = NOON.date()
    rows = [
        noted(words, region="UA-46", total=0)[0] for words in ("степлер", "ручка", "зошит", "папір", "клей")
    ]
    assert counting.count_day(day=day) == 5
    known = dict(QueryDay.objects.values_list("words", "pk"))
    with django_assert_num_queries(3):  # the log, openings, counts: nothing is written
        assert counting.count_day(day=day) == 5
    noted("ручка")
    QueryLog.objects.filter(pk__in=[row.pk for row in rows[2:]]).delete()
    assert counting.count_day(day=day) == 2
    assert dict(QueryDay.objects.values_list("words", "pk")) == {
        words: known[words] for words in ("степлер", "ручка")
    }
    assert QueryDay.objects.get(words="ручка").searches == 2


def test_reports_show_what_they_say(db):
    for words, now, before, empty, opened in (
        ("степлер", 20, 10, 0, 15),
        ("ручка", 10, 30, 0, 1),
        ("самокат", 6, 0, 6, 0),
        ("рідкісне", 1, 0, 0, 0),
    ):
        for day, searches in ((NOON.date(), now), (NOON.date() - dt.timedelta(days=7), before)):
            if searches:
                is_now = day == NOON.date()
                QueryDay.objects.create(
                    day=day, key=query_key(words), language="uk", words=words, searches=searches,
                    empty=empty * is_now, above=0, corrected=0, opened=opened * is_now, hits=opened, places=opened,
                )  # fmt: skip

    CommonQuery.objects.bulk_create(
        CommonQuery(key=key) for key in set(QueryDay.objects.values_list("key", flat=True))
    )
    single = QueryDay.objects.first()
    single.pk, single.key, single.words, single.searches = None, 1, "іван петренко самокат", 99
    single.save()

    def words_of(report, **values):
        return [row["words"] for row in queries(report, span(7, **values))]

    assert words_of(Report.FREQUENT) == ["степлер", "ручка", "самокат", "рідкісне"]
    assert words_of(Report.FREQUENT, language="en") == []
    assert words_of(Report.EMPTY) == ["самокат"]
    assert words_of(Report.LITTLE) == ["ручка"]
    assert words_of(Report.RISING) == ["степлер", "самокат"]
    assert words_of(Report.FALLING) == ["ручка"]


def test_old_and_surplus_rows_go_and_rare_counts_with_them(db):
    noted("степлер", times=3)
    kept = noted("ручка", at=dt.datetime.now(dt.UTC), times=3)
    assert forget_old_searches(keep=dt.timedelta(days=2)) == (
        3 if dt.datetime.now(dt.UTC) - NOON > dt.timedelta(days=2) else 0
    )
    assert forget_old_searches(keep=dt.timedelta(days=99_999), most=1) >= 2
    assert QueryLog.objects.get().pk == kept[-1].pk
    for day, searches in ((3, 1), (50, 4), (50, 5), (50, 6), (500, 9)):
        QueryDay.objects.create(
            day=NOON.date() - dt.timedelta(days=day), key=searches, language="uk", words="x", searches=searches,
            empty=0, above=0, corrected=0, opened=0, hits=0, places=0,
        )  # fmt: skip
    CommonQuery.objects.bulk_create(CommonQuery(key=key) for key in (4, 5, 9))
    assert counting.forget_old_counts(log_days=30, now=NOON) == 3
    assert sorted(QueryDay.objects.values_list("searches", flat=True)) == [1, 5]


def test_queries_of_enough_people_are_common(db):
    def day(ago, key, visitors, language="uk"):
        numbers = dict.fromkeys(("empty", "above", "corrected", "opened", "hits", "places"), 0)
        QueryDay.objects.create(
            day=NOON.date() - dt.timedelta(days=ago), key=key, language=language, words="x", searches=50,
            visitors=visitors, **numbers,
        )  # fmt: skip

    for ago, visitors in enumerate((2, 2, 1)):
        day(ago, 1, visitors)
    for ago in range(30):
        day(ago, 2, 1)  # one person for a month
    for ago, visitors in enumerate((1, 2, 1)):
        day(ago, 3, visitors)
        day(ago, 3, visitors, "ru")  # the same people again
    for ago in range(2):
        day(ago, 4, 50)
    CommonQuery.objects.create(key=5)
    assert counting.refresh_common_queries() == 1
    assert list(CommonQuery.objects.values_list("key", flat=True)) == [1]


def test_names_numbers_and_unknown_words_are_told_to_nobody(index):
    put(OfferFactory(title="Степлер Eagle TY-210"))
    asked = ["степлер eagle", "самокат дитячий", "Іван Петренко", "іваненко", "qwxzv", "AA1234BB", "ty-210", "a@b.ua",
             "+380671234567", "лампа 12 вт"]  # fmt: skip
    assert may_be_told(asked) == {"степлер eagle", "самокат дитячий", "ty-210", "лампа 12 вт"}


def test_demand_is_what_is_still_unmet(index, monkeypatch):
    category, other = CategoryFactory(), CategoryFactory()
    put(OfferFactory(title="Степлер Eagle"))
    monkeypatch.setattr(guessing, "_guessers", [lambda texts: [category.pk for _text in texts]])
    today = dt.datetime.now(dt.UTC).replace(hour=1, minute=0)
    for words in ("самокат", "степлер", "рідкісна лампа"):
        for ago in range(1, 4 if words != "рідкісна лампа" else 2):
            noted(words, at=today - dt.timedelta(days=ago), times=4, total=0)
        noted("велосипед", at=today - dt.timedelta(days=2), times=9, total=0, visitor=None)
    for ago in range(1, 6):
        noted("палатка", at=today - dt.timedelta(days=ago), times=4, total=0, visitor=7)  # one person's
    assert demand.refresh_unmet_demand() == 2
    rows = [(row.words, row.visitors, row.category_id) for row in unmet_demand()]
    assert sorted(rows) == [("", 10, category.pk), ("самокат", 10, category.pk)]
    assert unmet_demand(of_categories={other.pk}).count() == 0
    assert unmet_demand(of_categories={category.pk}).count() == 2
    monkeypatch.setattr(demand, "LONGEST_RUN", 0)
    assert demand.refresh_unmet_demand() == 2  # out of time: what was unmet before
    UnmetDemand.objects.all().delete()
    assert demand.refresh_unmet_demand() == 1
    QueryLog.objects.all().delete()
    assert (demand.refresh_unmet_demand(), UnmetDemand.objects.count()) == (0, 0)
